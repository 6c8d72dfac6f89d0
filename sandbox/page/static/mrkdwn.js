// Slack's own markup, drawn: *bold*, _italic_, ~strike~, `code`, fences, quotes, lists, links, mentions, dates, emoji.

import { el } from "./dom.js";
import { character } from "./emoji.js";
import { fullTime, slackDate } from "./time.js";

const ATOM = /`([^`\n]+)`|<([^<>\n]+)>|:([\w+'-]+(?:::skin-tone-\d)?):/y;
const MARKS = { "*": "strong", _: "em", "~": "s" };
const WORD = /[\p{L}\p{N}]/u;

export const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** Text as it is, with the white shapes among the emoji set so that they are seen on white too. */
const words = (text) => unescape(text).split(/([▫◻◽⬜⚪]\uFE0F?)/).map((part, at) => (at % 2 ? el("span", { class: "pale" }, part) : part)).filter(Boolean);

/** A plain_text object: no markup but emoji. */
export function plain(object) {
  const text = typeof object === "string" ? object : (object?.text ?? "");
  return object?.emoji === false ? words(text) : withEmoji(text);
}

/** A text object of either kind, or a string of mrkdwn. */
export function textOf(object, scene) {
  if (!object) return [];
  if (typeof object === "string") return mrkdwn(object, scene);
  return object.type === "plain_text" ? plain(object) : mrkdwn(object.text ?? "", scene);
}

function withEmoji(text) {
  return text.split(/(:[\w+'-]+:)/).flatMap((part) => {
    const found = /^:[\w+'-]+:$/.test(part) && character(part.slice(1, -1));
    return found ? emoji(part.slice(1, -1)) : words(part);
  });
}

export function emoji(name) {
  const found = character(name);
  return found ? el("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " "), title: `:${name}:` }, found) : `:${name}:`;
}

/** A whole text: fences first, then quotes and lists line by line, then what is within a line. */
export function mrkdwn(text, scene) {
  return text.split(/(```[\s\S]*?```)/).flatMap((part) => {
    if (part.startsWith("```") && part.endsWith("```") && part.length > 6) {
      return [el("pre", {}, unescape(unlinked(part.slice(3, -3).replace(/^\n|\n$/g, ""))))];
    }
    return lines(part.replace(/^\n(?=.)|\n$/g, ""), scene);
  });
}

// In code a link shows as its address, as Slack does it.
const unlinked = (code) => code.replace(/<([^<>|\n]+)(?:\|([^<>\n]*))?>/g, (_, address, label) => label ?? address);

const KINDS = [
  ["quote", /^(?:>|&gt;) ?(.*)$/],
  ["ul", /^\s*[•◦▪-] +(.+)$/],
  ["ol", /^\s*\d+[.)] +(.+)$/],
];

function lines(text, scene) {
  const groups = [];
  for (const line of text.split("\n")) {
    const [kind, shape] = KINDS.find(([, shape]) => shape.test(line)) ?? ["text"];
    const inside = shape ? line.match(shape)[1] : line;
    const last = groups.at(-1);
    if (last?.kind === kind) last.lines.push(inside);
    else groups.push({ kind, lines: [inside], start: Number.parseInt(line, 10) });
  }
  return groups.flatMap((group) => drawGroup(group, scene));
}

function drawGroup({ kind, lines: inside, start }, scene) {
  if (kind === "quote") return [el("blockquote", {}, broken(inside, scene))];
  if (kind === "text") return broken(inside, scene);
  return [el(kind, kind === "ol" ? { start } : {}, inside.map((line) => el("li", {}, inline(line, scene))))];
}

const broken = (inside, scene) => inside.flatMap((line, at) => (at ? [el("br"), ...inline(line, scene)] : inline(line, scene)));

export function inline(text, scene) {
  const nodes = [];
  let said = 0;
  let at = 0;
  const put = (node, end) => {
    if (at > said) nodes.push(...words(text.slice(said, at)));
    nodes.push(node);
    said = at = end;
  };
  while (at < text.length) {
    const atom = atomAt(text, at);
    const end = !atom && text[at] in MARKS ? closing(text, at) : -1;
    if (atom) put(drawAtom(atom, scene), at + atom[0].length);
    else if (end > 0) put(el(MARKS[text[at]], {}, inline(text.slice(at + 1, end), scene)), end + 1);
    else at += 1;
  }
  if (said < text.length) nodes.push(...words(text.slice(said)));
  return nodes;
}

function atomAt(text, at) {
  ATOM.lastIndex = at;
  return ATOM.exec(text);
}

/** Where the mark at `at` is closed on its line, or -1; marks within code, links and names of emoji do not count. */
function closing(text, at) {
  const mark = text[at];
  const [before, after] = [text[at - 1] ?? " ", text[at + 1] ?? " "];
  if (WORD.test(before) || before === mark || after === mark || /\s/.test(after)) return -1;
  for (let end = at + 1; end < text.length && text[end] !== "\n"; end += atomAt(text, end)?.[0].length ?? 1) {
    if (text[end] === mark && !/\s/.test(text[end - 1]) && !WORD.test(text[end + 1] ?? " ")) return end;
  }
  return -1;
}

function drawAtom([, code, token, name], scene) {
  if (code !== undefined) return el("code", {}, unescape(unlinked(code)));
  return token !== undefined ? drawToken(token, scene) : emoji(name);
}

/** What stands between < and >: a person, a channel, a group, everybody, a date or a link. */
function drawToken(token, scene) {
  const [head, label] = token.split(/\|(.*)/s);
  if (/^@[UW]\w+$/.test(head)) return mention(head.slice(1), label, scene);
  if (/^#C\w+$/.test(head)) return channelLink(head.slice(1), label, scene);
  if (head.startsWith("!subteam^")) return el("span", { class: "mention" }, label ?? "@group");
  if (/^!(here|channel|everyone)$/.test(head)) return el("span", { class: "mention loud" }, `@${head.slice(1)}`);
  if (head.startsWith("!date^")) return date(head.split("^"), label, scene);
  return link(unescape(head), label === undefined ? null : inline(label, scene), scene);
}

export function mention(id, label, scene) {
  const name = scene.person(id)?.name ?? label ?? id;
  return el("span", { class: id === scene.me ? "mention me" : "mention", title: scene.person(id)?.real_name }, `@${name}`);
}

export function channelLink(id, label, scene) {
  const name = scene.channel(id)?.name ?? label ?? id;
  return el("button", { class: "mention link", type: "button", onclick: () => scene.open(id) }, `#${name}`);
}

function date([, seconds, format, address], fallback, scene) {
  if (!/^-?\d+$/.test(seconds ?? "") || !format) return unescape(fallback ?? "");
  const shown = el("time", { title: fullTime(new Date(seconds * 1000)) }, slackDate(Number(seconds), format, scene.now()));
  return address ? link(address, [shown], scene) : shown;
}

/** A link; only addresses of the web and of mail are followed, and one to a message of this sandbox opens it here. */
export function link(address, label, scene) {
  const shown = label?.length ? label : [address.replace(/^mailto:/, "")];
  if (!/^(https?:|mailto:)/i.test(address)) return el("span", {}, shown);
  const [, channel, whole, part] = address.match(/\/archives\/([CDG]\w+)(?:\/p(\d+)(\d{6}))?/) ?? [];
  const follow = (event) => {
    event.preventDefault();
    scene.open(channel, whole && `${whole}.${part}`, new URLSearchParams(address.split("?")[1]).get("thread_ts"));
  };
  const here = channel && scene.channel(channel);
  return el("a", { href: address, target: "_blank", rel: "noreferrer noopener", onclick: here ? follow : null }, shown);
}

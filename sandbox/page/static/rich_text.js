// The `rich_text` block: sections, lists, code and quotes, as Slack's own composer would write them.

import { el } from "./dom.js";
import { channelLink, emoji, link, mention } from "./mrkdwn.js";
import { slackDate } from "./time.js";

const PARTS = {
  rich_text_section: (part, scene) => el("div", {}, pieces(part, scene)),
  rich_text_quote: (part, scene) => el("blockquote", {}, pieces(part, scene)),
  rich_text_preformatted: (part, scene) => el("pre", {}, pieces(part, scene)),
  rich_text_list: (part, scene) =>
    el(part.style === "ordered" ? "ol" : "ul",
      { start: part.style === "ordered" ? (part.offset ?? 0) + 1 : null, style: { "margin-left": `${(part.indent ?? 0) * 1.5}em` } },
      part.elements.map((item) => el("li", {}, pieces(item, scene)))),
};

const PIECES = {
  text: (piece) => styled(lined(piece.text), piece.style),
  link: (piece, scene) => styled([link(piece.url, piece.text ? [piece.text] : null, scene)], piece.style),
  emoji: (piece) => (piece.unicode ? unicode(piece.unicode) : emoji(piece.name)),
  user: (piece, scene) => mention(piece.user_id, null, scene),
  channel: (piece, scene) => channelLink(piece.channel_id, null, scene),
  usergroup: () => el("span", { class: "mention" }, "@group"),
  broadcast: (piece) => el("span", { class: "mention loud" }, `@${piece.range}`),
  color: (piece) => el("code", {}, piece.value),
  date: (piece, scene) => el("time", {}, slackDate(piece.timestamp, piece.format, scene.now())),
};

const unicode = (codes) => String.fromCodePoint(...codes.split("-").map((code) => Number.parseInt(code, 16)));
const lined = (text) => text.split("\n").flatMap((line, at) => (at ? [el("br"), line] : [line]));
const pieces = (part, scene) => (part.elements ?? []).map((piece) => PIECES[piece.type]?.(piece, scene) ?? piece.text ?? "");

function styled(nodes, style = {}) {
  const tags = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };
  return Object.entries(tags).reduce((inside, [name, tag]) => (style[name] ? [el(tag, {}, inside)] : inside), nodes);
}

export function richText(block, scene) {
  return (block.elements ?? []).map((part) => PARTS[part.type]?.(part, scene) ?? "");
}

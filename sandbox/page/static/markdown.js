// Standard Markdown, as the `markdown` block holds it: headings, lists, tasks, tables, quotes, fences, emphasis, links.

import { el } from "./dom.js";
import { emoji, link, mrkdwn } from "./mrkdwn.js";

const INLINE = /`([^`\n]+)`|\[([^\]\n]+)\]\(([^)\s]+)\)|\*\*([^\n]+?)\*\*|__([^\n]+?)__|\*(?=\S)([^*\n]+?)\*|(?<!\w)_(?=\S)([^_\n]+?)_(?!\w)|~~([^\n]+?)~~|:([\w+-]+):|(<[^<>\n]+>|https?:\/\/[^\s)]+)/gu;

function inline(text, scene) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, label, address, bold, bold2, italic, italic2, strike, name, token] = match;
    if (match.index > end) nodes.push(text.slice(end, match.index));
    end = match.index + whole.length;
    if (code) nodes.push(el("code", {}, code));
    else if (address) nodes.push(link(address, inline(label, scene), scene));
    else if (bold ?? bold2) nodes.push(el("strong", {}, inline(bold ?? bold2, scene)));
    else if (italic ?? italic2) nodes.push(el("em", {}, inline(italic ?? italic2, scene)));
    else if (strike) nodes.push(el("s", {}, inline(strike, scene)));
    else if (name) nodes.push(emoji(name));
    else nodes.push(...(token.startsWith("<") ? mrkdwn(token, scene) : [link(token, null, scene)]));
  }
  if (end < text.length) nodes.push(text.slice(end));
  return nodes;
}

// Each kind of block: how its first line looks, which lines go on with it, how it is drawn.
const KINDS = [
  { starts: /^```/, fence: true, draw: (lines) => el("pre", {}, lines.slice(1, /^```/.test(lines.at(-1)) ? -1 : undefined).join("\n")) },
  { starts: /^(#{1,6})\s+/, draw: ([line], scene) => heading(line, scene) },
  { starts: /^\s*([-*_])(\s*\1){2,}\s*$/, draw: () => el("hr") },
  { starts: /^\|.*\|\s*$/, goes: /^\|.*\|\s*$/, draw: table },
  { starts: /^>/, goes: /^>/, draw: (lines, scene) => el("blockquote", {}, markdown(lines.map((line) => line.replace(/^> ?/, "")).join("\n"), scene)) },
  { starts: /^\s*[-*+] /, goes: /^(\s*[-*+] |\s+\S)/, draw: (lines, scene) => list("ul", lines, scene) },
  { starts: /^\s*\d+[.)] /, goes: /^(\s*\d+[.)] |\s+\S)/, draw: (lines, scene) => list("ol", lines, scene) },
];
const PARAGRAPH = { goes: /\S/, draw: (lines, scene) => el("p", {}, lines.flatMap((line, at) => [at ? el("br") : "", ...inline(line, scene)])) };

export function markdown(text, scene) {
  const left = text.replaceAll("\r", "").split("\n");
  const nodes = [];
  while (left.length) {
    if (!left[0].trim()) {
      left.shift();
      continue;
    }
    const kind = KINDS.find(({ starts }) => starts.test(left[0])) ?? PARAGRAPH;
    nodes.push(kind.draw(take(left, kind), scene));
  }
  return nodes;
}

function take(left, kind) {
  const taken = [left.shift()];
  if (kind.fence) {
    const end = left.findIndex((line) => /^```/.test(line));
    return [...taken, ...left.splice(0, end < 0 ? left.length : end + 1)];
  }
  const ends = (line) => kind === PARAGRAPH && KINDS.some(({ starts }) => starts.test(line));
  while (kind.goes && left.length && kind.goes.test(left[0]) && !ends(left[0])) taken.push(left.shift());
  return taken;
}

function heading(line, scene) {
  const [, marks, text] = line.match(/^(#+)\s+(.*?)\s*#*$/);
  return el("p", { class: `md-heading md-${Math.min(marks.length, 3)}`, role: "heading", "aria-level": marks.length + 2 }, inline(text, scene));
}

function list(kind, lines, scene) {
  return el(kind, {}, lines.map((line) => {
    const depth = Math.floor(line.match(/^\s*/)[0].length / 2);
    const text = line.replace(/^\s*(?:[-*+]|\d+[.)])?\s+/, "").replace(/^[-*+] /, "");
    const task = text.match(/^\[([ xX])\] (.*)$/);
    const shown = task ? [el("span", { "aria-hidden": "true" }, task[1] === " " ? "☐ " : "☑ "), ...inline(task[2], scene)] : inline(text, scene);
    return el("li", { class: task ? "task" : null, style: { "margin-left": `${depth * 1.4}em` } }, shown);
  }));
}

function table(lines, scene) {
  const cells = (line) => line.trim().slice(1, -1).split("|").map((cell) => cell.trim());
  const ruled = lines.length > 1 && /^[|:\s-]+$/.test(lines[1]);
  const body = ruled ? lines.slice(2) : lines;
  return el("div", { class: "table-scroll" }, el("table", {},
    ruled && el("thead", {}, el("tr", {}, cells(lines[0]).map((cell) => el("th", { scope: "col" }, inline(cell, scene))))),
    el("tbody", {}, body.map((line) => el("tr", {}, cells(line).map((cell) => el("td", {}, inline(cell, scene))))))));
}

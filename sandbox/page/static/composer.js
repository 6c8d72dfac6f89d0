// Where people type: Enter sends, Shift+Enter breaks the line, `/`, `@` and `#` are completed, arrow up recalls.

import { el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { avatar } from "./people.js";

/**
 * A composer. `send(text)` answers whether it was taken; a text that was not taken comes back. `hints` has `people()`,
 * `channels()`, and `commands()` and `shortcuts()`; a thread passes neither of the last two, since Slack takes none there.
 */
export function composer({ id, label, send, hints }) {
  const list = el("div", { class: "hints", id: `${id}-hints`, role: "listbox", "aria-label": "Suggestions", hidden: true, "data-testid": "hints" });
  const input = el("textarea", {
    id, rows: 1, "aria-label": label, placeholder: label, "data-testid": id, role: "combobox", "aria-expanded": "false",
    "aria-controls": list.id, "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false",
  });
  const button = el("button", { type: "button", class: "send", "aria-label": "Send", "data-testid": `${id}-send`, disabled: true }, icon("send"));
  const node = el("div", { class: "composer" }, list, el("div", { class: "composer-box" }, input, button));
  const said = [];
  let offers = [];
  let active = 0;
  let recalled = 0;

  function put(text) {
    input.value = text;
    look();
  }

  function look() {
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, 220)}px`;
    button.disabled = !input.value.trim();
    offers = offersFor(input.value.slice(0, input.selectionStart), hints);
    active = 0;
    draw();
  }

  function draw() {
    list.hidden = offers.length === 0;
    input.setAttribute("aria-expanded", String(offers.length > 0));
    fill(list, offers.map((offer, at) =>
      el("div", {
        class: offer.insert === undefined ? "hint-row usage" : "hint-row", role: "option", id: `${id}-hint-${at}`,
        "aria-selected": String(at === active && offer.insert !== undefined),
        onmousedown: (event) => { event.preventDefault(); complete(offer); },
      }, offer.picture, el("strong", {}, offer.title), el("code", {}, offer.usage), el("span", { class: "quiet" }, offer.note))));
    if (offers[active]?.insert !== undefined) input.setAttribute("aria-activedescendant", `${id}-hint-${active}`);
    else input.removeAttribute("aria-activedescendant");
  }

  function complete(offer) {
    if (offer.insert === undefined) return;
    if (offer.act) {
      put("");
      return void offer.act();
    }
    const end = input.selectionStart;
    input.setRangeText(offer.insert, end - offer.typed.length, end, "end");
    look();
  }

  async function go() {
    const text = input.value.trim();
    if (!text) return;
    if (said.at(-1) !== text) said.push(text);
    recalled = 0;
    put("");
    if (!(await send(text)) && !input.value) put(text);
  }

  function recall(step) {
    const to = recalled + step;
    if (to < 0 || to > said.length) return;
    recalled = to;
    put(to ? said.at(-to) : "");
    input.setSelectionRange(input.value.length, input.value.length);
    offers = [];
    draw();
  }

  input.addEventListener("input", look);
  input.addEventListener("blur", () => { offers = []; draw(); });
  button.addEventListener("click", () => { go(); input.focus(); });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const offer = offers[active];
    const open = offer?.insert !== undefined;
    const asRecalled = recalled > 0 && input.value === said.at(-recalled);
    const does = {
      Enter: () => !event.shiftKey && (open && !offer.exact ? complete(offer) : go(), true),
      Tab: () => open && !event.shiftKey && (complete(offer), true),
      Escape: () => offers.length > 0 && (offers = [], draw(), true),
      ArrowDown: () => (open ? (active = (active + 1) % offers.length, draw(), true) : asRecalled && (recall(-1), true)),
      ArrowUp: () => (open ? (active = (active + offers.length - 1) % offers.length, draw(), true)
        : (!input.value || asRecalled) && (recall(1), true)),
    }[event.key];
    if (does?.()) event.preventDefault();
  });
  return { node, focus: () => input.focus(), relabel: (text) => { input.placeholder = text; input.setAttribute("aria-label", text); } };
}

/** What to suggest for the text before the cursor. */
function offersFor(text, hints) {
  const commands = hints.commands?.() ?? [];
  if (/^\/\S*$/.test(text)) {
    const typed = text.toLowerCase();
    const fits = commands.filter(({ command }) => command.startsWith(typed)).map((one) => ({
      typed: text, insert: `${one.command} `, exact: one.command === typed, title: one.command, usage: one.usage_hint, note: one.description,
    }));
    const shortcuts = (hints.shortcuts?.() ?? []).filter(({ name }) => name.toLowerCase().startsWith(typed.slice(1)));
    return [...fits, ...shortcuts.map((one) => ({ typed: text, insert: "", exact: false, title: one.name, note: "Shortcut", act: one.act }))];
  }
  const [, word] = text.match(/^(\/\S+)\s/) ?? [];
  const [, mark, typed] = text.match(/(?:^|\s)([@#])([\w.-]*)$/) ?? [];
  if (mark) return named(mark, typed.toLowerCase(), hints);
  const known = commands.find(({ command }) => command === word?.toLowerCase());
  return known && !text.includes("\n") ? [{ title: known.command, usage: known.usage_hint, note: known.description }] : [];
}

const nameOf = (offer) => offer.title.replace(/^#/, "");

function named(mark, typed, hints) {
  const fits = (...names) => names.some((name) => name?.toLowerCase().startsWith(typed));
  const found = mark === "@"
    ? hints.people().filter((one) => fits(one.name, one.real_name)).map((one) => ({ title: one.name, note: `${one.real_name}${one.title ? ` · ${one.title}` : ""}`, picture: avatar(one, 20) }))
    : hints.channels().filter((one) => fits(one.name)).map((one) => ({ title: `#${one.name}`, note: one.topic }));
  return found.slice(0, 8).map((offer) => ({ ...offer, typed: mark + typed, insert: `${mark}${nameOf(offer)} `, exact: nameOf(offer) === typed }));
}

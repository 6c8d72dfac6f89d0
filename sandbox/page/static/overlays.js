// What lies over the page for a moment: menus, questions, notices.

import { el } from "./dom.js";
import { plain, textOf } from "./mrkdwn.js";

/**
 * Open a menu beside `anchor`. Entries: `{label, note?, act, checked?, danger?, picture?}`, or `{heading}`.
 * Arrows move, Escape closes, a click elsewhere closes; the focus goes back to the anchor.
 */
export function menu(anchor, entries, { label = null, wide = false } = {}) {
  const items = [];
  const drawn = entries.map((entry) => {
    if (entry.heading) return el("p", { class: "menu-heading", role: "presentation" }, entry.heading);
    const item = el("button", {
      type: "button",
      class: entry.danger ? "menu-item danger" : "menu-item",
      role: entry.checked === undefined ? "menuitem" : "menuitemcheckbox",
      "aria-checked": entry.checked === undefined ? null : String(entry.checked),
      "data-testid": entry.testid ?? "menu-item",
      onclick: () => {
        close();
        entry.act();
      },
    }, entry.picture, el("span", { class: "menu-text" }, el("span", {}, entry.label), entry.note && el("small", {}, entry.note)));
    items.push(item);
    return item;
  });
  const place = el("div", { class: wide ? "menu wide" : "menu", role: "menu", popover: "auto", "aria-label": label, "data-testid": "menu" }, drawn);
  const close = () => place.hidePopover();
  place.addEventListener("toggle", (event) => event.newState === "closed" && place.remove());
  place.addEventListener("keydown", (event) => move(event, items));
  (anchor.closest("dialog") ?? document.body).append(place);
  place.showPopover({ source: anchor });
  putBeside(place, anchor);
  (items.find((item) => item.getAttribute("aria-checked") === "true") ?? items[0])?.focus();
}

function move(event, items) {
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  items.at(to % items.length).focus();
}

/** Below the anchor, or above it where there is no room; always within the window. */
function putBeside(place, anchor) {
  const from = anchor.getBoundingClientRect();
  const { width, height } = place.getBoundingClientRect();
  const below = from.bottom + 4 + height < innerHeight;
  place.style.left = `${Math.max(8, Math.min(from.left, innerWidth - width - 8))}px`;
  place.style.top = `${Math.max(8, below ? from.bottom + 4 : from.top - height - 4)}px`;
}

/** Ask the question of a Block Kit confirm object; answers whether it was confirmed. */
export function confirmed(question, scene) {
  return new Promise((answer) => {
    const close = (value) => () => dialog.close(value);
    const dialog = el("dialog", { class: "question", "aria-labelledby": "question-title", "data-testid": "confirm", onclose: () => {
      dialog.remove();
      answer(dialog.returnValue === "yes");
    } },
      el("h2", { id: "question-title" }, plain(question.title ?? "Are you sure?")),
      el("div", { class: "text" }, textOf(question.text, scene)),
      el("footer", {},
        el("button", { type: "button", class: "button", onclick: close("no"), "data-testid": "confirm-no" }, plain(question.deny ?? "Cancel")),
        el("button", { type: "button", class: `button ${question.style ?? "primary"}`, onclick: close("yes"), "data-testid": "confirm-yes" }, plain(question.confirm ?? "Yes"))));
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Say something at the foot of the page for some seconds. */
export function notice(text, { bad = true } = {}) {
  const place = document.getElementById("notices");
  if ([...place.children].some((node) => node.textContent === text)) return;
  const node = el("p", { class: bad ? "notice bad" : "notice" }, text);
  place.append(node);
  if (place.matches(":popover-open")) place.hidePopover();
  place.showPopover(); // last shown lies on top, over a modal too
  setTimeout(() => {
    node.remove();
    if (!place.childElementCount) place.hidePopover();
  }, 7000);
}

/** Run `work`; what goes wrong is said to the person. Answers what `work` answered, or nothing. */
export async function tried(work) {
  try {
    return await work();
  } catch (problem) {
    notice(problem.message);
    if (problem.constructor.name !== "Refused") console.error(problem);
    return undefined;
  }
}

// Modals and the app's Home: views that an app opens, filled in and sent back.

import { slack } from "./api.js";
import { drawBlocks } from "./blocks.js";
import { el, fill } from "./dom.js";
import { Form, isEmpty } from "./form.js";
import { plain } from "./mrkdwn.js";
import { tried } from "./overlays.js";

/** The stack of modals of the person at the page; the last one is shown. */
export class Modals {
  constructor(scene) {
    this.scene = scene;
    this.forms = new Map();
    this.shown = null;
    this.dialog = el("dialog", { class: "modal", "aria-labelledby": "modal-title", "data-testid": "modal", oncancel: (event) => {
      event.preventDefault();
      this.close();
    } });
    document.body.append(this.dialog);
  }

  /** Show the last view of `stack`; an empty one closes the modal. What was typed stays where its block stays. */
  show(stack) {
    const view = stack.at(-1);
    const sign = view ? JSON.stringify(view) : null;
    for (const id of this.forms.keys()) if (!stack.some((one) => one.id === id)) this.forms.delete(id);
    if (sign === this.shown) return;
    this.shown = sign;
    this.view = view;
    if (!view) return void this.dialog.close();
    this.draw(stack.length > 1);
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.querySelector("[autofocus], .modal-body input, .modal-body textarea, .modal-body select")?.focus();
  }

  form(view) {
    if (!this.forms.has(view.id)) this.forms.set(view.id, viewForm(view, this.scene));
    const form = this.forms.get(view.id);
    form.only(view.blocks);
    return form;
  }

  draw(stacked) {
    const { view, scene } = this;
    const form = this.form(view);
    const close = () => this.close();
    fill(this.dialog, el("form", { method: "dialog", novalidate: true, onsubmit: (event) => { event.preventDefault(); this.submit(); } },
      el("header", {},
        el("h2", { id: "modal-title" }, stacked && el("span", { class: "quiet", "aria-hidden": "true" }, "‹ "), plain(view.title)),
        el("button", { type: "button", class: "bare", "aria-label": "Close", onclick: close, "data-testid": "modal-x" }, "×")),
      el("div", { class: "modal-body blocks" }, drawBlocks(view.blocks, scene, form)),
      el("footer", {},
        el("button", { type: "button", class: "button", onclick: close, "data-testid": "modal-close" }, view.close ? plain(view.close) : stacked ? "Back" : "Cancel"),
        view.submit && el("button", { type: "submit", class: "button primary", "data-testid": "modal-submit" }, plain(view.submit)))));
  }

  async submit() {
    const { view } = this;
    const form = this.form(view);
    form.errors = { ...missing(view, form), ...unfit(this.dialog) };
    if (Object.keys(form.errors).length === 0) {
      const button = this.dialog.querySelector("[type=submit]");
      button.setAttribute("aria-busy", "true");
      const answer = await tried(() => slack.submit({ as: this.scene.me, view_id: view.id, values: form.values }));
      button.removeAttribute("aria-busy");
      form.errors = answer?.errors ?? {};
    }
    for (const block of this.dialog.querySelectorAll(".block.input")) {
      block.querySelector(".error").textContent = form.errors[block.dataset.block] ?? "";
    }
    this.dialog.querySelector(".error:not(:empty)")?.closest(".block").querySelector("input, textarea, select")?.focus();
    this.onChange?.();
  }

  async close() {
    await tried(() => slack.close({ as: this.scene.me, view_id: this.view.id }));
    this.onChange?.();
  }
}

function viewForm(view, scene) {
  const form = new Form((what) => tried(() => slack.press({ as: scene.me, view_id: view.id, values: form.values, ...what })));
  return form;
}

function missing(view, form) {
  const empty = view.blocks.filter((block) => block.type === "input" && !block.optional && isEmpty(Object.values(form.values[block.block_id] ?? {})[0]));
  return Object.fromEntries(empty.map((block) => [block.block_id, "Please complete this required field."]));
}

// What the browser itself finds wrong with a number, an address or a length, in its own words.
function unfit(dialog) {
  const bad = [...dialog.querySelectorAll(".block.input :is(input, textarea)")].filter((node) => !node.checkValidity());
  return Object.fromEntries(bad.map((node) => [node.closest(".block").dataset.block, node.validationMessage]));
}

/** The app's Home, drawn into `place`. */
export class Home {
  constructor(place, scene) {
    Object.assign(this, { place, scene, shown: null, form: null });
  }

  show(view) {
    const sign = JSON.stringify([view, this.scene.me]);
    if (sign === this.shown) return;
    this.shown = sign;
    if (!view) return void fill(this.place, el("p", { class: "empty quiet" }, "The app has not drawn its Home for you yet."));
    this.form = viewForm(view, this.scene);
    fill(this.place, el("div", { class: "blocks" }, drawBlocks(view.blocks, this.scene, this.form)));
  }
}

// A list of messages that follows what the sandbox says: the channel's, or a thread's.

import { slack } from "./api.js";
import { el, follow } from "./dom.js";
import { Form } from "./form.js";
import { drawMessage } from "./messages.js";
import { tried } from "./overlays.js";
import { dayOf, momentOf } from "./time.js";

const TOGETHER = 5 * 60; // seconds within which messages of one author stand under one name

export class Conversation {
  /** `openThread(ts)` is left out for a thread's own list. `shortcuts()` answers the message shortcuts of the apps. */
  constructor(place, scene, { openThread = null, shortcuts = () => [] } = {}) {
    Object.assign(this, { place, scene, openThread, shortcuts, forms: new Map(), channel: null });
  }

  /** Show these messages of this channel (or of a thread in it), and stay at the end when that is where the reader was. */
  show(channel, messages, within = "") {
    const fresh = channel !== this.channel || within !== this.within;
    this.within = within;
    if (fresh) {
      this.forms.clear();
      this.place.replaceChildren();
    }
    this.channel = channel;
    const { scrollHeight, scrollTop, clientHeight } = this.place;
    const atEnd = fresh || scrollHeight - scrollTop - clientHeight < 60;
    follow(this.place, this.rows(messages.filter((message) => !message.deleted || message.reply_count)));
    if (atEnd) this.place.scrollTop = this.place.scrollHeight;
  }

  rows(messages) {
    if (messages.length === 0 && this.openThread) {
      return [{ key: "empty", sign: this.channel, draw: () => el("p", { class: "empty quiet" }, "Nothing was said here yet.") }];
    }
    const now = this.scene.now();
    return messages.flatMap((message, at) => {
      const [before, day] = [messages[at - 1], dayOf(momentOf(message.ts), now)];
      const newDay = !before || dayOf(momentOf(before.ts), now) !== day;
      const grouped = !newDay && !before.ephemeral && !message.ephemeral && before.user === message.user
        && before.username === message.username && message.ts - before.ts < TOGETHER && !before.reply_count;
      const row = { key: message.ts, sign: JSON.stringify([message, grouped, this.scene.me]), draw: () => this.draw(message, grouped) };
      const divider = { key: `day ${day}`, sign: day, draw: () => el("div", { class: "day", role: "separator" }, el("span", {}, day)) };
      return newDay && this.openThread ? [divider, row] : [row];
    });
  }

  draw(message, grouped) {
    const [as, channel, ts] = [this.scene.me, this.channel, message.ts];
    const form = this.form(as, channel, message);
    const acts = {
      react: (name, on) => tried(() => slack.react({ as, channel, ts, name, on })),
      remove: () => tried(() => slack.remove({ as, channel, ts })),
      shortcut: (callback_id) => tried(() => slack.shortcut({ as, callback_id, channel, ts })),
      shortcuts: this.shortcuts(),
      openThread: this.openThread && !message.ephemeral && (() => this.openThread(ts)),
    };
    return drawMessage(message, this.scene, form, { grouped, acts });
  }

  form(as, channel, message) {
    const { ts } = message;
    const key = `${as} ${ts}`;
    if (!this.forms.has(key)) {
      const form = new Form((what) => tried(() => slack.press({ as, channel, ts, values: form.values, ...what })));
      this.forms.set(key, form);
    }
    this.forms.get(key).only([...(message.blocks ?? []), ...(message.attachments ?? []).flatMap((part) => part.blocks ?? [])]);
    return this.forms.get(key);
  }

  /** Bring one message into view and mark it for a moment. */
  mark(ts) {
    const node = this.place.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
    node?.scrollIntoView({ block: "center" });
    node?.classList.add("marked");
    setTimeout(() => node?.classList.remove("marked"), 2500);
  }
}

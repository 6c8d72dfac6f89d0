// One message: who, when, what, and what can be done with it.

import { drawAttachments, drawBlocks } from "./blocks.js";
import { el } from "./dom.js";
import { emoji, link, mrkdwn } from "./mrkdwn.js";
import { PICKER } from "./emoji.js";
import { icon } from "./icons.js";
import { menu } from "./overlays.js";
import { avatar, badge, fullName } from "./people.js";
import { fullTime, momentOf, timeOf } from "./time.js";

/**
 * Draw a message. `grouped`: it follows one of the same author, so it needs no name. `acts`: `react(name, on)`,
 * `remove()`, `shortcuts` and, outside of a thread, `openThread()`.
 */
export function drawMessage(message, scene, form, { grouped, acts }) {
  const author = authorOf(message, scene);
  const when = momentOf(message.ts);
  const kind = ["message", grouped && "grouped", message.ephemeral && "ephemeral", message.deleted && "gone"].filter(Boolean).join(" ");
  return el("article", { class: kind, "data-testid": "message", "data-ts": message.ts, "aria-label": `${fullName(author)}, ${timeOf(when)}` },
    el("div", { class: "gutter" }, grouped ? el("time", { class: "quiet", title: fullTime(when) }, timeOf(when)) : avatar(author)),
    el("div", { class: "message-body" },
      message.ephemeral && el("p", { class: "only-you" }, icon("eye", 14), "Only visible to you"),
      !grouped && byline(author, when),
      message.deleted ? el("p", { class: "quiet" }, "This message was deleted.") : content(message, scene, form),
      reactions(message, scene, acts),
      threadLine(message, acts)),
    !message.deleted && !message.ephemeral && tools(message, scene, acts));
}

export function authorOf(message, scene) {
  const user = scene.person(message.user) ?? { id: message.user, name: message.username ?? "Slackbot", is_bot: true, initials: "S", color: "55586b" };
  return message.username ? { ...user, real_name: message.username } : user;
}

const byline = (author, when) =>
  el("p", { class: "byline" }, el("strong", {}, fullName(author)), badge(author), el("time", { class: "quiet", title: fullTime(when) }, timeOf(when)));

function content(message, scene, form) {
  const edited = message.edited && el("small", { class: "quiet edited" }, "(edited)");
  const hasBlocks = message.blocks?.length > 0;
  return [
    hasBlocks
      ? el("div", { class: "blocks" }, drawBlocks(message.blocks, scene, form))
      : message.text && el("div", { class: "text" }, mrkdwn(message.text, scene), edited && [" ", edited]),
    drawAttachments(message.attachments, scene, form),
    (message.files ?? []).map((file) => drawFile(file, scene)),
    hasBlocks && edited,
  ];
}

function drawFile(file, scene) {
  const address = file.url_private ?? file.permalink ?? "";
  const title = file.title ?? file.name ?? "file";
  if (file.mimetype?.startsWith("image/")) {
    return el("figure", { class: "file-image" }, el("figcaption", {}, title), el("img", { class: "wide", src: address, alt: file.alt_txt ?? title, loading: "lazy" }));
  }
  const small = [title !== file.name && file.name, size(file.size)].filter(Boolean).join(" · ");
  return el("p", { class: "file", "data-testid": "file" }, icon("file", 28), el("span", {}, link(new URL(address, location.href).href, [title], scene), el("small", { class: "quiet" }, small)));
}

const size = (bytes) => (bytes === undefined ? "" : bytes < 1024 ? `${bytes} bytes` : `${Math.round(bytes / 1024)} kB`);

function reactions(message, scene, acts) {
  if (!message.reactions?.length) return null;
  return el("div", { class: "reactions" },
    message.reactions.map(({ name, users }) => {
      const mine = users.includes(scene.me);
      const who = users.map((id) => (id === scene.me ? "you" : (scene.person(id)?.name ?? id))).join(", ");
      return el("button", {
        type: "button", class: mine ? "reaction mine" : "reaction", "data-testid": "reaction", "data-name": `reaction/${name}`,
        "aria-pressed": String(mine), "aria-label": `${name}: ${who}`, title: `${who} reacted with :${name}:`, onclick: () => acts.react(name, !mine),
      }, emoji(name), el("span", {}, users.length));
    }),
    el("button", { type: "button", class: "reaction add", "aria-label": "Add a reaction", onclick: (event) => pick(event.currentTarget, acts) }, icon("smile", 16)));
}

const pick = (anchor, acts) =>
  menu(anchor, PICKER.map((name) => ({ label: [emoji(name), ` ${name}`], testid: `pick-${name}`, act: () => acts.react(name, true) })), { label: "Reactions" });

function threadLine(message, acts) {
  if (!acts.openThread || !message.reply_count) return null;
  const many = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
  return el("button", { type: "button", class: "thread-line", "data-testid": "replies", "data-name": "replies", onclick: acts.openThread },
    el("strong", {}, many), el("span", { class: "quiet" }, "View thread"));
}

function tools(message, scene, acts) {
  const more = [
    ...(acts.shortcuts ?? []).map((shortcut) => ({ label: shortcut.name, act: () => acts.shortcut(shortcut.callback_id) })),
    ...(message.user === scene.me ? [{ label: "Delete message", danger: true, act: acts.remove }] : []),
  ];
  const tool = (name, label, act, testid) =>
    el("button", { type: "button", class: "tool", "aria-label": label, title: label, onclick: act, "data-testid": testid }, icon(name, 17));
  return el("div", { class: "tools" },
    tool("smile", "Add a reaction", (event) => pick(event.currentTarget, acts), "react"),
    acts.openThread && tool("thread", "Reply in thread", acts.openThread, "reply"),
    more.length > 0 && tool("more", "More", (event) => menu(event.currentTarget, more), "more"));
}

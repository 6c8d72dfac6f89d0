// The side bar: channels, direct messages and the apps; and the switcher of who you are.

import { el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { menu } from "./overlays.js";
import { avatar, fullName } from "./people.js";

/** Whether a channel is a direct message. */
export const isDirect = (channel) => channel.kind === "im" || channel.kind === "mpim";

/** The other person, or the app, of a direct message. */
export const otherOf = (channel, scene) => scene.person(channel.members.find((id) => id !== scene.me) ?? scene.me);

/** What a channel is called by the person at the page. */
export function titleOf(channel, scene) {
  return isDirect(channel) ? fullName(otherOf(channel, scene) ?? { name: channel.name }) : channel.name;
}

/** Draw the side bar. `now` says what is open: `{channel}` or `{home}`; `go` has `channel(id)`, `person(id)` and `home(id)`. */
export function drawSide(place, scene, now, go) {
  const channels = scene.channels();
  const direct = scene.directs().filter((channel) => otherOf(channel, scene) && !otherOf(channel, scene).is_bot);
  const appDirect = (app) => scene.directs().find((channel) => channel.members.includes(app.id));
  fill(place,
    section("Channels", null, channels.map((channel) =>
      row(icon("hash", 16), channel.name, { current: !now.home && now.channel === channel.id, unread: channel.unread, quiet: channel.is_member === false, act: () => go.channel(channel.id), testid: `channel-${channel.name}` }))),
    section("Direct messages", newMessage(scene, go), direct.map((channel) => {
      const other = otherOf(channel, scene);
      return row(avatar(other, 20), fullName(other), { current: !now.home && now.channel === channel.id, unread: channel.unread, act: () => go.channel(channel.id), testid: `dm-${other.name}` });
    })),
    section("Apps", null, scene.bots().map((app) => {
      const channel = appDirect(app);
      const current = now.home === app.id || (channel !== undefined && now.channel === channel.id);
      return row(avatar(app, 20), fullName(app), { current, unread: channel?.unread, act: () => go.home(app.id), testid: "app-home" });
    })));
}

function section(title, tool, rows) {
  return el("section", {}, el("h2", {}, title, tool), el("ul", {}, rows));
}

function row(picture, name, { current, unread, quiet, act, testid }) {
  const kind = ["side-row", current && "current", unread > 0 && !current && "unread", quiet && "not-in"].filter(Boolean).join(" ");
  return el("li", {}, el("button", { type: "button", class: kind, "aria-current": current ? "page" : null, "data-testid": testid, onclick: act },
    picture, el("span", { class: "grow" }, name), unread > 0 && !current && el("span", { class: "count", "aria-label": `${unread} unread` }, unread)));
}

function newMessage(scene, go) {
  const entries = () => scene.people().filter(({ id }) => id !== scene.me).map((person) => ({ label: fullName(person), note: person.title, picture: avatar(person, 24), act: () => go.person(person.id) }));
  return el("button", { type: "button", class: "bare", "aria-label": "New direct message", "data-testid": "new-dm", onclick: (event) => menu(event.currentTarget, entries(), { label: "New direct message" }) }, icon("plus", 16));
}

/** The switcher at the top: everybody that one can be, with their titles. */
export function drawSwitcher(place, scene, become) {
  const me = scene.person(scene.me);
  const entries = () => scene.people().map((person) => ({
    label: fullName(person), note: person.title, picture: avatar(person, 28), checked: person.id === scene.me, testid: `be-${person.name}`, act: () => become(person.id),
  }));
  fill(place, el("button", {
    type: "button", class: "you", "data-testid": "person-switcher", "aria-haspopup": "menu", "aria-label": `You are ${fullName(me)}, ${me.title}. Be somebody else.`,
    onclick: (event) => menu(event.currentTarget, entries(), { label: "You are", wide: true }),
  }, el("span", { class: "you-are" }, "You are"), avatar(me, 24), el("strong", {}, fullName(me)), el("span", { class: "you-title" }, me.title), icon("down", 16)));
}

// How people and bots are shown: coloured initials, and the badge of an app.

import { el } from "./dom.js";

const colour = (user) => (user.color ? `#${user.color.replace(/^#/, "")}` : "#6b6880");
const initials = (user) => user.initials ?? (user.real_name ?? user.name ?? "?").split(/\s+/).map((word) => word[0]).slice(0, 2).join("").toUpperCase();

/** A square with initials; `size` in pixels. Decoration: the name always stands beside it. */
export function avatar(user, size = 36) {
  const style = { "--size": `${size}px`, "--colour": colour(user) };
  return el("span", { class: user.is_bot ? "avatar bot" : "avatar", style, "aria-hidden": "true" }, initials(user));
}

export const badge = (user) => user.is_bot && el("span", { class: "badge" }, "APP");

export const fullName = (user) => user.real_name ?? user.name;

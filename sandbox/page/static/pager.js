// The pager: who is on call, PagerDuty's incidents, and its own buttons, pressed as the person that one is.

import { pager, Refused } from "./api.js";
import { el, fill, follow } from "./dom.js";
import { icon } from "./icons.js";
import { moment, timeOf } from "./time.js";

const WORDS = { triggered: ["!", "triggered"], acknowledged: ["…", "acknowledged"], resolved: ["✓", "resolved"] };
const RESOLVED_SHOWN = 5; // older ones are in PagerDuty, and nobody plays with them any more

export class Pager {
  /** `me()` is the person that one is; `did(work)` does something, and looks again. */
  constructor(place, { me, did }) {
    Object.assign(this, { place, me, did });
    this.parts = Object.fromEntries(["onCall", "open", "before", "faults"].map((name) => [name, el("div", { class: "rows" })]));
    const { onCall, open, before, faults } = this.parts;
    this.fold = el("details", { class: "fold", "data-testid": "pager-resolved" }, el("summary"), before);
    this.place.hidden = true;
    fill(place, el("h4", {}, icon("bell", 14), "Pager"), onCall, open, this.fold, faults);
  }

  /** Fetch and draw; where there is no PagerDuty, there is no section. */
  async look() {
    let state;
    try {
      state = await pager.state();
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
    }
    this.place.hidden = !state;
    if (state) this.show(state);
  }

  show({ incidents, on_call: policies, faults }) {
    const me = this.me();
    // The newest stays in view when it is over, so that one sees how it ended.
    const shown = incidents.filter((one, at) => one.status !== "resolved" || at === 0);
    const before = incidents.filter((one) => !shown.includes(one));
    const none = { key: "none", sign: "", draw: () => el("p", { class: "quiet", "data-testid": "no-incident" }, "No incident.") };
    const card = (incident, act) => ({ key: incident.id, sign: JSON.stringify([incident, act && me?.id]), draw: () => incidentCard(incident, me, act) });
    const act = (incident, what) => this.act(incident, what);
    follow(this.parts.open, shown.length ? shown.map((one) => card(one, act)) : [none]);
    follow(this.parts.before, before.slice(0, RESOLVED_SHOWN).map((one) => card(one)));
    this.fold.hidden = !before.length;
    this.fold.querySelector("summary").textContent = `${before.length} resolved before`;
    const levels = (policies[0]?.levels ?? []).slice(0, 2);
    follow(this.parts.onCall, [{ key: "levels", sign: JSON.stringify(levels), draw: () => onCall(levels) }]);
    const away = faults.some(({ what }) => what === "away");
    follow(this.parts.faults, [{ key: "away", sign: String(away), draw: () => awaySwitch(away, this.did) }]);
  }

  act(incident, what) {
    const { email } = this.me(); // now, and not when the button was drawn
    return this.did(() => pager.act({ who: email, do: what, incident: incident.id }));
  }
}

function onCall(levels) {
  return el("dl", { class: "on-call", "data-testid": "on-call" }, levels.map(({ level, people }) => [
    el("dt", { class: "quiet" }, level === 1 ? "On call" : "then"), el("dd", {}, people.join(", ") || "nobody"),
  ]));
}

/** One incident, compact; without `act` it has no buttons. */
function incidentCard(incident, me, act) {
  const { number, title, status, created_at: created, acknowledged_by: holders } = incident;
  const button = (what, label) => el("button", { type: "button", class: "small-button", "data-name": what, "data-testid": `pager-${what}`, title: `In PagerDuty, as ${me.real_name}`, onclick: () => act(incident, what) }, label);
  const since = moment(created);
  return el("article", { class: "incident", "data-testid": "incident", "data-status": status, "aria-label": `Incident ${number}: ${status}` },
    el("header", {}, el("strong", {}, `#${number}`), stateChip(status), el("time", { class: "quiet", datetime: since.toISOString() }, `since ${timeOf(since)}`)),
    el("p", { class: "title" }, title),
    el("p", { class: "quiet", "data-testid": "incident-who" }, whoHas(incident)),
    act && me && status !== "resolved" && el("div", { class: "buttons" },
      !holders.includes(me.real_name) && button("acknowledge", "Acknowledge"), button("resolve", "Resolve"), el("span", { class: "quiet" }, `as ${me.real_name}`)));
}

function stateChip(status) {
  const [letter, word] = WORDS[status] ?? ["?", status];
  return el("span", { class: `state ${status}`, "data-testid": "incident-status" }, el("span", { "aria-hidden": "true" }, letter), word);
}

function whoHas({ status, level, levels, assignees, acknowledged_by: holders, log }) {
  if (status === "resolved") return log.find(({ kind }) => kind === "resolve")?.text ?? "Over.";
  const asked = assignees.join(", ");
  if (!holders.length) return `Nobody has it. It asks ${asked || "nobody"}, level ${level} of ${levels}.`;
  const names = holders.join(", ");
  return `${names} ${holders.length > 1 ? "have" : "has"} it.${asked && asked !== names ? ` Assigned to ${asked}.` : ""}`;
}

function awaySwitch(on, did) {
  const turn = () => did(() => (on ? pager.heal({ what: "away" }) : pager.break({ what: "away" })));
  return el("div", { class: "switches" }, el("button", { type: "button", class: on ? "switch on" : "switch", "aria-pressed": String(on), title: "Its API closes every connection without an answer", "data-name": "away", "data-testid": "pager-away", onclick: turn }, on && icon("crack", 12), "PagerDuty is away"));
}

// The alerts: what fires in the Alertmanager, and a few that can be made to fire by hand.

import { alerts, Refused } from "./api.js";
import { el, fill, follow } from "./dom.js";
import { icon } from "./icons.js";
import { moment, timeOf } from "./time.js";

const OFFERED = ["ServiceDown", "BridgeHighCPU", "BridgeHighErrorRate", "SignatureVerificationFailures"];

export class Alerts {
  /** `did(work)` does something, and looks again. */
  constructor(place, { did }) {
    Object.assign(this, { place, did });
    this.parts = Object.fromEntries(["firing", "offered", "faults"].map((name) => [name, el("div", { class: "rows" })]));
    const { firing, offered, faults } = this.parts;
    this.place.hidden = true;
    fill(place, el("h4", {}, icon("flame", 14), "Alerts"), firing, offered, faults);
  }

  /** Fetch and draw; where there is no Alertmanager, there is no section. */
  async look() {
    let state;
    try {
      state = await alerts.state();
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
    }
    this.place.hidden = !state;
    if (state) this.show(state);
  }

  show({ alerts: firing, predefined, broken }) {
    const { firing: list, offered, faults } = this.parts;
    const none = { key: "none", sign: "", draw: () => el("p", { class: "quiet", "data-testid": "no-alert" }, "Nothing fires.") };
    follow(list, firing.length ? firing.map((alert) => ({ key: alert.fingerprint, sign: JSON.stringify([alert.startsAt, alert.status]), draw: () => alertRow(alert) })) : [none]);
    const ready = OFFERED.map((name) => predefined.find((one) => one.name === name)).filter(Boolean);
    follow(offered, [{ key: "offered", sign: JSON.stringify(ready), draw: () => fireButtons(ready, this.did) }]);
    const blind = broken.includes("blind");
    follow(faults, [{ key: "blind", sign: String(blind), draw: () => blindSwitch(blind, this.did) }]);
  }
}

function alertRow({ labels, annotations, startsAt, status }) {
  const since = moment(startsAt);
  const silenced = status.state === "suppressed";
  return el("article", { class: `alert ${labels.severity}`, "data-testid": "alert", title: annotations.description },
    el("strong", {}, labels.alertname), el("span", { class: "quiet" }, labels.job ?? labels.service ?? ""),
    el("span", { class: "severity" }, silenced ? "silenced" : labels.severity),
    el("time", { class: "quiet", datetime: since.toISOString() }, timeOf(since)));
}

const fireButtons = (ready, did) => el("div", { class: "switches", role: "group", "aria-label": "Alerts that fire by hand" }, ready.map(({ name, severity, firing }) => {
  const turn = () => did(() => (firing ? alerts.clear({ name }) : alerts.fire({ name })));
  return el("button", { type: "button", class: firing ? "switch on" : "switch", "aria-pressed": String(firing), title: firing ? "End it" : `Let it fire (${severity})`, "data-name": name, "data-testid": `fire-${name}`, onclick: turn }, firing && icon("flame", 12), name);
}));

function blindSwitch(on, did) {
  const turn = () => did(() => alerts.break({ what: "blind", on: !on }));
  return el("div", { class: "switches" }, el("button", { type: "button", class: on ? "switch on" : "switch", "aria-pressed": String(on), title: "It reaches neither the bot nor PagerDuty, and tries again", "data-name": "blind", "data-testid": "alerts-blind", onclick: turn }, on && icon("crack", 12), "Alertmanager reaches nobody"));
}

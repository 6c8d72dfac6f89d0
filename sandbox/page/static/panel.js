// The panel beside the conversation: the cluster, the pager, the alerts, the clock and the bot, looked at each second
// while it can be seen.

import { Alerts } from "./alerts.js";
import { cluster, Refused, world } from "./api.js";
import { ageOf, clusterBreaks, deploymentCard, nodeRow } from "./cluster.js";
import { el, fill, follow } from "./dom.js";
import { icon } from "./icons.js";
import { tried } from "./overlays.js";
import { Pager } from "./pager.js";
import { clockFace, moment, span } from "./time.js";

const NAMESPACE = "aureus"; // shown open; what is in other namespaces is folded away
const MOVES = [["+1 min", 60], ["+10 min", 600], ["+1 h", 3600], ["+1 day", 86_400]];

export class Panel {
  /** `onTime(date)` hears the sandbox's time; `hide()` closes the panel where it is a drawer; `me()` is who presses. */
  constructor(place, { onTime, hide, me }) {
    this.look = this.look.bind(this);
    this.did = this.did.bind(this);
    this.onTime = onTime;
    this.parts = Object.fromEntries(["problems", "deployments", "others", "nodes", "breaks", "clock", "bot"].map((name) => [name, el("div", { class: name })]));
    const { problems, deployments, others, nodes, breaks, clock, bot } = this.parts;
    this.fold = el("details", { class: "fold", "data-testid": "other-namespaces" }, el("summary"), others);
    this.seen = el("div", { hidden: true }, deployments, this.fold);
    this.more = el("div", { hidden: true },
      el("section", {}, el("h4", {}, "Nodes"), nodes), el("section", {}, el("h4", {}, "Break the API server"), breaks));
    const pagerPart = el("section", { class: "pager", "aria-label": "Pager", "data-testid": "pager" });
    const alertsPart = el("section", { class: "alerts", "aria-label": "Alerts", "data-testid": "alerts" });
    this.sections = [new Pager(pagerPart, { me, did: this.did }), new Alerts(alertsPart, { did: this.did })];
    this.worldPart = el("section", { class: "world", hidden: true }, clock, bot);
    fill(place,
      el("header", { class: "panel-head" }, icon("cluster"), el("h2", {}, "The cluster"), el("code", { class: "quiet" }, NAMESPACE), el("span", { class: "grow" }),
        el("button", { type: "button", class: "bare only-drawer", "aria-label": "Close the panel", onclick: hide }, icon("close"))),
      el("div", { class: "panel-body" }, problems, this.seen, pagerPart, alertsPart, this.more),
      this.worldPart);
    document.addEventListener("visibilitychange", () => document.hidden || this.look());
    this.look();
  }

  async look() {
    clearTimeout(this.timer);
    if (document.hidden) return;
    await Promise.all([this.lookAtCluster(), this.lookAtWorld(), ...this.sections.map((one) => one.look())]);
    clearTimeout(this.timer);
    this.timer = setTimeout(this.look, 1000);
  }

  async lookAtCluster() {
    try {
      this.showCluster(await cluster.state());
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      fill(this.parts.problems, el("p", { class: "problem" }, problem.message));
    }
  }

  showCluster({ deployments, nodes, broken }) {
    const { problems, others, breaks } = this.parts;
    const inside = deployments.filter(({ namespace }) => namespace === NAMESPACE);
    const outside = deployments.filter(({ namespace }) => namespace !== NAMESPACE);
    fill(problems);
    followCards(this.parts.deployments, inside, this.did);
    followCards(others, outside, this.did);
    follow(this.parts.nodes, nodes.map((node) => ({ key: node.name, sign: JSON.stringify(node), draw: () => nodeRow(node) })));
    follow(breaks, [{ key: "breaks", sign: broken.join(), draw: () => clusterBreaks(broken, this.did) }]);
    this.seen.hidden = this.more.hidden = false;
    this.fold.hidden = outside.length === 0;
    const ready = outside.filter((one) => one.ready >= one.wanted).length;
    const names = [...new Set(outside.map(({ namespace }) => namespace))].join(", ");
    this.fold.querySelector("summary").textContent = `${names} · ${ready} of ${outside.length} ready`;
  }

  async lookAtWorld() {
    let state;
    try {
      state = await world.state();
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
    }
    this.worldPart.hidden = !state;
    if (!state) return;
    const now = moment(state.now);
    this.onTime(now);
    const face = clockFace(now);
    follow(this.parts.clock, [{ key: "clock", sign: `${face} ${state.moved_seconds}`, draw: () => clock(face, state.moved_seconds, (seconds) => this.did(() => world.move(seconds))) }]);
    follow(this.parts.bot, [{ key: "bot", sign: JSON.stringify(state.bot), draw: () => bot(state.bot, (what) => this.did(() => world.bot(what))) }]);
  }

  async did(work) {
    await tried(work);
    await this.look();
  }
}

// A card is drawn anew when something on it has changed; the age of a pod changes in whole minutes.
const signOf = (deployment) => JSON.stringify(deployment, (key, value) => (key === "age_seconds" ? ageOf(value) : value));

function followCards(place, deployments, did) {
  follow(place, deployments.map((deployment) => ({
    key: `${deployment.namespace}/${deployment.name}`, sign: signOf(deployment), draw: () => deploymentCard(deployment, did),
  })));
}

function clock(face, moved, move) {
  return el("div", { class: "world-row" },
    el("div", {}, el("strong", { "data-testid": "clock" }, face), el("small", { class: "quiet" }, moved > 0 ? `moved on by ${span(moved)}` : "not moved")),
    el("div", { class: "buttons" }, MOVES.map(([label, seconds]) => el("button", { type: "button", class: "small-button", "data-name": label, "data-testid": `move-${seconds}`, onclick: () => move(seconds) }, label))));
}

function bot({ running, pid, starts }, act) {
  const button = (what, label, danger) => el("button", { type: "button", class: danger ? "small-button danger" : "small-button", "data-name": what, "data-testid": `bot-${what}`, onclick: () => act(what) }, label);
  return el("div", { class: "world-row" },
    el("div", {}, el("strong", { class: running ? "bot-state on" : "bot-state off", "data-testid": "bot-state" }, running ? "The bot runs" : "The bot is stopped"),
      el("small", { class: "quiet" }, running ? `process ${pid}, started ${starts === 1 ? "once" : `${starts} times`}` : "what it was told is kept in its journal")),
    el("div", { class: "buttons" }, running ? [button("restart", "restart"), button("kill", "kill -9", true)] : button("start", "start")));
}

// How the cluster is drawn: a card for each deployment, its pods, the room on the nodes, and what is broken.

import { cluster } from "./api.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { menu } from "./overlays.js";
import { age } from "./time.js";

const BREAKS = {
  image: ["Image cannot be pulled", "New pods stay in ImagePullBackOff"],
  crash: ["Crashes at the start", "New pods end with exit code 1"],
  oom: ["Runs out of memory", "New pods are killed by the kernel (137)"],
  probe: ["Never ready", "Runs, but the readiness probe fails"],
  room: ["No room", "No node has the CPU that is asked for"],
  quota: ["Quota is used up", "New pods are refused"],
  slow: ["Slow to start", "Readiness takes ten times as long"],
};
// Of those that can, what strikes the pods that run already, too: nothing is ready then, and ServiceDown fires.
const STRIKES = { crash: ["They crash now", "Nothing is ready: ServiceDown fires"], oom: ["They run out of memory now", "The same, killed by the kernel (137)"] };
const CLUSTER_BREAKS = {
  away: ["Away", "The API server does not answer"],
  errors: ["Errors", "The API server answers 500"],
  throttle: ["Throttled", "The API server answers 429"],
  forbid: ["Forbidden", "Every change is answered with 403"],
};

/** One deployment, compact. `did(work)` does something to the cluster, and looks again. */
export function deploymentCard(deployment, did) {
  const { namespace, name, wanted, ready, image, paused, revision, pods, hpa, broken } = deployment;
  const missing = Math.max(0, wanted - pods.filter((pod) => kindOf(pod) !== "going").length);
  const healthy = ready >= wanted && broken.length === 0;
  return el("article", { class: "deployment", "data-testid": `deployment-${namespace}-${name}`, "aria-label": `${name}: ${ready} of ${wanted} ready` },
    el("header", {},
      el("h3", {}, name),
      el("span", { class: healthy ? "ratio" : "ratio off", "data-testid": "ratio" }, `${ready}/${wanted}`, el("small", {}, " ready"))),
    el("div", { class: "pods-row" },
      el("ul", { class: "pods", "aria-label": "Pods" }, pods.map(podDot), Array.from({ length: missing }, missingDot)),
      stepper(deployment, did)),
    el("footer", {}, el("p", { class: "facts quiet" },
      el("span", { title: image }, tagOf(image)),
      revision && el("span", {}, `rev ${revision}`),
      paused && el("span", { class: "loud" }, "paused"),
      hpa && el("span", { class: "hpa", title: `${hpa.name}: wants ${hpa.desired}` }, `HPA ${hpa.min}–${hpa.max}`, !hpa.active && " off", hpa.active && hpa.desired !== wanted && ` → ${hpa.desired}`)),
      breakMenu(deployment, did)),
    broken.length > 0 && el("p", { class: "chips" }, broken.map((what) => brokenChip(what, BREAKS[what]?.[0] ?? what, { namespace, name }, did))));
}

function tagOf(image) {
  const [name, digest] = image.split("@");
  return name.match(/:([^/:]+)$/)?.[1] ?? digest?.slice(0, 14) ?? name.split("/").at(-1);
}

const LOOKS = { ok: ["✓", "ready"], starting: ["…", "starting"], bad: ["!", "failing"], going: ["–", "going away"] };

function kindOf({ phase, ready, reason, restarts }) {
  if (/terminating/i.test(`${phase} ${reason}`)) return "going";
  if (ready) return "ok";
  const failing = /err|backoff|crash|oom|fail|unschedulable|insufficient|unhealthy|evicted/i.test(reason ?? "") || phase === "Failed" || restarts > 0;
  return failing ? "bad" : "starting";
}

/** How old a pod is, in words that do not change every second. */
export const ageOf = (seconds) => (seconds < 60 ? "under a minute old" : `${age(seconds)} old`);

function podDot(pod) {
  const kind = kindOf(pod);
  const [letter, word] = LOOKS[kind];
  const facts = [pod.reason || word, `${pod.restarts} ${pod.restarts === 1 ? "restart" : "restarts"}`, ageOf(pod.age_seconds), pod.node ?? "no node"];
  return el("li", { class: `pod ${kind}`, tabindex: 0, "data-testid": "pod", "data-kind": kind, "data-name": pod.name, "data-tip": `${pod.name}\n${facts.join(" · ")}`, "aria-label": `${pod.name}: ${word}, ${facts.join(", ")}` }, letter);
}

const missingDot = () => el("li", { class: "pod missing", title: "Wanted, not there yet", "aria-label": "wanted, not there yet" });

function breakMenu({ namespace, name, broken }, did) {
  const strikes = Object.entries(STRIKES).map(([what, [label, note]]) => ({ label, note, testid: `strike-${what}`, act: () => did(() => cluster.break({ what, namespace, name, on: true, everything: true })) }));
  const breaks = Object.entries(BREAKS).map(([what, [label, note]]) => {
    const on = !broken.includes(what);
    return { label, note, checked: !on, testid: `break-${what}`, act: () => did(() => cluster.break({ what, namespace, name, on })) };
  });
  const entries = () => [{ heading: "All of its pods, at once" }, ...strikes, { heading: "Each new pod" }, ...breaks];
  return el("button", { type: "button", class: "small-button", "data-name": "break", "data-testid": "break", "aria-haspopup": "menu", onclick: (event) => menu(event.currentTarget, entries(), { label: `Break ${name}`, wide: true }) },
    icon("crack", 14), "Break it", icon("down", 12));
}

function stepper({ namespace, name, wanted }, did) {
  const to = (replicas) => () => did(() => cluster.scale({ namespace, name, replicas }));
  const step = (sign, replicas, label) =>
    el("button", { type: "button", "data-name": label, "data-testid": label, "aria-label": `kubectl scale ${name} to ${replicas}`, disabled: replicas < 0, onclick: to(replicas) }, sign);
  return el("div", { class: "stepper", role: "group", "aria-label": "Somebody else's kubectl", "data-tip": "Somebody else's kubectl:\nscales past the bot" },
    el("span", { class: "quiet" }, "kubectl"), step("−", wanted - 1, "scale-down"), el("output", {}, wanted), step("+", wanted + 1, "scale-up"));
}

function brokenChip(what, label, where, did) {
  const heal = () => did(() => cluster.break({ what, ...where, on: false }));
  return el("button", { type: "button", class: "chip bad", "data-testid": `heal-${what}`, title: "Heal it", "aria-label": `${label}: heal it`, onclick: heal }, icon("crack", 12), label, icon("close", 12));
}

/** One node: how much CPU is still free. */
export function nodeRow({ name, cpu_free_millis: free, cpu_total_millis: total }) {
  const cores = (millis) => (millis / 1000).toFixed(1);
  return el("div", { class: "node" }, el("span", {}, name),
    el("span", { class: "meter", role: "meter", "aria-label": `${name}: CPU asked for`, "aria-valuemin": 0, "aria-valuemax": total, "aria-valuenow": total - free, style: { "--used": `${(100 * (total - free)) / total}%` } }),
    el("span", { class: "quiet" }, `${cores(free)} of ${cores(total)} CPU free`));
}

/** The switches that break the whole API server. */
export function clusterBreaks(broken, did) {
  return el("div", { class: "switches", role: "group", "aria-label": "Break the API server" }, Object.entries(CLUSTER_BREAKS).map(([what, [label, note]]) => {
    const on = broken.includes(what);
    return el("button", { type: "button", class: on ? "switch on" : "switch", "aria-pressed": String(on), title: note, "data-name": what, "data-testid": `break-${what}`, onclick: () => did(() => cluster.break({ what, on: !on })) }, on && icon("crack", 12), label);
  }));
}

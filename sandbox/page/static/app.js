// The page: what is open, who you are, and fetching again what the sandbox says has changed.

import { hear, slack } from "./api.js";
import { composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { el, fill, held, soon } from "./dom.js";
import { icon } from "./icons.js";
import { notice, tried } from "./overlays.js";
import { Panel } from "./panel.js";
import { avatar, fullName } from "./people.js";
import { drawSide, drawSwitcher, isDirect, otherOf, titleOf } from "./sidebar.js";
import { moment } from "./time.js";
import { Home, Modals } from "./views.js";

const FIRST_CHANNEL = "aureus-on-call";
const $ = (id) => document.getElementById(id);

const asked = new URLSearchParams(location.search);
const now = { me: asked.get("as"), channel: asked.get("channel"), home: null, thread: null };
let state = { users: [], channels: [], commands: [] };
let skew = 0; // milliseconds that the sandbox's clock is ahead of this browser's
let marked = null; // a message to bring into view when it has been fetched
let deaf = () => {};
let panel;

/** What everything that is drawn may ask of the world. */
const scene = {
  get me() { return now.me; },
  now: () => new Date(Date.now() + skew),
  person: (id) => state.users.find((user) => user.id === id),
  people: () => state.users.filter((user) => !user.is_bot),
  bots: () => state.users.filter((user) => user.is_bot),
  channel: (id) => state.channels.find((channel) => channel.id === id),
  channels: () => state.channels.filter((channel) => !isDirect(channel)),
  directs: () => state.channels.filter(isDirect),
  open: openChannel,
};

const shortcuts = (type) => (state.shortcuts ?? []).filter((one) => one.type === type);
const conversation = new Conversation($("messages"), scene, { openThread, shortcuts: () => shortcuts("message") });
const threadList = el("div", { class: "messages", role: "log", "aria-label": "Replies", tabindex: 0 });
const thread = new Conversation(threadList, scene);
const home = new Home($("home"), scene);
const modals = new Modals(scene);
const names = { people: () => state.users, channels: scene.channels };
const globals = () => shortcuts("global").map((one) => ({ ...one, act: () => tried(() => slack.shortcut({ as: now.me, callback_id: one.callback_id })) }));
const main = composer({ id: "composer", label: "Message", send: (text) => say({ text }), hints: { ...names, commands: () => state.commands, shortcuts: globals } });
const reply = composer({ id: "thread-composer", label: "Reply…", send: (text) => say({ text, thread_ts: now.thread }), hints: names });

async function say(what) {
  return (await tried(() => slack.say({ as: now.me, channel: now.channel, ...what }))) !== undefined;
}

// Fetching: each kind again when a hint says so; an answer that is late, or of what is no longer open, is dropped.

function fetching(fetch, show) {
  let last = 0;
  let shown = 0;
  const run = soon(async () => {
    const turn = ++last;
    const about = [now.me, now.channel, now.home, now.thread].join();
    const answer = await tried(fetch);
    if (answer === undefined || turn < shown || about !== [now.me, now.channel, now.home, now.thread].join()) return;
    if (held()) return run();
    shown = turn;
    show(answer);
  });
  return run;
}

const again = {
  state: fetching(() => slack.state(now.me), take),
  messages: fetching(async () => now.channel && !now.home && slack.messages(now.me, now.channel), (answer) => answer && showMessages(answer.messages)),
  replies: fetching(async () => now.thread && slack.replies(now.me, now.channel, now.thread), (answer) => answer && thread.show(now.channel, answer.messages, now.thread)),
  home: fetching(async () => now.home && slack.home(now.me), (answer) => answer && home.show(answer.view)),
  views: fetching(() => slack.views(now.me), ({ views }) => modals.show(views)),
};
modals.onChange = again.views;

function everything() {
  for (const fetch of Object.values(again)) fetch();
}

function onHint({ kind, channel }) {
  if (kind === "all") everything();
  else if (kind === "view") again.views();
  else if (kind === "home") again.home();
  else {
    if (!channel || channel === now.channel) {
      again.messages();
      again.replies();
    }
    if (channel !== now.channel || kind === "channel") again.state();
  }
}

function take(answer) {
  state = answer;
  if (answer.now !== undefined) onTime(moment(answer.now));
  document.title = `${now.home ? "Home" : titleHere()} · ${state.team?.name ?? state.team ?? "Aureus"} sandbox`;
  $("team").textContent = state.team?.name ?? state.team ?? "Sandbox";
  draw();
}

function onTime(date) {
  skew = date.getTime() - Date.now();
}

function showMessages(messages) {
  conversation.show(now.channel, messages);
  if (marked) conversation.mark(marked);
  marked = null;
}

// What is open

function openChannel(id, ts = null, threadTs = null) {
  const known = id === now.channel && !now.home;
  Object.assign(now, { channel: id, home: null, thread: known ? now.thread : null });
  marked = threadTs ?? ts;
  if (threadTs) openThread(threadTs);
  opened();
}

function openHome(app) {
  Object.assign(now, { home: app, thread: null });
  tried(() => slack.openHome({ as: now.me }));
  opened();
}

async function openPerson(user) {
  const answer = await tried(() => slack.openDm({ as: now.me, user }));
  if (!answer) return;
  state = (await tried(() => slack.state(now.me))) ?? state;
  openChannel(answer.channel);
}

function openThread(ts) {
  now.thread = ts;
  drawThread();
  again.replies();
  reply.focus();
}

function closeThread() {
  now.thread = null;
  drawThread();
}

function become(id) {
  const channel = scene.channel(now.channel);
  Object.assign(now, { me: id, thread: null });
  if (channel && isDirect(channel)) now.channel = firstChannel();
  deaf();
  deaf = hear(id, onHint);
  panel.look(); // its buttons say as whom they press
  opened();
}

function opened() {
  drawer(null);
  history.replaceState(null, "", `?${new URLSearchParams({ as: now.me, channel: now.channel })}`);
  draw();
  drawThread();
  everything();
  if (matchMedia("(min-width: 721px)").matches) main.focus();
}

const firstChannel = () => (scene.channels().find(({ name }) => name === FIRST_CHANNEL) ?? scene.channels()[0])?.id;

// Drawing what stands around the messages

function titleHere() {
  const channel = scene.channel(now.channel);
  return channel ? `${isDirect(channel) ? "" : "#"}${titleOf(channel, scene)}` : "";
}

function draw() {
  drawSwitcher($("you"), scene, become);
  drawSide($("side"), scene, now, { channel: openChannel, person: openPerson, home: openHome });
  drawHead();
  main.relabel(`Message ${titleHere()}`);
  $("home").hidden = !now.home;
  $("messages").hidden = $("composer-place").hidden = Boolean(now.home);
}

function drawHead() {
  const channel = scene.channel(now.channel);
  const other = channel && isDirect(channel) ? otherOf(channel, scene) : null;
  const app = now.home ? scene.person(now.home) : other?.is_bot ? other : null;
  if (app) return fill($("talk-head"), avatar(app, 24), el("h1", {}, fullName(app)), tabs(app));
  if (!channel) return fill($("talk-head"));
  const many = channel.members.length;
  return fill($("talk-head"),
    other && avatar(other, 24), el("h1", {}, titleHere()), el("p", { class: "topic quiet" }, other ? other.title : channel.topic),
    !other && el("span", { class: "members quiet", title: channel.members.map((id) => scene.person(id)?.real_name ?? id).join(", ") }, `${many} ${many === 1 ? "member" : "members"}`));
}

function tabs(app) {
  const tab = (name, current, act) => el("button", { type: "button", role: "tab", "aria-selected": String(current), onclick: act, "data-testid": `tab-${name.toLowerCase()}` }, name);
  return el("div", { class: "tabs", role: "tablist" }, tab("Home", Boolean(now.home), () => openHome(app.id)), tab("Messages", !now.home, () => openPerson(app.id)));
}

function drawThread() {
  $("thread").hidden = !now.thread;
  document.body.classList.toggle("with-thread", Boolean(now.thread));
  if (!now.thread || $("thread").contains(threadList)) return;
  fill($("thread"),
    el("header", { class: "talk-head" }, el("h1", {}, "Thread"), el("span", { class: "grow" }),
      el("button", { type: "button", class: "bare", "aria-label": "Close the thread", "data-testid": "thread-close", onclick: closeThread }, icon("close"))),
    threadList, reply.node);
}

/** Which drawer is open where there is no room: "side", "panel" or none. */
function drawer(which) {
  document.body.dataset.drawer = document.body.dataset.drawer === which ? "" : (which ?? "");
}

function togglePanel() {
  if (matchMedia("(max-width: 1180px)").matches) drawer("panel");
  else document.body.classList.toggle("no-panel");
  $("panel-toggle").setAttribute("aria-expanded", String(!document.body.classList.contains("no-panel")));
}

async function begin() {
  $("side-toggle").append(icon("menu"));
  $("panel-toggle").append(icon("cluster"));
  $("side-toggle").addEventListener("click", () => drawer("side"));
  $("panel-toggle").addEventListener("click", togglePanel);
  $("scrim").addEventListener("click", () => drawer(null));
  document.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && drawer(null));
  $("composer-place").append(main.node);
  panel = new Panel($("panel"), { onTime, hide: () => drawer(null), me: () => scene.person(now.me) });
  state = (await slack.state(now.me).catch(() => null)) ?? (await slack.state());
  if (!scene.person(now.me)) now.me = scene.people()[0]?.id;
  if (!scene.channel(now.channel)) now.channel = firstChannel();
  if (!now.me) throw new Error("The sandbox's Slack has no people.");
  take(await slack.state(now.me));
  become(now.me);
}

begin().catch((problem) => notice(problem.message));

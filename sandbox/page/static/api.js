// Asks the sandbox: its Slack (/page), its cluster, pager and alerts (/sandbox), the clock and the bot (/world). All
// same-origin.

/** The sandbox could not be reached, or it refused; the message can be shown as it is. */
export class Refused extends Error {}

async function ask(path, query, body) {
  const address = query ? `${path}?${new URLSearchParams(query)}` : path;
  const how = body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  let answer;
  try {
    answer = await fetch(address, how || undefined);
  } catch {
    throw new Refused(`The sandbox does not answer (${path}). Is it still running in the terminal?`);
  }
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok || data.ok === false) {
    throw new Refused(data.detail ?? data.error ?? `The sandbox answered ${answer.status} to ${path}.`);
  }
  return data;
}

const get = (path, query) => ask(path, query);
const post = (path, body) => ask(path, null, body);

export const slack = {
  state: (as) => get("/page/state", as ? { as } : null),
  messages: (as, channel) => get("/page/messages", { as, channel }),
  replies: (as, channel, ts) => get("/page/replies", { as, channel, ts }),
  home: (as) => get("/page/home", { as }),
  views: (as) => get("/page/views", { as }),
  say: (body) => post("/page/say", body),
  press: (body) => post("/page/press", body),
  submit: (body) => post("/page/submit", body),
  close: (body) => post("/page/close", body),
  react: (body) => post("/page/react", body),
  shortcut: (body) => post("/page/shortcut", body),
  remove: (body) => post("/page/delete", body),
  openDm: (body) => post("/page/open_dm", body),
  openHome: (body) => post("/page/open_home", body),
};

export const cluster = {
  state: () => get("/sandbox/state"),
  break: (body) => post("/sandbox/break", body),
  scale: (body) => post("/sandbox/scale", body),
};

export const pager = {
  state: () => get("/sandbox/pagerduty/state"),
  act: (body) => post("/sandbox/pagerduty/act", body),
  break: (body) => post("/sandbox/pagerduty/break", body),
  heal: (body) => post("/sandbox/pagerduty/heal", body),
};

export const alerts = {
  state: () => get("/sandbox/alertmanager/state"),
  fire: (body) => post("/sandbox/alertmanager/fire", body),
  clear: (body) => post("/sandbox/alertmanager/clear", body),
  break: (body) => post("/sandbox/alertmanager/break", body),
};

export const world = {
  state: () => get("/world/state"),
  move: (seconds) => post("/world/move", { seconds }),
  bot: (what) => post("/world/bot", { do: what }),
};

/** Hear of changes as this person: `onHint({kind, channel})`; after a gap `onHint({kind: "all"})`. Returns how to stop. */
export function hear(as, onHint) {
  const source = new EventSource(`/page/events?${new URLSearchParams({ as })}`);
  source.onopen = () => onHint({ kind: "all" });
  source.onmessage = (event) => onHint(JSON.parse(event.data));
  return () => source.close();
}

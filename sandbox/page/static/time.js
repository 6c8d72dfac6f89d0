// Says times: of messages, of Slack's <!date>, of ages. Each in the reader's own time zone.

const LOCALE = "en-GB";
const format = (options) => new Intl.DateTimeFormat(LOCALE, options);
const TIME = format({ hour: "2-digit", minute: "2-digit" });
const TIME_SECONDS = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DATE_NUMBER = format({ year: "numeric", month: "2-digit", day: "2-digit" });
const DATE_SHORT = format({ day: "numeric", month: "short", year: "numeric" });
const DATE = format({ day: "numeric", month: "long", year: "numeric" });
const DATE_LONG = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const DAY = format({ weekday: "long", day: "numeric", month: "long" });

/** The moment of a message's `ts`, which is seconds since 1970 with a fraction. */
export const momentOf = (ts) => new Date(Number.parseFloat(ts) * 1000);

/** A moment from ISO text, or from seconds since 1970. */
export const moment = (value) => (typeof value === "number" ? new Date(value * 1000) : new Date(value));

export const timeOf = (date) => TIME.format(date);
export const fullTime = (date) => `${DATE_LONG.format(date)}, ${TIME_SECONDS.format(date)}`;
export const clockFace = (date) => `${format({ weekday: "short", day: "numeric", month: "short" }).format(date)}, ${TIME.format(date)}`;

const noon = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate(), 12).getTime();
const daysBetween = (date, now) => Math.round((noon(date) - noon(now)) / 86_400_000);

function pretty(date, now) {
  return { 0: "today", "-1": "yesterday", 1: "tomorrow" }[daysBetween(date, now)];
}

export function dayOf(date, now) {
  const word = pretty(date, now);
  return word ? word[0].toUpperCase() + word.slice(1) : DAY.format(date);
}

/** Slack's `<!date^seconds^format>`: the format with its tokens filled in. */
export function slackDate(seconds, text, now) {
  const date = new Date(seconds * 1000);
  const tokens = {
    date_num: () => DATE_NUMBER.format(date).split("/").reverse().join("-"),
    date: () => DATE.format(date),
    date_short: () => DATE_SHORT.format(date),
    date_long: () => DATE_LONG.format(date),
    date_pretty: () => pretty(date, now) ?? DATE.format(date),
    date_short_pretty: () => pretty(date, now) ?? DATE_SHORT.format(date),
    date_long_pretty: () => pretty(date, now) ?? DATE_LONG.format(date),
    time: () => TIME.format(date),
    time_secs: () => TIME_SECONDS.format(date),
    ago: () => ago((now - date) / 1000),
  };
  return text.replace(/\{(\w+)\}/g, (whole, name) => tokens[name]?.() ?? whole);
}

function ago(seconds) {
  return seconds >= 0 ? `${age(seconds)} ago` : `in ${age(-seconds)}`;
}

/** A length of time in one unit: "40 s", "5 min", "3 h", "2 days". */
export function age(seconds) {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

/** A length of time in full: "1 day 2 h 10 min". */
export function span(seconds) {
  const parts = [[86_400, "day"], [3600, "h"], [60, "min"]].map(([unit, name]) => {
    const many = Math.floor(seconds / unit);
    seconds -= many * unit;
    return many ? `${many} ${name}${name === "day" && many > 1 ? "s" : ""}` : "";
  });
  return parts.filter(Boolean).join(" ") || "0 min";
}

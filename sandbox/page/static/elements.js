// The interactive elements of Block Kit: buttons, menus, pickers, boxes and text inputs.

import { el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { confirmed, menu } from "./overlays.js";
import { plain, textOf } from "./mrkdwn.js";

/**
 * Draw one element. In an input block it only keeps its value, unless `dispatch`; elsewhere each change is sent.
 * Changes go through `form`; a `confirm` object is asked first.
 */
export function element(spec, block, scene, form, { dispatch = true, labelled = null, optional = true } = {}) {
  const draw = KINDS[spec.type];
  if (!draw) return el("span", { class: "unknown" }, `This page does not draw elements of the kind “${spec.type}”.`);
  const action = spec.action_id ?? spec.type;
  const name = `${block}/${action}`;
  const about = { "data-name": name, "data-action": action, "aria-labelledby": labelled, "aria-required": !optional || null };
  if (!labelled) about["aria-label"] = spec.accessibility_label ?? spec.placeholder?.text ?? null;
  const use = {
    about,
    scene,
    state: (initial) => form.state(block, action, { type: spec.type, ...initial }),
    keep: (state) => form.keep(block, action, { type: spec.type, ...state }),
    async send(what, node) {
      if (!dispatch) return true;
      if (spec.confirm && !(await confirmed(spec.confirm, scene))) return false;
      node?.setAttribute("aria-busy", "true");
      await form.press({ block_id: block, action_id: action, type: spec.type, ...what });
      node?.removeAttribute("aria-busy");
      return true;
    },
  };
  return draw(spec, use);
}

const KINDS = {
  button,
  workflow_button: button,
  overflow,
  static_select: (spec, use) => select(spec, use, optionList(spec), "selected_option"),
  users_select: (spec, use) => select(spec, use, peopleList(spec, use), "selected_user"),
  channels_select: (spec, use) => select(spec, use, channelList(spec, use), "selected_channel"),
  conversations_select: (spec, use) => select(spec, use, channelList(spec, use), "selected_conversation"),
  multi_static_select: (spec, use) => multi(spec, use, optionList(spec), "selected_options"),
  multi_users_select: (spec, use) => multi(spec, use, peopleList(spec, use), "selected_users"),
  multi_channels_select: (spec, use) => multi(spec, use, channelList(spec, use), "selected_channels"),
  datepicker: (spec, use) => picker(spec, use, "date", "selected_date", spec.initial_date),
  timepicker: (spec, use) => picker(spec, use, "time", "selected_time", spec.initial_time),
  datetimepicker,
  checkboxes: (spec, use) => boxes(spec, use, "checkbox"),
  radio_buttons: (spec, use) => boxes(spec, use, "radio"),
  plain_text_input: text,
  email_text_input: (spec, use) => text({ ...spec, kind: "email" }, use),
  url_text_input: (spec, use) => text({ ...spec, kind: "url" }, use),
  number_input: number,
};

function button(spec, use) {
  const press = async (event) => {
    const node = event.currentTarget;
    if (node.getAttribute("aria-busy")) return;
    const sent = await use.send({ value: spec.value }, node);
    if (sent && spec.url) window.open(spec.url, "_blank", "noopener");
  };
  const style = spec.style ? `button ${spec.style}` : "button";
  return el("button", { ...use.about, type: "button", class: style, "data-testid": "button", onclick: press }, plain(spec.text));
}

function overflow(spec, use) {
  const choose = (option) => async () => {
    if (option.url) window.open(option.url, "_blank", "noopener");
    await use.send({ selected: option.value, state: { selected_option: option } });
  };
  const open = (event) =>
    menu(event.currentTarget, spec.options.map((option) => ({ label: plain(option.text), note: option.description && plain(option.description), act: choose(option) })));
  return el("button", { ...use.about, type: "button", class: "button overflow", "aria-label": "More", "aria-haspopup": "menu", onclick: open }, icon("more"));
}

// Menus: each choice has a key, a label and the state that it stands for.

const options = (spec) => spec.options ?? (spec.option_groups ?? []).flatMap((group) => group.options);
const same = (one, other) => one?.value === other?.value;

function optionList(spec) {
  const choice = (option) => ({ key: option.value, label: optionText(option), stands: option });
  if (!spec.option_groups) return { choices: options(spec).map(choice), initial: spec.initial_option, initials: spec.initial_options };
  const groups = spec.option_groups.map((group) => ({ label: optionText({ text: group.label }), choices: group.options.map(choice) }));
  return { choices: groups.flatMap((group) => group.choices), groups, initial: spec.initial_option, initials: spec.initial_options };
}

function peopleList(spec, { scene }) {
  const choices = scene.people().map((person) => ({ key: person.id, label: person.real_name ?? person.name, stands: person.id }));
  return { choices, initial: spec.initial_user, initials: spec.initial_users };
}

function channelList(spec, { scene }) {
  const choices = scene.channels().map((channel) => ({ key: channel.id, label: `#${channel.name}`, stands: channel.id }));
  return { choices, initial: spec.initial_channel ?? spec.initial_conversation, initials: spec.initial_channels };
}

// Inside <option> only text can stand, so emoji are drawn as their characters.
const optionText = (option) => el("span", {}, plain(option.text)).textContent;
const keyOf = (stands) => (typeof stands === "object" && stands ? stands.value : stands) ?? "";
const choice = ({ key, label }) => el("option", { value: key }, label);

function select(spec, use, list, field) {
  const { choices, groups, initial = null } = list;
  const now = use.state({ [field]: initial })[field];
  const change = async (event) => {
    const node = event.currentTarget;
    const chosen = choices.find(({ key }) => key === node.value)?.stands ?? null;
    const before = keyOf(use.state({ [field]: null })[field]);
    use.keep({ [field]: chosen });
    if (chosen !== null && !(await use.send({ selected: node.value, state: { [field]: chosen } }, node))) {
      node.value = before;
      use.keep({ [field]: choices.find(({ key }) => key === before)?.stands ?? null });
    }
  };
  return el("select", { ...use.about, class: "select", value: keyOf(now), onchange: change },
    el("option", { value: "" }, el("span", {}, spec.placeholder ? plain(spec.placeholder) : "Choose…").textContent),
    groups ? groups.map((group) => el("optgroup", { label: group.label }, group.choices.map(choice))) : choices.map(choice));
}

function multi(spec, use, list, field) {
  const { choices, initials } = list;
  const place = el("div", { class: "multi" });
  const set = async (chosen) => {
    use.keep({ [field]: chosen });
    draw();
    await use.send({ selected: chosen.map(keyOf), state: { [field]: chosen } }, place);
  };
  const draw = () => {
    const chosen = use.state({ [field]: initials ?? [] })[field];
    const keys = chosen.map(keyOf);
    const left = choices.filter(({ key }) => !keys.includes(key));
    const add = (event) => set([...chosen, left.find(({ key }) => key === event.currentTarget.value).stands]);
    fill(place,
      choices.filter(({ key }) => keys.includes(key)).map(({ key, label }) =>
        el("button", { type: "button", class: "chip", "aria-label": `Remove ${label}`, onclick: () => set(chosen.filter((one) => keyOf(one) !== key)) }, label, icon("close", 12))),
      left.length > 0 && el("select", { ...use.about, class: "select", onchange: add },
        el("option", { value: "" }, spec.placeholder?.text ?? "Add…"), left.map(choice)));
  };
  draw();
  return place;
}

function boxes(spec, use, kind) {
  const field = kind === "radio" ? "selected_option" : "selected_options";
  const initial = kind === "radio" ? (spec.initial_option ?? null) : (spec.initial_options ?? []);
  const now = [use.state({ [field]: initial })[field]].flat();
  const group = `${use.about["data-name"]}/${kind}`;
  const rows = spec.options.map((option) => {
    const change = async () => {
      const checked = spec.options.filter((_, at) => rows[at].querySelector("input").checked);
      const state = { [field]: kind === "radio" ? (checked[0] ?? null) : checked };
      use.keep(state);
      await use.send({ selected: kind === "radio" ? checked[0]?.value : checked.map((one) => one.value), state });
    };
    return el("label", { class: "box" },
      el("input", { type: kind, name: group, "data-name": `${group}/${option.value}`, checked: now.some((one) => same(one, option)), onchange: change }),
      el("span", {}, textOf(option.text, use.scene), option.description && el("small", {}, textOf(option.description, use.scene))));
  });
  const { "data-name": _, ...about } = use.about;
  return el("div", { ...about, class: "boxes", role: kind === "radio" ? "radiogroup" : "group" }, rows);
}

function picker(spec, use, type, field, initial = null) {
  const now = use.state({ [field]: initial ?? null })[field];
  const change = async (event) => {
    const value = event.currentTarget.value || null;
    use.keep({ [field]: value });
    if (value) await use.send({ selected: value, state: { [field]: value } }, event.currentTarget);
  };
  return el("input", { ...use.about, type, class: "field short", value: now ?? "", onchange: change });
}

function datetimepicker(spec, use) {
  const local = (seconds) => new Date((seconds - new Date().getTimezoneOffset() * 60) * 1000).toISOString().slice(0, 16);
  const now = use.state({ selected_date_time: spec.initial_date_time ?? null }).selected_date_time;
  const change = async (event) => {
    const value = event.currentTarget.value ? new Date(event.currentTarget.value).getTime() / 1000 : null;
    use.keep({ selected_date_time: value });
    if (value) await use.send({ selected: value, state: { selected_date_time: value } }, event.currentTarget);
  };
  return el("input", { ...use.about, type: "datetime-local", class: "field short", value: now ? local(now) : "", onchange: change });
}

function text(spec, use) {
  const value = use.state({ value: spec.initial_value ?? null }).value;
  const tell = (event) => use.keep({ value: event.currentTarget.value || null });
  const enter = (event) => {
    if (event.key !== "Enter" || spec.multiline) return;
    if (spec.dispatch_action_config) event.preventDefault();
    use.send({ value: event.currentTarget.value, state: { value: event.currentTarget.value } }, event.currentTarget);
  };
  const properties = {
    ...use.about, class: "field", value: value ?? "", oninput: tell, onkeydown: spec.dispatch_action_config ? enter : null,
    minlength: spec.min_length, maxlength: spec.max_length, autofocus: spec.focus_on_load,
    placeholder: spec.placeholder && el("span", {}, plain(spec.placeholder)).textContent,
  };
  return spec.multiline ? el("textarea", { ...properties, rows: 4 }) : el("input", { ...properties, type: spec.kind ?? "text" });
}

function number(spec, use) {
  const kind = spec.is_decimal_allowed ? "any" : 1;
  const node = text({ ...spec, kind: "number" }, use);
  for (const [name, of] of Object.entries({ step: kind, min: spec.min_value, max: spec.max_value })) {
    if (of !== undefined) node.setAttribute(name, of);
  }
  node.classList.add("short");
  return node;
}

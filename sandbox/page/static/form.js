// What somebody chose or typed into blocks, kept while the blocks are drawn anew, and sent when something is pressed.

/** The values of one message, modal or home: `{block_id: {action_id: state}}`, in the shape of Slack's view.state.values. */
export class Form {
  /** `press({block_id, action_id, value?, selected?, state})` sends a press and answers when Slack has taken it. */
  constructor(press) {
    this.press = press;
    this.values = {};
    this.errors = {};
  }

  /** What is there now, or what `initial` says when nobody has touched it. */
  state(block, action, initial) {
    const known = this.values[block] ?? {};
    if (!(action in known)) this.keep(block, action, initial);
    return this.values[block][action];
  }

  keep(block, action, state) {
    this.values[block] = { ...this.values[block], [action]: state };
  }

  /** Forget what stands in blocks that are no longer drawn, as Slack does. */
  only(blocks) {
    const ids = new Set(blocks.map((block, at) => block.block_id ?? `block-${at}`));
    this.values = Object.fromEntries(Object.entries(this.values).filter(([id]) => ids.has(id)));
  }
}

/** The plain value in a state: text, an id, a date, or a list of them; null when nothing is chosen. */
export function plainValue(state) {
  if (state.selected_options) return state.selected_options.map((option) => option.value);
  if ("selected_option" in state) return state.selected_option?.value ?? null;
  const [, value] = Object.entries(state).find(([key]) => key !== "type") ?? [];
  return value ?? null;
}

/** Whether a required input is still empty. */
export function isEmpty(state) {
  const value = state && plainValue(state);
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

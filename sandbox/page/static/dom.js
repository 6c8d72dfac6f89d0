// Makes DOM nodes. Text is only ever set as text, so nothing that somebody typed can become markup.

const PROPERTIES = new Set(["value", "checked", "selected", "disabled", "hidden", "open", "multiple", "required"]);

/** One element. `on…` are listeners, `style` an object of CSS properties, `null` and `false` are left out. */
export function el(tag, properties, ...children) {
  const node = document.createElement(tag);
  node.append(...present(children));
  for (const [name, value] of Object.entries(properties ?? {})) give(node, name, value);
  return node;
}

function give(node, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "class") node.className = value;
  else if (name === "style") for (const [key, of] of Object.entries(value)) node.style.setProperty(key, of);
  else if (PROPERTIES.has(name)) node[name] = value;
  else node.setAttribute(name, value === true ? "" : value);
}

export function present(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== "");
}

/** Put `nodes` into `place` instead of what was there. */
export function fill(place, ...nodes) {
  place.replaceChildren(...present(nodes));
}

/**
 * Make the children of `place` follow `items`: each item has a `key`, a `sign` (what it looks like) and a `draw()`.
 * What looks the same keeps its node, so focus, selection and open menus outlive an update; where a node with the focus
 * is drawn anew, the focus goes to its successor.
 */
export function follow(place, items) {
  const old = new Map([...place.children].map((node) => [node.dataset.key, node]));
  let before = null;
  for (const { key, sign, draw } of items) {
    let node = old.get(key);
    old.delete(key);
    if (!node || node.dataset.sign !== sign) {
      const next = draw();
      next.dataset.key = key;
      next.dataset.sign = sign;
      if (node) replace(node, next);
      node = next;
    }
    const wanted = before ? before.nextElementSibling : place.firstElementChild;
    if (wanted !== node) place.insertBefore(node, wanted);
    before = node;
  }
  for (const node of old.values()) node.remove();
}

function replace(node, next) {
  const focused = node.contains(document.activeElement) ? document.activeElement.dataset.name : null;
  node.replaceWith(next);
  if (focused) next.querySelector(`[data-name="${CSS.escape(focused)}"]`)?.focus();
}

/** Whether a button is under a finger: drawn anew before that is lifted, it would be gone, and the press with it. */
export const held = () => document.querySelector("button:active") !== null;

/** Run `work` once for several calls that come close together, and not while a button is held; the last one is never lost. */
export function soon(work, milliseconds = 30) {
  let timer = null;
  const run = () => {
    timer = held() ? setTimeout(run, milliseconds) : null;
    if (timer === null) work();
  };
  return () => {
    timer ??= setTimeout(run, milliseconds);
  };
}

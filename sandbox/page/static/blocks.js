// Block Kit, drawn. A block of a kind that this page does not know is said, never left out silently.

import { el } from "./dom.js";
import { element } from "./elements.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown.js";
import { link, mrkdwn, plain, textOf } from "./mrkdwn.js";
import { richText } from "./rich_text.js";

/**
 * Draw blocks. `scene` knows the world (`me`, `now()`, `person(id)`, `channel(id)`, `open(channel, ts)`); `form` keeps what
 * is chosen and typed (see form.js) and sends presses.
 */
export function drawBlocks(blocks, scene, form) {
  return (blocks ?? []).map((block, at) => {
    const draw = KINDS[block.type];
    const id = block.block_id ?? `block-${at}`;
    if (!draw) return el("p", { class: "block unknown" }, `This page does not draw blocks of the kind “${block.type}”.`);
    return el("div", { class: `block ${block.type}`, "data-block": id }, draw(block, scene, form, id));
  });
}

const KINDS = {
  header: (block) => el("h3", {}, plain(block.text)),
  divider: () => el("hr"),
  section,
  context: (block, scene) => block.elements.map((part) =>
    part.type === "image" ? image(part, "small") : el("span", {}, textOf(part, scene))),
  actions: (block, scene, form, id) => block.elements.map((spec) => element(spec, id, scene, form)),
  image: (block, scene) => el("figure", {},
    block.title && el("figcaption", {}, textOf(block.title, scene)),
    image({ image_url: block.image_url ?? block.slack_file?.url, alt_text: block.alt_text })),
  input,
  rich_text: (block, scene) => richText(block, scene),
  markdown: (block, scene) => markdown(block.text, scene),
  table: (block, scene) => table(block, scene),
  file: () => el("span", {}, icon("file"), "A remote file"),
  video: (block, scene) => link(block.title_url ?? block.video_url, plain(block.title), scene),
};

function section(block, scene, form, id) {
  return [
    el("div", { class: "section-body" },
      block.text && el("div", { class: "text" }, textOf(block.text, scene)),
      block.fields && el("div", { class: "fields" }, block.fields.map((field) => el("div", { class: "text" }, textOf(field, scene))))),
    block.accessory && el("div", { class: "accessory" },
      block.accessory.type === "image" ? image(block.accessory, "thumb") : element(block.accessory, id, scene, form)),
  ];
}

function input(block, scene, form, id) {
  const hint = block.hint && el("p", { class: "hint", id: `${id}-hint` }, plain(block.hint));
  return [
    el("span", { class: "label", id: `${id}-label` }, plain(block.label), block.optional && el("small", {}, " (optional)")),
    element(block.element, id, scene, form, { dispatch: block.dispatch_action === true, labelled: `${id}-label`, optional: block.optional }),
    hint,
    el("p", { class: "error", role: "alert", "data-testid": "field-error" }, form?.errors?.[id] ?? ""),
  ];
}

export function image(part, size = "wide") {
  return el("img", { class: size, src: part.image_url ?? part.slack_file?.url, alt: part.alt_text ?? "", loading: "lazy" });
}

function table(block, scene) {
  const settings = block.column_settings ?? [];
  const cell = (tag) => (content, at) =>
    el(tag, { scope: tag === "th" ? "col" : null, class: settings[at]?.align ?? null },
      content.type === "rich_text" ? richText(content, scene) : content.text);
  const [head, ...rows] = block.rows ?? [];
  return el("div", { class: "table-scroll" }, el("table", {},
    head && el("thead", {}, el("tr", {}, head.map(cell("th")))),
    el("tbody", {}, rows.map((row) => el("tr", {}, row.map(cell("td")))))));
}

const COLOURS = { good: "#2f9e5f", warning: "#d9a520", danger: "#d1364a" };

/** Slack's older attachments: a bar of colour, and blocks or legacy fields beside it. */
export function drawAttachments(attachments, scene, form) {
  return (attachments ?? []).map((part) => {
    const colour = COLOURS[part.color] ?? (part.color ? `#${part.color.replace(/^#/, "")}` : "var(--line-strong)");
    return el("div", { class: "attachment" },
      part.pretext && el("div", { class: "text pretext" }, mrkdwn(part.pretext, scene)),
      el("div", { class: "attachment-body", style: { "--bar": colour } },
        part.author_name && el("div", { class: "quiet" }, part.author_name),
        part.title && el("div", { class: "text" }, el("strong", {}, part.title_link ? link(part.title_link, [part.title], scene) : part.title)),
        part.blocks ? drawBlocks(part.blocks, scene, form) : el("div", { class: "text" }, mrkdwn(part.text ?? part.fallback ?? "", scene)),
        part.fields && el("div", { class: "fields" }, part.fields.map((field) =>
          el("div", { class: "text" }, el("strong", {}, field.title), el("br"), mrkdwn(field.value ?? "", scene)))),
        part.image_url && image({ image_url: part.image_url, alt_text: part.fallback }),
        part.footer && el("div", { class: "quiet" }, part.footer)));
  });
}

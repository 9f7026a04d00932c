// Components of messages and modals, in both of Discord's versions. The numbers are Discord's.

import { button, closeOutside, colour, el, local, size } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { markdown } from "./markdown.js";

const KIND = {
  ACTION_ROW: 1, BUTTON: 2, STRING_SELECT: 3, TEXT_INPUT: 4, USER_SELECT: 5, ROLE_SELECT: 6, MENTIONABLE_SELECT: 7,
  CHANNEL_SELECT: 8, SECTION: 9, TEXT_DISPLAY: 10, THUMBNAIL: 11, MEDIA_GALLERY: 12, FILE: 13, SEPARATOR: 14,
  CONTAINER: 17, LABEL: 18, FILE_UPLOAD: 19, RADIO_GROUP: 21, CHECKBOX_GROUP: 22, CHECKBOX: 23,
};
const LINK_STYLE = 5;
const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

/// Draws the components of a message, anew at each change. What did not change keeps its element,
/// and with it an open menu, a spoiler that is shown, a button that waits.
export class Components {
  /// `desk` has what `markdown` reads with, `press(component, values, node)`, and `choices(select)`.
  constructor(desk) {
    this.desk = desk;
    this.drawn = new Map();
  }

  draw(components, files) {
    const before = this.drawn;
    this.drawn = new Map();
    this.files = files;
    return components.map((component) => this.one(component, before));
  }

  one(component, before) {
    const inner = (components) => (components ?? []).map((child) => this.one(child, before));
    switch (component.type) {
      case KIND.ACTION_ROW:
        return el("div", { class: "row" }, inner(component.components));
      case KIND.SECTION:
        return el(
          "div",
          { class: "section" },
          el("div", { class: "section-texts" }, inner(component.components)),
          el("div", { class: "accessory" }, inner(component.accessory ? [component.accessory] : [])),
        );
      case KIND.CONTAINER: {
        const node = el("div", { class: "container" }, inner(component.components));
        if (typeof component.accent_color === "number") node.style.borderInlineStartColor = colour(component.accent_color);
        return component.spoiler ? covered(node) : node;
      }
      default:
        return this.leaf(component, before);
    }
  }

  leaf(component, before) {
    const text = JSON.stringify(component);
    const node = before.get(text)?.shift() ?? this.make(component);
    this.drawn.set(text, [...(this.drawn.get(text) ?? []), node]);
    return node;
  }

  make(component) {
    switch (component.type) {
      case KIND.BUTTON:
        return this.button(component);
      case KIND.TEXT_DISPLAY:
        return markdown(component.content, this.desk);
      case KIND.THUMBNAIL:
        return picture(component, "thumbnail");
      case KIND.MEDIA_GALLERY: {
        const items = component.items ?? [];
        return el("div", { class: `gallery of-${Math.min(items.length, 3)}` }, items.map((item) => picture(item, "shown")));
      }
      case KIND.FILE:
        return this.file(component);
      case KIND.SEPARATOR: {
        const large = component.spacing === 2 ? " large" : "";
        return el(component.divider === false ? "div" : "hr", { class: `separator${large}` });
      }
      default:
        if (isSelect(component)) {
          const menu = new Menu(component, this.desk, (values) => this.desk.press(component, values, menu.node));
          return menu.node;
        }
        return el("p", { class: "unknown" }, `A component of kind ${component.type}, which this page cannot show`);
    }
  }

  button(component) {
    const label = [component.emoji?.name, component.label].filter(Boolean).join(" ");
    const look = `button ${STYLES[component.style] ?? "secondary"}`;
    if (component.style === LINK_STYLE) {
      const address = /^https?:/.test(component.url ?? "") ? component.url : undefined;
      return el("a", { class: look, href: address, target: "_blank", rel: "noopener noreferrer" }, label, " ↗");
    }
    const node = button("", () => this.desk.press(component, undefined, node), {
      class: look, disabled: component.disabled, "data-custom-id": component.custom_id,
    });
    node.append(...withEmoji(label));
    return node;
  }

  file(component) {
    const address = local(component.file?.url ?? "");
    const file = this.files.find((file) => local(file.url) === address);
    const node = fileCard(address, file?.filename ?? component.name ?? "file", file?.size ?? component.size);
    return component.spoiler ? covered(node) : node;
  }
}

export function fileCard(address, name, bytes) {
  return el(
    "div",
    { class: "file" },
    el("span", { class: "file-mark", "aria-hidden": true }, "▤"),
    el("div", {}, el("a", { href: address, download: name }, name), el("small", {}, bytes === undefined ? "" : size(bytes))),
  );
}

export function picture(item, look) {
  const node = el("img", { class: look, src: local(item.media?.url ?? ""), alt: item.description ?? "" });
  if (item.media?.width && item.media?.height) {
    node.width = item.media.width;
    node.height = item.media.height;
  }
  return item.spoiler ? covered(node) : node;
}

function covered(inside) {
  const node = el("div", { class: "cover", role: "button", tabindex: 0, title: "Show what is hidden" }, inside);
  node.addEventListener("click", () => node.classList.add("shown"), { once: true });
  return node;
}

export function isSelect({ type }) {
  return type === KIND.STRING_SELECT || (type >= KIND.USER_SELECT && type <= KIND.CHANNEL_SELECT);
}

/// A menu. It tells the chosen values when it closes, if they are others than before.
export class Menu {
  constructor(component, desk, chosen) {
    this.component = component;
    this.desk = desk;
    this.chosen = chosen;
    this.min = component.min_values ?? 1;
    this.max = component.max_values ?? 1;
    this.options = component.options ?? [];
    const preset = this.options.filter((option) => option.default).map((option) => option.value);
    this.values = preset.length > 0 ? preset : (component.default_values ?? []).map((value) => value.id);
    this.opener = button("", () => this.toggle(), {
      class: "opener", disabled: component.disabled, "aria-haspopup": "listbox", "data-custom-id": component.custom_id,
    });
    this.node = el("div", { class: "menu", "data-custom-id": component.custom_id }, this.opener);
    this.label();
    if (component.type !== KIND.STRING_SELECT) this.load();
  }

  async load() {
    this.options = await this.desk.choices(this.component);
    this.label();
  }

  label() {
    const labels = this.values.map((value) => this.options.find((option) => option.value === value));
    const text = labels.filter(Boolean).map((option) => [option.emoji?.name, option.label].filter(Boolean).join(" ")).join(", ");
    this.opener.classList.toggle("empty", text === "");
    this.opener.replaceChildren(el("span", {}, withEmoji(text || this.component.placeholder || "Make a selection")), el("i", {}, "▾"));
  }

  async toggle() {
    if (this.list) return this.close();
    if (this.component.type !== KIND.STRING_SELECT) await this.load();
    this.before = this.values.join("\n");
    this.list = el("div", { class: "options", role: "listbox", "aria-multiselectable": this.max > 1 ? "true" : "false" });
    this.fill();
    this.node.append(this.list);
    this.node.addEventListener("keydown", (this.onkey = (event) => this.key(event)));
    this.stop = closeOutside(this.node, () => this.close());
    this.list.scrollIntoView({ block: "nearest" });
    (this.list.querySelector("[aria-selected=true]") ?? this.list.querySelector("[role=option]"))?.focus({ preventScroll: true });
  }

  fill() {
    const option = (option) => {
      const selected = this.values.includes(option.value);
      const face = el("span", {}, el("b", {}, withEmoji(option.label)), option.description && el("small", {}, option.description));
      return el(
        "button",
        { type: "button", role: "option", "aria-selected": selected, "data-value": option.value, onclick: () => this.choose(option.value) },
        option.emoji?.name && el("span", { class: "emoji" }, withEmoji(option.emoji.name)),
        face,
        el("span", { class: "tick", "aria-hidden": true }, selected ? "✓" : ""),
      );
    };
    this.list.replaceChildren(...this.options.map(option));
    if (this.options.length === 0) this.list.append(el("p", {}, "There is nobody to choose."));
    if (this.max > 1) this.list.append(button("Done", () => this.close(), { class: "done" }));
  }

  key(event) {
    const options = [...this.list.querySelectorAll("[role=option]")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      this.close();
      this.opener.focus();
    } else if (step) {
      const at = options.indexOf(document.activeElement);
      options[(at + step + options.length) % options.length]?.focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  choose(value) {
    const has = this.values.includes(value);
    if (this.max === 1) {
      this.values = has && this.min === 0 ? [] : [value];
      return this.close();
    }
    if (has) this.values = this.values.filter((other) => other !== value);
    else if (this.values.length < this.max) this.values = [...this.values, value];
    this.fill();
    this.list.querySelector(`[data-value="${CSS.escape(value)}"]`)?.focus();
  }

  close() {
    if (!this.list) return;
    this.list.remove();
    this.list = undefined;
    this.node.removeEventListener("keydown", this.onkey);
    this.stop();
    this.label();
    if (this.values.join("\n") !== this.before && this.values.length >= this.min) this.chosen?.(this.values);
  }
}

export { KIND };

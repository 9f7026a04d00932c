// A modal: a form that the bot opened over the conversation.

import { isSelect, KIND, Menu } from "./component.js";
import { button, el } from "./dom.js";
import { inline, markdown } from "./markdown.js";
import { server } from "./server.js";

const PARAGRAPH = 2;

export class Modal {
  /// `desk` is what components are drawn with, and has the `user`, `closed(interaction)` and `offers()`.
  constructor(modal, desk) {
    this.modal = modal;
    this.desk = desk;
    /// By custom id: what was entered, or undefined to leave the field out; and files by part.
    this.fields = new Map();
    this.files = {};
    this.fault = el("p", { class: "failure", role: "alert", hidden: true });
    const send = el("button", { class: "button primary", type: "submit" }, "Submit");
    this.form = el(
      "form",
      { class: "modal", novalidate: true, onsubmit: (event) => this.submit(event, send) },
      el("header", {}, el("h2", {}, modal.title), button("✕", () => this.close(), { class: "plain", "aria-label": "Close" })),
      el("div", { class: "modal-body" }, modal.components.map((component) => this.part(component)), this.fault),
      el("footer", {}, button("Cancel", () => this.close(), { class: "plain" }), send),
    );
    this.node = el("div", { class: "veil", role: "dialog", "aria-modal": true, "aria-label": modal.title }, this.form);
    this.node.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
  }

  shown() {
    this.form.querySelector("input:not([type=file]), textarea, .opener")?.focus();
  }

  part(component) {
    switch (component.type) {
      case KIND.TEXT_DISPLAY:
        return markdown(component.content, this.desk);
      case KIND.LABEL:
        return this.labelled(component.label, component.description, component.component);
      case KIND.ACTION_ROW:
        return component.components.map((input) => this.labelled(input.label, undefined, input));
      default:
        return el("p", { class: "unknown" }, `A component of kind ${component.type}, which this page cannot show`);
    }
  }

  labelled(label, description, input) {
    const required = input.required !== false && input.type !== KIND.CHECKBOX;
    // Only what is one element may be inside its label.
    const isOne = [KIND.TEXT_INPUT, KIND.CHECKBOX].includes(input.type);
    return el(
      isOne ? "label" : "div",
      { class: "field" },
      el("b", {}, inline(label ?? "", this.desk), required && el("span", { class: "required", title: "Required" }, " *")),
      description && el("small", {}, inline(description, this.desk)),
      this.input(input),
    );
  }

  input(input) {
    const id = input.custom_id;
    if (input.type === KIND.TEXT_INPUT) {
      const many = input.style === PARAGRAPH;
      const node = el(many ? "textarea" : "input", {
        name: id, placeholder: input.placeholder, maxlength: input.max_length ?? 4000, autocomplete: "off", rows: many ? 4 : undefined,
      });
      node.value = input.value ?? "";
      this.fields.set(id, () => node.value);
      return node;
    }
    if (isSelect(input)) {
      const menu = new Menu(input, this.desk);
      this.fields.set(id, () => menu.values);
      return menu.node;
    }
    switch (input.type) {
      case KIND.FILE_UPLOAD:
        return this.upload(input);
      case KIND.CHECKBOX: {
        const node = el("input", { type: "checkbox", name: id, checked: input.default });
        this.fields.set(id, () => node.checked);
        return node;
      }
      case KIND.RADIO_GROUP:
      case KIND.CHECKBOX_GROUP:
        return this.group(input);
      default:
        return el("p", { class: "unknown" }, `An input of kind ${input.type}, which this page cannot show`);
    }
  }

  group(input) {
    const one = input.type === KIND.RADIO_GROUP;
    const boxes = (input.options ?? []).map((option) =>
      el("input", { type: one ? "radio" : "checkbox", name: `${this.modal.modal_id}:${input.custom_id}`, value: option.value, checked: option.default }));
    this.fields.set(input.custom_id, () => {
      const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
      return one ? chosen[0] : chosen;
    });
    const line = (option, number) =>
      el("label", { class: "choice" }, boxes[number], el("span", {}, option.label, option.description && el("small", {}, option.description)));
    return el("div", { class: "group" }, (input.options ?? []).map(line));
  }

  upload(input) {
    const list = el("span", { class: "upload-names" });
    const max = input.max_values ?? 1;
    let files = [];
    const show = () => list.replaceChildren(files.map((file) => file.name).join(", ") || "No file chosen");
    const add = (more) => {
      files = [...files, ...more].slice(-max);
      show();
    };
    const types = input.file_types?.map((type) => (["image", "video", "audio"].includes(type) ? `${type}/*` : `.${type.replace(/^\./, "")}`));
    const chooser = el("input", { type: "file", multiple: max > 1, accept: types?.join(","), name: input.custom_id });
    chooser.addEventListener("change", () => add(chooser.files));
    const offers = el("span", { class: "offers" });
    this.desk.offers((file) => add([file])).then((buttons) => offers.append(...buttons));
    show();
    this.fields.set(input.custom_id, () =>
      files.map((file, number) => {
        const part = `${input.custom_id}[${number}]`;
        this.files[part] = file;
        return part;
      }));
    return el("div", { class: "upload" }, chooser, list, offers);
  }

  async submit(event, send) {
    event.preventDefault();
    this.files = {};
    const fields = {};
    for (const [id, value] of this.fields) {
      const entered = value();
      if (entered !== undefined) fields[id] = entered;
    }
    send.disabled = true;
    this.fault.hidden = true;
    try {
      const { interaction_id: interaction } = await server.submit(this.desk.user.id, this.modal.modal_id, fields, this.files);
      this.close(interaction);
    } catch (error) {
      this.fault.textContent = error.message;
      this.fault.hidden = false;
      send.disabled = false;
    }
  }

  close(interaction) {
    this.node.remove();
    this.desk.closed(interaction);
  }
}

// Where a user types: messages with files, and slash commands with their options.

import { button, closeOutside, el, size } from "./dom.js";
import { server } from "./server.js";

const TYPE = { SUB_COMMAND: 1, GROUP: 2, STRING: 3, INTEGER: 4, BOOLEAN: 5, USER: 6, CHANNEL: 7, ROLE: 8, MENTIONABLE: 9, NUMBER: 10, ATTACHMENT: 11 };
const CHAT_INPUT = 1;
/// Suggestions are asked for when nobody typed for so long.
const PAUSE_MS = 150;

/// All that can be called, sub-commands by their full name, in the order of the bot.
export function callable(commands) {
  const out = [];
  const walk = (part, path, shown) => {
    const inner = (part.options ?? []).filter((option) => option.type === TYPE.SUB_COMMAND || option.type === TYPE.GROUP);
    for (const option of inner) walk(option, [...path, option.name], [...shown, named(option)]);
    if (inner.length > 0) return;
    out.push({
      name: path.join(" "),
      shown: shown.join(" "),
      description: described(part),
      options: (part.options ?? []).map((option) => ({
        ...option,
        shown: named(option),
        description: described(option),
        choices: option.choices?.map((choice) => ({ ...choice, name: named(choice) })),
      })),
    });
  };
  const chat = commands.filter((command) => (command.type ?? CHAT_INPUT) === CHAT_INPUT);
  for (const command of chat) walk(command, [command.name], [named(command)]);
  return out;
}

const named = (part) => part.name_localized ?? part.name;
const described = (part) => part.description_localized ?? part.description;

export class Composer {
  /// `desk` has the `user`, `place()`, `commands()`, `users()`, `offers(take)`, `expect(interaction, answered)`,
  /// `used(what)` and `sent()`.
  constructor(desk) {
    this.desk = desk;
    this.files = [];
    this.text = el("textarea", {
      rows: 1, placeholder: "Type / for commands", "aria-label": "Message", maxlength: 2000,
      oninput: () => this.typed(), onkeydown: (event) => this.key(event), onpaste: (event) => this.add(event.clipboardData.files),
    });
    this.chooser = el("input", { type: "file", multiple: true, hidden: true, onchange: () => {
      this.add(this.chooser.files);
      this.chooser.value = "";
    } });
    this.plus = button("+", () => this.more(), { class: "plus", title: "Send a file", "aria-label": "Send a file" });
    this.send = button("Send", () => this.submit(), { class: "button primary send" });
    this.line = el("div", { class: "line" }, this.plus, this.text, this.send, this.chooser);
    this.pending = el("div", { class: "pending" });
    this.palette = el("div", { class: "palette", role: "listbox", hidden: true });
    this.fault = el("p", { class: "failure", role: "alert", hidden: true });
    this.node = el("div", { class: "composer" }, this.palette, this.fault, this.pending, this.line);
  }

  /// Writes for the user, as if typed.
  async type(text) {
    this.leaveCommand();
    this.text.value = text;
    this.text.focus();
    await this.typed();
  }

  say(fault) {
    this.fault.textContent = fault ?? "";
    this.fault.hidden = !fault;
  }

  // Files

  add(files) {
    this.files.push(...files);
    this.say();
    const card = (file) =>
      el("div", { class: "file" }, el("div", {}, file.name, el("small", {}, size(file.size))), button("✕", () => {
        this.files = this.files.filter((other) => other !== file);
        this.add([]);
      }, { class: "plain", "aria-label": `Do not send ${file.name}` }));
    this.pending.replaceChildren(...this.files.map(card));
    this.text.focus();
  }

  async more() {
    if (this.sheet) return this.sheet.remove();
    const sheet = (this.sheet = el("div", { class: "more" }));
    const close = () => {
      sheet.remove();
      this.sheet = undefined;
      stop();
    };
    const stop = closeOutside(this.node, close);
    sheet.append(button("▤ A file of this computer…", () => {
      close();
      this.chooser.click();
    }));
    this.node.append(sheet);
    const offers = await this.desk.offers((file) => {
      close();
      this.add([file]);
    });
    sheet.append(el("small", {}, offers.length > 0 ? "Forge a replay" : "A replay can be forged once a match is being played."), ...offers);
  }

  // Messages

  key(event) {
    if (event.isComposing) return;
    const options = this.palette.hidden ? [] : [...this.palette.querySelectorAll("[role=option]")];
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (options.length > 0 && step) {
      options[at].setAttribute("aria-selected", "false");
      const next = options[(at + step + options.length) % options.length];
      next.setAttribute("aria-selected", "true");
      next.scrollIntoView({ block: "nearest" });
    } else if (options.length > 0 && (event.key === "Tab" || event.key === "Enter")) {
      options[at].click();
    } else if (event.key === "Escape") {
      this.palette.hidden = true;
    } else if (event.key === "Enter" && !event.shiftKey) {
      this.submit();
    } else {
      return;
    }
    event.preventDefault();
  }

  async typed() {
    this.say();
    this.text.rows = Math.min(8, this.text.value.split("\n").length);
    const typed = this.text.value;
    if (!typed.startsWith("/") || typed.includes("\n")) {
      this.palette.hidden = true;
      return;
    }
    let commands = [];
    try {
      commands = await this.desk.commands();
    } catch (error) {
      this.say(error.message);
    }
    if (this.text.value !== typed) return;
    const wanted = typed.slice(1).trim().toLowerCase();
    const names = (command) => [command.shown.toLowerCase(), command.name];
    const begins = (command) => names(command).some((name) => name.startsWith(wanted));
    const has = (command) => names(command).some((name) => name.includes(wanted));
    const found = [...commands.filter(begins), ...commands.filter((command) => !begins(command) && has(command))];
    const option = (command, number) =>
      el(
        "button",
        { type: "button", role: "option", "aria-selected": number === 0 ? "true" : "false", "data-command": command.name, onclick: () => this.choose(command) },
        el("b", {}, `/${command.shown}`),
        el("span", {}, command.options.map((option) => (option.required ? option.shown : `${option.shown}?`)).join(" ")),
        el("small", {}, command.description),
      );
    this.palette.replaceChildren(...found.map(option));
    if (found.length === 0) this.palette.append(el("p", {}, commands.length > 0 ? "There is no such command." : "The bot has no commands yet."));
    this.palette.hidden = false;
  }

  async submit() {
    if (!this.palette.hidden) return this.palette.querySelector("[role=option]")?.click();
    const content = this.text.value.trim();
    if (content === "" && this.files.length === 0) return;
    this.send.disabled = true;
    try {
      await server.write(this.desk.user.id, this.desk.place(), content, this.files);
      if (this.files.length > 0) this.desk.used("file");
      this.text.value = "";
      this.files = [];
      this.add([]);
      this.desk.sent();
    } catch (error) {
      this.say(error.message);
    }
    this.send.disabled = false;
  }

  // Commands

  choose(command) {
    this.palette.hidden = true;
    this.text.value = "";
    if (command.options.length === 0) return this.run(command, {}, {});
    this.call = new Call(command, this.desk, {
      run: (options, files) => this.run(command, options, files),
      leave: () => this.leaveCommand(),
      say: (fault) => this.say(fault),
    });
    this.line.hidden = true;
    this.node.append(this.call.node);
    this.call.begin();
  }

  leaveCommand() {
    this.call?.node.remove();
    this.call = undefined;
    this.line.hidden = false;
    this.say();
    this.text.focus();
  }

  async run(command, options, files) {
    try {
      const { interaction_id: interaction } = await server.command(this.desk.user.id, this.desk.place(), command.name, options, files);
      this.leaveCommand();
      this.desk.used(command.name);
      this.desk.sent();
      this.desk.expect(interaction, (event) => {
        if (event.kind === "interaction_failed") this.say(`/${command.shown}: the application did not respond.`);
      });
    } catch (error) {
      this.say(error.message);
    }
  }
}

/// One command with its options, before it is sent.
class Call {
  constructor(command, desk, { run, leave, say }) {
    this.desk = desk;
    this.run = run;
    this.say = say;
    this.command = command;
    /// By option: gives the value, undefined where there is none.
    this.values = new Map();
    this.files = {};
    this.fields = el("span", { class: "call-options" });
    this.rest = el("span", { class: "call-rest" });
    this.node = el(
      "form",
      { class: "call", novalidate: true, onsubmit: (event) => this.submit(event), onkeydown: (event) => event.key === "Escape" && leave() },
      el("div", { class: "call-line" }, el("b", {}, `/${command.shown}`), this.fields, this.rest,
        el("button", { type: "submit", class: "button primary send" }, "Send"),
        button("✕", leave, { class: "plain", "aria-label": "Leave the command" })),
      el("small", {}, command.description),
    );
    for (const option of command.options.filter((option) => option.required)) this.open(option);
    this.offerRest();
  }

  begin() {
    (this.node.querySelector("input, select") ?? this.node.querySelector("button"))?.focus();
  }

  offerRest() {
    const closed = this.command.options.filter((option) => !this.values.has(option.name));
    const chip = (option) => button(`+ ${option.shown}`, () => this.open(option).focus(), { class: "chip", title: option.description, "data-option": option.name });
    this.rest.replaceChildren(...closed.map(chip));
  }

  open(option) {
    const [node, input, value] = this.input(option);
    this.values.set(option.name, value);
    this.fields.append(el("label", { class: "call-option", title: option.description }, el("span", {}, option.shown), node));
    this.offerRest();
    return input;
  }

  input(option) {
    const choose = (choices) => {
      const node = el("select", { name: option.name }, el("option", { value: "" }, "…"), choices.map(({ name, value }) => el("option", { value }, name)));
      return [node, node, () => node.value || undefined];
    };
    if (option.choices?.length > 0) return choose(option.choices);
    switch (option.type) {
      case TYPE.BOOLEAN:
        return choose([{ name: "True", value: "true" }, { name: "False", value: "false" }]);
      case TYPE.USER:
      case TYPE.MENTIONABLE: {
        const [node, , value] = choose([]);
        this.desk.users().then((users) => node.append(...users.map((user) => el("option", { value: user.id }, user.name))));
        return [node, node, value];
      }
      case TYPE.ATTACHMENT:
        return this.attachment(option);
      default: {
        const numeric = option.type === TYPE.INTEGER || option.type === TYPE.NUMBER;
        const node = el("input", { name: option.name, autocomplete: "off", inputmode: numeric ? "numeric" : undefined });
        if (option.autocomplete) return this.suggesting(option, node);
        return [node, node, () => node.value || undefined];
      }
    }
  }

  attachment(option) {
    const types = option.file_types?.map((type) => (["image", "video", "audio"].includes(type) ? `${type}/*` : `.${type.replace(/^\./, "")}`));
    const node = el("input", { type: "file", name: option.name, accept: types?.join(",") });
    let file;
    const name = el("small", {});
    const take = (taken) => {
      file = taken;
      name.textContent = taken.name;
    };
    node.addEventListener("change", () => node.files[0] && take(node.files[0]));
    const offers = el("span", { class: "offers" });
    this.desk.offers(take).then((buttons) => offers.append(...buttons));
    const value = () => {
      if (!file) return undefined;
      this.files[option.name] = file;
      return option.name;
    };
    return [el("span", {}, node, name, offers), node, value];
  }

  /// An input whose suggestions the bot makes while one types.
  suggesting(option, node) {
    const list = el("div", { class: "suggestions", role: "listbox", hidden: true });
    let chosen;
    let timer;
    let asked = 0;
    const show = (choices) => {
      const pick = (choice) => {
        chosen = choice;
        node.value = choice.name;
        list.hidden = true;
        node.focus();
      };
      const face = (choice) =>
        button(choice.name, () => pick(choice), { role: "option", onpointerdown: (event) => event.preventDefault() });
      list.replaceChildren(...choices.map(face));
      list.hidden = choices.length === 0;
    };
    const ask = async () => {
      const number = ++asked;
      try {
        const options = { ...this.given(), [option.name]: node.value };
        const { interaction_id: interaction } = await server.autocomplete(this.desk.user.id, this.desk.place(), this.command.name, options, option.name);
        this.desk.expect(interaction, (event) => number === asked && event.kind === "choices" && show(event.choices ?? []));
      } catch (error) {
        this.say(error.message);
      }
    };
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(ask, PAUSE_MS);
    };
    node.addEventListener("input", () => {
      chosen = undefined;
      later();
    });
    node.addEventListener("focus", () => !chosen && later());
    node.addEventListener("blur", () => (list.hidden = true));
    node.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" && !list.hidden) {
        list.querySelector("button")?.click();
        event.preventDefault();
      }
    });
    return [el("span", { class: "suggesting" }, list, node), node, () => (chosen ? chosen.value : node.value || undefined)];
  }

  given() {
    const options = {};
    for (const [name, value] of this.values) {
      const given = value();
      if (given !== undefined) options[name] = given;
    }
    return options;
  }

  submit(event) {
    event.preventDefault();
    this.files = {};
    const options = this.given();
    const missing = this.command.options.find((option) => option.required && options[option.name] === undefined);
    if (missing) return this.say(`${missing.shown} is needed.`);
    this.run(options, this.files);
  }
}

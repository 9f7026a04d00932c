// The page: one or two users' clients side by side, and what a newcomer does next. Who is shown is
// in the address, `/?left=ana&right=bo`, so that a reload shows the same.

import { button, el, memory } from "./dom.js";
import { tick } from "./markdown.js";
import { avatar } from "./message.js";
import { LOCALES, Pane } from "./pane.js";
import { follow, server } from "./server.js";

const SIDES = ["left", "right"];
/// Where the one on a side is, unless in the DM.
const placeOf = (side) => `${side}_in`;
/// So many users are listed; a demo may have a thousand.
const LISTED = 60;

class App {
  constructor() {
    this.side = document.querySelector("#side");
    this.main = document.querySelector("#panes");
    this.panes = {};
    this.names = new Map();
    this.state = el("p", { class: "state" }, "Connecting…");
    this.guide = { title: "Emulator", steps: [] };
  }

  async start() {
    this.guide = await server.guide().catch(() => this.guide);
    document.title = `${this.guide.title} in the emulator`;
    const [guild] = await Promise.all([server.guild().catch(() => ({})), this.users().catch(() => [])]);
    for (const { id, name } of [...(guild.roles ?? []), ...(guild.channels ?? [])]) this.names.set(id, name);
    await this.arrange();
    window.addEventListener("popstate", () => this.arrange());
    setInterval(tick, 1000);
    follow({
      opened: () => {
        this.isOpen = true;
        this.state.textContent = "Connected";
        this.state.classList.remove("lost");
        this.each((pane) => pane.load());
      },
      line: (event) => {
        if (event.kind === "gap") this.each((pane) => pane.load());
        else this.each((pane) => pane.see(event));
      },
      lost: () => {
        this.isOpen = false;
        this.state.textContent = "The emulator does not answer. Trying again…";
        this.state.classList.add("lost");
      },
    });
  }

  /// Only where the guide does not stand beside the panes.
  toggleGuide() {
    document.body.classList.toggle("guided");
  }

  each(act) {
    Object.values(this.panes).forEach(act);
  }

  // Who is shown

  wanted() {
    const query = new URLSearchParams(location.search);
    const keys = SIDES.flatMap((side) => (query.get(side) ? [side, placeOf(side)] : []));
    return Object.fromEntries(keys.map((key) => [key, query.get(key)]).filter(([, value]) => value));
  }

  go(wanted) {
    const query = new URLSearchParams(wanted).toString();
    history.pushState(null, "", query ? `/?${query}` : "/");
    return this.arrange();
  }

  /// A user went to another place.
  moved(pane) {
    const side = this.sideOf(pane);
    const wanted = { ...this.wanted(), [placeOf(side)]: pane.place };
    if (pane.place === pane.user.dm_channel_id) delete wanted[placeOf(side)];
    history.replaceState(null, "", `/?${new URLSearchParams(wanted)}`);
  }

  /// Makes the panes those of the address.
  async arrange() {
    const wanted = this.wanted();
    for (const side of SIDES) {
      const pane = this.panes[side];
      if (pane && pane.user.name !== wanted[side]) {
        pane.node.remove();
        delete this.panes[side];
      }
      if (wanted[side] && !this.panes[side]) await this.seat(side, wanted[side]);
    }
    const shown = SIDES.map((side) => this.panes[side]).filter(Boolean);
    this.main.replaceChildren(...shown.map((pane) => pane.node));
    this.main.classList.toggle("two", shown.length === 2);
    document.body.classList.toggle("choosing", shown.length === 0);
    document.body.classList.remove("guided");
    if (shown.length === 0) this.main.append(this.chooser("left", "Who are you?"));
    else if (!shown.includes(this.current)) this.current = shown[0];
    this.drawSide();
  }

  async seat(side, name) {
    try {
      const user = await server.enter(name);
      this.names.set(user.id, user.name);
      this.panes[side] = new Pane(user, this.wanted()[placeOf(side)], this);
      if (this.isOpen) this.panes[side].load();
    } catch (error) {
      this.state.textContent = error.message;
    }
  }

  focus(pane) {
    if (this.current === pane) return;
    this.current = pane;
    this.drawSide();
  }

  close(pane) {
    const wanted = this.wanted();
    delete wanted[this.sideOf(pane)];
    delete wanted[placeOf(this.sideOf(pane))];
    return this.go(wanted);
  }

  change(pane) {
    this.ask(this.sideOf(pane), "Who else are you?");
  }

  split() {
    const free = SIDES.find((side) => !this.panes[side]);
    if (free) this.ask(free, "Who is beside you?");
  }

  sideOf(pane) {
    return SIDES.find((side) => this.panes[side] === pane);
  }

  async speak(user, locale) {
    await server.enter(user.name, locale);
    const side = SIDES.find((side) => this.panes[side]?.user.id === user.id);
    this.panes[side].node.remove();
    delete this.panes[side];
    await this.arrange();
  }

  ask(side, title) {
    const veil = el("div", { class: "veil whole" });
    const close = () => veil.remove();
    veil.append(el("div", { class: "over" }, this.chooser(side, title, close), button("Cancel", close, { class: "plain" })));
    veil.addEventListener("keydown", (event) => event.key === "Escape" && close());
    document.body.append(veil);
    veil.querySelector("input").focus();
  }

  /// A form for a new user, and the users that are there.
  chooser(side, title, done = () => {}) {
    const name = el("input", { name: "name", maxlength: 32, required: true, placeholder: "Name", autocomplete: "off", "aria-label": "Name" });
    const locale = el("select", { name: "locale", "aria-label": "Language" }, LOCALES.map(([code, name]) => el("option", { value: code }, name)));
    const fault = el("p", { class: "failure", role: "alert", hidden: true });
    const enter = async (entered, spoken) => {
      try {
        const user = await server.enter(entered, spoken);
        done();
        const wanted = { ...this.wanted(), [side]: user.name };
        if (this.panes[side]?.user.id !== user.id) delete wanted[placeOf(side)];
        await this.go(wanted);
      } catch (error) {
        fault.textContent = error.message;
        fault.hidden = false;
      }
    };
    const form = el("form", { class: "enter", onsubmit: (event) => {
      event.preventDefault();
      enter(name.value.trim(), locale.value);
    } }, name, locale, el("button", { class: "button primary", type: "submit" }, "Enter"));
    const list = el("div", { class: "users" });
    const draw = (users) => {
      const wanted = name.value.trim().toLowerCase();
      const isFree = (user) => !Object.values(this.panes).some((pane) => pane.user.id === user.id);
      const found = users.filter((user) => isFree(user) && user.name.toLowerCase().includes(wanted)).slice(0, LISTED);
      const face = (user) => button("", () => enter(user.name), { class: "user", "data-name": user.name });
      list.replaceChildren(...found.map((user) => {
        const node = face(user);
        node.append(avatar(user.name, user.id), el("span", {}, user.name), el("small", {}, user.locale));
        return node;
      }));
    };
    this.users().then((users) => {
      draw(users);
      name.addEventListener("input", () => draw(users));
    }, () => {});
    return el(
      "div",
      { class: "chooser" },
      el("h2", {}, title),
      el("p", {}, "This is an emulated Discord. Join it under any new name, or go on as somebody who is there already."),
      form,
      fault,
      list,
    );
  }

  // What all panes share

  nameOf(id) {
    return this.names.get(id) ?? "somebody";
  }

  async users() {
    const users = await server.users();
    users.forEach((user) => this.names.set(user.id, user.name));
    return users.sort((one, other) => one.name.localeCompare(other.name));
  }

  /// A user called a command, pressed a component of this custom id, or sent a `file`.
  used(user, what) {
    const step = this.guide.steps.findIndex(({ command, taken_by: by }) => what === command || (by && what.startsWith(by)));
    if (step < 0) return;
    memory.add(`steps:${user.id}`, step);
    this.drawSide();
  }

  begin(command) {
    document.body.classList.remove("guided");
    this.current?.composer.type(`/${command}`);
  }

  drawSide() {
    const used = this.current ? memory.get(`steps:${this.current.user.id}`) : [];
    const step = ({ command, text }, number) =>
      el(
        "li",
        { class: used.includes(number) ? "used" : "" },
        command && button(`/${command}`, () => this.begin(command), { class: "mention", disabled: !this.current }),
        command && " ",
        text,
      );
    this.side.replaceChildren(
      el("h1", {}, this.guide.title),
      el("p", {}, "A Discord of this machine's own. What the bot sends, it sends to nobody else."),
      this.guide.steps.length > 0 && el("h2", {}, "From newcomer to result"),
      this.guide.steps.length > 0 && el("ol", {}, this.guide.steps.map(step)),
      el("div", { class: "grow" }),
      this.state,
    );
  }
}

new App().start();

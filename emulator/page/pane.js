// One user's client: the conversation with the bot, where one types, and modals over both.

import { callable, Composer } from "./composer.js";
import { isSelect, KIND } from "./component.js";
import { button, el, memory } from "./dom.js";
import { avatar, MessageView } from "./message.js";
import { Modal } from "./modal.js";
import { server } from "./server.js";

/// An answer may come before the page knows that it asked; so many are kept for that.
const EARLY = 64;
/// Whoever has scrolled up by less than this wants to see what is new.
const NEAR_END = 120;

export const LOCALES = [
  ["en-US", "English"], ["ko", "한국어"], ["zh-CN", "中文"], ["es-419", "Español (Latinoamérica)"], ["ru", "Русский"],
  ["en-GB", "English (UK)"], ["es-ES", "Español (España)"], ["de", "Deutsch"], ["fr", "Français"], ["ja", "日本語"],
];

export class Pane {
  /// `place` is where the user is: the id of a channel; in the DM unless given.
  constructor(user, place, app) {
    this.user = user;
    this.place = place ?? user.dm_channel_id;
    this.app = app;
    this.unread = new Set();
    this.views = new Map();
    /// By interaction: what to do at its answer.
    this.expected = new Map();
    this.early = new Map();
    this.waiting = [];
    this.loaded = false;
    this.desk = this.makeDesk();
    this.composer = new Composer(this.desk);
    this.places = el("nav", { class: "places", "aria-label": "Places", hidden: true });
    this.list = el("div", { class: "list" });
    this.log = el("div", { class: "log", role: "log", tabindex: 0, onscroll: () => this.scrolled() }, this.list);
    this.node = el(
      "section",
      { class: "pane", "data-user": user.name, onpointerdown: () => app.focus(this), onfocusin: () => app.focus(this) },
      this.header(),
      this.places,
      this.log,
      this.composer.node,
    );
    this.atEnd = true;
    this.scrolledTo = 0;
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(this.list);
    this.takeDrops();
  }

  makeDesk() {
    const { user, app } = this;
    return {
      user,
      locale: user.locale,
      nameOf: (id) => app.nameOf(id),
      type: (text) => this.composer.type(text),
      press: (message, component, values, node) => this.press(message, component, values, node),
      choices: (select) => this.choices(select),
      dismiss: (id) => this.dismiss(id),
      place: () => this.place,
      commands: () => this.commands(),
      users: () => app.users(),
      offers: (take) => this.offers(take),
      expect: (interaction, answered) => this.expect(interaction, answered),
      used: (what) => app.used(user, what),
      // Whoever says something wants to see what comes of it.
      sent: () => this.toEnd(),
    };
  }

  header() {
    const { user, app } = this;
    const locales = LOCALES.some(([code]) => code === user.locale) ? LOCALES : [[user.locale, user.locale], ...LOCALES];
    const language = el(
      "select",
      { "aria-label": "Language of this user's Discord", title: "Language of this user's Discord", onchange: () => app.speak(user, language.value) },
      locales.map(([code, name]) => el("option", { value: code, selected: code === user.locale }, name)),
    );
    return el(
      "header",
      { class: "pane-head" },
      avatar(user.name, user.id),
      el("div", {}, el("b", {}, user.name), (this.where = el("small", {}, "DM with the bot"))),
      button("Guide", () => app.toggleGuide(), { class: "button secondary guide-opener" }),
      language,
      button("Other user", () => app.change(this), { class: "button secondary" }),
      button("Side by side", () => app.split(), { class: "button secondary split" }),
      button("✕", () => app.close(this), { class: "plain", "aria-label": `Close ${user.name}` }),
    );
  }

  // What is shown

  /// Reads the whole conversation. What happens meanwhile comes after it.
  async load() {
    this.loaded = false;
    this.registered = undefined;
    let messages;
    try {
      await this.loadPlaces();
      messages = await server.messages(this.user.id, this.place);
    } catch (error) {
      this.composer.say(error.message);
      return;
    }
    const known = new Set(messages.map((message) => message.id));
    for (const id of [...this.views.keys()].filter((id) => !known.has(id))) this.remove(id);
    messages.forEach((message) => this.show(message));
    this.loaded = true;
    this.waiting.splice(0).forEach((event) => this.see(event));
    if (this.views.size === 0 && this.place === this.user.dm_channel_id) this.welcome();
    this.toEnd();
  }

  /// Where the user can go. Who may not be in a place any more is in the DM.
  async loadPlaces() {
    const places = await server.places(this.user.id);
    if (!places.some((place) => place.id === this.place)) this.place = this.user.dm_channel_id;
    const face = (place) => {
      const isHere = place.id === this.place;
      const name = place.kind === "dm" ? "@ bot" : `${place.kind === "text" ? "#" : "⌙"} ${place.name}`;
      const look = [isHere ? "here" : "", this.unread.has(place.id) ? "unread" : "", place.archived ? "archived" : ""].join(" ");
      return button(name, () => this.goTo(place.id), { class: look, "data-place": place.id, "aria-current": isHere ? "true" : undefined });
    };
    this.places.replaceChildren(...places.map(face));
    this.places.hidden = places.length < 2;
    const here = places.find((place) => place.id === this.place);
    this.where.textContent = !here || here.kind === "dm" ? "DM with the bot" : `${here.kind === "text" ? "Channel" : "Thread"} ${here.name}`;
    this.composer.node.classList.toggle("silent", here?.can_write === false);
  }

  goTo(place) {
    if (place === this.place) return;
    this.place = place;
    this.unread.delete(place);
    for (const id of [...this.views.keys()]) this.remove(id);
    this.greeting?.remove();
    this.app.moved(this);
    this.load();
  }

  /// What can be called here. The bot registers its commands once, so they are asked for once.
  async commands() {
    this.registered ??= server.commands(this.user.id, this.place);
    try {
      const commands = await this.registered;
      if (commands.length === 0) this.registered = undefined;
      return callable(commands);
    } catch (error) {
      this.registered = undefined;
      throw error;
    }
  }

  welcome() {
    const begin = button("/setup", () => this.composer.type("/setup"), { class: "mention" });
    this.greeting = el(
      "div",
      { class: "welcome" },
      el("h2", {}, `Hello, ${this.user.name}!`),
      el("p", {}, "This is your conversation with the bot. Type ", el("kbd", {}, "/"), " to see what it can do."),
      el("p", {}, "New here? Begin with ", begin, "."),
    );
    this.list.replaceChildren(this.greeting);
  }

  show(message) {
    if (memory.get("dismissed").includes(message.id)) return;
    this.greeting?.remove();
    this.greeting = undefined;
    const known = this.views.get(message.id);
    if (known) {
      if (JSON.stringify(known.message) !== JSON.stringify(message)) known.show(message);
      return;
    }
    const view = new MessageView(message, this.desk);
    this.views.set(message.id, view);
    // Ids grow with time, and nearly every message is the newest.
    let next = null;
    for (let node = this.list.lastElementChild; node && BigInt(node.dataset.messageId ?? 0) > BigInt(message.id); node = node.previousElementSibling) next = node;
    this.list.insertBefore(view.node, next);
  }

  remove(id) {
    this.views.get(id)?.node.remove();
    this.views.delete(id);
  }

  dismiss(id) {
    memory.add("dismissed", id);
    this.remove(id);
  }

  scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.log;
    if (scrollHeight - scrollTop - clientHeight < NEAR_END) this.atEnd = true;
    // What has come below since takes nobody away from the end; only scrolling up does.
    else if (scrollTop < this.scrolledTo) this.atEnd = false;
    this.scrolledTo = scrollTop;
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.atEnd = true;
  }

  // What happens

  see(event) {
    if (event.user !== undefined && event.user !== this.user.id) return;
    if (!this.loaded) {
      this.waiting.push(event);
      return;
    }
    const place = event.message?.channel_id;
    if (event.kind === "places") this.loadPlaces();
    else if (place !== undefined && place !== this.place) this.miss(event, place);
    else if (event.kind === "message_delete") this.remove(event.message.id);
    else if (event.message) this.show(event.message);
    if (event.interaction_id) this.answered(event);
  }

  /// Something in a place where the user is not looking.
  miss(event, place) {
    const button = this.places.querySelector(`[data-place="${CSS.escape(place)}"]`);
    if (event.kind !== "message_create" || !button) return;
    this.unread.add(place);
    button.classList.add("unread");
  }

  expect(interaction, answered) {
    const early = this.early.get(interaction);
    this.early.delete(interaction);
    if (early) this.settle(answered, early);
    else this.expected.set(interaction, answered);
  }

  settle(answered, event) {
    answered(event);
    if (event.kind === "modal") this.open(event.modal);
  }

  answered(event) {
    const { interaction_id: interaction } = event;
    const expected = this.expected.get(interaction);
    if (expected) {
      this.expected.delete(interaction);
      this.settle(expected, event);
    } else {
      this.early.set(interaction, event);
      if (this.early.size > EARLY) this.early.delete(this.early.keys().next().value);
    }
  }

  async press(message, component, values, node) {
    const view = this.views.get(message.id);
    node.classList.add("waiting");
    view?.fail("");
    const settle = (event) => {
      node.classList.remove("waiting");
      if (event.kind === "interaction_failed") view?.fail("This interaction failed.");
    };
    try {
      const { interaction_id: interaction } = await server.press(this.user.id, this.place, message.id, component.custom_id, values);
      this.app.used(this.user, component.custom_id);
      this.expect(interaction, settle);
    } catch (error) {
      node.classList.remove("waiting");
      view?.fail(error.message);
    }
  }

  open(modal) {
    this.modal?.node.remove();
    const desk = {
      ...this.desk,
      closed: (interaction) => {
        this.modal = undefined;
        this.composer.text.focus();
        if (typeof interaction !== "string") return;
        this.expect(interaction, (event) => {
          if (event.kind === "interaction_failed") this.composer.say("Something went wrong. Try again.");
        });
      },
    };
    this.modal = new Modal(modal, desk);
    this.node.append(this.modal.node);
    this.modal.shown();
  }

  async choices(select) {
    if (!isSelect(select) || ![KIND.USER_SELECT, KIND.MENTIONABLE_SELECT].includes(select.type)) return [];
    return (await this.app.users()).map((user) => ({ label: user.name, value: user.id }));
  }

  /// Buttons for what the bot's own helper can forge at present.
  async offers(take) {
    const offers = await server.offers(this.user.id).catch(() => []);
    return offers.map((offer) => {
      const node = button(offer.label, async () => {
        node.classList.add("waiting");
        try {
          take(await server.offer(this.user.id, offer));
        } catch (error) {
          this.composer.say(error.message);
        }
        node.classList.remove("waiting");
      }, { class: "offer" });
      return node;
    });
  }

  takeDrops() {
    const over = (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      this.node.classList.add("dropping");
    };
    this.node.addEventListener("dragover", over);
    this.node.addEventListener("dragleave", () => this.node.classList.remove("dropping"));
    this.node.addEventListener("drop", (event) => {
      event.preventDefault();
      this.node.classList.remove("dropping");
      this.composer.add(event.dataTransfer.files);
    });
  }
}

// One message, drawn anew at each change.

import { Components, fileCard, picture } from "./component.js";
import { button, colour, el, hue, local } from "./dom.js";
import { inline, markdown } from "./markdown.js";

const FLAG = { EPHEMERAL: 1 << 6, LOADING: 1 << 7, COMPONENTS_V2: 1 << 15 };
const COMMAND_ANSWER = 20;

export function isEphemeral(message) {
  return (message.flags & FLAG.EPHEMERAL) !== 0;
}

export function avatar(name, id) {
  const node = el("span", { class: "avatar", "aria-hidden": true }, [...name][0] ?? "?");
  node.style.backgroundColor = `hsl(${hue(id)} 45% 42%)`;
  return node;
}

export class MessageView {
  /// `desk` is what components are drawn with, and has `dismiss(id)`.
  constructor(message, desk) {
    this.desk = { ...desk, press: (component, values, node) => desk.press(this.message, component, values, node) };
    this.dismiss = desk.dismiss;
    this.components = new Components(this.desk);
    this.node = el("article", { class: "message", "data-message-id": message.id });
    this.show(message);
  }

  show(message) {
    this.message = message;
    const { author } = message;
    this.node.classList.toggle("ephemeral", isEphemeral(message));
    this.node.classList.toggle("bot", Boolean(author.bot));
    this.node.replaceChildren(
      avatar(author.global_name ?? author.username, author.id),
      el("div", { class: "body" }, this.above(), this.head(), this.inside(), this.foot()),
    );
  }

  above() {
    const { message } = this;
    const asker = message.interaction_metadata?.user;
    if (message.type !== COMMAND_ANSWER || !asker) return null;
    return el("div", { class: "above" }, `↱ ${asker.global_name ?? asker.username} used a command`);
  }

  head() {
    const { author, timestamp } = this.message;
    const date = new Date(timestamp);
    const clock = new Intl.DateTimeFormat(this.desk.locale, { timeStyle: "short" }).format(date);
    return el(
      "header",
      {},
      el("b", {}, author.global_name ?? author.username),
      author.bot && el("span", { class: "badge" }, "APP"),
      el("time", { datetime: timestamp, title: date.toString() }, clock),
    );
  }

  inside() {
    const { message } = this;
    if (message.flags & FLAG.LOADING) {
      return el("div", { class: "thinking" }, el("span", { class: "dots" }, "•••"), " is thinking…");
    }
    const isV2 = (message.flags & FLAG.COMPONENTS_V2) !== 0;
    const drawn = this.components.draw(message.components ?? [], message.attachments ?? []);
    return [
      message.content && markdown(message.content, this.desk),
      ...(message.embeds ?? []).map((embed) => this.embed(embed)),
      // Components V2 show the files that they name, and no others.
      ...(isV2 ? [] : (message.attachments ?? []).filter((file) => !this.isInEmbed(file)).map(attachment)),
      el("div", { class: "components" }, drawn),
    ];
  }

  isInEmbed(file) {
    const address = local(file.url);
    return (this.message.embeds ?? []).some((embed) => [embed.image, embed.thumbnail].some((part) => part && local(part.url) === address));
  }

  embed(embed) {
    const field = (field) =>
      el("div", { class: field.inline ? "field beside" : "field" }, el("b", {}, inline(field.name, this.desk)), markdown(field.value, this.desk));
    const node = el(
      "div",
      { class: "embed" },
      embed.thumbnail && picture({ media: embed.thumbnail }, "thumbnail"),
      embed.author && el("div", { class: "embed-author" }, embed.author.name),
      embed.title && el("h4", {}, inline(embed.title, this.desk)),
      embed.description && markdown(embed.description, this.desk),
      embed.fields?.length > 0 && el("div", { class: "fields" }, embed.fields.map(field)),
      embed.image && picture({ media: embed.image, description: embed.image.description }, "shown"),
      embed.footer && el("small", {}, embed.footer.text),
    );
    if (typeof embed.color === "number") node.style.borderInlineStartColor = colour(embed.color);
    return node;
  }

  foot() {
    const { message } = this;
    const marks = [];
    if (message.edited_timestamp) {
      marks.push(el("span", { title: new Date(message.edited_timestamp).toString() }, "(edited)"));
    }
    if (isEphemeral(message)) {
      marks.push("Only you can see this • ", button("Dismiss message", () => this.dismiss(message.id), { class: "as-link" }));
    }
    return marks.length > 0 ? el("footer", {}, marks) : null;
  }

  /// A line under a message whose button or menu nobody answered; an empty text takes it away.
  fail(text) {
    this.node.querySelector(".failure")?.remove();
    if (text) this.node.querySelector(".body").append(el("p", { class: "failure", role: "alert" }, text));
  }
}

function attachment(file) {
  if (file.content_type?.startsWith("image/")) {
    return picture({ media: { url: file.url, width: file.width, height: file.height }, description: file.description ?? file.filename }, "shown");
  }
  return fileCard(local(file.url), file.filename, file.size);
}

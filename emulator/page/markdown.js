// Discord's markdown, as elements. It knows what Discord knows and nothing more; what is not
// markdown is text.

import { el } from "./dom.js";
import { withEmoji } from "./emoji.js";

const INSIDE = String.raw`((?:\\[\s\S]|[^\\])+?)`;

/// What may begin at a place in a line, in the order in which it is tried.
const INLINE = [
  [/\\([^\p{L}\p{N}\s])/uy, ([, letter]) => letter],
  [/``([\s\S]+?)``(?!`)|`([^`]+)`/y, ([, two, one]) => el("code", {}, two ?? one)],
  [/<t:(-?\d{1,13})(?::([tTdDfFR]))?>/y, ([, seconds, style], reader) => time(Number(seconds), style ?? "f", reader)],
  [/<@!?(\d+)>/y, ([, id], reader) => el("span", { class: "mention" }, `@${reader.nameOf(id)}`)],
  [/<@&(\d+)>/y, ([, id], reader) => el("span", { class: "mention" }, `@${reader.nameOf(id)}`)],
  [/<#(\d+)>/y, ([, id], reader) => el("span", { class: "mention" }, `#${reader.nameOf(id)}`)],
  [/<\/([^:<>]{1,100}):\d+>/y, ([, name], reader) =>
    el("button", { type: "button", class: "mention", onclick: () => reader.type(`/${name}`) }, `/${name}`)],
  [/<a?:(\w{1,32}):\d+>/y, ([, name]) => `:${name}:`],
  [/<(https?:\/\/[^\s<>]+)>/y, ([, address]) => link(address, address)],
  [/\[((?:\\[\s\S]|[^\]\\])+)\]\(<?(https?:\/\/[^\s()<>]+)>?(?:\s+"[^"]*")?\)/y, ([, text, address], reader) =>
    link(address, inline(text, reader))],
  [/https?:\/\/[^\s<>"'`()[\]]+/y, ([address]) => link(address, address)],
  [new RegExp(String.raw`\*\*\*${INSIDE}\*\*\*(?!\*)`, "y"), ([, text], reader) =>
    el("strong", {}, el("em", {}, inline(text, reader)))],
  [new RegExp(String.raw`\*\*${INSIDE}\*\*(?!\*)`, "y"), ([, text], reader) => el("strong", {}, inline(text, reader))],
  [new RegExp(String.raw`__${INSIDE}__(?!_)`, "y"), ([, text], reader) => el("u", {}, inline(text, reader))],
  [/\*(?![\s*])((?:\\[\s\S]|\*\*|[^\\*])+?)\*(?!\*)/y, ([, text], reader) => el("em", {}, inline(text, reader))],
  [/_((?:\\[\s\S]|__|[^\\_])+?)_(?![\p{L}\p{N}_])/uy, ([, text], reader) => el("em", {}, inline(text, reader))],
  [new RegExp(String.raw`~~${INSIDE}~~(?!~)`, "y"), ([, text], reader) => el("s", {}, inline(text, reader))],
  [new RegExp(String.raw`\|\|${INSIDE}\|\|`, "y"), ([, text], reader) => spoiler("span", inline(text, reader))],
];

/// Text in which nothing can begin, or one letter in which something could have.
const PLAIN = /[^\\`<*_~|[h]+|[\s\S]/uy;

/// One run of text. `reader` has a `locale`, `nameOf(id)` and `type(text)`.
export function inline(text, reader) {
  const out = document.createDocumentFragment();
  let plain = "";
  let at = 0;
  const flush = () => {
    if (plain) out.append(...withEmoji(plain));
    plain = "";
  };
  while (at < text.length) {
    const hit = match(text, at);
    if (hit) {
      const made = hit.make(hit.found, reader);
      if (typeof made === "string") {
        plain += made;
      } else {
        flush();
        out.append(made);
      }
      at += hit.found[0].length;
    } else {
      PLAIN.lastIndex = at;
      const [letters] = PLAIN.exec(text);
      plain += letters;
      at += letters.length;
    }
  }
  flush();
  return out;
}

function match(text, at) {
  for (const [pattern, make] of INLINE) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) return { found, make };
  }
  return undefined;
}

/// A block of code, or a spoiler over several lines, wherever they begin.
const FENCED = /```(?:([\w+.-]*)\n)?([\s\S]+?)\n?```|(?<=^|\n)\|\|((?:(?!\|\|)[\s\S])*\n(?:(?!\|\|)[\s\S])*)\|\|/g;

/// A whole text: everything of `inline`, and headings, small print, lists, quotes and blocks.
export function markdown(text, reader) {
  const out = el("div", { class: "markdown" });
  let from = 0;
  for (const found of text.matchAll(FENCED)) {
    out.append(...lines(text.slice(from, found.index), reader));
    const folded = found[3];
    if (folded === undefined) out.append(el("pre", {}, el("code", {}, found[2])));
    else out.append(spoiler("div", markdown(folded.trim(), reader)));
    from = found.index + found[0].length;
  }
  out.append(...lines(text.slice(from), reader));
  return out;
}

const ITEM = /^(\s*)([-*]|\d{1,9}\.)\s+(.*)$/;

function lines(text, reader) {
  const out = [];
  const rest = text.replace(/^\n|\n$/g, "").split("\n");
  if (text.trim() === "") return out;
  const take = (fits) => {
    const taken = [];
    while (rest.length > 0 && fits(rest[0])) taken.push(rest.shift());
    return taken;
  };
  while (rest.length > 0) {
    const line = rest[0];
    const heading = /^(#{1,3})\s+(.+)$/.exec(line);
    const small = /^-#\s+(.+)$/.exec(line);
    if (heading) {
      out.push(el(`h${heading[1].length + 2}`, {}, inline(heading[2], reader)));
      rest.shift();
    } else if (small) {
      out.push(el("small", {}, inline(small[1], reader)));
      rest.shift();
    } else if (line.startsWith(">>> ")) {
      out.push(el("blockquote", {}, lines(rest.splice(0).join("\n").slice(4), reader)));
    } else if (line.startsWith("> ")) {
      const quoted = take((next) => next.startsWith("> "));
      out.push(el("blockquote", {}, lines(quoted.map((next) => next.slice(2)).join("\n"), reader)));
    } else if (ITEM.test(line)) {
      out.push(list(take((next) => ITEM.test(next)).map((next) => ITEM.exec(next)), reader));
    } else {
      const begins = (next) => /^(#{1,3} |-# |> |>>> )/.test(next) || ITEM.test(next);
      out.push(el("p", {}, inline([rest.shift(), ...take((next) => !begins(next))].join("\n"), reader)));
    }
  }
  return out;
}

/// Items that stand further in belong to the one above them.
function list(items, reader) {
  const kind = (item) => (/\d/.test(item[2]) ? "ol" : "ul");
  const first = items[0];
  const out = el(kind(first), kind(first) === "ol" ? { start: parseInt(first[2], 10) } : {});
  const depth = first[1].length;
  while (items.length > 0) {
    const item = items.shift();
    const node = el("li", {}, inline(item[3], reader));
    const inner = [];
    while (items.length > 0 && items[0][1].length > depth) inner.push(items.shift());
    if (inner.length > 0) node.append(list(inner, reader));
    out.append(node);
  }
  return out;
}

function spoiler(name, inside) {
  const node = el(name, { class: "spoiler", role: "button", tabindex: 0, title: "Show what is hidden" }, inside);
  const show = () => {
    node.classList.add("shown");
    node.removeAttribute("title");
  };
  node.addEventListener("click", show);
  node.addEventListener("keydown", (event) => event.key === "Enter" && show());
  return node;
}

function link(address, text) {
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, text);
}

const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};

/// A moment in the reader's words. One that is told from now is told anew each second, by `tick`.
function time(seconds, style, reader) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return `<t:${seconds}:${style}>`;
  const whole = new Intl.DateTimeFormat(reader.locale, STYLES.F).format(date);
  const node = el("time", { datetime: date.toISOString(), title: whole });
  if (style === "R") {
    node.dataset.relative = seconds;
    node.lang = reader.locale;
    node.textContent = fromNow(seconds, reader.locale);
  } else {
    node.textContent = new Intl.DateTimeFormat(reader.locale, STYLES[style]).format(date);
  }
  return node;
}

const UNITS = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];

export function fromNow(seconds, locale) {
  const away = seconds - Date.now() / 1000;
  const [unit, length] = UNITS.find(([, length]) => Math.abs(away) >= length) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat(locale, { numeric: "always" }).format(Math.round(away / length), unit);
}

/// Lets all relative times of the page go on.
export function tick() {
  for (const node of document.querySelectorAll("time[data-relative]")) {
    const text = fromNow(Number(node.dataset.relative), node.lang);
    if (node.textContent !== text) node.textContent = text;
  }
}

// Emoji for readers whose computer cannot draw them. Discord brings pictures of its own; this page
// brings none, and stands in where a font for them is missing: letters for flags, plain signs else.

import { el } from "./dom.js";

/// Whether this browser draws flags; those of a font are in colours, all else in that of the text.
const draws = (() => {
  const area = document.createElement("canvas");
  area.width = area.height = 24;
  const pen = area.getContext("2d", { willReadFrequently: true });
  pen.fillStyle = "#000";
  pen.font = "18px sans-serif";
  pen.fillText("🇩🇪", 0, 18);
  const { data } = pen.getImageData(0, 0, 24, 24);
  return data.some((part, at) => at % 4 !== 3 && part > 60);
})();

const SIGNS = {
  "✅": ["✔", "good"], "❌": ["✘", "bad"], "⚠": ["⚠", "warn"], "🌐": ["◍", ""], "🏳": ["⚐", ""], "⏳": ["⧗", ""], "⭐": ["★", "warn"],
  "🟢": ["●", "good"], "🔴": ["●", "bad"], "🟡": ["●", "warn"], "🔵": ["●", ""], "🥇": ["①", "warn"], "🥈": ["②", ""], "🥉": ["③", ""],
};
const EMOJI = /([\u{1f1e6}-\u{1f1ff}]{2})|(✅|❌|⚠|🌐|🏳|⏳|⭐|🟢|🔴|🟡|🔵|🥇|🥈|🥉)\ufe0f?/gu;
const FIRST_REGIONAL = 0x1f1e6;

/// The text in parts, to be appended to an element.
export function withEmoji(text) {
  if (draws) return [text];
  const out = [];
  let from = 0;
  for (const found of text.matchAll(EMOJI)) {
    out.push(text.slice(from, found.index));
    from = found.index + found[0].length;
    const [, flag, sign] = found;
    if (flag) {
      const letters = [...flag].map((letter) => String.fromCharCode(65 + letter.codePointAt(0) - FIRST_REGIONAL));
      out.push(el("span", { class: "flag" }, letters.join("")));
    } else {
      out.push(el("span", { class: `sign ${SIGNS[sign][1]}` }, SIGNS[sign][0]));
    }
  }
  return [...out, text.slice(from)];
}

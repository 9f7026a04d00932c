// Builds elements. What is text stays text: nothing on this page is ever parsed as HTML.

/// An element with these attributes; a function under `onclick` and the like becomes a listener.
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") node.addEventListener(key.slice(2), value);
    else node.setAttribute(key === "class" ? "class" : key, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

export function button(text, onclick, attributes = {}) {
  return el("button", { type: "button", onclick, ...attributes }, text);
}

/// A number of 24 bits as a colour of CSS.
export function colour(number) {
  return `#${(number & 0xffffff).toString(16).padStart(6, "0")}`;
}

/// The hue that belongs to a text, so that everybody keeps the same one.
export function hue(text) {
  let sum = 7;
  for (const letter of text) sum = (sum * 31 + letter.codePointAt(0)) % 3600;
  return (sum * 47) % 360;
}

/// A link that leads to this server keeps the address that the page was opened under.
export function local(address) {
  try {
    const url = new URL(address, location.href);
    return url.pathname.startsWith("/attachments/") ? url.pathname + url.search : url.href;
  } catch {
    return "";
  }
}

/// Closes what is open over the page when something else is clicked; gives back how to stop that.
export function closeOutside(node, close) {
  const look = (event) => {
    if (!node.contains(event.target)) close();
  };
  document.addEventListener("pointerdown", look, true);
  return () => document.removeEventListener("pointerdown", look, true);
}

export function size(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  const kib = bytes / 1024;
  return kib < 1024 ? `${kib.toFixed(1)} KiB` : `${(kib / 1024).toFixed(2)} MiB`;
}

/// What this browser remembers of the page; a browser that forbids it remembers nothing.
export const memory = {
  get(key) {
    try {
      return JSON.parse(localStorage.getItem(key)) ?? [];
    } catch {
      return [];
    }
  },
  add(key, item) {
    try {
      localStorage.setItem(key, JSON.stringify([...new Set([...memory.get(key), item])].slice(-200)));
    } catch {
      // It is forgotten with the page then.
    }
  },
};

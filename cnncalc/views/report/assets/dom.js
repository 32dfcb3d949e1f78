// Elements.  Text is inserted as text: nothing here or elsewhere parses markup.

const SVG = "http://www.w3.org/2000/svg";

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child != null && child !== false));
  return node;
}

/** An element: attributes by name, listeners as `onclick`; children are elements and texts. */
export const el = (tag, attributes = {}, ...children) =>
  filled(document.createElement(tag), attributes, children);

export const svg = (tag, attributes = {}, ...children) =>
  filled(document.createElementNS(SVG, tag), attributes, children);

/** A short number, with all its digits in a tooltip. */
export const brief = (text, full) => el("span", { title: full === text ? null : full }, text);

/** A text of a cell that is broken if it is long, but keeps its column as wide as it may be. */
export const wrapping = (text) => el("span", { class: "text" }, text);

/** A table with titles; columns of numbers are right-aligned. */
export function grid(titles, isNumber, rows, attributes = {}) {
  const heads = titles.map((title, index) =>
    el("th", { scope: "col", class: isNumber(index) ? "number" : null }, wrapping(title)),
  );
  return el("table", attributes, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows));
}

/** A scrollable region, also for the keyboard, around what may be wider than the window. */
export const wide = (label, table, look = "wide-table") =>
  el("div", { class: look, tabindex: 0, role: "region", "aria-label": label }, table);

const canvas = document.createElement("canvas").getContext("2d");
const FAMILY = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

/** The width of a text in pixels. */
export function widthOf(text, size, weight = 400) {
  canvas.font = `${weight} ${size}px ${FAMILY}`;
  return canvas.measureText(text).width;
}

/** A text cut to a width, with an ellipsis. */
export function cut(text, width, size, weight = 400) {
  if (widthOf(text, size, weight) <= width) return text;
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (widthOf(`${text.slice(0, middle)}…`, size, weight) <= width) low = middle;
    else high = middle - 1;
  }
  return `${text.slice(0, low).trimEnd()}…`;
}

/** A color of the current theme. */
export const color = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

// Saving a picture as SVG or PNG: the page makes both itself, and requests nothing.

import { color, el, svg } from "./dom.js";

const SCALE = 2; // pixels of a PNG for each of the picture
const KEPT = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "paint-order",
];
const DROPPED = ["class", "role", "tabindex", "data-id"];

/** Two buttons that save what `picture` returns: an SVG with its size in pixels. */
export function saver(name, picture) {
  const button = (form, save) =>
    el(
      "button",
      { "aria-label": `Save ${name} as ${form}`, title: `Save as ${form}`, onclick: save },
      form,
    );
  const file = name.toLowerCase().replace(/[^a-z0-9]+/g, "_");
  return el(
    "div",
    { class: "buttons save", role: "group", "aria-label": `Save ${name}` },
    button("SVG", () => download(svgBlob(picture()), `${file}.svg`)),
    button("PNG", () => savePng(picture(), `${file}.png`)),
  );
}

/** A copy of a drawn SVG that needs no style sheet, on paper. */
export function standalone(node, width, height) {
  const copy = /** @type {SVGElement} */ (node.cloneNode(true));
  const nodes = [node, ...node.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((one, index) => plain(one, nodes[index]));
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  copy.prepend(paper(width, height, copy));
  return copy;
}

/** The ground of a picture, which covers its view. */
function paper(width, height, picture) {
  const view = picture.getAttribute("viewBox")?.split(" ") ?? [0, 0, width, height];
  return svg("rect", { width: view[2], height: view[3], fill: color("paper") });
}

/** Turns the computed style of a node into attributes of its copy. */
function plain(copy, node) {
  const style = getComputedStyle(node);
  for (const name of DROPPED) copy.removeAttribute(name);
  for (const name of [...copy.getAttributeNames()].filter((one) => one.startsWith("aria-")))
    copy.removeAttribute(name);
  if (copy.tagName === "title") return;
  for (const name of KEPT) {
    const value = style.getPropertyValue(name);
    if (name === "fill" || name === "stroke") paint(copy, name, value);
    else if (value) copy.setAttribute(name, value);
  }
}

/** Sets a color that every viewer of SVG knows; browsers compute mixed ones as `color(srgb …)`. */
function paint(copy, name, value) {
  const found = value.match(/^(rgba?|color)\((?:srgb )?(.*)\)$/);
  if (!found) {
    copy.setAttribute(name, value);
    return;
  }
  const scale = found[1] === "color" ? 255 : 1;
  const [red, green, blue, alpha = 1] = found[2].split(/[\s,/]+/).map(Number);
  const parts = [red, green, blue].map((part) => Math.round(part * scale));
  copy.setAttribute(name, `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`);
  if (alpha < 1) copy.setAttribute(`${name}-opacity`, String(alpha));
}

const svgBlob = (picture) =>
  new Blob([new XMLSerializer().serializeToString(picture)], { type: "image/svg+xml" });

function savePng(picture, file) {
  const [width, height] = ["width", "height"].map((name) => Number(picture.getAttribute(name)));
  const image = new Image();
  const address = URL.createObjectURL(svgBlob(picture));
  image.addEventListener("load", () => {
    const canvas = /** @type {HTMLCanvasElement} */ (
      el("canvas", { width: Math.ceil(SCALE * width), height: Math.ceil(SCALE * height) })
    );
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(address);
    canvas.toBlob((blob) => blob && download(blob, file), "image/png");
  });
  image.src = address;
}

function download(blob, file) {
  const address = URL.createObjectURL(blob);
  el("a", { href: address, download: file }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

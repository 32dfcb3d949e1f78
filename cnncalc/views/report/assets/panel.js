// The selected item in full: a layer with the formulas of its numbers, or a group with its sums.

import { brief, el } from "./dom.js";
import { explanationOf, shapeText } from "./explain.js";
import { CLASSES, addedBy, lookOf, shapesOf } from "./network.js";
import { exact, percent, plural, short, shortBytes } from "./numbers.js";

export function panelOf(store) {
  const node = el("aside", { class: "panel", "aria-label": "The selected layer", tabindex: 0 });
  store.on("select", (item) => fill(node, store, item));
  fill(node, store, null);
  return node;
}

function fill(node, store, item) {
  const parts = !item
    ? [hint()]
    : item.kind === "container"
      ? containerParts(store, item)
      : layerParts(store, item);
  node.replaceChildren(...parts);
  node.scrollTop = 0;
}

function hint() {
  return el(
    "div",
    { class: "hint" },
    el("p", {}, "Select a layer to see where its numbers come from, or a group to expand it."),
    el(
      "p",
      {},
      ...[
        ["↑ ↓", "previous, next"],
        ["→ ←", "expand, collapse"],
        ["Enter", "select"],
        ["/", "search"],
        ["+ −", "zoom"],
      ].flatMap(([keys, does]) => [el("kbd", {}, keys), ` ${does} `]),
    ),
  );
}

function heading(store, item, kind) {
  return el(
    "header",
    {},
    el("p", { class: `class look-${lookOf(store.net, item)}` }, el("i", { class: "swatch" }), kind),
    el("h3", {}, item.path),
    el("p", { class: "label" }, item.label),
  );
}

// A layer

function layerParts(store, layer) {
  const { net } = store;
  const parts = [heading(store, layer, `${layer.type}, ${CLASSES[layer.class]}`)];
  if (layer.marks) parts.push(el("p", { class: "marks" }, layer.marks));
  parts.push(facts(layerFacts(store, layer)), explanationOf(net, layer));
  const pairs = Object.entries(layer.arguments).map(([name, value]) => [name, argument(value)]);
  if (pairs.length) parts.push(section("arguments", facts(pairs)));
  const weights = Object.entries(layer.weights).map(([name, shape]) => [name, shapeText([shape])]);
  if (weights.length) parts.push(section("weights", facts(weights)));
  if (layer.notes.length)
    parts.push(section("notes", ...layer.notes.map((note) => el("p", {}, note))));
  return parts;
}

function layerFacts(store, layer) {
  const entering = layer.input_shapes.length ? shapeText(layer.input_shapes) : "nothing";
  const found = [
    ["reads", links(store, layer.sources)],
    ["in → out", `${entering} → ${shapeText(shapesOf(layer))}`],
    ["read by", links(store, layer.readers)],
  ];
  if (layer.alive_bytes != null) {
    const { peak_bytes, peak_layer } = store.net.totals;
    const peak =
      layer.path === peak_layer
        ? ", the peak"
        : `, ${percent(layer.alive_bytes, peak_bytes)} of the peak`;
    found.push([
      "live memory",
      [brief(shortBytes(layer.alive_bytes), `${exact(layer.alive_bytes)} B`), peak],
    ]);
  }
  found.push(["line", lineLink(store, layer)]);
  return found;
}

const MOST_LINKS = 6;

function links(store, items) {
  if (!items.length) return "nothing";
  const shown = items
    .slice(0, MOST_LINKS)
    .map((item) =>
      item.kind === "layer"
        ? el("button", { class: "link", onclick: () => store.select(item) }, item.path)
        : item.path,
    );
  const parts = shown.flatMap((part, index) => (index ? [", ", part] : [part]));
  return items.length > MOST_LINKS ? [...parts, ` and ${items.length - MOST_LINKS} more`] : parts;
}

function lineLink(store, item) {
  const show = () => store.showLine?.(item);
  return el("button", { class: "link", onclick: show }, `${item.span[0]} of the file`);
}

const argument = (value) =>
  Array.isArray(value)
    ? value.map(argument).join("x")
    : value === true
      ? "yes"
      : value === false
        ? "no"
        : String(value ?? "none");

// A group

function containerParts(store, container) {
  const { net } = store;
  const layers = container.end - container.start;
  const kind = container.type === "run" ? "consecutive layers" : container.type;
  const amount = (key) => {
    const added = addedBy(net, container, key);
    const part = Number(net.totals[key]) && added ? percent(added, net.totals[key]) : "";
    return Number(container[key])
      ? [
          brief(short(container[key]), exact(container[key])),
          " ",
          el("span", { class: "part" }, part),
        ]
      : "none";
  };
  const pairs = [
    ["layers", exact(layers)],
    ["output", shapeText(shapesOf(container))],
    ["parameters", amount("params")],
    ["MACs", amount("macs")],
    ["FLOPs", amount("flops")],
    [
      "peak",
      container.alive_bytes == null
        ? "-"
        : brief(shortBytes(container.alive_bytes), `${exact(container.alive_bytes)} B`),
    ],
  ];
  if (container.span) pairs.push(["line", lineLink(store, container)]);
  const toggle = () => {
    store.toggle(container);
    fill(button.closest(".panel"), store, container);
  };
  const button = el(
    "button",
    { class: "wide-button", onclick: toggle },
    store.isOpen(container) ? "Collapse" : `Expand (${plural(container.items.length, "part")})`,
  );
  return [
    heading(store, container, kind),
    container.marks && el("p", { class: "marks" }, container.marks),
    facts(pairs),
    button,
  ].filter(Boolean);
}

// Parts

function facts(pairs) {
  return el(
    "dl",
    { class: "facts" },
    ...pairs.map(([name, value]) =>
      el("div", {}, el("dt", {}, name), el("dd", {}, ...[value].flat())),
    ),
  );
}

const section = (title, ...parts) => el("section", {}, el("h4", {}, title), ...parts);

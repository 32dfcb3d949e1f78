// One network: its summary, graph, charts, table and file.

import { chartsOf } from "./charts.js";
import { deviceOf } from "./device.js";
import { el } from "./dom.js";
import { graphOf } from "./graph.js";
import { overviewOf } from "./overview.js";
import { panelOf } from "./panel.js";
import { saver } from "./save.js";
import { searchOf } from "./search.js";
import { sourceOf } from "./source.js";
import { storeOf } from "./store.js";
import { tableOf } from "./table.js";

const LOOKS = {
  conv: "convolution",
  dense: "dense",
  memory: "recurrent, attention",
  norm: "normalization",
  pool: "pooling",
  activation: "activation",
  join: "join",
  other: "other",
};
const MEASURES = { params: "params", macs: "MACs", memory: "memory" };

/** One network: overview, graph, charts, table, file. */
export function viewOf(net) {
  const store = storeOf(net);
  const details = el(
    "details",
    { class: "file", open: true },
    el("summary", {}, el("h2", {}, "File")),
  );
  const view = el(
    "article",
    { class: "network" },
    overviewOf(net),
    graphSection(store),
    el("section", { "aria-label": "Charts" }, el("h2", {}, "Layer by layer"), chartsOf(store)),
    deviceOf(store),
    el("section", { "aria-label": "Table" }, el("h2", {}, "Table"), tableOf(store)),
    details,
  );
  details.append(sourceOf(store, () => (details.open = true)));
  return view;
}

function graphSection(store) {
  const { tools, legend, totals, node } = graphParts(store);
  return el(
    "section",
    { class: "graph", "aria-label": "Graph" },
    el("h2", {}, "Graph"),
    tools,
    totals,
    legend,
    el("div", { class: "split" }, node, panelOf(store)),
  );
}

/** The graph with its controls and the key to its colors. */
export function graphParts(store) {
  const graph = graphOf(store);
  const search = searchOf(store);
  const shown = Object.keys(LOOKS).filter((look) =>
    store.net.layers.some((layer) => layer.look === look),
  );
  const legend = el(
    "ul",
    { class: "legend", "aria-label": "Colors" },
    ...shown.map((look) => el("li", {}, el("i", { class: `swatch look-${look}` }), LOOKS[look])),
  );
  const tools = el(
    "div",
    { class: "tools" },
    search.node,
    measureSwitch(store),
    containerButtons(store),
    zoomButtons(graph),
    saver(`${store.net.show.variant ?? store.net.show.name} graph`, graph.picture),
  );
  return { tools, legend, totals: search.totals, node: graph.node };
}

function measureSwitch(store) {
  const name = `measure${Math.random()}`;
  const radio = ([value, title]) => {
    const input = el("input", {
      type: "radio",
      name,
      value,
      checked: value === store.measure,
      onchange: () => store.setMeasure(value),
    });
    return el("label", {}, input, el("span", {}, title));
  };
  return el(
    "fieldset",
    { class: "switch" },
    el("legend", { class: "offscreen" }, "The number whose share the boxes show"),
    ...Object.entries(MEASURES).map(radio),
  );
}

function containerButtons(store) {
  if (!store.net.containers.length) return null;
  const closed = () =>
    store.net.containers
      .filter((container) => container.type !== "branch" && !store.isOpen(container))
      .map((container) => container.level);
  const button = (text, label, depth) =>
    el("button", { "aria-label": label, title: label, onclick: () => store.openTo(depth()) }, text);
  return el(
    "div",
    { class: "buttons", role: "group", "aria-label": "Groups" },
    button("Collapse all", "Collapse all groups", () => 0),
    button("Expand one level", "Expand groups by one level", () => Math.min(...closed()) + 1),
    button("Expand all", "Expand all groups", () => Infinity),
  );
}

function zoomButtons(graph) {
  const button = (text, label, onclick) =>
    el("button", { "aria-label": label, title: label, onclick }, text);
  return el(
    "div",
    { class: "buttons", role: "group", "aria-label": "Zoom" },
    button("−", "Zoom out", graph.zoomOut),
    button("Fit", "Fit the width of the window", graph.fit),
    button("+", "Zoom in", graph.zoomIn),
  );
}

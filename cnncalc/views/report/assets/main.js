// Assembles the page: what concerns all networks, then the selected network.

import { chartsOf } from "./charts.js";
import { deviceOf } from "./device.js";
import { el } from "./dom.js";
import { graphOf } from "./graph.js";
import { networkOf } from "./network.js";
import { overviewOf } from "./overview.js";
import { panelOf } from "./panel.js";
import { searchOf } from "./search.js";
import { comparisonOf, differenceOf } from "./several.js";
import { sourceOf } from "./source.js";
import { storeOf } from "./store.js";
import { tableOf } from "./table.js";
import { themeButton } from "./theme.js";

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
function viewOf(net) {
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
  return el(
    "section",
    { class: "graph", "aria-label": "Graph" },
    el("h2", {}, "Graph"),
    el(
      "div",
      { class: "tools" },
      search.node,
      measureSwitch(store),
      foldButtons(store),
      zoomButtons(graph),
    ),
    legend,
    el("div", { class: "split" }, graph.node, panelOf(store)),
  );
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

function foldButtons(store) {
  if (!store.net.folds.length) return null;
  const closed = () =>
    store.net.folds
      .filter((fold) => fold.type !== "branch" && !store.isOpen(fold))
      .map((fold) => fold.level);
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

// Several networks: one tab each

function tabsOf(nets, names, place) {
  const tabs = names.map((name, index) =>
    el(
      "button",
      { role: "tab", id: `tab${index}`, "aria-controls": "network", onclick: () => show(index) },
      name,
    ),
  );
  const views = new Map();
  const list = el("div", { class: "tabs", role: "tablist", "aria-label": "Networks" }, ...tabs);
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = (tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length;
    show(next);
    tabs[next].focus();
  });
  function show(index) {
    if (!views.has(index)) views.set(index, viewOf(nets[index]));
    place.replaceChildren(views.get(index));
    place.setAttribute("aria-labelledby", `tab${index}`);
    tabs.forEach((tab, other) => {
      tab.setAttribute("aria-selected", String(other === index));
      tab.setAttribute("tabindex", other === index ? 0 : -1);
    });
  }
  show(0);
  return { list, show };
}

function start() {
  const data = JSON.parse(document.getElementById("data").textContent);
  const nets = data.networks.map(networkOf);
  const main = document.getElementById("main");
  document
    .getElementById("top")
    .append(el("span", { class: "brand" }, "cnncalc"), el("h1", {}, data.title), themeButton());
  addEventListener("keydown", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (event.key !== "/" || target.closest("input, select, textarea")) return;
    event.preventDefault();
    /** @type {HTMLElement | null} */ (document.querySelector(".search input"))?.focus();
  });
  if (nets.length === 1) {
    main.append(viewOf(nets[0]));
    return;
  }
  const place = el("div", { id: "network", role: "tabpanel" });
  const tabs = tabsOf(nets, data.names, place);
  const pick = (index) => {
    tabs.show(index);
    tabs.list.scrollIntoView({ block: "start" });
  };
  main.append(comparisonOf(data.comparison, nets, pick));
  if (data.difference) main.append(differenceOf(data.difference));
  main.append(tabs.list, place);
}

start();

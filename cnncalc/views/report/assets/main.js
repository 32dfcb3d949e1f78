// Assembles the page: what concerns all networks, then the selected network.

import { el } from "./dom.js";
import { networkOf } from "./network.js";
import { redrawCharts } from "./plot.js";
import { redrawScatters } from "./scatter.js";
import { comparisonOf, differenceOf } from "./several.js";
import { themeButton } from "./theme.js";
import { viewOf } from "./view.js";

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

function redraw() {
  redrawCharts();
  redrawScatters();
}

function start() {
  const data = JSON.parse(document.getElementById("data").textContent);
  const nets = data.networks.map(networkOf);
  const main = document.getElementById("main");
  document
    .getElementById("top")
    .append(
      el("span", { class: "brand" }, "cnncalc"),
      el("h1", {}, data.title),
      themeButton(redraw),
    );
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

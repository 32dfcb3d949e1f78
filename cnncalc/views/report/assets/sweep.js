// Assembles the page of a sweep: the plot, and the rows that are selected in it.

import { brushOf } from "./brush.js";
import { copier } from "./copy.js";
import { el, grid, wide, wrapping } from "./dom.js";
import { exact, plural } from "./numbers.js";
import { saver, standalone } from "./save.js";
import { themeButton } from "./theme.js";

const MOST = 500; // rows of the table

function startSweep() {
  const data = JSON.parse(document.getElementById("data").textContent);
  document
    .getElementById("top")
    .append(el("span", { class: "brand" }, "cnncalc"), el("h1", {}, data.title), themeButton());
  const place = el("div", { class: "place" });
  const table = el("div");
  const status = el("p", { class: "status", role: "status" });
  let shown = [];
  let plot = null;
  const show = (selected) => {
    shown = selected ?? data.rows.map((_, index) => index);
    const all = plural(data.rows.length, "row");
    const cut = shown.length > MOST ? `; the first ${MOST} are listed` : "";
    status.textContent = `${selected ? `${exact(shown.length)} of ${all} selected` : all}${cut}`;
    table.replaceChildren(wide("Rows", tableOf(data, shown.slice(0, MOST))));
  };
  const axes = [data.x, data.y];
  const redraw = () => {
    plot = brushOf(data, axes[0], axes[1], show);
    place.replaceChildren(plot.node);
    show(null);
  };
  const choice = (axis, title) =>
    axisChoice(data, axes[axis], title, (column) => {
      axes[axis] = column;
      redraw();
    });
  const clear = el("button", { onclick: () => plot.clear() }, "Select all");
  addEventListener("keydown", (event) => event.key === "Escape" && plot.clear());
  const cells = () => ({
    titles: data.columns.map(({ title }) => title),
    right: data.columns.map(({ number }) => number),
    rows: shown.map((index) => data.exact[index]),
  });
  document.getElementById("main").append(
    el(
      "section",
      { class: "sweep", "aria-label": "Plot" },
      el("h2", {}, "Plot"),
      el("p", { class: "about" }, `Highlighted: ${data.front_text}. Drag to select rows.`),
      el("div", { class: "tools" }, choice(0, "Horizontal"), choice(1, "Vertical"), clear),
      el(
        "figure",
        { class: "chart" },
        place,
        saver("plot", () => standalone(plot.node, ...plot.size)),
      ),
    ),
    el(
      "section",
      { class: "sweep", "aria-label": "Rows" },
      el("h2", {}, "Rows"),
      el("div", { class: "tools" }, ...copier(cells)),
      status,
      table,
    ),
  );
  redraw();
}

function axisChoice(data, chosen, title, onchange) {
  const options = data.columns.flatMap((column, index) =>
    column.number
      ? [el("option", { value: index, selected: index === chosen }, column.title)]
      : [],
  );
  const select = el("select", { onchange: () => onchange(Number(select.value)) }, ...options);
  return el("label", {}, `${title} `, select);
}

function tableOf({ columns, rows, front }, shown) {
  const cell = (text, column) =>
    el("td", { class: columns[column].number ? "number" : null }, wrapping(text));
  const lines = shown.map((index) =>
    el("tr", { class: front[index] ? "best" : null }, ...rows[index].map(cell)),
  );
  return grid(
    columns.map(({ title }) => title),
    (column) => columns[column].number,
    lines,
  );
}

startSweep();

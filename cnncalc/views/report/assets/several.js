// Several networks: their comparison, a chart of parameters and MACs, and their difference.

import { copier } from "./copy.js";
import { el, grid, wide, wrapping } from "./dom.js";
import { scatterOf } from "./scatter.js";

export function comparisonOf(comparison, nets, pick) {
  const { fields, rows, exact, best, remarks } = comparison;
  const isBest = (row, column) => best.some(([r, c]) => r === row && c === column);
  const cell = (row, column) => {
    const text = rows[row][column];
    const marked = isBest(row, column);
    const title = exact[row][column] === text ? null : exact[row][column];
    return el(
      "td",
      { class: [fields[column].number ? "number" : "", marked ? "best" : ""].join(" "), title },
      marked && el("span", { class: "star", title: "the best" }, "★ "),
      wrapping(text),
    );
  };
  const body = rows.map((cells, row) =>
    el(
      "tr",
      {},
      el(
        "th",
        { scope: "row" },
        el("button", { class: "link text", onclick: () => pick(row) }, cells[0]),
      ),
      ...cells.slice(1).map((_, column) => cell(row, column + 1)),
    ),
  );
  const cells = () => ({
    titles: fields.map((field) => field.title),
    right: fields.map((field) => field.number),
    rows: exact,
  });
  return el(
    "section",
    { class: "comparison", "aria-label": "Comparison" },
    el("h2", {}, "Comparison"),
    wide(
      "Table of networks",
      grid(
        fields.map((field) => field.title),
        (index) => fields[index].number,
        body,
      ),
    ),
    ...remarks.map((line) => el("p", { class: "about" }, line)),
    el("div", { class: "tools" }, ...copier(cells)),
    scatterOf(
      nets,
      rows.map((row) => row[0]),
    ),
  );
}

// What changed

const NARROW = "wide-table narrow";
const MARKS = { "+": "added", "-": "removed", "~": "changed", ">": "moved", ".": "follows" };

export function differenceOf(difference) {
  const { headings, names, verdict, totals, classes, split, rows, declarations } = difference;
  const totalRows = totals.map(({ title, before, after, change, relative }) => [
    title,
    before,
    after,
    change,
    relative,
  ]);
  const classRows = classes.map(({ name, params, macs }) => [name, ...params, ...macs]);
  return el(
    "section",
    { class: "difference", "aria-label": "Difference" },
    el("h2", {}, "Difference"),
    el("p", { class: "lead" }, `${headings[0]} → ${headings[1]}`),
    el("p", { class: "sentence" }, verdict),
    wide("Totals", plain(["", names[0], names[1], "change", ""], totalRows), NARROW),
    classes.length > 0 &&
      wide(
        "Classes",
        plain(["class", "params", "now", "change", "MACs", "now", "change"], classRows),
        NARROW,
      ),
    split && el("p", { class: "sentence" }, split),
    rows.length > 0 && wide("What changed", changes(rows)),
    declarations.length > 0 &&
      el(
        "dl",
        { class: "facts declarations" },
        ...declarations.map(([section, text]) =>
          el("div", {}, el("dt", {}, section), el("dd", {}, text)),
        ),
      ),
  );
}

function plain(titles, rows) {
  const cell = (text, index) => {
    const [tag, attributes] = index ? ["td", { class: "number" }] : ["th", { scope: "row" }];
    return el(tag, attributes, wrapping(text));
  };
  return grid(
    titles,
    (index) => index > 0,
    rows.map((row) => el("tr", {}, ...row.map(cell))),
  );
}

function changes(rows) {
  const titles = ["layer", "change", "params", "MACs"];
  const line = ({ level, mark, label, text, params, macs }) => {
    const name = el(
      "th",
      { scope: "row" },
      el("span", { class: `mark mark-${MARKS[mark] ?? "none"}`, title: MARKS[mark] ?? null }, mark),
      wrapping(label),
    );
    name.style.setProperty("--level", level);
    return el(
      "tr",
      {},
      name,
      el("td", { class: "change" }, wrapping(text)),
      el("td", { class: "number" }, params),
      el("td", { class: "number" }, macs),
    );
  };
  return grid(titles, (index) => index > 1, rows.map(line), { class: "changes" });
}

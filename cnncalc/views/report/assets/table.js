// The table of `cnncalc show`: rows collapsed to a depth, or sorted, or filtered.

import { COLUMNS } from "./columns.js";
import { copier } from "./copy.js";
import { el, wide, wrapping } from "./dom.js";
import { groupsOf } from "./network.js";
import { exact, plural, short } from "./numbers.js";

const AT_ONCE = 300; // rows that are drawn before "Show more"
const OF_HEADINGS = ["layer", "type"]; // the columns of a heading

export function tableOf(store) {
  const { net } = store;
  const columns = COLUMNS.filter(
    (column) => column.name !== "marks" || net.layers.some((layer) => layer.marks),
  );
  const table = {
    store,
    columns,
    depth: net.data.depth,
    word: "",
    sort: null,
    down: true,
    more: false,
    rows: [],
    heads: [],
    body: el("tbody"),
    status: el("p", { class: "status", role: "status" }),
  };
  table.heads = columns.map((column) => headOf(table, column));
  const drawn = el(
    "table",
    { class: "layers" },
    el("thead", {}, el("tr", {}, ...table.heads)),
    table.body,
    footOf(net, columns),
  );
  store.on("select", () => markChosen(table));
  fill(table);
  return el(
    "div",
    { class: "table" },
    controls(table),
    wide("Table of layers", drawn),
    table.status,
  );
}

// Around the rows

function controls(table) {
  const { net } = table.store;
  const filter = el("input", {
    type: "search",
    placeholder: "Filter rows",
    "aria-label": "Filter rows by path, type or class",
    autocomplete: "off",
    spellcheck: "false",
  });
  filter.addEventListener("input", () =>
    change(table, { word: filter.value.trim().toLowerCase(), more: false }),
  );
  const deepest = Math.max(1, ...groupsOf(net).map((group) => group.depth + 2));
  const depths = Array.from({ length: deepest }, (_, index) => index + 1);
  const select = el(
    "select",
    { "aria-label": "Depth to which groups are expanded" },
    ...depths.map((depth) =>
      el(
        "option",
        { value: depth, selected: depth === table.depth },
        depth === deepest ? "all layers" : `depth ${depth}`,
      ),
    ),
  );
  select.addEventListener("change", () =>
    change(table, { depth: Number(select.value), more: false }),
  );
  return el(
    "div",
    { class: "tools" },
    filter,
    deepest > 1 && select,
    ...copier(() => cellsOf(table)),
  );
}

function headOf(table, column) {
  const button = el(
    "button",
    { onclick: () => sortBy(table, column) },
    column.title ?? column.name,
    el("span", { class: "arrow", "aria-hidden": "true" }),
  );
  return el(
    "th",
    {
      scope: "col",
      class: column.number ? "number" : null,
      "aria-label": column.title ? column.name : null,
      "data-column": column.name,
    },
    button,
  );
}

function footOf({ totals, layers }, columns) {
  const cells = {
    layer: "total",
    type: plural(layers.length, "layer"),
    params: totals.params,
    MACs: totals.macs,
    FLOPs: totals.flops,
  };
  const cell = (name) =>
    ["params", "MACs", "FLOPs"].includes(name)
      ? el("td", { class: "number", title: exact(cells[name]) }, short(cells[name]))
      : el("td", {}, cells[name] ?? "");
  return el("tfoot", {}, el("tr", {}, ...columns.map(({ name }) => cell(name))));
}

/** Cycles: largest or A first, then the reverse, then file order. */
function sortBy(table, column) {
  if (table.sort !== column) change(table, { sort: column, down: Boolean(column.number) });
  else if (table.down === Boolean(column.number)) change(table, { down: !table.down });
  else change(table, { sort: null });
}

function change(table, changes) {
  Object.assign(table, changes);
  fill(table);
}

// Rows

/** The rows that match the filter, in the selected order; otherwise collapsed to the depth. */
function rowsOf(table) {
  const { net } = table.store;
  const fits = (row) =>
    [row.path, row.label, row.class ?? ""].some((text) => text.toLowerCase().includes(table.word));
  let rows = table.word
    ? net.layers.filter(fits).map((row) => ({ row, level: 0 }))
    : collapsed(net, table.depth);
  if (table.sort) {
    rows = rows.filter((entry) => !entry.heading).map(({ row }) => ({ row, level: 0 }));
    rows = sorted(rows, table.sort, table.down, net);
  }
  return rows;
}

function sorted(rows, { key, number }, down, net) {
  const sign = down ? -1 : 1;
  const compare = number ? (a, b) => a - b : new Intl.Collator("en", { numeric: true }).compare;
  return rows
    .map((entry) => [key(entry.row, net), entry])
    .sort((a, b) => sign * compare(a[0], b[0]))
    .map(([, entry]) => entry);
}

/** Groups at the depth are one row each, with headings for those around them. */
function collapsed(net, depth) {
  const rows = [];
  const groups = groupsOf(net).filter((group) => group.depth < depth);
  let [next, index] = [0, 0];
  const ends = [];
  while (index < net.layers.length) {
    while (ends.length && ends.at(-1) <= index) ends.pop();
    const group = groups[next]?.start === index ? groups[next++] : null;
    if (group?.depth === depth - 1) {
      rows.push({ row: group, level: ends.length });
      index = group.end;
    } else if (group) {
      rows.push({ row: group, level: ends.length, heading: true });
      ends.push(group.end);
    } else {
      rows.push({ row: net.layers[index++], level: ends.length });
    }
  }
  return rows;
}

function fill(table) {
  const { columns, sort, down, heads, store } = table;
  table.rows = rowsOf(table);
  const shown = table.more ? table.rows : table.rows.slice(0, AT_ONCE);
  table.body.replaceChildren(...shown.map((entry) => rowOf(table, entry)));
  heads.forEach((head, place) => {
    if (columns[place] === sort) head.setAttribute("aria-sort", down ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  });
  const hidden = table.rows.length - shown.length;
  const more =
    hidden > 0 &&
    el(
      "button",
      { onclick: () => change(table, { more: true }) },
      `Show ${plural(hidden, "more row")}`,
    );
  const rows = plural(table.rows.length, "row");
  const layers = `${plural(store.net.layers.length, "layer")} in ${rows}`;
  table.status.replaceChildren(
    table.word
      ? `${plural(table.rows.length, "layer")} of ${exact(store.net.layers.length)}`
      : layers,
    ...(more ? [" ", more] : []),
  );
  markChosen(table);
}

function rowOf(table, { row, level, heading }) {
  const { net } = table.store;
  const node = el("tr", {
    class: heading ? "heading" : row.kind,
    "data-id": row.id,
    onclick: () => table.store.select(row),
  });
  for (const column of table.columns) {
    const blank = heading && !OF_HEADINGS.includes(column.name);
    const text = blank ? "" : column.text(row, net);
    const full = blank ? "" : (column.full?.(row) ?? text);
    const cell = el(column.head ? "th" : "td", {
      scope: column.head ? "row" : null,
      class: column.number ? "number" : null,
      title: text && full !== text ? full : null,
    });
    if (column.head) {
      cell.append(el("button", { class: "link text" }, text));
      cell.style.setProperty("--level", level);
    } else cell.append(column.number ? text : wrapping(text));
    if (column.part && text) {
      cell.classList.add(column.name.startsWith("MACs") ? "macs-part" : "params-part");
      cell.style.setProperty("--part", column.part(row, net));
    }
    node.append(cell);
  }
  return node;
}

function markChosen({ body, store }) {
  for (const row of body.children) {
    const chosen = row.dataset.id === store.selected?.id;
    row.classList.toggle("chosen", chosen);
    if (chosen) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

/** The rows as text for copying, with all digits. */
function cellsOf(table) {
  const { net } = table.store;
  const title = (column) => column.name;
  const cell = (column, { row, heading }) =>
    heading && !OF_HEADINGS.includes(column.name)
      ? ""
      : (column.full?.(row) ?? column.text(row, net)).replace(/ B$/, "");
  return {
    titles: table.columns.map(title),
    right: table.columns.map((column) => Boolean(column.number)),
    rows: table.rows.map((entry) =>
      table.columns.map((column) => cell(column, entry).replace(column.number ? /,/g : /$^/, "")),
    ),
  };
}

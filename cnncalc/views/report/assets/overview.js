// The top of the page: the main numbers of the network, and the shares of its classes of layers.

import { key } from "./charts.js";
import { brief, el, grid, wide } from "./dom.js";
import { CLASSES } from "./network.js";
import { exact, percent, share, short, times } from "./numbers.js";

export function overviewOf(net) {
  const { show, data } = net;
  const notes = data.notes.map((note) => el("li", {}, note));
  return el(
    "section",
    { class: "overview", "aria-label": "Summary" },
    el(
      "h2",
      {},
      show.name,
      show.variant &&
        show.variant.toLowerCase() !== show.name.toLowerCase() &&
        el("span", { class: "variant" }, show.variant),
    ),
    el("p", { class: "lead" }, ...leadOf(show)),
    el("p", { class: "origin" }, show.source ? `${show.source} ` : "", el("code", {}, show.file)),
    el("dl", { class: "tiles" }, ...data.totals.map(tile)),
    data.sentence && el("p", { class: "sentence" }, data.sentence),
    breakdownOf(show),
    notes.length > 0 &&
      el("details", { class: "notes" }, el("summary", {}, "Notes"), el("ul", {}, ...notes)),
  );
}

function leadOf({ inputs, outputs, dtype, batch, year }) {
  const shapes = (values) =>
    Object.entries(values)
      .map(([name, shape]) =>
        Object.keys(values).length > 1 ? `${name} ${times(shape)}` : times(shape),
      )
      .join(", ");
  const words = [
    `${shapes(inputs)} → ${shapes(outputs)}`,
    dtype,
    batch > 1 ? `batch of ${exact(batch)}` : "",
    year ? String(year) : "",
  ];
  return words.filter(Boolean).flatMap((word, index) => (index ? [" · ", word] : [word]));
}

function tile({ title, amount, exact: full, remark }) {
  return el(
    "div",
    {},
    el("dt", {}, title),
    el("dd", {}, brief(amount, full)),
    remark && el("dd", { class: "remark" }, remark),
  );
}

/** A bar for the parameters, a bar for the MACs, and a table. */
function breakdownOf({ breakdown, totals }) {
  if (!breakdown.length) return null;
  const row = (line) => {
    const cells = [
      line.layers,
      ...["params", "macs"].flatMap((name) => [
        brief(short(line[name]), exact(line[name])),
        percent(line[name], totals[name]),
      ]),
    ];
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, key(lookOfClass(line.class), CLASSES[line.class])),
      ...cells.map((cell) =>
        el("td", { class: "number" }, typeof cell === "number" ? exact(cell) : cell),
      ),
    );
  };
  const titles = ["class", "layers", "params", "share", "MACs", "share"];
  return el(
    "div",
    { class: "breakdown" },
    el(
      "div",
      { class: "stacks" },
      stack("parameters", breakdown, "params", totals),
      stack("MACs", breakdown, "macs", totals),
    ),
    wide(
      "Classes of layers",
      grid(titles, (index) => index > 0, breakdown.map(row)),
      "scrolling",
    ),
  );
}

function stack(title, breakdown, name, totals) {
  const pieces = breakdown
    .filter((line) => Number(line[name]))
    .map((line) => {
      const piece = el("i", {
        class: `piece look-${lookOfClass(line.class)}`,
        title: `${CLASSES[line.class]}: ${percent(line[name], totals[name])}`,
      });
      piece.style.setProperty("--part", share(line[name], totals[name]));
      return piece;
    });
  return el(
    "div",
    { class: "stack" },
    el("span", {}, title),
    el("div", { class: "pieces", "aria-hidden": "true" }, ...pieces),
  );
}

const lookOfClass = (name) => ({ recurrent: "memory", attention: "memory" })[name] ?? name;

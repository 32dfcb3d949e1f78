// Where the numbers of a layer come from: one entry per number, which expands to its equations.

import { brief, el } from "./dom.js";
import { exact, percent, shortBytes, times } from "./numbers.js";

const BYTES = ["weight_bytes", "activation_bytes"];

export function explanationOf(net, layer) {
  const entries = layer.explanation.map((index) => net.data.explanations[index]);
  return el("div", { class: "explanation" }, ...entries.map((entry) => entryOf(net, layer, entry)));
}

function entryOf(net, layer, entry) {
  const details = entry.equations.length || entry.remarks.length;
  const head = [el("span", { class: "what" }, entry.title), " ", amountOf(net, layer, entry)];
  if (!details) return el("p", { class: "number", "data-number": entry.number }, ...head);
  return el(
    "details",
    { class: "number", "data-number": entry.number, open: entry.equations.length > 0 },
    el("summary", {}, ...head),
    ...sampleLine(net, entry),
    ...entry.equations.map((equation) => equationOf(equation, entry.equations.length > 1)),
    ...entry.remarks.map((remark) => el("p", { class: "remark" }, remark)),
  );
}

/** The number of the whole batch, as `cnncalc show` has it, and its share. */
function amountOf(net, layer, { number, amount }) {
  if (BYTES.includes(number)) {
    const bytes =
      number === "activation_bytes" ? layer.activation_bytes : amount.replaceAll(",", "");
    return el("span", { class: "amount" }, brief(shortBytes(bytes), `${exact(bytes)} B`));
  }
  if (!["params", "buffers", "macs", "flops"].includes(number) || !Number(layer[number]))
    return el("span", { class: "amount" }, amount);
  const whole = net.totals[number];
  const part =
    number === "buffers" || !Number(layer[`counted_${number}`]) || !Number(whole)
      ? ""
      : percent(layer[`counted_${number}`], whole);
  return el(
    "span",
    { class: "amount" },
    exact(layer[number]),
    " ",
    part && el("span", { class: "part" }, part),
  );
}

function sampleLine(net, { number, amount }) {
  const batch = net.show.batch;
  if (batch === 1 || !["macs", "flops", "activation_bytes"].includes(number)) return [];
  return [el("p", { class: "remark" }, `${amount} for each of ${exact(batch)} samples`)];
}

function equationOf({ of, sides, reason }, named) {
  const lines = sides.map((side, index) =>
    el("span", { class: "side" }, index ? `= ${side}` : side),
  );
  return el(
    "div",
    { class: "equation" },
    named && el("span", { class: "of" }, of),
    el("code", {}, ...lines.flatMap((line, index) => (index ? [" ", line] : [line]))),
    reason && el("p", { class: "reason" }, reason),
  );
}

/** Shapes as text: 3x224x224. */
export const shapeText = (shapes) => shapes.map(times).join(" + ");

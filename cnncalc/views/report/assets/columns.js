// The columns of the layer table, with the numbers of `cnncalc show`.

import { CLASSES, addedBy, shapesOf } from "./network.js";
import { exact, percent, share, short, shortBytes } from "./numbers.js";

/**
 * The columns: `text` is shown, `full` has all digits, `key` is sorted by (text, or a number with
 * the largest first).
 */
export const COLUMNS = [
  { name: "layer", text: (row) => row.path, key: (row) => row.path, head: true },
  { name: "type", text: (row) => row.label, key: (row) => row.label },
  {
    name: "class",
    text: (row) => (row.kind === "layer" ? CLASSES[row.class] : ""),
    key: (row) => row.class ?? "",
  },
  {
    name: "output",
    text: (row) =>
      shapesOf(row)
        .map((shape) => shape.join("x"))
        .join(" + "),
    key: (row) => shapesOf(row)[0].reduce((a, b) => a * b, 1),
    number: true,
  },
  counted("params", "params"),
  shared("params"),
  counted("macs", "MACs"),
  shared("macs"),
  counted("flops", "FLOPs"),
  sized("activation_bytes", "activation"),
  sized("alive_bytes", "live"),
  {
    name: "field",
    text: fieldText,
    key: (row) => (row.receptive_field ? Number(row.receptive_field.size[0] ?? Infinity) || 0 : -1),
    number: true,
  },
  { name: "marks", text: (row) => row.marks, key: (row) => row.marks },
];

function counted(key, name) {
  return {
    name,
    text: (row) => (Number(row[key]) ? short(row[key]) : ""),
    full: (row) => exact(row[key]),
    key: (row, net) => Number(addedBy(net, row, key)),
    number: true,
  };
}

function sized(key, name) {
  const there = (row) => row[key] != null && Number(row[key]) > 0;
  return {
    name,
    text: (row) => (there(row) ? shortBytes(row[key]) : ""),
    full: (row) => (there(row) ? `${exact(row[key])} B` : ""),
    key: (row) => Number(row[key] ?? 0),
    number: true,
  };
}

function shared(key) {
  const part = (row, net) => share(addedBy(net, row, key), net.totals[key]);
  const text = (row, net) =>
    part(row, net) ? percent(addedBy(net, row, key), net.totals[key]) : "";
  return {
    name: `${key === "macs" ? "MACs" : key} share`,
    title: "share",
    text,
    key: (row, net) => part(row, net),
    number: true,
    part,
  };
}

function fieldText(row) {
  return row.receptive_field ? row.receptive_field.size.map((size) => size ?? "all").join("x") : "";
}

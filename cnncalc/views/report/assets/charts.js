// The charts of one network, over its layers in file order.

import { el } from "./dom.js";
import { shapeText } from "./explain.js";
import { shapesOf } from "./network.js";
import { exact, percent, short } from "./numbers.js";
import { memoryOf } from "./memory.js";
import { chartOf } from "./plot.js";

const number = (value) => (value == null ? null : Number(value));
const shortNumber = (value) => (value >= 1 ? short(Math.round(value)) : String(value));

export function chartsOf(store) {
  const { net } = store;
  const looks = net.layers.map((layer) => layer.look);
  const pick = (step) => store.select(net.layers[step]);
  const bars = (key) => [{ values: net.layers.map((layer) => number(layer[key])), bars: looks }];
  const counted = (key, word) => (step) => {
    if (step == null) return null;
    const layer = net.layers[step];
    const added = layer[`counted_${key}`];
    const isAdded = Number(added) || !Number(layer[key]);
    const part = isAdded ? percent(added, net.totals[key]) : layer.marks;
    return [layer.path, `${exact(layer[key])} ${word}, ${part}`];
  };
  const charts = [
    chartOf({
      title: "Parameters",
      about: "of each layer, by class",
      series: bars("params"),
      describe: counted("params", "parameters"),
      pick,
      format: shortNumber,
    }),
    chartOf({
      title: "MACs",
      about: "multiply-accumulates of each layer, by class",
      series: bars("macs"),
      describe: counted("macs", "MACs"),
      pick,
      format: shortNumber,
    }),
    ...sizes(net, pick),
    ...fields(net, pick),
  ];
  const memory = memoryOf(store, pick);
  store.on("select", (item) => {
    const step = item?.kind === "layer" ? item.index : null;
    [...charts, memory].forEach((chart) => chart.choose(step));
  });
  return el("div", { class: "charts" }, ...charts.map((chart) => chart.node), memory.node);
}

/** The feature maps: channels and spatial sizes. */
function sizes(net, pick) {
  const space = (layer) =>
    layer.output_shape.length > 1 ? Math.max(...layer.output_shape.slice(1)) : null;
  const series = [
    { values: net.layers.map((layer) => layer.output_shape[0]), look: "dense" },
    { values: net.layers.map(space), look: "conv" },
  ];
  const describe = (step) =>
    step == null ? null : [net.layers[step].path, shapeText(shapesOf(net.layers[step]))];
  const about = [
    key("dense", "channels"),
    " and ",
    key("conv", "longer side of the map"),
    ", on a logarithmic scale",
  ];
  return [
    chartOf({
      title: "Feature maps",
      about: el("span", {}, ...about),
      series,
      describe,
      pick,
      format: exact,
      log: true,
    }),
  ];
}

/** The receptive field along its longest axis; empty if no layer sees a part of a map. */
function fields(net, pick) {
  const sizesOf = (layer) =>
    layer.receptive_field?.size.map((size) => (size == null ? null : toNumber(size))) ?? [];
  const values = net.layers.map((layer) => {
    const known = sizesOf(layer);
    return known.length && !known.includes(null) ? Math.max(...known) : null;
  });
  if (values.every((value) => value == null)) return [];
  const describe = (step) => {
    if (step == null) return null;
    const { path, receptive_field: field } = net.layers[step];
    return [path, field ? field.size.map((one) => one ?? "all").join("x") : "the whole input"];
  };
  const input = Math.max(...Object.values(net.show.inputs).flatMap((shape) => shape.slice(1)));
  const marks = () => [{ at: input, word: `the input, ${input}` }];
  const about = "input pixels that one position sees, while it does not see the whole input";
  return [
    chartOf({
      title: "Receptive field",
      about,
      series: [{ values, look: "accent" }],
      describe,
      pick,
      format: shortNumber,
      marks,
    }),
  ];
}

const toNumber = (size) => {
  const [over, under = 1] = String(size).split("/").map(Number);
  return over / under;
};

export const key = (look, word) =>
  el("span", { class: "key" }, el("i", { class: `swatch look-${look}` }), word);

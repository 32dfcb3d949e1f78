// The data of a network: layers, containers, inputs and outputs as items of one tree.
//
// Every item has `id`, `parent` (the container around it, or the root), `start` and `end` (the
// layers in it); a layer also `sources` and `readers`: the items that it reads, and those that read
// it.

import { times } from "./numbers.js";

/** The groups, branches and blocks; not the runs of consecutive layers. */
export const groupsOf = (net) => net.containers.filter((container) => container.type !== "run");

export const CLASSES = {
  conv: "convolutional",
  dense: "dense",
  recurrent: "recurrent",
  attention: "attention",
  norm: "normalization",
  other: "other",
};

export function networkOf(data) {
  const show = data.show;
  const layers = show.layers.map((layer, index) => layerItem(layer, data.layers[index], index));
  const containers = data.containers.map((container, place) => ({
    ...container,
    kind: "container",
    id: `f${place}`,
    items: [],
  }));
  const inputs = Object.entries(show.inputs).map(([name, shape], k) =>
    endItem("input", name, shape, k, -1 - k),
  );
  const outputs = data.outputs.map((output, k) => ({
    ...endItem("output", output.name, output.shape, k, show.layers.length + k),
    training_only: output.training_only,
    reads: [[output.node, output.part]],
  }));
  const root = {
    kind: "root",
    id: "root",
    level: -1,
    start: 0,
    end: layers.length,
    items: [],
    path: "",
  };
  const net = { data, show, layers, containers, inputs, outputs, root, totals: show.totals };
  nest(net);
  wire(net);
  return net;
}

const layerItem = (layer, more, index) => ({
  ...layer,
  ...more,
  kind: "layer",
  id: `l${index}`,
  index,
  start: index,
  end: index + 1,
  sources: [],
  readers: [],
});

const endItem = (kind, name, shape, place, start) => ({
  kind,
  id: `${kind}${place}`,
  path: name,
  label: times(shape),
  output_shape: shape,
  look: kind,
  marks: "",
  start,
  end: start + 1,
  sources: [],
  readers: [],
});

/** Puts layers and containers into their parents. */
function nest({ root, containers, layers, inputs, outputs }) {
  root.items.push(...inputs);
  const open = [root];
  let next = 0;
  for (const layer of layers) {
    while (open.at(-1).end <= layer.start && open.length > 1) open.pop();
    while (next < containers.length && containers[next].start === layer.start) {
      put(containers[next], open.at(-1));
      open.push(containers[next++]);
    }
    put(layer, open.at(-1));
  }
  for (const item of inputs) item.parent = root;
  for (const item of outputs) put(item, root);
}

function put(item, parent) {
  item.parent = parent;
  parent.items.push(item);
}

function wire(net) {
  for (const item of [...net.layers, ...net.outputs]) {
    for (const [node] of item.reads) {
      const source = node < 0 ? net.inputs[-1 - node] : net.layers[node];
      if (item.sources.includes(source)) continue;
      item.sources.push(source);
      source.readers.push(item);
    }
  }
}

/** The child of a container that contains an item; null if there is none. */
export function partOf(container, item) {
  while (item && item.parent !== container) item = item.parent;
  return item ?? null;
}

/** The path of an item relative to its group. */
export function nameOf(item) {
  let around = item.parent;
  while (around && around.type === "run") around = around.parent;
  const prefix = around?.path ? `${around.path}.` : "";
  const own = (path) => (prefix && path.startsWith(prefix) ? path.slice(prefix.length) : path);
  return item.type === "run" ? item.path.split(" … ").map(own).join(" … ") : own(item.path);
}

/** The color class of a container: of its layer with the most MACs, or else the most parameters. */
export function lookOf(net, item) {
  if (item.kind !== "container") return item.look;
  const most = (key) =>
    net.layers
      .slice(item.start, item.end)
      .reduce((a, b) => (Number(b[key]) > Number(a[key]) ? b : a));
  const [macs, params] = [most("macs"), most("params")];
  return (Number(macs.macs) ? macs : params).look;
}

/** The output shapes of an item. */
export const shapesOf = (item) => item.output_shapes ?? item.parts ?? [item.output_shape];

/**
 * What an item adds to a total: nothing if it exists only in training, and no weights that an
 * earlier layer has.
 */
export const addedBy = (net, item, key) =>
  net.layers
    .slice(item.start, item.end)
    .reduce((sum, layer) => sum + BigInt(layer[`counted_${key}`]), 0n);

/** The share of an item in the memory, parameters or MACs; null if it has none. */
export function markOf(net, item, measure) {
  if (item.kind === "input" || item.kind === "output" || item.marks.includes("training only"))
    return null;
  if (measure === "memory") return { part: item.alive_bytes ?? 0, whole: net.totals.peak_bytes };
  return { part: addedBy(net, item, measure), whole: net.totals[measure] };
}

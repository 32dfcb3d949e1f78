// Activation memory over the steps, its peak, and the tensors that are live at one step.

import { brief, el } from "./dom.js";
import { exact, percent, plural, share, shortBytes } from "./numbers.js";
import { BINARY, chartOf } from "./plot.js";

const MAX_LISTED = 12; // tensors

export function memoryOf(store, pick) {
  const { net } = store;
  const values = net.layers.map((layer) =>
    layer.alive_bytes == null ? null : Number(layer.alive_bytes),
  );
  const peak = Math.max(
    0,
    net.layers.findIndex((layer) => layer.path === net.totals.peak_layer),
  );
  const looks = net.layers.map((_, step) => (step === peak ? "peak" : "held"));
  const describe = (step) => {
    const { path, alive_bytes: live } = net.layers[step ?? peak];
    return live == null
      ? [path, "training only"]
      : [path, `${shortBytes(live)}, ${percent(live, net.totals.peak_bytes)} of the peak`];
  };
  const list = el("div", { class: "live" });
  const marks = () => [
    {
      at: Number(net.totals.peak_bytes),
      word: `peak ${shortBytes(net.totals.peak_bytes)}`,
      end: true,
    },
  ];
  const about = "live tensors at each step, when the layers run in file order";
  const format = (bytes) => shortBytes(Math.round(bytes));
  const series = [{ values, bars: looks }];
  const chart = chartOf({
    title: "Activation memory",
    about,
    series,
    describe,
    pick,
    format,
    incrs: BINARY,
    marks,
  });
  const choose = (step) => {
    chart.choose(step);
    list.replaceChildren(...aliveAt(net, step ?? peak, step == null || step === peak));
  };
  choose(null);
  return { node: el("div", { class: "memory" }, chart.node, list), choose };
}

/** The tensors that are live at a step, the largest first. */
function aliveAt(net, step, isPeak) {
  const layer = net.layers[step];
  if (!layer || layer.alive_bytes == null)
    return [el("p", {}, "Not counted: this step runs only in training.")];
  const live = net.data.values
    .filter(([, , first, last]) => first <= step && step <= last)
    .sort((a, b) => Number(b[4]) - Number(a[4]));
  const rows = live.slice(0, MAX_LISTED).map(([node, part, , , bytes]) => {
    const item = node < 0 ? net.inputs[-1 - node] : net.layers[node];
    const name = item.parts ? `${item.path}.${part}` : item.path;
    const meter = el("i", { class: "meter" });
    meter.style.setProperty("--part", share(bytes, layer.alive_bytes));
    return el(
      "li",
      {},
      el("span", { class: "name" }, name),
      el("span", { class: "amount" }, brief(shortBytes(bytes), `${exact(bytes)} B`)),
      meter,
    );
  });
  if (live.length > MAX_LISTED)
    rows.push(el("li", {}, `and ${plural(live.length - MAX_LISTED, "smaller tensor")}`));
  const where = isPeak ? `At the peak, ${layer.path}` : `At ${layer.path}`;
  const bytes = shortBytes(layer.alive_bytes);
  const title = `${where}: ${plural(live.length, "tensor")}, ${bytes}`;
  return [el("h4", {}, title), el("ol", {}, ...rows)];
}

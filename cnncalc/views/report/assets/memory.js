// Activation memory over the steps, with its peak, and the values that are alive at one step.

import { brief, el } from "./dom.js";
import { exact, percent, plural, share, shortBytes } from "./numbers.js";
import { BINARY, chartOf } from "./plot.js";

const MOST = 12; // values that are listed

export function memoryOf(store, pick) {
  const { net } = store;
  const values = net.layers.map((layer) => (layer.alive_bytes == null ? null : Number(layer.alive_bytes)));
  const peak = Math.max(
    0,
    net.layers.findIndex((layer) => layer.path === net.totals.peak_layer),
  );
  const looks = net.layers.map((_, step) => (step === peak ? "peak" : "held"));
  const tell = (step) => {
    const { path, alive_bytes: alive } = net.layers[step ?? peak];
    return alive == null
      ? `${path}: for training only`
      : `${path}: ${shortBytes(alive)}, ${percent(alive, net.totals.peak_bytes)} of the peak`;
  };
  const list = el("div", { class: "alive" });
  const marks = () => [{ at: Number(net.totals.peak_bytes), word: `peak ${shortBytes(net.totals.peak_bytes)}`, end: true }];
  const about = "what is alive at each step, when the layers run in file order";
  const format = (bytes) => shortBytes(Math.round(bytes));
  const series = [{ values, bars: looks }];
  const chart = chartOf({ title: "Activation memory", about, series, tell, pick, format, incrs: BINARY, marks });
  const choose = (step) => {
    chart.choose(step);
    list.replaceChildren(...aliveAt(net, step ?? peak, step == null || step === peak));
  };
  choose(null);
  return { node: el("div", { class: "memory" }, chart.node, list), choose };
}

/** The values that are alive at a step, the largest first. */
function aliveAt(net, step, isPeak) {
  const layer = net.layers[step];
  if (!layer || layer.alive_bytes == null)
    return [el("p", {}, "Nothing is counted here: the step is there for training only.")];
  const alive = net.data.values
    .filter(([, , first, last]) => first <= step && step <= last)
    .sort((a, b) => Number(b[4]) - Number(a[4]));
  const rows = alive.slice(0, MOST).map(([node, part, , , bytes]) => {
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
  if (alive.length > MOST) rows.push(el("li", {}, `and ${plural(alive.length - MOST, "smaller value")}`));
  const title = `${isPeak ? "At the peak, " : "At "}${layer.path}: ${plural(alive.length, "value")}, ${shortBytes(layer.alive_bytes)}`;
  return [el("h4", {}, title), el("ol", {}, ...rows)];
}

// Networks by parameters and MACs.

import { color, cut, el } from "./dom.js";
import { short } from "./numbers.js";
import { chartPicture } from "./picture.js";
import { saver } from "./save.js";

const FEW = 5; // numbers on an axis
const PLACE = 52; // pixels of a number on the horizontal axis
const scatters = new Set();

export const redrawScatters = () => scatters.forEach((plot) => plot.redraw(false, true));

export function scatterOf(nets, names) {
  const points = nets.map((net, index) => ({
    x: Number(net.totals.params),
    y: Number(net.totals.macs),
    name: names[index],
  }));
  points.sort((a, b) => a.x - b.x);
  const node = el("div", { class: "plot" });
  const log = points.every(({ x, y }) => x > 0 && y > 0);
  let plot = null;
  new ResizeObserver(() => {
    const width = Math.min(760, Math.floor(node.clientWidth));
    if (width < 50) return;
    if (plot) plot.setSize({ width, height: 320 });
    else scatters.add((plot = drawnScatter(node, points, log, width)));
  }).observe(node);
  const scale = log ? ", both on logarithmic scales" : "";
  const title = "MACs against parameters";
  return el(
    "figure",
    { class: "chart scatter" },
    el(
      "figcaption",
      {},
      el("h3", {}, title),
      el("p", { class: "about" }, `lower left is smaller${scale}`),
    ),
    node,
    saver(title, () => chartPicture({ drawn: plot, title, dots: points })),
  );
}

function drawnScatter(node, points, log, width) {
  const range = (_, least, most) => (log ? [least / 2, most * 2.5] : [0, (most || 1) * 1.2]);
  const scale = { time: false, range, ...(log ? { distr: 3 } : {}) };
  const axis = (label) => ({
    label,
    labelSize: 18,
    labelFont: "11px system-ui, sans-serif",
    font: "11px system-ui, sans-serif",
    stroke: () => color("muted"),
    grid: { stroke: () => color("hair"), width: 1 },
    ticks: { show: false },
    ...(log
      ? {
          splits: (plot, axis, least, most) => roundBetween(least, most, roomOf(plot, axis)),
          filter: (_, splits) => splits,
        }
      : {}),
    values: (_, values) => values.map((value) => short(Math.round(value))),
  });
  const options = {
    width,
    height: 320,
    legend: { show: false },
    padding: [10, 20, 0, 0],
    cursor: { show: false },
    scales: { x: scale, y: scale },
    axes: [
      { ...axis("parameters"), size: 36 },
      { ...axis("MACs"), size: 58 },
    ],
    series: [
      {},
      {
        paths: () => null,
        stroke: () => color("accent"),
        points: { show: true, size: 9, fill: () => color("accent") },
      },
    ],
    hooks: { draw: [(plot) => drawNames(plot, points)] },
  };
  return new uPlot(options, [points.map(({ x }) => x), points.map(({ y }) => y)], node);
}

/** The numbers that fit on an axis: 0 is the horizontal one. */
const roomOf = (plot, axis) =>
  axis ? FEW : Math.max(1, Math.min(FEW, Math.floor((plot.width - 78) / PLACE)));

/** The numbers 1, 2, 5, 10, ... in a range; if there are many, only powers of ten. */
function roundBetween(least, most, room) {
  const within = (number) => number >= least && number <= most;
  const powers = Array.from({ length: 40 }, (_, power) => 10 ** power);
  const found = powers.flatMap((power) => [power, 2 * power, 5 * power]).filter(within);
  if (found.length <= room) return found;
  const tens = powers.filter(within);
  const step = Math.ceil(tens.length / room);
  return tens.filter((_, index) => index % step === 0);
}

/** The names of the points: to the right, the left or below, wherever there is room. */
function drawNames(plot, points) {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `600 ${12 * ratio}px system-ui, sans-serif`;
  ctx.fillStyle = color("ink");
  [ctx.textAlign, ctx.textBaseline] = ["left", "middle"];
  const [gap, high] = [9 * ratio, 15 * ratio];
  const taken = points.map(({ x, y }) => {
    const at = plot.valToPos(x, "x", true);
    return {
      left: at - gap / 2,
      right: at + gap / 2,
      top: plot.valToPos(y, "y", true),
      high: high / 2,
    };
  });
  points.forEach((point, index) => {
    const name = cut(point.name, bbox.width / ratio / 2, 12, 600);
    const wide = ctx.measureText(name).width;
    const dot = taken[index];
    const spots = [dot.right + gap / 2, dot.left - gap / 2 - wide].map((left) => ({
      left,
      right: left + wide,
      top: dot.top,
      high: high / 2,
    }));
    for (let line = 1; line <= points.length; line++)
      spots.push({ ...spots[0], top: dot.top + line * high });
    const touches = (a, b) =>
      Math.abs(a.top - b.top) < a.high + b.high && a.left < b.right && a.right > b.left;
    const fits = (spot) =>
      spot.left > bbox.left &&
      spot.right < bbox.left + bbox.width &&
      !taken.some((box) => touches(spot, box));
    const spot = spots.find(fits) ?? spots[0];
    taken.push(spot);
    point.place = { x: spot.left / ratio, y: spot.top / ratio + 4 }; // of a baseline
    ctx.fillText(name, spot.left, spot.top);
  });
  ctx.restore();
}

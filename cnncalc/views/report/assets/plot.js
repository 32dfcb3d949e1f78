// A chart over the steps of a network, drawn by uPlot, with a line of text on one step.

import { color, el } from "./dom.js";
import { chartPicture } from "./picture.js";
import { saver } from "./save.js";

const charts = new Set();

const FEW = 30; // steps; with so few, each is drawn as a point
const FOURS = Array.from({ length: 24 }, (_, power) => 4 ** power); // lines of a logarithmic scale

/** The increments of an axis of bytes. */
export const BINARY = Array.from({ length: 60 }, (_, power) => 2 ** power);

/**
 * A chart with a title and a line of text on one step.
 *
 * `series` have values (null for a gap) and are drawn as bars, each in its own color, or as steps
 * in one color.  `describe` returns the path and the text for a step, and a click calls `pick`
 * with the step.
 *
 * @param {{
 *   title: string,
 *   about: Node | string,
 *   series: {values: (number | null)[], bars?: string[], look?: string}[],
 *   describe: (step: number | null) => string[] | null,
 *   pick: (step: number) => void,
 *   format: (value: number) => string,
 *   incrs?: number[],
 *   log?: boolean,
 *   marks?: () => {at: number, word: string}[],
 *   height?: number,
 * }} options
 */
export function chartOf({
  title,
  about,
  series,
  describe,
  pick,
  format,
  incrs,
  log = false,
  marks = () => [],
  height = 170,
}) {
  const description = el("p", { class: "description", "aria-live": "off" });
  const plot = el("div", { class: "plot" });
  const node = el(
    "figure",
    { class: "chart" },
    el("figcaption", {}, el("h3", {}, title), el("p", { class: "about" }, about), description),
    plot,
    saver(title, () => chartPicture(chart)),
  );
  const chart = {
    title,
    node,
    plot,
    description,
    series,
    describe,
    pick,
    format,
    incrs,
    log,
    marks,
    height,
    drawn: null,
    chosen: null,
  };
  const watcher = new ResizeObserver(() => resize(chart));
  watcher.observe(plot);
  charts.add(chart);
  return { node, choose: (step) => choose(chart, step) };
}

/** Redraws all charts in the colors of the current theme. */
export function redrawCharts() {
  for (const { drawn } of charts) drawn?.redraw(false, true);
}

function resize(chart) {
  const width = Math.floor(chart.plot.clientWidth);
  if (width < 50) return;
  if (chart.drawn) chart.drawn.setSize({ width, height: chart.height });
  else make(chart, width);
}

function make(chart, width) {
  const steps = chart.series[0].values.map((_, step) => step + 1);
  chart.drawn = new uPlot(
    options(chart, width, steps.length),
    [steps, ...chart.series.map(({ values }) => values)],
    chart.plot,
  );
  chart.drawn.over.addEventListener(
    "click",
    () => chart.drawn.cursor.idx != null && chart.pick(chart.drawn.cursor.idx),
  );
  choose(chart, chart.chosen);
}

function options(chart, width, count) {
  const axis = {
    stroke: () => color("muted"),
    font: "11px system-ui, sans-serif",
    grid: { stroke: () => color("hair"), width: 1 },
  };
  const ticks = { ...axis, ticks: { show: false } };
  return {
    width,
    height: chart.height,
    legend: { show: false },
    padding: [8, 8, 0, 0],
    cursor: {
      y: false,
      drag: { x: false, y: false },
      sync: { key: "steps" },
      points: { show: false },
    },
    scales: {
      x: { time: false, range: () => [0.5, count + 0.5] },
      y: chart.log
        ? { distr: 3, range: (_, least, most) => [Math.max(0.7, least / 1.5), most * 1.5] }
        : { range: (_, __, most) => [0, most > 0 ? most * 1.14 : 1] },
    },
    axes: [
      {
        ...ticks,
        size: 24,
        grid: { show: false },
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000],
      },
      {
        ...ticks,
        ...(chart.log
          ? {
              splits: (_, __, least, most) => FOURS.filter((four) => four >= least && four <= most),
              filter: (_, splits) => splits,
            }
          : {}),
        ...(chart.incrs ? { incrs: chart.incrs } : {}),
        size: 62,
        space: 36,
        values: (_, values) => values.map((value) => (value == null ? "" : chart.format(value))),
      },
    ],
    series: [{}, ...chart.series.map((one) => drawnSeries(one, count))],
    hooks: {
      draw: [(plot) => drawMarks(chart, plot)],
      setCursor: [(plot) => point(chart, plot.cursor.idx)],
    },
  };
}

function drawnSeries({ bars, look }, count) {
  const points = { show: count <= FEW, size: 5, fill: () => color(look) };
  if (!bars)
    return {
      stroke: () => color(look),
      width: 1.75,
      points,
      paths: uPlot.paths.stepped({ align: 1 }),
    };
  const fill = { unit: 3, values: () => bars.map((name) => color(name)) };
  return {
    paths: uPlot.paths.bars({ size: [0.92, 60], gap: 0, disp: { fill } }),
    fill: "#0000",
    stroke: "#0000",
    width: 0,
    points: { show: false },
  };
}

/** A vertical line at the selected step, and horizontal lines with a label each. */
function drawMarks(chart, plot) {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.lineWidth = ratio;
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  [ctx.textAlign, ctx.textBaseline] = ["left", "alphabetic"];
  if (chart.chosen != null) {
    const x = plot.valToPos(chart.chosen + 1, "x", true);
    ctx.strokeStyle = color("accent");
    stroke(ctx, x, bbox.top, x, bbox.top + bbox.height);
  }
  for (const { at, word, end } of chart.marks()) {
    const y = plot.valToPos(at, "y", true);
    if (!(y >= bbox.top - 1 && y <= bbox.top + bbox.height)) continue;
    ctx.setLineDash([4 * ratio, 4 * ratio]);
    ctx.strokeStyle = ctx.fillStyle = color("muted");
    stroke(ctx, bbox.left, y, bbox.left + bbox.width, y);
    ctx.setLineDash([]);
    ctx.textAlign = end ? "right" : "left";
    ctx.fillText(word, bbox.left + (end ? bbox.width - 6 * ratio : 6 * ratio), y - 4 * ratio);
  }
  ctx.restore();
}

function stroke(ctx, x0, y0, x1, y1) {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}

function choose(chart, step) {
  chart.chosen = step;
  point(chart, null);
  chart.drawn?.redraw(false, false);
}

function point(chart, step) {
  const [path, text] = chart.describe(step ?? chart.chosen ?? null) ?? ["", ""];
  chart.description.replaceChildren(
    el("span", { class: "path", title: path }, path && `${path}: `),
    el("span", { class: "amount" }, text),
  );
}

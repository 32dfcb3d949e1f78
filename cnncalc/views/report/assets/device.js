// What the network needs on a device and in training: numbers, the memory plan, the roofline.

import { el, grid, svg, wide } from "./dom.js";
import { exact, short, shortBytes } from "./numbers.js";
import { saver, standalone } from "./save.js";

const ROLES = { input: "conv", value: "dense", scratch: "norm" };
const WORDS = { input: "input", value: "value", scratch: "scratch memory" };

export function deviceOf(store) {
  const { needs, plan, roofline } = store.net.data;
  if (!needs) return null;
  return el(
    "section",
    { class: "device", "aria-label": "Device" },
    el("h2", {}, "Device and training"),
    ...needs.map(needOf),
    el("div", { class: "charts" }, plan && planOf(plan), roofline && rooflineOf(roofline, store)),
  );
}

function needOf({ title, titles, lines, remarks = [] }) {
  const isNumber = (index) => index > 0 && index < titles.length - 1;
  const row = ([name, ...cells]) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, name),
      ...cells.map((cell, index) =>
        el("td", { class: isNumber(index + 1) ? "number" : null }, cell),
      ),
    );
  return el(
    "div",
    { class: "need" },
    el("h3", {}, title),
    wide(title, grid(titles, isNumber, lines.map(row)), "scrolling"),
    ...remarks.map((remark) => el("p", { class: "remark" }, remark)),
  );
}

/** A figure with a heading and a line about what it shows. */
const figure = (title, about, picture) =>
  el(
    "figure",
    { class: "chart" },
    el("figcaption", {}, el("h3", {}, title), el("p", { class: "about" }, about)),
    picture,
    saver(title, () => {
      const drawn = picture.matches("svg") ? picture : picture.querySelector("svg");
      const { width, height } = drawn.getBoundingClientRect();
      return standalone(drawn, Math.ceil(width), Math.ceil(height));
    }),
  );

// The memory plan: offsets against time, a rectangle for each buffer

const [WIDE, HIGH] = [600, 260];

function planOf({ bytes, operators, buffers }) {
  const steps = operators.length + 1;
  const x = (step) => (step / steps) * WIDE;
  const y = (offset) => HIGH - (offset / Number(bytes)) * HIGH;
  const box = ([role, name, offset, size, first, last]) => {
    const top = y(Number(offset) + Number(size));
    const place = `${exact(size)} B at ${exact(offset)}, ${live(first, last, operators)}`;
    return svg(
      "rect",
      {
        class: `buffer look-${ROLES[role]}`,
        x: x(first),
        y: top,
        width: x(last + 1) - x(first),
        height: y(Number(offset)) - top,
      },
      svg("title", {}, `${name}: ${WORDS[role]}, ${place}`),
    );
  };
  const count = `${exact(buffers.length)} buffers, ${exact(operators.length)} operators`;
  const about = `${exact(bytes)} B of offsets from below, time from left to right: ${count}`;
  const picture = svg(
    "svg",
    {
      class: "plan",
      viewBox: `0 0 ${WIDE} ${HIGH}`,
      preserveAspectRatio: "none",
      role: "img",
      "aria-label": `The memory plan: ${count}`,
    },
    ...buffers.map(box),
  );
  return figure("Memory plan", about, picture);
}

function live(first, last, operators) {
  const named = (step) => (step ? `${step} ${operators[step - 1].join(" ").trim()}` : "the start");
  return first === last ? `in ${named(first)}` : `from ${named(first)} to ${named(last)}`;
}

// The roofline: a dot for each operator, on logarithmic scales

const [LEFT, RIGHT, ABOVE, BELOW] = [52, 28, 10, 30];
const MOST_WIDE = 760;

function rooflineOf(roofline, store) {
  const node = el("div", { class: "plot" });
  new ResizeObserver(() => {
    const width = Math.min(MOST_WIDE, Math.floor(node.clientWidth));
    if (width > LEFT + RIGHT) node.replaceChildren(drawnRoofline(roofline, store, width));
  }).observe(node);
  const { peak, bandwidth } = roofline;
  const rates = `${short(Math.round(peak))} MACs/s and ${shortBytes(Math.round(bandwidth))}/s`;
  const limits = `${rates} at most`;
  const about = `MACs a second against MACs per byte, both on logarithmic scales; ${limits}`;
  return figure("Roofline", about, node);
}

function drawnRoofline({ peak, bandwidth, points }, store, width) {
  const { layers } = store.net;
  const [xLeast, xMost] = decades([...points.map(([, intensity]) => intensity), peak / bandwidth]);
  const [yLeast, yMost] = decades([...points.map(([, , rate]) => rate), peak]);
  const x = (value) => LEFT + part(value, xLeast, xMost) * (width - LEFT - RIGHT);
  const y = (value) => HIGH - BELOW - part(value, yLeast, yMost) * (HIGH - BELOW - ABOVE);
  const start = Math.max(xLeast, yLeast / bandwidth);
  const roof = [
    [start, start * bandwidth],
    [peak / bandwidth, peak],
    [xMost, peak],
  ];
  const dot = ([layer, intensity, rate]) => {
    const { path, look } = layers[layer];
    const most = `at most ${short(Math.round(rate))} MACs/s`;
    return svg(
      "circle",
      {
        class: `point look-${look}`,
        cx: x(intensity),
        cy: y(rate),
        r: 4,
        onclick: () => store.select(layers[layer]),
      },
      svg("title", {}, `${path}: ${intensity.toFixed(1)} MACs per byte, ${most}`),
    );
  };
  const across = ticks(xLeast, xMost).map((value) =>
    svg("text", { x: x(value), y: HIGH - 12, class: "middle" }, brief(value)),
  );
  const up = ticks(yLeast, yMost).map((value) =>
    svg("text", { x: LEFT - 6, y: y(value) + 4, class: "end" }, brief(value)),
  );
  const line = roof.map(([a, b]) => `${x(a)},${y(b)}`).join(" ");
  return svg(
    "svg",
    { class: "roofline", width, height: HIGH, role: "img", "aria-label": "The roofline" },
    ...across,
    ...up,
    svg("polyline", { points: line }),
    ...points.map(dot),
  );
}

const decades = (values) => [
  10 ** Math.floor(Math.log10(Math.min(...values))),
  10 ** Math.ceil(Math.log10(Math.max(...values) * 1.01)),
];
/** Where a value is between two, on a logarithmic scale. */
const part = (value, least, most) => Math.log(value / least) / Math.log(most / least);
const brief = (value) => (value >= 1 ? short(Math.round(value)) : String(value));

/** The powers of ten in a range, at most six of them. */
function ticks(least, most) {
  const count = Math.round(Math.log10(most / least));
  const step = Math.ceil(count / 6);
  const powers = Array.from({ length: count + 1 }, (_, power) =>
    Number((least * 10 ** power).toPrecision(3)),
  );
  return powers.filter((_, index) => index % step === 0);
}

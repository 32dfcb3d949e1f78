// Rows as points on two of their columns; a drag selects those in a rectangle.

import { svg, widthOf } from "./dom.js";
import { placedNames } from "./labels.js";
import { short, shortBytes } from "./numbers.js";

const [WIDTH, HEIGHT] = [760, 420];
const [LEFT, RIGHT, TOP, BOTTOM] = [76, 16, 12, 44];
const LOG_FROM = 30; // the ratio of the largest to the smallest number, as in cnncalc/views/plot
const TICKS = 6;
const MOST_NAMED = 120; // points with a name next to them
const CLICK = 4; // pixels: a shorter drag is a click

/** An axis of a column: its title, the kind of its numbers, and where each is, from 0 to 1. */
function axisOf(column, numbers) {
  const known = numbers.filter((number) => number != null);
  let [low, high] = known.length
    ? known.reduce(([a, b], number) => [Math.min(a, number), Math.max(b, number)], [
        Infinity,
        -Infinity,
      ])
    : [0, 1];
  const log = low > 0 && high / low >= LOG_FROM;
  if (low === high) [low, high] = low ? [low / 2, high * 1.5].sort((a, b) => a - b) : [-1, 1];
  const scaled = log ? Math.log10 : (number) => number;
  const share = (number) => (scaled(number) - scaled(low)) / (scaled(high) - scaled(low));
  return { ...column, low, high, log, share };
}

/** Round numbers on an axis: powers of ten, with their double and fivefold; or equal steps. */
function ticksOf({ low, high, log, kind }) {
  const within = (number) => number >= low * (1 - 1e-9) && number <= high * (1 + 1e-9);
  if (log) {
    const powers = Array.from({ length: 40 }, (_, power) => 10 ** (power - 12));
    const found = powers.flatMap((power) => [power, 2 * power, 5 * power]).filter(within);
    return found.filter((_, index) => index % Math.ceil(found.length / TICKS) === 0);
  }
  const isBinary = kind === "bytes" && high >= 1024;
  const unit = isBinary ? 1024 ** Math.floor(Math.log(high) / Math.log(1024)) : 1;
  const least = (high - low) / unit / TICKS;
  const power = 10 ** Math.floor(Math.log10(least));
  const steps = [1, 2, 5, 10].map((part) => part * power);
  const step = unit * steps.find((part) => part >= least * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => (first + index) * step);
}

function tickText(number, kind) {
  if (!Number.isInteger(number) || number < 0) return String(Number(number.toPrecision(6)));
  const text = kind === "bytes" ? shortBytes(number) : short(number);
  return text.replace(/\.(\d*?)0+(?=\D|$)/, (_, digits) => (digits ? `.${digits}` : ""));
}

/**
 * The plot of `rows` on the columns `x` and `y`; `onselect` gets the positions of the selected
 * ones, or null for all.  `values` are the numbers of each row, null for what is not one.
 */
export function brushOf({ columns, values, names, front, labelled }, x, y, onselect) {
  const across = axisOf(columns[x], values.map((row) => row[x]));
  const up = axisOf(columns[y], values.map((row) => row[y]));
  const left = (number) => LEFT + across.share(number) * (WIDTH - LEFT - RIGHT);
  const top = (number) => HEIGHT - BOTTOM - up.share(number) * (HEIGHT - BOTTOM - TOP);
  const places = values.map((row) =>
    row[x] == null || row[y] == null ? null : [left(row[x]), top(row[y])],
  );
  const order = places.map((_, index) => index).sort((a, b) => front[a] - front[b]);
  const dots = new Map();
  for (const index of order) {
    const place = places[index];
    if (!place) continue;
    const dot = svg(
      "circle",
      { cx: place[0].toFixed(1), cy: place[1].toFixed(1), r: front[index] ? 4 : 2.6 },
      svg("title", {}, names[index]),
    );
    dot.classList.add("dot");
    if (front[index]) dot.classList.add("front");
    dots.set(index, dot);
  }
  const frame = svg("rect", { class: "frame", x: 0, y: 0, width: 0, height: 0 });
  const picture = svg(
    "svg",
    {
      class: "brush",
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "img",
      "aria-label": `${up.title} over ${across.title}`,
    },
    ...gridOf(across, up, left, top),
    ...dots.values(),
    ...(labelled ? namesOf(order, places, names, front) : []),
    frame,
  );
  const select = (box) => {
    const inside = (index) => {
      const [a, b] = places[index];
      return a >= box.x1 && a <= box.x2 && b >= box.y1 && b <= box.y2;
    };
    const found = box ? [...dots.keys()].filter(inside) : null;
    const chosen = new Set(found ?? []);
    for (const [index, dot] of dots) dot.classList.toggle("faint", !!box && !chosen.has(index));
    draw(frame, box ?? { x1: 0, y1: 0, x2: 0, y2: 0 });
    onselect(found && found.sort((a, b) => a - b));
  };
  brushing(picture, frame, select);
  return { node: picture, size: [WIDTH, HEIGHT], clear: () => select(null) };
}

/** The names of the points, of those on the front first; of many, only these. */
function namesOf(order, places, names, front) {
  const drawn = order.filter((index) => places[index]).reverse();
  const shown = drawn.map((index) => {
    const [x, y] = places[index];
    const isNamed = drawn.length <= MOST_NAMED || front[index];
    return { x, y, r: front[index] ? 4 : 2.6, width: isNamed ? widthOf(names[index], 11) + 2 : 0 };
  });
  const bounds = { left: LEFT, right: WIDTH - RIGHT, top: TOP, bottom: HEIGHT - BOTTOM };
  return placedNames(shown, bounds, [2, 6]).map(
    (box, place) =>
      box && svg("text", { class: "name", x: box.left + 1, y: box.top + 11 }, names[drawn[place]]),
  );
}

function gridOf(across, up, left, top) {
  const line = (x1, y1, x2, y2) => svg("line", { class: "hair", x1, y1, x2, y2 });
  const text = (x, y, anchor, words) => svg("text", { x, y, "text-anchor": anchor }, words);
  const bottom = HEIGHT - BOTTOM;
  return [
    ...ticksOf(across).flatMap((number) => [
      line(left(number), TOP, left(number), bottom),
      text(left(number), bottom + 15, "middle", tickText(number, across.kind)),
    ]),
    ...ticksOf(up).flatMap((number) => [
      line(LEFT, top(number), WIDTH - RIGHT, top(number)),
      text(LEFT - 6, top(number) + 4, "end", tickText(number, up.kind)),
    ]),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "middle", across.title),
  ];
}

const draw = (frame, { x1, y1, x2, y2 }) => {
  for (const [name, value] of Object.entries({ x: x1, y: y1, width: x2 - x1, height: y2 - y1 }))
    frame.setAttribute(name, String(value));
};

/** Calls `select` with the rectangle of each drag, in the units of the picture; a click clears. */
function brushing(picture, frame, select) {
  let start = null;
  const at = (event) => {
    const box = picture.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * WIDTH,
      y: ((event.clientY - box.top) / box.height) * HEIGHT,
    };
  };
  const boxTo = ({ x, y }) => ({
    x1: Math.min(start.x, x),
    y1: Math.min(start.y, y),
    x2: Math.max(start.x, x),
    y2: Math.max(start.y, y),
  });
  picture.addEventListener("pointerdown", (event) => {
    start = at(event);
    picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener("pointermove", (event) => start && draw(frame, boxTo(at(event))));
  picture.addEventListener("pointerup", (event) => {
    if (!start) return;
    const box = boxTo(at(event));
    start = null;
    select(box.x2 - box.x1 < CLICK && box.y2 - box.y1 < CLICK ? null : box);
  });
  picture.addEventListener("pointercancel", () => (start = null));
}

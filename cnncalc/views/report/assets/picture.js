// A chart of uPlot as SVG, with the axes that it has on the screen.

import { color, svg } from "./dom.js";

const FONT = { "font-family": "Helvetica, Arial, sans-serif", "font-size": 11 };
const HEAD = 22; // pixels of the title

/** A drawn chart, with its title, as a picture of its own; dots have a name and its place. */
export function chartPicture({ drawn, title, series = [], marks = () => [], dots = [] }) {
  const ratio = devicePixelRatio;
  const { width, height } = drawn;
  const box = Object.fromEntries(
    Object.entries(drawn.bbox).map(([name, value]) => [name, value / ratio]),
  );
  const x = (value) => box.left + drawn.valToPos(value, "x");
  const y = (value) => box.top + drawn.valToPos(value, "y");
  const view = { box, x, y };
  const body = svg(
    "g",
    { transform: `translate(0,${HEAD})` },
    ...gridOf(drawn, view),
    ...series.flatMap((one) => (one.bars ? barsOf(one, view) : [stepsOf(one, view)])),
    ...marks().flatMap((mark) => markOf(mark, view)),
    ...dots.flatMap((dot) => dotOf(dot, view)),
  );
  return svg(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", width, height: height + HEAD, ...FONT },
    svg("rect", { width, height: height + HEAD, fill: color("paper") }),
    svg("text", { x: 8, y: 15, "font-weight": 600, "font-size": 13, fill: color("ink") }, title),
    body,
  );
}

/** The lines and numbers of both axes. */
function gridOf(drawn, { box, x, y }) {
  const [across, up] = drawn.axes;
  const known = ({ _splits: splits, _values: values }) =>
    (splits ?? []).map((split, index) => [split, values?.[index]]).filter(([, text]) => text);
  const [right, bottom] = [box.left + box.width, box.top + box.height];
  const fill = color("muted");
  return [
    ...known(up).flatMap(([at, text]) => [
      line(box.left, y(at), right, y(at), color("hair")),
      svg("text", { x: box.left - 6, y: y(at) + 4, "text-anchor": "end", fill }, text),
    ]),
    ...known(across).map(([at, text]) =>
      svg("text", { x: x(at), y: bottom + 15, "text-anchor": "middle", fill }, text),
    ),
  ];
}

const dotOf = (dot, { x, y }) => [
  svg("circle", { cx: x(dot.x), cy: y(dot.y), r: 4.5, fill: color("accent") }),
  svg("text", { ...dot.place, "font-size": 12, "font-weight": 600, fill: color("ink") }, dot.name),
];

const line = (x1, y1, x2, y2, stroke, more = {}) =>
  svg("line", { x1, y1, x2, y2, stroke, ...more });

function barsOf({ values, bars }, { box, x, y }) {
  const wide = Math.min(60, 0.92 * (x(2) - x(1)));
  const bottom = box.top + box.height;
  return values.map(
    (value, step) =>
      value != null &&
      svg("rect", {
        x: (x(step + 1) - wide / 2).toFixed(2),
        y: y(value).toFixed(2),
        width: wide.toFixed(2),
        height: Math.max(0, bottom - y(value)).toFixed(2),
        fill: color(bars[step]),
      }),
  );
}

/** A line that stays at each value until the next step, with gaps where there is none. */
function stepsOf({ values, look }, { x, y }) {
  const parts = values.map((value, step) => {
    if (value == null) return "";
    const [at, up] = [x(step + 1).toFixed(2), y(value).toFixed(2)];
    return values[step - 1] == null ? `M${at},${up}` : `H${at}V${up}`;
  });
  const stroke = { stroke: color(look), "stroke-width": 1.75 };
  return svg("path", { d: parts.join(""), fill: "none", ...stroke });
}

function markOf({ at, word, end }, { box, y }) {
  const right = box.left + box.width;
  if (y(at) < box.top - 1 || y(at) > box.top + box.height) return [];
  const stroke = color("muted");
  const place = end ? { x: right - 6, "text-anchor": "end" } : { x: box.left + 6 };
  return [
    line(box.left, y(at), right, y(at), stroke, { "stroke-dasharray": "4 4" }),
    svg("text", { ...place, y: y(at) - 4, fill: stroke }, word),
  ];
}

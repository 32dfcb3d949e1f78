// Lines between boxes, with an arrow at the end and the shape of the tensor.

import { svg } from "./dom.js";
import { shapesOf } from "./network.js";
import { times } from "./numbers.js";

/** A path through points that starts and ends vertically. */
function pathThrough(points) {
  const [first, ...others] = points;
  let [path, last] = [`M${at(first)}`, first];
  for (const point of others) {
    const middle = (last.y + point.y) / 2;
    const straight = Math.abs(last.x - point.x) < 0.5;
    path += straight
      ? `L${at(point)}`
      : `C${at({ x: last.x, y: middle })} ${at({ x: point.x, y: middle })} ${at(point)}`;
    last = point;
  }
  return path;
}

const at = ({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`;

/** The lines with their arrows; a click on one calls `select` with the layer that reads it. */
export function drawnLines(lines) {
  return lines.map((line) => {
    const sources = [...line.sources];
    const readers = [...line.readers];
    const shapes = [...new Set(sources.flatMap((source) => shapesOf(source).map(times)))].join(
      " + ",
    );
    const title = `${named(sources)} → ${named(readers)}: ${shapes}`;
    const path = pathThrough(shortened(line));
    const drawn = svg(
      "g",
      { class: "line" },
      svg("title", {}, title),
      svg("path", { class: "reach", d: path }),
      svg("path", { class: "stroke", d: path }),
    );
    if (line.enters) drawn.append(svg("path", { class: "tip", d: tip(line.points.at(-1)) }));
    return { node: drawn, sources, readers };
  });
}

function named(items) {
  const names = items.slice(0, 3).map((item) => item.path);
  return items.length > 3 ? `${names.join(", ")} and ${items.length - 3} more` : names.join(", ");
}

/** The line ends where the arrow head starts. */
function shortened({ points, enters }) {
  const end = points.at(-1);
  return enters ? [...points.slice(0, -1), { x: end.x, y: end.y - 5 }] : points;
}

const tip = ({ x, y }) => `M${at({ x, y })}l-3.5,-6.5h7z`;

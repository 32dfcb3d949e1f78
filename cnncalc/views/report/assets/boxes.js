// The boxes of the graph: a layer, a closed fold, an open fold around others, an input or output.

import { cut, svg, widthOf } from "./dom.js";
import { lookOf, markOf, nameOf, shapesOf } from "./network.js";
import { percent, plural, share, times } from "./numbers.js";

const NAME = [12.5, 600];
const TELLING = 11;
const WIDEST = 178; // of a text in a box
const SIDES = 24; // the room left and right of it
const MARK = 46; // the room of a share

/** How large a box is. */
function sizeOf(item) {
  if (item.kind === "input" || item.kind === "output") {
    return { width: Math.max(90, Math.min(widthOf(endText(item), 12, 600), WIDEST + 40) + 32), height: 30 };
  }
  const name = Math.min(widthOf(titleOf(item), ...NAME), WIDEST);
  const telling = Math.min(widthOf(tellingOf(item), TELLING), WIDEST + MARK - 8);
  return { width: Math.ceil(Math.max(name + MARK, telling, 96)) + SIDES, height: 46 };
}

/** How wide the title of an open fold is. */
function titleWidth(item) {
  return Math.min(widthOf(titleOf(item), ...NAME) + widthOf(tellingOf(item), TELLING) + 52, 320);
}

export const sizes = { closed: sizeOf, title: titleWidth };

const titleOf = (item) => nameOf(item);
const tellingOf = (item) => item.telling;
const endText = (item) => (item.path === item.kind ? item.telling : `${item.path}  ${item.telling}`);

/** How strongly a box is tinted: five steps, by its part of the most that one visible box has. */
const heat = (part, most) => (most > 0 ? Math.max(1, Math.ceil((part / most) * 5)) : 0);

export function drawnBox(net, box, measure, most) {
  const { item } = box;
  if (box.open) return openBox(box);
  if (item.kind === "input" || item.kind === "output") return endBox(box);
  const mark = markOf(net, item, measure);
  const part = mark ? share(mark.part, mark.whole) : 0;
  const { width, height } = box;
  const room = width - SIDES;
  const shown = mark
    ? Number(mark.part)
      ? percent(mark.part, mark.whole)
      : ""
    : item.marks.includes("training only")
      ? "training"
      : "";
  return svg(
    "g",
    { class: `box ${item.kind} look-${lookOf(net, item)} heat-${heat(part, most)}${mark ? "" : " aside"}` },
    svg("title", {}, `${item.path}: ${item.telling}, ${shapesOf(item).map(times).join(" + ")}`),
    item.kind === "fold" && svg("rect", { class: "behind", x: 4, y: 4, width, height, rx: 6 }),
    svg("rect", { class: "body", width, height, rx: 6 }),
    svg("path", { class: "stripe", d: `M6,0H5A5,5 0 0 0 0,5V${height - 5}A5,5 0 0 0 5,${height}H6Z` }),
    svg("text", { class: "name", x: 14, y: 18 }, cut(titleOf(item), room - (shown ? MARK - 1 : 0), ...NAME)),
    svg("text", { class: "share", x: width - 9, y: 18, "text-anchor": "end" }, shown),
    svg("text", { class: "telling", x: 14, y: 33 }, cut(tellingOf(item), room + 1, TELLING)),
    part > 0 && svg("rect", { class: "track", x: 14, y: height - 7, width: room, height: 3, rx: 1.5 }),
    part > 0 && svg("rect", { class: "bar", x: 14, y: height - 7, width: Math.max(1.5, part * room), height: 3, rx: 1.5 }),
  );
}

function openBox({ item, width, height }) {
  const room = width - 40;
  const name = cut(titleOf(item), room, ...NAME);
  const used = widthOf(name, ...NAME);
  return svg(
    "g",
    { class: `box fold open${item.type === "branch" ? " branch" : ""}` },
    svg("title", {}, `${item.path}: ${item.telling}`),
    svg("rect", { class: "body", width, height, rx: 9 }),
    svg("rect", { class: "title", width, height: 26, rx: 9 }),
    svg("path", { class: "sign", d: "M10,11l4,4.5l4,-4.5" }),
    svg("text", { class: "name", x: 24, y: 18 }, name),
    room - used > 40 && svg("text", { class: "telling", x: 32 + used, y: 18 }, cut(tellingOf(item), room - used - 8, TELLING)),
  );
}

function endBox({ item, width, height }) {
  return svg(
    "g",
    { class: `box end ${item.kind}${item.training_only ? " aside" : ""}` },
    svg("title", {}, `${item.kind} ${item.path}: ${item.telling}`),
    svg("rect", { class: "body", width, height, rx: height / 2 }),
    svg("text", { class: "name", x: width / 2, y: 19.5, "text-anchor": "middle" }, cut(endText(item), width - 20, 12, 600)),
  );
}

/** The shape of what comes out of a box, where it is another than that of what entered; "" where it is the same. */
export function newShape(item) {
  if (item.kind === "input" || item.kind === "output") return "";
  const shapes = shapesOf(item).map(times);
  const entering = (item.kind === "layer" ? item.input_shapes : []).map(times);
  return shapes.length === 1 && shapes[0] === entering[0] ? "" : shapes.join(" + ");
}

/** What a box is, for whoever hears it. */
export function spoken(net, item, measure) {
  const mark = markOf(net, item, measure);
  const words = [item.path, item.kind === "layer" || item.kind === "fold" ? item.telling : item.kind];
  words.push(
    shapesOf(item)
      .map((shape) => shape.join(" by "))
      .join(" and "),
  );
  if (item.kind === "fold") words.push(plural(item.end - item.start, "layer"));
  if (mark && Number(mark.part))
    words.push(
      `${percent(mark.part, mark.whole)} of ${{ macs: "the MACs", params: "the parameters", memory: "the peak memory" }[measure]}`,
    );
  if (item.marks) words.push(item.marks);
  return words.join(", ");
}

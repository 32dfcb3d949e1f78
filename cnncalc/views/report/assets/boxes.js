// The boxes of the graph: layers, collapsed and expanded containers, inputs and outputs.

import { cut, svg, widthOf } from "./dom.js";
import { lookOf, markOf, nameOf, shapesOf } from "./network.js";
import { percent, plural, share, times } from "./numbers.js";

const NAME = [12.5, 600];
const LABEL = 11;
const MAX_TEXT = 178; // pixels of a text in a box
const SIDES = 24; // pixels left and right of it
const MEASURE_NAMES = { macs: "MACs", params: "parameters", memory: "peak memory" };
const MARK = 46; // pixels of a share

/** The size of a box. */
function sizeOf(item) {
  if (item.kind === "input" || item.kind === "output") {
    return {
      width: Math.max(90, Math.min(widthOf(endText(item), 12, 600), MAX_TEXT + 40) + 32),
      height: 30,
    };
  }
  const name = Math.min(widthOf(titleOf(item), ...NAME), MAX_TEXT);
  const label = Math.min(widthOf(labelOf(item), LABEL), MAX_TEXT + MARK - 8);
  return { width: Math.ceil(Math.max(name + MARK, label, 96)) + SIDES, height: 46 };
}

/** The width of the title of an expanded container. */
function titleWidth(item) {
  return Math.min(widthOf(titleOf(item), ...NAME) + widthOf(labelOf(item), LABEL) + 52, 320);
}

export const sizes = { closed: sizeOf, title: titleWidth };

const titleOf = (item) => nameOf(item);
const labelOf = (item) => item.label;
const endText = (item) => (item.path === item.kind ? item.label : `${item.path}  ${item.label}`);

/** The tint of a box, 0 to 5: its share relative to the largest share of a visible box. */
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
    {
      class: [
        `box ${item.kind} look-${lookOf(net, item)} heat-${heat(part, most)}`,
        mark ? "" : " aside",
      ].join(""),
    },
    svg("title", {}, `${item.path}: ${item.label}, ${shapesOf(item).map(times).join(" + ")}`),
    item.kind === "container" && svg("rect", { class: "shadow", x: 4, y: 4, width, height, rx: 6 }),
    svg("rect", { class: "body", width, height, rx: 6 }),
    svg("path", {
      class: "stripe",
      d: `M6,0H5A5,5 0 0 0 0,5V${height - 5}A5,5 0 0 0 5,${height}H6Z`,
    }),
    svg(
      "text",
      { class: "name", x: 14, y: 18 },
      cut(titleOf(item), room - (shown ? MARK - 1 : 0), ...NAME),
    ),
    svg("text", { class: "share", x: width - 9, y: 18, "text-anchor": "end" }, shown),
    svg("text", { class: "label", x: 14, y: 33 }, cut(labelOf(item), room + 1, LABEL)),
    part > 0 &&
      svg("rect", { class: "track", x: 14, y: height - 7, width: room, height: 3, rx: 1.5 }),
    part > 0 &&
      svg("rect", {
        class: "bar",
        x: 14,
        y: height - 7,
        width: Math.max(1.5, part * room),
        height: 3,
        rx: 1.5,
      }),
  );
}

function openBox({ item, width, height }) {
  const room = width - 40;
  const name = cut(titleOf(item), room, ...NAME);
  const used = widthOf(name, ...NAME);
  return svg(
    "g",
    { class: `box container open${item.type === "branch" ? " branch" : ""}` },
    svg("title", {}, `${item.path}: ${item.label}`),
    svg("rect", { class: "body", width, height, rx: 9 }),
    svg("rect", { class: "title", width, height: 26, rx: 9 }),
    svg("path", { class: "sign", d: "M10,11l4,4.5l4,-4.5" }),
    svg("text", { class: "name", x: 24, y: 18 }, name),
    room - used > 40 &&
      svg(
        "text",
        { class: "label", x: 32 + used, y: 18 },
        cut(labelOf(item), room - used - 8, LABEL),
      ),
  );
}

function endBox({ item, width, height }) {
  return svg(
    "g",
    { class: `box end ${item.kind}${item.training_only ? " aside" : ""}` },
    svg("title", {}, `${item.kind} ${item.path}: ${item.label}`),
    svg("rect", { class: "body", width, height, rx: height / 2 }),
    svg(
      "text",
      { class: "name", x: width / 2, y: 19.5, "text-anchor": "middle" },
      cut(endText(item), width - 20, 12, 600),
    ),
  );
}

/** The output shape of a box if it differs from the input shape, otherwise "". */
export function newShape(item) {
  if (item.kind === "input" || item.kind === "output") return "";
  const shapes = shapesOf(item).map(times);
  const entering = (item.kind === "layer" ? item.input_shapes : []).map(times);
  return shapes.length === 1 && shapes[0] === entering[0] ? "" : shapes.join(" + ");
}

/** The text of a box for a screen reader. */
export function spoken(net, item, measure) {
  const mark = markOf(net, item, measure);
  const isLabeled = item.kind === "layer" || item.kind === "container";
  const words = [item.path, isLabeled ? item.label : item.kind];
  words.push(
    shapesOf(item)
      .map((shape) => shape.join(" by "))
      .join(" and "),
  );
  if (item.kind === "container") words.push(plural(item.end - item.start, "layer"));
  if (mark && Number(mark.part)) {
    words.push(`${percent(mark.part, mark.whole)} of the ${MEASURE_NAMES[measure]}`);
  }
  if (item.marks) words.push(item.marks);
  return words.join(", ");
}

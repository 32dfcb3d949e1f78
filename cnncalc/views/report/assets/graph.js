// The architecture as a graph with collapsible groups: drawing, keyboard, zoom, scrolling.

import { drawnBox, newShape, sizes, spoken } from "./boxes.js";
import { el, svg } from "./dom.js";
import { drawnLines } from "./edges.js";
import { layOut } from "./layout.js";
import { markOf } from "./network.js";
import { share } from "./numbers.js";
import { standalone } from "./save.js";

const ZOOMS = [0.25, 0.35, 0.5, 0.65, 0.8, 1, 1.25, 1.6, 2];

export function graphOf(store) {
  const picture = svg("svg", {
    class: "picture",
    role: "tree",
    "aria-label": "The network as a graph",
  });
  const scroller = el("div", { class: "scroller" }, picture);
  const graph = {
    store,
    picture,
    scroller,
    zoom: 1,
    plan: null,
    boxes: new Map(),
    lines: [],
    current: null,
  };
  picture.addEventListener("click", (event) => clicked(graph, event));
  picture.addEventListener("keydown", (event) => pressed(graph, event));
  scroller.addEventListener("wheel", (event) => wheeled(graph, event), { passive: false });
  dragging(scroller);
  store.on("expand", (item) => draw(graph, item));
  store.on("measure", () => draw(graph, null));
  store.on("select", (item) => choose(graph, item));
  store.on("hits", () => paintHits(graph));
  draw(graph, null);
  const watcher = new ResizeObserver(() => {
    if (!scroller.clientWidth) return;
    watcher.disconnect();
    arrive(graph);
  });
  watcher.observe(scroller);
  return {
    node: scroller,
    zoomIn: () => zoomBy(graph, 1),
    zoomOut: () => zoomBy(graph, -1),
    fit: () => fit(graph),
    picture: () =>
      standalone(picture, Math.ceil(graph.plan.width), Math.ceil(graph.plan.height)),
  };
}

/** Redraws the graph; the given item, or the topmost one, stays where it is on the screen. */
function draw(graph, given) {
  const { store, picture, scroller } = graph;
  const kept = given ?? topmost(graph);
  const before = kept && placeOf(graph, kept);
  const focused = picture.contains(document.activeElement);
  graph.plan = layOut(store.net, store.isOpen, sizes);
  const { boxes, lines } = graph.plan;
  const shown = boxes.filter((box) => !box.open);
  const most = Math.max(...shown.map(({ item }) => partOfWhole(store, item)));
  graph.boxes = new Map();
  const [around, inside, labels] = [[], [], []];
  for (const box of boxes) {
    const node = drawnBox(store.net, box, store.measure, most);
    node.setAttribute("transform", `translate(${box.x.toFixed(1)},${box.y.toFixed(1)})`);
    described(node, box, store);
    graph.boxes.set(box.item.id, { ...box, node });
    (box.open ? around : inside).push(node);
    const shape = box.open ? "" : newShape(box.item);
    if (shape && box.item.readers?.length !== 0) labels.push(label(box, shape));
  }
  graph.lines = drawnLines(lines);
  picture.replaceChildren(
    svg("g", {}, ...around),
    svg("g", { class: "lines" }, ...graph.lines.map((line) => line.node)),
    svg("g", { class: "labels", "aria-hidden": "true" }, ...labels),
    svg("g", {}, ...inside),
  );
  scale(graph);
  graph.current = graph.boxes.has(graph.current)
    ? graph.current
    : (boxes.find((box) => box.item.kind !== "input") ?? boxes[0])?.item.id;
  mark(graph);
  paintHits(graph);
  if (focused) graph.boxes.get(graph.current)?.node.focus({ preventScroll: true });
  const after = kept && placeOf(graph, kept);
  if (before && after) {
    scroller.scrollLeft += after.x - before.x;
    scroller.scrollTop += after.y - before.y;
  }
}

function partOfWhole({ net, measure }, item) {
  const found = markOf(net, item, measure);
  return found ? share(found.part, found.whole) : 0;
}

/** The accessibility attributes of a box. */
function described(node, { item, open }, { net, measure }) {
  node.dataset.id = item.id;
  const attributes = {
    role: "treeitem",
    tabindex: -1,
    "aria-level": (item.level ?? (item.parent?.level ?? -1) + 1) + 1,
  };
  attributes["aria-label"] = spoken(net, item, measure);
  if (item.kind === "container") attributes["aria-expanded"] = String(open);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
}

function label(box, shape) {
  return svg(
    "text",
    {
      class: "shape",
      x: (box.x + box.width / 2 + 6).toFixed(1),
      y: (box.y + box.height + 15).toFixed(1),
    },
    shape,
  );
}

/** The topmost box in the window. */
function topmost({ boxes, scroller, zoom }) {
  const [left, right] = [
    scroller.scrollLeft / zoom,
    (scroller.scrollLeft + scroller.clientWidth) / zoom,
  ];
  const shown = [...boxes.values()].filter(
    (box) =>
      !box.open && box.y >= scroller.scrollTop / zoom && box.x < right && box.x + box.width > left,
  );
  return shown.length ? shown.reduce((a, b) => (b.y < a.y ? b : a)).item : null;
}

/** The box of an item, or of the collapsed group around it. */
function placeOf(graph, item) {
  const visible = (one) => (!one || graph.boxes.has(one.id) ? one : visible(one.parent));
  const box = graph.boxes.get(visible(item)?.id);
  return box ? { x: (box.x + box.width / 2) * graph.zoom, y: box.y * graph.zoom } : null;
}

// Selection

function clicked(graph, event) {
  const item = itemAt(graph, event.target);
  if (!item || graph.scroller.dataset.dragged) return;
  graph.current = item.id;
  act(graph, item);
}

function itemAt(graph, target) {
  return graph.boxes.get(target.closest("[data-id]")?.dataset.id)?.item;
}

/** Selects the clicked item; a container is also expanded or collapsed. */
function act(graph, item) {
  if (item.kind === "container") graph.store.toggle(item);
  if (item.kind === "container" || item.kind === "layer") graph.store.select(item, false);
}

function choose(graph, item) {
  if (item) {
    graph.current = item.id;
    bringIntoView(graph, item);
  }
  mark(graph);
}

/** Marks the selected item and the lines to and from it. */
function mark(graph) {
  const { selected } = graph.store;
  for (const { item, node } of graph.boxes.values()) {
    node.classList.toggle("chosen", item === selected);
    node.setAttribute("aria-selected", String(item === selected));
    node.setAttribute("tabindex", item.id === graph.current ? 0 : -1);
  }
  const within = (item) => selected && item.start >= selected.start && item.start < selected.end;
  for (const { node, sources, readers } of graph.lines) {
    const touches = selected && sources.some(within) !== readers.some(within);
    node.classList.toggle("near", Boolean(touches));
  }
}

function paintHits(graph) {
  const { hits, net } = graph.store;
  graph.picture.classList.toggle("searching", hits.size > 0);
  if (!graph.picture.querySelector(".hit") && !hits.size) return;
  for (const { item, node, open } of graph.boxes.values()) {
    const inside = () => net.layers.slice(item.start, item.end).some((layer) => hits.has(layer.id));
    const hit = hits.has(item.id) || (item.kind === "container" && !open && inside());
    node.classList.toggle("hit", hits.size > 0 && hit);
  }
}

function bringIntoView(graph, item) {
  const box = graph.boxes.get(item.id);
  if (!box) return;
  const { scroller, zoom } = graph;
  const [x, y] = [(box.x + box.width / 2) * zoom, box.y * zoom];
  const hidden = (at, from, size) => at < from + 20 || at > from + size - 60;
  if (hidden(y, scroller.scrollTop, scroller.clientHeight))
    scroller.scrollTop = y - scroller.clientHeight / 3;
  if (hidden(x, scroller.scrollLeft, scroller.clientWidth))
    scroller.scrollLeft = x - scroller.clientWidth / 2;
}

// Keys

/** The keys of a tree: up and down through visible items, right into a container, left out. */
function pressed(graph, event) {
  const order = graph.plan.boxes.map((box) => box.item);
  const index = order.findIndex((item) => item.id === graph.current);
  const item = order[index];
  if (!item || event.altKey || event.ctrlKey || event.metaKey) return;
  const { store } = graph;
  const open = item.kind === "container" && store.isOpen(item);
  const moves = {
    ArrowDown: () => go(graph, order[index + 1]),
    ArrowUp: () => go(graph, order[index - 1]),
    Home: () => go(graph, order[0]),
    End: () => go(graph, order.at(-1)),
    ArrowRight: () =>
      item.kind === "container" && !open ? store.toggle(item, true) : go(graph, order[index + 1]),
    ArrowLeft: () =>
      open ? store.toggle(item, false) : item.parent.kind === "container" && go(graph, item.parent),
    Enter: () => act(graph, item),
    " ": () => act(graph, item),
    "+": () => zoomBy(graph, 1),
    "-": () => zoomBy(graph, -1),
    Escape: () => store.select(null),
  };
  if (!moves[event.key]) return;
  event.preventDefault();
  moves[event.key]();
}

function go(graph, item) {
  if (!item) return;
  graph.current = item.id;
  mark(graph);
  graph.boxes.get(item.id)?.node.focus({ preventScroll: true });
  bringIntoView(graph, item);
}

// Zoom

function scale(graph) {
  const { width, height } = graph.plan;
  const { picture, zoom } = graph;
  picture.setAttribute("viewBox", `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`);
  picture.setAttribute("width", Math.ceil(width * zoom));
  picture.setAttribute("height", Math.ceil(height * zoom));
}

/** Zooms around a point of the window, by default its center. */
function zoomTo(
  graph,
  zoom,
  at = { x: graph.scroller.clientWidth / 2, y: graph.scroller.clientHeight / 2 },
) {
  const { scroller } = graph;
  const [x, y] = [
    (scroller.scrollLeft + at.x) / graph.zoom,
    (scroller.scrollTop + at.y) / graph.zoom,
  ];
  graph.zoom = zoom;
  scale(graph);
  scroller.scrollLeft = x * zoom - at.x;
  scroller.scrollTop = y * zoom - at.y;
}

function zoomBy(graph, steps, at) {
  const nearest = ZOOMS.reduce((a, b) =>
    Math.abs(b - graph.zoom) < Math.abs(a - graph.zoom) ? b : a,
  );
  const index = Math.min(ZOOMS.length - 1, Math.max(0, ZOOMS.indexOf(nearest) + steps));
  zoomTo(graph, ZOOMS[index], at);
}

/** The initial view: centered at the top, smaller in a narrow window. */
function arrive(graph) {
  const { scroller, plan } = graph;
  const room = scroller.clientWidth - 34;
  if (room < plan.width) zoomTo(graph, Math.max(0.7, room / plan.width), { x: 0, y: 0 });
  const first = plan.boxes[0];
  scroller.scrollLeft = (first.x + first.width / 2) * graph.zoom - room / 2;
}

/** Fits a picture that is wider than the window to its width. */
function fit(graph) {
  zoomTo(graph, Math.max(0.2, Math.min(1, (graph.scroller.clientWidth - 24) / graph.plan.width)), {
    x: 0,
    y: 0,
  });
}

function wheeled(graph, event) {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  const box = graph.scroller.getBoundingClientRect();
  zoomBy(graph, event.deltaY < 0 ? 1 : -1, {
    x: event.clientX - box.left,
    y: event.clientY - box.top,
  });
}

/** Drags the picture with the mouse; touch screens scroll it natively. */
function dragging(scroller) {
  let from = null;
  scroller.addEventListener("pointerdown", (event) => {
    delete scroller.dataset.dragged;
    if (event.pointerType !== "mouse" || event.button !== 0) return;
    from = {
      x: event.clientX + scroller.scrollLeft,
      y: event.clientY + scroller.scrollTop,
      at: event,
    };
  });
  window.addEventListener("pointermove", (event) => {
    if (!from) return;
    if (Math.hypot(event.clientX - from.at.clientX, event.clientY - from.at.clientY) > 4)
      scroller.dataset.dragged = "yes";
    scroller.scrollLeft = from.x - event.clientX;
    scroller.scrollTop = from.y - event.clientY;
  });
  window.addEventListener("pointerup", () => (from = null));
}

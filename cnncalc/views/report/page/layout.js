// Where everything stands: what is in a fold is laid out by itself, and then is one box in the fold around it.
//
// Lines between folds run through ports: an entry at the top of an open fold for each value that comes from outside, an
// exit at its bottom for each that goes out.

import { partOf } from "./network.js";

const GAPS = { rankdir: "TB", nodesep: 22, edgesep: 16, ranksep: 42 };
const PADDING = 14;
const TITLE = 26;
const STUB = 14; // how far a line goes straight down from a box, where its shape is written
const LEAD = 24; // between a port and what is next to it

/** The places of all that is visible: `boxes` with x, y (of the left upper corner), width and height, and `lines`. */
export function layOut(net, isOpen, sizes) {
  const boxes = [];
  const lines = [];
  const place = placed(net.root, isOpen, sizes);
  flatten(place, 0, 0, boxes, lines);
  boxes.sort((a, b) => a.item.start - b.item.start || (a.item.level ?? 1e9) - (b.item.level ?? 1e9));
  return { width: place.width, height: place.height, boxes, lines };
}

function flatten(place, x, y, boxes, lines) {
  for (const line of place.lines) {
    lines.push({ ...line, points: line.points.map((point) => ({ x: point.x + x, y: point.y + y })) });
  }
  for (const child of place.children) {
    const at = { item: child.item, x: x + child.x, y: y + child.y, width: child.width, height: child.height };
    boxes.push({ ...at, open: Boolean(child.children) });
    if (child.children) flatten(child, at.x, at.y, boxes, lines);
  }
}

/** A fold with what is in it; the places in it count from its own corner. */
function placed(fold, isOpen, sizes) {
  const children = fold.items.map((item) =>
    item.kind === "fold" && isOpen(item) ? placed(item, isOpen, sizes) : { item, ...sizes.closed(item) },
  );
  const byId = new Map(children.map((child) => [child.item.id, child]));
  const links = linksOf(fold, byId);
  const graph = ranked(children, links);
  untwist(children, links, graph);
  const edge = fold.kind === "root" ? 4 : PADDING;
  const top = fold.kind === "root" ? 4 : TITLE + LEAD;
  const bounds = boundsOf(graph, children);
  const least = fold.kind === "root" ? 0 : sizes.title(fold);
  const width = Math.max(bounds.right - bounds.left + 2 * edge, least);
  const height = bounds.bottom - bounds.top + top + (fold.kind === "root" ? 4 : LEAD);
  const dx = (width - (bounds.right - bounds.left)) / 2 - bounds.left;
  const dy = top - bounds.top;
  for (const child of children) {
    const { x, y } = graph.node(child.item.id);
    child.x = x + dx - child.width / 2;
    child.y = y + dy - child.height / 2;
  }
  const port = (id) => graph.node(id).x + dx;
  const ports = (mark) => new Map([...links.values()].flatMap((link) => (link[mark] ? [[link[mark], port(link[mark])]] : [])));
  const result = { item: fold, width, height, children, entries: ports("entry"), exits: ports("exit") };
  const shift = (point) => ({ x: point.x + dx, y: point.y + dy });
  result.lines = [...links.values()].map((link) => lineOf(link, byId, graph, result, shift));
  return result;
}

/** What leads from one part of a fold to another, into it, and out of it: one link for what goes the same way. */
function linksOf(fold, byId) {
  const links = new Map();
  const isOpen = (id) => Boolean(byId.get(id)?.children);
  function add(from, to, source, marks) {
    const alone = isOpen(from) || isOpen(to) || marks.entry || marks.exit;
    const key = `${from} ${to} ${alone ? source.id : ""}`;
    if (!links.has(key)) links.set(key, { key, from, to, sources: new Set(), readers: new Set(), ...marks });
    links.get(key).sources.add(source);
    return links.get(key);
  }
  for (const reader of leavesOf(fold)) {
    const to = partOf(fold, reader).id;
    for (const source of reader.sources) {
      const from = partOf(fold, source);
      if (from?.id === to) continue;
      const entry = from ? undefined : `>${source.id}`;
      add(from?.id ?? entry, to, source, { entry }).readers.add(reader);
    }
    const outside = reader.readers.filter((other) => !partOf(fold, other));
    if (outside.length) {
      const exit = `<${reader.id}`;
      const link = add(to, exit, reader, { exit });
      outside.forEach((other) => link.readers.add(other));
    }
  }
  return links;
}

/** The layers in a fold, with the inputs and outputs where it is the whole network. */
function leavesOf(item) {
  return item.items ? item.items.flatMap(leavesOf) : [item];
}

/** The parts of a fold in ranks, as dagre sets them; entries above all, exits below. */
function ranked(children, links) {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ ...GAPS });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const child of children) graph.setNode(child.item.id, { width: child.width, height: child.height, box: true });
  for (const { key, from, to, entry, exit } of links.values()) {
    if (entry) anchored(graph, entry, "^", (port, anchor) => [anchor, port]);
    if (exit) anchored(graph, exit, "_", (port, anchor) => [port, anchor]);
    graph.setEdge(from, to, {}, key);
  }
  dagre.layout(graph);
  inFileOrder(graph, children);
  return graph;
}

/** Mirrors open folds whose ports stand the other way round than what leads to them. */
function untwist(children, links, graph) {
  for (const child of children.filter((one) => one.children)) {
    const ends = [...links.values()].flatMap((link) => {
      const [source] = link.sources;
      const lane = graph.edge(link.from, link.to, link.key).points.slice(1, -1);
      if (link.from === child.item.id) return [{ side: "exit", inner: child.exits.get(`<${source.id}`), outer: toward(link.to, lane[1], graph) }];
      if (link.to === child.item.id) return [{ side: "entry", inner: child.entries.get(`>${source.id}`), outer: toward(link.from, lane.at(-2), graph) }];
      return [];
    });
    let balance = 0;
    ends.forEach((a, place) => {
      for (const b of ends.slice(place + 1)) {
        if (a.side === b.side) balance += Math.sign(b.inner - a.inner) * Math.sign(b.outer - a.outer);
      }
    });
    if (balance < 0) mirror(child);
  }
}

/** Where a line goes from a fold: to its lane past the next rank, or to the box there. */
const toward = (id, lane, graph) => (lane ?? graph.node(id)).x;

function mirror(place) {
  for (const child of place.children) {
    child.x = place.width - child.x - child.width;
    if (child.children) mirror(child);
  }
  for (const line of place.lines) line.points = line.points.map(({ x, y }) => ({ x: place.width - x, y }));
  for (const ports of [place.entries, place.exits]) ports.forEach((x, id) => ports.set(id, place.width - x));
}

/** Mirrors a layout in which more neighbours stand against the order of the file than with it. */
function inFileOrder(graph, children) {
  let balance = 0;
  const places = children.map((child) => ({ start: child.item.start, ...graph.node(child.item.id) }));
  places.forEach((a, place) => {
    for (const b of places.slice(place + 1)) {
      if (Math.abs(a.y - b.y) < 0.6) balance += Math.sign(b.x - a.x) * Math.sign(b.start - a.start);
    }
  });
  if (balance >= 0) return;
  for (const id of graph.nodes()) graph.node(id).x *= -1;
  for (const edge of graph.edges()) graph.edge(edge).points.forEach((point) => (point.x *= -1));
}

/** A port, held by an anchor so that all ports of its kind stand in one rank. */
function anchored(graph, port, anchor, ends) {
  graph.setNode(anchor, { width: 1, height: 0 });
  graph.setNode(port, { width: 1, height: 0 });
  const [from, to] = ends(port, anchor);
  graph.setEdge(from, to, { weight: 20 }, "anchor");
}

/** How far the parts of a fold, and the lines around them, reach. */
function boundsOf(graph, children) {
  const nodes = children.map((child) => graph.node(child.item.id));
  const lanes = graph
    .edges()
    .filter((edge) => edge.name !== "anchor")
    .flatMap((edge) => graph.edge(edge).points.slice(1, -1));
  return {
    left: Math.min(...nodes.map((node) => node.x - node.width / 2), ...lanes.map((point) => point.x)),
    right: Math.max(...nodes.map((node) => node.x + node.width / 2), ...lanes.map((point) => point.x)),
    top: Math.min(...nodes.map((node) => node.y - node.height / 2)),
    bottom: Math.max(...nodes.map((node) => node.y + node.height / 2)),
  };
}

/** A link as the points that its line goes through: straight down past a rank, and sideways only between ranks. */
function lineOf(link, byId, graph, fold, shift) {
  const source = [...link.sources][0].id;
  const from = byId.get(link.from);
  const to = byId.get(link.to);
  const start = from
    ? { x: from.x + (from.exits?.get(`<${source}`) ?? from.width / 2), y: from.y + from.height }
    : { x: fold.entries.get(link.entry), y: TITLE };
  const end = to
    ? { x: to.x + (to.entries?.get(`>${source}`) ?? to.width / 2), y: to.y }
    : { x: fold.exits.get(link.exit), y: fold.height };
  const between = graph.edge(link.from, link.to, link.key).points.slice(1, -1);
  const middle = between.flatMap((point) => passing(point, graph)).map(shift);
  const [, below] = passing(graph.node(link.from), graph).map(shift);
  const [above] = passing(graph.node(link.to), graph).map(shift);
  const stub = { x: start.x, y: Math.max(start.y, below?.y ?? 0) + (from ? STUB : 0) };
  const inner = [stub, ...middle, above && { ...above, x: end.x }];
  const points = [start, ...inner.filter((point) => point && point.y > start.y + 0.6 && point.y < end.y - 0.6), end];
  return { ...link, points, enters: Boolean(to), leaves: Boolean(from) };
}

/** Where a line that goes through a point in a rank enters and leaves that rank; none between ranks. */
function passing(point, graph) {
  const rank = graph.nodes().map((id) => graph.node(id)).filter((node) => node.box && Math.abs(node.y - point.y) < 0.6);
  if (!rank.length) return [];
  const half = Math.max(...rank.map((node) => node.height)) / 2;
  return [{ x: point.x, y: point.y - half }, { x: point.x, y: point.y + half }];
}

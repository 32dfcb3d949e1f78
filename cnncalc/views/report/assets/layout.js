// The layout: the contents of a container are laid out first, then it is one box in its parent.
//
// Lines between containers run through ports: an expanded container has an entry at its top for
// each value that it reads from outside, and an exit at its bottom for each that is read outside.

import { partOf } from "./network.js";

const GAPS = { rankdir: "TB", nodesep: 22, edgesep: 16, ranksep: 42 };
const PADDING = 14;
const TITLE = 26;
const STUB = 14; // pixels a line goes straight down from a box, next to its shape
const LEAD = 24; // pixels between a port and its neighbor

/** The visible `boxes`, with x, y (top left corner), width and height, and the `lines`. */
export function layOut(net, isOpen, sizes) {
  const boxes = [];
  const lines = [];
  const place = placed(net.root, isOpen, sizes);
  flatten(place, 0, 0, boxes, lines);
  boxes.sort(
    (a, b) => a.item.start - b.item.start || (a.item.level ?? 1e9) - (b.item.level ?? 1e9),
  );
  return { width: place.width, height: place.height, boxes, lines };
}

function flatten(place, x, y, boxes, lines) {
  for (const line of place.lines) {
    lines.push({
      ...line,
      points: line.points.map((point) => ({ x: point.x + x, y: point.y + y })),
    });
  }
  for (const child of place.children) {
    const at = {
      item: child.item,
      x: x + child.x,
      y: y + child.y,
      width: child.width,
      height: child.height,
    };
    boxes.push({ ...at, open: Boolean(child.children) });
    if (child.children) flatten(child, at.x, at.y, boxes, lines);
  }
}

/** A container with its contents, whose coordinates are relative to its corner. */
function placed(container, isOpen, sizes) {
  const children = container.items.map((item) =>
    item.kind === "container" && isOpen(item)
      ? placed(item, isOpen, sizes)
      : { item, ...sizes.closed(item) },
  );
  const links = linksOf(container, children);
  const plan = ranked(children, links);
  untwist(children, links, plan);
  const isRoot = container.kind === "root";
  const edge = isRoot ? 4 : PADDING;
  const top = isRoot ? 4 : TITLE + LEAD;
  const { left, right, above, below } = plan.bounds;
  const width = Math.max(right - left + 2 * edge, isRoot ? 0 : sizes.title(container));
  const height = below - above + top + (isRoot ? 4 : LEAD);
  const shift = ({ x, y }) => ({ x: x + (width - right - left) / 2, y: y + top - above });
  children.forEach((child, place) => {
    const { x, y } = shift(plan.nodes.get(place));
    child.x = x - child.width / 2;
    child.y = y - child.height / 2;
  });
  const ports = (side) =>
    new Map(
      links.flatMap((link) =>
        link[side] ? [[link.source.id, shift(plan.nodes.get(link[side])).x]] : [],
      ),
    );
  const result = {
    item: container,
    width,
    height,
    children,
    entries: ports("entry"),
    exits: ports("exit"),
  };
  result.lines = links.map((link, place) => lineOf(link, place, plan, result, shift));
  return result;
}

/**
 * The links between the parts of a container, into it, and out of it; equal links are merged.
 *
 * `from` and `to` are indices of children, or ports: `>0` is the first entry, `<0` the first exit.
 */
function linksOf(container, children) {
  const links = new Map();
  const ports = { ">": new Map(), "<": new Map() };
  const placeOf = new Map(children.map((child, place) => [child.item, place]));
  function port(side, item) {
    if (!ports[side].has(item)) ports[side].set(item, `${side}${ports[side].size}`);
    return ports[side].get(item);
  }
  function add(from, to, source, marks) {
    const alone = children[from]?.children || children[to]?.children || marks.entry || marks.exit;
    const key = `${from} ${to} ${alone ? source.id : ""}`;
    if (!links.has(key))
      links.set(key, { from, to, source, sources: new Set(), readers: new Set(), ...marks });
    links.get(key).sources.add(source);
    return links.get(key);
  }
  for (const reader of leavesOf(container)) {
    const to = placeOf.get(partOf(container, reader));
    for (const source of reader.sources) {
      const from = placeOf.get(partOf(container, source));
      if (from === to) continue;
      const entry = from === undefined ? port(">", source) : undefined;
      add(from ?? entry, to, source, { entry }).readers.add(reader);
    }
    const outside = reader.readers.filter((other) => !partOf(container, other));
    if (outside.length) {
      const exit = port("<", reader);
      const link = add(to, exit, reader, { exit });
      outside.forEach((other) => link.readers.add(other));
    }
  }
  return [...links.values()];
}

/** The layers in a container; of the whole network, also its inputs and outputs. */
function leavesOf(item) {
  return item.items ? item.items.flatMap(leavesOf) : [item];
}

const plans = new Map();

/** The parts of a container in ranks.  Equal containers, such as repeated blocks, share a plan. */
function ranked(children, links) {
  const look = JSON.stringify([
    children.map(({ width, height }) => [width, height]),
    links.map(({ from, to }) => [from, to]),
  ]);
  if (!plans.has(look)) plans.set(look, planOf(children, links));
  return plans.get(look);
}

/** The positions that dagre gives the parts (entries first, exits last), and the links. */
function planOf(children, links) {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ ...GAPS });
  graph.setDefaultEdgeLabel(() => ({}));
  children.forEach(({ width, height }, place) => graph.setNode(String(place), { width, height }));
  links.forEach(({ from, to, entry, exit }, place) => {
    if (entry) anchored(graph, entry, "^", (port, anchor) => [anchor, port]);
    if (exit) anchored(graph, exit, "_", (port, anchor) => [port, anchor]);
    graph.setEdge(String(from), String(to), {}, String(place));
  });
  dagre.layout(graph);
  const nodes = new Map(children.map((_, place) => [place, graph.node(String(place))]));
  for (const id of graph.nodes()) if (/^[<>]/.test(id)) nodes.set(id, graph.node(id));
  const lanes = links.map(({ from, to }, place) =>
    graph.edge(String(from), String(to), String(place)).points.slice(1, -1),
  );
  inFileOrder([...nodes.values()], lanes, children.length);
  return {
    nodes,
    lanes,
    ranks: ranksOf(nodes, children),
    bounds: boundsOf(nodes, children, lanes),
  };
}

/** A port, tied to an anchor so that all ports of its kind are in one rank. */
function anchored(graph, port, anchor, ends) {
  graph.setNode(anchor, { width: 1, height: 0 });
  graph.setNode(port, { width: 1, height: 0 });
  const [from, to] = ends(port, anchor);
  graph.setEdge(from, to, { weight: 20 }, "anchor");
}

/** Mirrors a layout in which most neighbors are in reverse file order. */
function inFileOrder(nodes, lanes, count) {
  let balance = 0;
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++) {
      if (Math.abs(nodes[a].y - nodes[b].y) < 0.6) balance += Math.sign(nodes[b].x - nodes[a].x);
    }
  }
  if (balance >= 0) return;
  for (const point of [...nodes, ...lanes.flat()]) point.x *= -1;
}

/** The center of each rank, with half the height of its tallest part. */
function ranksOf(nodes, children) {
  const ranks = [];
  children.forEach(({ height }, place) => {
    const { y } = nodes.get(place);
    const rank = ranks.find((other) => Math.abs(other.y - y) < 0.6);
    if (rank) rank.half = Math.max(rank.half, height / 2);
    else ranks.push({ y, half: height / 2 });
  });
  return ranks;
}

/** The extent of the parts of a container and of the lines around them. */
function boundsOf(nodes, children, lanes) {
  const at = children.map(({ width, height }, place) => ({ ...nodes.get(place), width, height }));
  const xs = lanes.flat().map((point) => point.x);
  return {
    left: Math.min(...at.map((node) => node.x - node.width / 2), ...xs),
    right: Math.max(...at.map((node) => node.x + node.width / 2), ...xs),
    above: Math.min(...at.map((node) => node.y - node.height / 2)),
    below: Math.max(...at.map((node) => node.y + node.height / 2)),
  };
}

/** Mirrors expanded containers whose ports are in the reverse order of their sources. */
function untwist(children, links, plan) {
  children.forEach((child, place) => {
    if (!child.children) return;
    const ends = links.flatMap(({ from, to, source }, link) => {
      const lane = plan.lanes[link];
      if (from === place)
        return [
          {
            side: "exit",
            inner: child.exits.get(source.id),
            outer: (lane[1] ?? plan.nodes.get(to)).x,
          },
        ];
      if (to === place)
        return [
          {
            side: "entry",
            inner: child.entries.get(source.id),
            outer: (lane.at(-2) ?? plan.nodes.get(from)).x,
          },
        ];
      return [];
    });
    let balance = 0;
    ends.forEach((a, index) => {
      for (const b of ends.slice(index + 1)) {
        if (a.side === b.side)
          balance += Math.sign(b.inner - a.inner) * Math.sign(b.outer - a.outer);
      }
    });
    if (balance < 0) mirror(child);
  });
}

function mirror(place) {
  for (const child of place.children) {
    child.x = place.width - child.x - child.width;
    if (child.children) mirror(child);
  }
  for (const line of place.lines)
    line.points = line.points.map(({ x, y }) => ({ x: place.width - x, y }));
  for (const ports of [place.entries, place.exits])
    ports.forEach((x, id) => ports.set(id, place.width - x));
}

/** The points of a line: vertical through a rank, sideways only between ranks. */
function lineOf({ from, to, source, sources, readers }, place, plan, container, shift) {
  const [upper, lower] = [container.children[from], container.children[to]];
  const start = upper
    ? { x: upper.x + (upper.exits?.get(source.id) ?? upper.width / 2), y: upper.y + upper.height }
    : { x: container.entries.get(source.id), y: TITLE };
  const end = lower
    ? { x: lower.x + (lower.entries?.get(source.id) ?? lower.width / 2), y: lower.y }
    : { x: container.exits.get(source.id), y: container.height };
  const past = (point) => passing(point, plan.ranks).map(shift);
  const below = upper ? past(plan.nodes.get(from))[1].y + STUB : start.y;
  const inner = [{ x: start.x, y: below }, ...plan.lanes[place].flatMap(past)];
  if (lower) inner.push({ x: end.x, y: past(plan.nodes.get(to))[0].y });
  const between = inner.filter((point) => point.y > start.y + 0.6 && point.y < end.y - 0.6);
  return { sources, readers, points: [start, ...between, end], enters: Boolean(lower) };
}

/** The points where a line enters and leaves the rank of a point; none between ranks. */
function passing({ x, y }, ranks) {
  const rank = ranks.find((one) => Math.abs(one.y - y) < 0.6);
  return rank
    ? [
        { x, y: rank.y - rank.half },
        { x, y: rank.y + rank.half },
      ]
    : [];
}

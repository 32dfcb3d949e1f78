// The state of the view of one network (selection, expanded groups), and its listeners.

export function storeOf(net) {
  const listeners = { select: [], expand: [], measure: [], hits: [] };
  const store = {
    net,
    open: new Set(
      net.containers
        .filter((container) => container.type === "branch" || opensAtFirst(net, container))
        .map((container) => container.id),
    ),
    revealed: new Set(),
    selected: null,
    measure: "macs",
    hits: new Set(),
    on: (event, listener) => listeners[event].push(listener),
    notify: (event, value) => listeners[event].forEach((listener) => listener(value)),
    isOpen: (item) => store.open.has(item.id),
    select(item, reveal = true) {
      store.selected = item;
      if (reveal && item) {
        for (let around = item.parent; around; around = around.parent) {
          store.revealed.delete(around.id);
        }
        openAround(store, item);
      }
      store.notify("select", item);
    },
    /** Expands the groups around items; those that the last call expanded are collapsed again. */
    reveal(items) {
      const before = new Set(store.open);
      store.revealed.forEach((id) => store.open.delete(id));
      store.revealed = new Set();
      for (const item of items)
        for (const container of closedAround(store, item)) {
          store.open.add(container.id);
          store.revealed.add(container.id);
        }
      const isKept = [...before].every((id) => store.open.has(id));
      const isSame = isKept && before.size === store.open.size;
      if (!isSame) store.notify("expand", items[0] ?? null);
    },
    toggle(item, open = !store.isOpen(item)) {
      store.revealed.delete(item.id);
      if (open) store.open.add(item.id);
      else store.open.delete(item.id);
      store.notify("expand", item);
    },
    /** Expands the containers above a depth and collapses the others; branches stay expanded. */
    openTo(depth) {
      store.revealed = new Set();
      store.open = new Set(
        net.containers
          .filter((container) => container.type === "branch" || container.level < depth)
          .map((container) => container.id),
      );
      store.notify("expand", null);
    },
    setMeasure(measure) {
      store.measure = measure;
      store.notify("measure", measure);
    },
    setHits(items) {
      store.hits = new Set(items.map((item) => item.id));
      store.notify("hits", items);
    },
  };
  return store;
}

/** Initially, the groups that `cnncalc show` expands are expanded; runs are not. */
const opensAtFirst = (net, container) =>
  container.type !== "run" && container.depth < net.data.depth - 1;

function closedAround(store, item) {
  const closed = [];
  for (let around = item.parent; around?.kind === "container"; around = around.parent) {
    if (!store.isOpen(around)) closed.push(around);
  }
  return closed;
}

function openAround(store, item) {
  const closed = closedAround(store, item);
  closed.forEach((container) => store.open.add(container.id));
  if (closed.length) store.notify("expand", item);
}

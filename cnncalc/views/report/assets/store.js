// The state of the view of one network (selection, expanded groups), and its listeners.

export function storeOf(net) {
  const listeners = { select: [], fold: [], measure: [], hits: [] };
  const store = {
    net,
    open: new Set(
      net.folds
        .filter((fold) => fold.type === "branch" || opensAtFirst(net, fold))
        .map((fold) => fold.id),
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
        for (let fold = item.parent; fold; fold = fold.parent) store.revealed.delete(fold.id);
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
        for (const fold of closedAround(store, item)) {
          store.open.add(fold.id);
          store.revealed.add(fold.id);
        }
      const isKept = [...before].every((id) => store.open.has(id));
      const isSame = isKept && before.size === store.open.size;
      if (!isSame) store.notify("fold", items[0] ?? null);
    },
    toggle(item, open = !store.isOpen(item)) {
      store.revealed.delete(item.id);
      if (open) store.open.add(item.id);
      else store.open.delete(item.id);
      store.notify("fold", item);
    },
    /** Expands the folds above a depth and collapses the others; branches stay expanded. */
    openTo(depth) {
      store.revealed = new Set();
      store.open = new Set(
        net.folds
          .filter((fold) => fold.type === "branch" || fold.level < depth)
          .map((fold) => fold.id),
      );
      store.notify("fold", null);
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
const opensAtFirst = (net, fold) => fold.type !== "run" && fold.depth < net.data.depth - 1;

function closedAround(store, item) {
  const closed = [];
  for (let fold = item.parent; fold && fold.kind === "fold"; fold = fold.parent) {
    if (!store.isOpen(fold)) closed.push(fold);
  }
  return closed;
}

function openAround(store, item) {
  const closed = closedAround(store, item);
  closed.forEach((fold) => store.open.add(fold.id));
  if (closed.length) store.notify("fold", item);
}

// What is chosen and open in the view of one network, and who wants to hear when that changes.

export function storeOf(net) {
  const listeners = { select: [], fold: [], measure: [], hits: [] };
  const store = {
    net,
    open: new Set(net.folds.filter((fold) => fold.type === "branch" || opensAtFirst(net, fold)).map((fold) => fold.id)),
    selected: null,
    measure: "macs",
    hits: new Set(),
    on: (event, listener) => listeners[event].push(listener),
    tell: (event, value) => listeners[event].forEach((listener) => listener(value)),
    isOpen: (item) => store.open.has(item.id),
    select(item, reveal = true) {
      store.selected = item;
      if (reveal && item) openAround(store, item);
      store.tell("select", item);
    },
    toggle(item, open = !store.isOpen(item)) {
      if (open) store.open.add(item.id);
      else store.open.delete(item.id);
      store.tell("fold", item);
    },
    /** Opens the folds around which fewer than so many stand, and closes the others; a branch is open in what is open. */
    openTo(depth) {
      store.open = new Set(net.folds.filter((fold) => fold.type === "branch" || fold.level < depth).map((fold) => fold.id));
      store.tell("fold", null);
    },
    setMeasure(measure) {
      store.measure = measure;
      store.tell("measure", measure);
    },
    setHits(items) {
      store.hits = new Set(items.map((item) => item.id));
      store.tell("hits", items);
    },
  };
  return store;
}

/** The groups that the table of `show` opens at first are open here, too; runs are not. */
const opensAtFirst = (net, fold) => fold.type !== "run" && fold.depth < net.data.depth - 1;

function openAround(store, item) {
  const closed = [];
  for (let fold = item.parent; fold && fold.kind === "fold"; fold = fold.parent) {
    if (!store.isOpen(fold)) closed.push(fold);
  }
  closed.forEach((fold) => store.open.add(fold.id));
  if (closed.length) store.tell("fold", item);
}

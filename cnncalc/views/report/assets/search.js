// The search of the graph, by path, type or arguments, including collapsed groups.

import { el } from "./dom.js";
import { addedBy, groupsOf } from "./network.js";
import { percent, plural, short } from "./numbers.js";

const MAX_LISTED = 40; // hits
const MAX_OPENED = 60; // hits around which groups are expanded

let boxes = 0;

export function searchOf(store) {
  const items = [
    ...groupsOf(store.net), // a group before its first layer
    ...store.net.layers,
  ].sort((a, b) => a.start - b.start);
  const id = `found${boxes++}`;
  const list = el("ul", {
    class: "found",
    id,
    role: "listbox",
    hidden: true,
    "aria-label": "Search results",
  });
  const count = el("span", { class: "count", role: "status" });
  const input = el("input", {
    type: "search",
    placeholder: "Search layers",
    "aria-label": "Search layers and groups",
    role: "combobox",
    "aria-expanded": "false",
    "aria-controls": id,
    autocomplete: "off",
    spellcheck: "false",
  });
  const totals = el("p", { class: "status found-totals", role: "status" });
  const search = { store, items, input, list, count, totals, hits: [], at: -1 };
  input.addEventListener("input", () => look(search));
  input.addEventListener("focus", () => show(search, search.hits.length > 0));
  input.addEventListener("blur", () => setTimeout(() => show(search, false), 150));
  input.addEventListener("keydown", (event) => pressed(search, event));
  return { node: el("div", { class: "search" }, input, count, list), totals, input };
}

function look(search) {
  const word = search.input.value.trim().toLowerCase();
  const fits = (item) =>
    item.path.toLowerCase().includes(word) || item.label.toLowerCase().includes(word);
  search.hits = word ? search.items.filter(fits) : [];
  search.at = -1;
  search.count.textContent = word ? plural(search.hits.length, "hit") : "";
  search.list.replaceChildren(
    ...search.hits.slice(0, MAX_LISTED).map((item, index) => entry(search, item, index)),
  );
  show(search, search.hits.length > 0);
  search.store.reveal(search.hits.length <= MAX_OPENED ? search.hits : []);
  search.store.setHits(search.hits);
  search.totals.textContent = search.hits.length ? totalsOf(search) : "";
}

/** The layers and groups that were found, and what all layers in them add to the totals. */
function totalsOf({ store, hits }) {
  const { net } = store;
  const found = new Set();
  for (const item of hits) for (let at = item.start; at < item.end; at++) found.add(at);
  const amount = (key, word) => {
    const sum = [...found].reduce((all, at) => all + addedBy(net, net.layers[at], key), 0n);
    const part = Number(net.totals[key]) ? `, ${percent(sum, net.totals[key])}` : "";
    return `${short(sum)} ${word}${part}`;
  };
  const groups = hits.filter((item) => item.kind === "container").length;
  const [some, layers] = [plural(groups, "group"), plural(hits.length - groups, "layer")];
  const all = groups ? `${some} and ${layers}, ${plural(found.size, "layer")} in all` : layers;
  return `Found: ${all}; ${amount("params", "params")}; ${amount("macs", "MACs")}`;
}

function entry(search, item, index) {
  return el(
    "li",
    { role: "option", id: `${search.list.id}-${index}`, onpointerdown: () => take(search, item) },
    el("span", { class: "name" }, item.path),
    " ",
    el("span", { class: "label" }, item.label),
  );
}

function show(search, open) {
  search.list.hidden = !open;
  search.input.setAttribute("aria-expanded", String(open));
}

function take(search, item) {
  show(search, false);
  search.store.select(item);
}

function pressed(search, event) {
  const shown = Math.min(search.hits.length, MAX_LISTED);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (!shown) return;
    event.preventDefault();
    show(search, true);
    search.at = (search.at + (event.key === "ArrowDown" ? 1 : -1) + shown) % shown;
    search.input.setAttribute("aria-activedescendant", `${search.list.id}-${search.at}`);
    [...search.list.children].forEach((node, index) =>
      node.setAttribute("aria-selected", String(index === search.at)),
    );
    search.list.children[search.at].scrollIntoView({ block: "nearest" });
  } else if (event.key === "Enter" && shown) {
    take(search, search.hits[Math.max(0, search.at)]);
  } else if (event.key === "Escape") {
    search.input.value = "";
    look(search);
    search.input.blur();
  }
}

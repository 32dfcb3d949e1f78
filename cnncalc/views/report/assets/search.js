// The search of the graph, by path, type or arguments, including collapsed groups.

import { el } from "./dom.js";
import { plural } from "./numbers.js";

const MAX_LISTED = 40; // hits

let boxes = 0;

export function searchOf(store) {
  const items = [
    ...store.net.layers,
    ...store.net.folds.filter((fold) => fold.type !== "run"),
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
  const search = { store, items, input, list, count, hits: [], at: -1 };
  input.addEventListener("input", () => look(search));
  input.addEventListener("focus", () => show(search, search.hits.length > 0));
  input.addEventListener("blur", () => setTimeout(() => show(search, false), 150));
  input.addEventListener("keydown", (event) => pressed(search, event));
  return { node: el("div", { class: "search" }, input, count, list), input };
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
  search.store.setHits(search.hits);
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

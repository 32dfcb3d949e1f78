// The text of the file, with the step of the selected layer and the groups around it marked.

import { el } from "./dom.js";

export function sourceOf(store, reveal) {
  const { net } = store;
  const byLine = firstOfLine(net);
  const lines = net.data.lines.map((text, place) =>
    lineOf(store, text, place + 1, byLine.get(place + 1)),
  );
  const node = el(
    "div",
    { class: "source", tabindex: 0, role: "region", "aria-label": `Text of ${net.show.file}` },
    ...lines,
  );
  let marked = [];
  store.on("select", (item) => {
    marked.forEach((line) => line.classList.remove("step", "around"));
    marked = [];
    for (let around = item; around && around.span; around = around.parent) {
      for (let line = around.span[0]; line <= lastLine(around.span); line++) {
        const row = lines[line - 1];
        if (!row || marked.includes(row)) continue;
        row.classList.add(around === item ? "step" : "around");
        marked.push(row);
      }
    }
    if (item?.span) center(node, lines[item.span[0] - 1]);
  });
  store.showLine = (item) => {
    reveal();
    center(node, lines[item.span[0] - 1]);
    node.scrollIntoView({ block: "nearest" });
    node.focus({ preventScroll: true });
  };
  return node;
}

const MAX_LINES = 12; // of the call of a group that are marked

const lastLine = ([first, last]) => Math.min(last, first + MAX_LINES - 1);

/** The first item of each line, which a click on the line selects. */
function firstOfLine(net) {
  const found = new Map();
  for (const item of [...net.containers, ...net.layers]) {
    if (item.span && !found.has(item.span[0])) found.set(item.span[0], item);
  }
  return found;
}

function lineOf(store, text, number, item) {
  const place = item
    ? el(
        "button",
        {
          class: "place",
          "aria-label": `Line ${number}: select ${item.path}`,
          onclick: () => store.select(item),
        },
        String(number),
      )
    : el("span", { class: "place" }, String(number));
  return el("div", { class: "line" }, place, el("code", {}, text));
}

function center(node, line) {
  if (line) node.scrollTop = line.offsetTop - node.offsetTop - node.clientHeight / 3;
}

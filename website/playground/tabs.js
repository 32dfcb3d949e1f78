// The views of the network: numbers and table, graph, source for PyTorch and Keras.

import { el } from "../../cnncalc/views/report/assets/dom.js";
import { overviewOf } from "../../cnncalc/views/report/assets/overview.js";
import { panelOf } from "../../cnncalc/views/report/assets/panel.js";
import { tableOf } from "../../cnncalc/views/report/assets/table.js";
import { graphParts } from "../../cnncalc/views/report/assets/view.js";

const EXPORTS = { pytorch: "PyTorch", keras: "Keras" };

export function tabsOf(list, place, { goTo, exported }) {
  const views = { table: "Table", graph: "Graph", ...EXPORTS };
  const contents = {
    table: (store) => {
      const [above, below] = summaryOf(store.net);
      return [above, besides(tableOf(store), store), below];
    },
    graph: (store) => {
      const { tools, totals, legend, node } = graphParts(store);
      return [tools, totals, legend, besides(node, store)];
    },
    ...Object.fromEntries(Object.keys(EXPORTS).map((form) => [form, () => [sourceOf(form)]])),
  };
  let current = "table";
  let shown = null;

  /** A view, and next to it the selected layer. */
  function besides(node, store) {
    const panel = panelOf(store);
    if (store.selected) store.select(store.selected, false);
    return el("div", { class: "split" }, node, panel);
  }

  function sourceOf(form) {
    const code = el("code");
    const copy = el(
      "button",
      { type: "button", onclick: () => navigator.clipboard.writeText(code.textContent) },
      "Copy",
    );
    exported(form).then(({ text, problem }) => {
      code.textContent = text || `${EXPORTS[form]} cannot state this network: ${problem}`;
      copy.hidden = !text;
    });
    return el("div", { class: "exported" }, copy, el("pre", { tabindex: 0 }, code));
  }

  function draw() {
    buttons.forEach((button) => {
      const isCurrent = button.dataset.view === current;
      button.setAttribute("aria-selected", String(isCurrent));
      button.setAttribute("tabindex", isCurrent ? "0" : "-1");
    });
    place.setAttribute("aria-labelledby", `tab-${current}`);
    place.classList.toggle("table-view", current === "table");
    if (!shown) return;
    const kept = scrollsOf(place);
    place.replaceChildren(...contents[current](shown));
    restore(place, kept);
  }

  function choose(view) {
    current = view;
    draw();
  }

  const buttons = Object.entries(views).map(([view, title]) =>
    el(
      "button",
      {
        type: "button",
        role: "tab",
        id: `tab-${view}`,
        "data-view": view,
        "aria-controls": "result",
        onclick: () => choose(view),
      },
      title,
    ),
  );
  list.append(...buttons);
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = buttons.findIndex((button) => button.dataset.view === current);
    const next = buttons[(at + step + buttons.length) % buttons.length];
    choose(next.dataset.view);
    next.focus();
  });
  draw();
  return {
    show(store) {
      shown = store;
      store.showLine = (item) => goTo(item.span[0]);
      draw();
    },
  };
}

/** The totals, and what is said of them: the table is between the two. */
function summaryOf(net) {
  const above = overviewOf(net);
  const below = el("section", { class: "overview", "aria-label": "Shares and notes" });
  below.append(...above.querySelectorAll(":scope > :is(.sentence, .breakdown, .notes)"));
  return [above, below];
}

const SCROLLING = ".scroller, .wide-table";

/** Where the parts of a view are scrolled to, so that an edit does not move them. */
const scrollsOf = (place) =>
  [...place.querySelectorAll(SCROLLING)].map((node) => [node.scrollLeft, node.scrollTop]);

function restore(place, kept) {
  [...place.querySelectorAll(SCROLLING)].forEach((node, index) => {
    if (!kept[index]) return;
    [node.scrollLeft, node.scrollTop] = kept[index];
  });
}

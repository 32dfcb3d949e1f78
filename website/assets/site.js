// The scripts of documentation pages other than the search: menu, tables, copying, diagrams.

(() => {
  const all = (selector, where = document) => [...where.querySelectorAll(selector)];

  // On a narrow screen, the navigation is in the menu.
  const menu = document.querySelector("details.menu");
  const pages = document.querySelector("nav.pages");
  const narrow = matchMedia("(max-width: 900px)");
  function place() {
    if (narrow.matches) menu.append(pages);
    else menu.after(pages);
  }
  if (menu && pages) {
    place();
    narrow.addEventListener("change", place);
    pages.querySelector('[aria-current="page"]')?.scrollIntoView({ block: "nearest" });
    scrollTo(0, 0);
    if (location.hash) document.getElementById(decoded(location.hash))?.scrollIntoView();
  }

  function decoded(hash) {
    try {
      return decodeURIComponent(hash.slice(1));
    } catch {
      return "";
    }
  }

  // A button to copy each block of code.
  for (const block of all("main pre:not(.mermaid)")) {
    if (!navigator.clipboard) break;
    const button = document.createElement("button");
    button.className = "copy";
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.querySelector("code").textContent);
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy"), 1500);
    });
    const frame = document.createElement("div");
    frame.className = "code";
    block.replaceWith(frame);
    frame.append(block, button);
  }

  // Tables that can be sorted and filtered.
  const valueOf = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value);
  };
  for (const table of all("table.sortable")) {
    all("th", table).forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        all("th", table).forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const rows = [...table.tBodies[0].rows].sort((a, b) => {
          const [x, y] = [valueOf(a, column), valueOf(b, column)];
          const order = typeof x === "number" ? x - y : x.localeCompare(y);
          return up ? order : -order;
        });
        table.tBodies[0].append(...rows);
      });
    });
  }
  for (const input of all("[data-filter]")) {
    const table = /** @type {HTMLTableElement} */ (document.getElementById(input.dataset.filter));
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/);
      for (const row of table.tBodies[0].rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
      }
    });
  }

  // Diagrams, in the theme of the page.
  const diagrams = all("pre.mermaid");
  const mermaid = window["mermaid"];
  if (diagrams.length && mermaid) {
    const texts = diagrams.map((diagram) => diagram.textContent);
    const draw = () => {
      const dark = document.documentElement.dataset.theme === "dark";
      mermaid.initialize({
        startOnLoad: false,
        theme: dark ? "dark" : "neutral",
        fontFamily: "inherit",
      });
      diagrams.forEach((diagram, index) => {
        delete diagram.dataset.processed;
        diagram.textContent = texts[index];
      });
      mermaid.run({ nodes: diagrams });
    };
    addEventListener("themechange", draw);
    draw();
  }
})();

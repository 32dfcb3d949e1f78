// The search: looks through the sections of all pages.  Its index is a script, so that it also
// works on pages that are opened as files; it is loaded when somebody searches.

(() => {
  const MOST = 12;
  const AROUND = 60; // characters of the text before and after what was found
  const root = document.documentElement.dataset.root;
  const input = /** @type {HTMLInputElement} */ (document.querySelector(".finder input"));
  const list = document.getElementById("found");
  let loading = null;
  let current = -1;

  function loaded() {
    loading ??= new Promise((resolve) => {
      const script = document.createElement("script");
      script.src = `${root}search-index.js`;
      script.onload = () => resolve(window["cnncalcIndex"].map(entryOf));
      document.head.append(script);
    });
    return loading;
  }

  const entryOf = ([path, page, anchor, title, text]) => ({
    href: root + path + (anchor ? `#${anchor}` : ""),
    page,
    title,
    text,
    titleBelow: title.toLowerCase(),
    pageBelow: page.toLowerCase(),
    textBelow: text.toLowerCase(),
  });

  /** How well an entry answers the words of a query; 0 if one of them is missing. */
  function score(entry, query, words) {
    let sum = 0;
    for (const word of words) {
      const at = entry.titleBelow.indexOf(word);
      if (at >= 0) sum += at === 0 || /\W/.test(entry.titleBelow[at - 1]) ? 20 : 8;
      else if (entry.pageBelow.includes(word)) sum += 4;
      else if (entry.textBelow.includes(word)) sum += 2;
      else return 0;
    }
    if (entry.titleBelow === query) sum += 200;
    else if (entry.titleBelow.startsWith(query)) sum += 30;
    else if (entry.textBelow.includes(query)) sum += 2;
    if (entry.page === "Changelog") sum /= 3;
    return sum - Math.min(5, entry.titleBelow.length / 20);
  }

  function found(entries, query) {
    const words = query.split(/\s+/).filter(Boolean);
    return entries
      .map((entry) => ({ entry, rank: score(entry, query, words) }))
      .filter(({ rank }) => rank > 0)
      .sort((a, b) => b.rank - a.rank)
      .slice(0, MOST)
      .map(({ entry }) => ({ ...entry, words }));
  }

  const node = (name, className, ...parts) => {
    const made = document.createElement(name);
    made.className = className;
    made.append(...parts);
    return made;
  };

  /** The text around the first word that is in it. */
  function snippet({ text, textBelow, words }) {
    const word = words.find((one) => textBelow.includes(one));
    if (!word) return text.slice(0, 2 * AROUND);
    const at = textBelow.indexOf(word);
    const start = Math.max(0, at - AROUND);
    const parts = [
      (start ? "… " : "") + text.slice(start, at),
      node("mark", "", text.slice(at, at + word.length)),
      text.slice(at + word.length, at + word.length + AROUND),
    ];
    return node("span", "", ...parts);
  }

  function show(results, query) {
    current = -1;
    list.dataset.query = query;
    list.replaceChildren(
      ...results.map((result, index) => {
        const link = node("a", "", node("span", "title", result.title));
        link.setAttribute("href", result.href);
        link.setAttribute("tabindex", "-1");
        if (result.page !== result.title) link.append(node("span", "page", result.page));
        if (result.text) link.append(node("span", "text", snippet(result)));
        const item = node("li", "", link);
        item.id = `found${index}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        return item;
      }),
    );
    if (!results.length) list.append(node("li", "none", `Nothing found for “${query}”`));
    open(true);
  }

  function open(is) {
    list.hidden = !is;
    input.setAttribute("aria-expanded", String(is));
    if (!is) input.removeAttribute("aria-activedescendant");
  }

  async function search() {
    const query = input.value.trim().toLowerCase();
    if (!query) return open(false);
    const entries = await loaded();
    if (query === input.value.trim().toLowerCase()) show(found(entries, query), query);
  }

  function move(step) {
    const items = [...list.querySelectorAll('[role="option"]')];
    if (!items.length) return;
    current = (current + step + items.length) % items.length;
    items.forEach((item, index) => {
      item.setAttribute("aria-selected", String(index === current));
      if (index === current) item.scrollIntoView({ block: "nearest" });
    });
    input.setAttribute("aria-activedescendant", items[current].id);
  }

  function follow() {
    const links = list.querySelectorAll("a");
    links[Math.max(0, current)]?.click();
  }

  input.addEventListener("focus", loaded);
  input.addEventListener("input", search);
  input.addEventListener("keydown", (event) => {
    const keys = {
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      Enter: follow,
      Escape: () => open(false),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (!target.closest(".finder") || target.closest("a")) open(false);
    else if (target === input && input.value) search();
  });
  document.addEventListener("keydown", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (event.key !== "/" || event.ctrlKey || event.metaKey) return;
    if (target.closest("input, select, textarea, [contenteditable], .editor")) return;
    event.preventDefault();
    input.focus();
  });
})();

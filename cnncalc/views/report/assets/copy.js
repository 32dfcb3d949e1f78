// Copying a table: as cells for a spreadsheet, or as Markdown.

import { el } from "./dom.js";

/**
 * Two buttons that copy the value of `cells`: titles, which columns are right-aligned, and rows.
 */
export function copier(cells) {
  return [
    copyButton("Copy cells", () => asCells(cells())),
    copyButton("Copy Markdown", () => asMarkdown(cells())),
  ];
}

function copyButton(title, text) {
  const button = el("button", { class: "copy" }, title);
  button.addEventListener("click", async () => {
    button.textContent = (await copied(text())) ? "Copied" : "Not copied";
    setTimeout(() => (button.textContent = title), 1500);
  });
  return button;
}

/** Tab-separated rows.  A leading apostrophe keeps a spreadsheet from evaluating a formula. */
function asCells({ titles, rows }) {
  const cell = (text) =>
    (/^[=+\-@]/.test(text) && !/^-?[\d.]+$/.test(text) ? `'${text}` : text).replace(
      /[\t\n\r]/g,
      " ",
    );
  return [titles, ...rows].map((row) => row.map(cell).join("\t")).join("\n") + "\n";
}

function asMarkdown({ titles, right, rows }) {
  const cell = (text) => text.replace(/[\\`*_{}[\]<>#|~]/g, "\\$&").replace(/[\n\r]/g, " ");
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return (
    [
      line(titles),
      line(right.map((is) => (is ? "--:" : "---"))),
      ...rows.map((row) => line(row.map(cell))),
    ].join("\n") + "\n"
  );
}

/** Copies a text.  A page opened from disk may not have the Clipboard API. */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = el("textarea", { class: "offscreen", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

// Light or dark: the theme of the system until the user switches it.  Print is light.

import { el } from "./dom.js";

const dark = matchMedia("(prefers-color-scheme: dark)");
let chosen = null;
let redraw = () => {};

/** The button; `redrawn` draws again what does not follow the style sheet. */
export function themeButton(redrawn = () => {}) {
  redraw = redrawn;
  const button = el("button", { class: "theme", onclick: () => turn(button) });
  dark.addEventListener("change", () => apply(button, chosen));
  addEventListener("beforeprint", () => apply(button, "light"));
  addEventListener("afterprint", () => apply(button, chosen));
  matchMedia("print").addEventListener("change", ({ matches }) =>
    apply(button, matches ? "light" : chosen),
  );
  apply(button, chosen);
  return button;
}

const now = (theme) => theme ?? (dark.matches ? "dark" : "light");

function turn(button) {
  chosen = now(chosen) === "dark" ? "light" : "dark";
  apply(button, chosen);
}

function apply(button, theme) {
  document.documentElement.dataset.theme = now(theme);
  const other = now(theme) === "dark" ? "light" : "dark";
  button.textContent = other === "dark" ? "☾" : "☀";
  button.setAttribute("aria-label", `Change to ${other} colors`);
  button.title = `Change to ${other} colors`;
  redraw();
}

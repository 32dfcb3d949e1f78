// Light or dark: the theme of the system until the reader switches it, on every page.

(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const KEY = "cnncalc-theme";

  const stored = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // a browser that keeps nothing
    }
  };
  const now = () => {
    const chosen = stored();
    if (chosen === "light" || chosen === "dark") return chosen;
    return system.matches ? "dark" : "light";
  };

  function apply() {
    const theme = now();
    document.documentElement.dataset.theme = theme;
    const button = document.querySelector(".top .theme");
    if (!button) return;
    const other = theme === "dark" ? "light" : "dark";
    button.textContent = other === "dark" ? "☾" : "☀";
    button.setAttribute("aria-label", `Change to ${other} colors`);
    button.setAttribute("title", `Change to ${other} colors`);
  }

  function turn() {
    try {
      localStorage.setItem(KEY, now() === "dark" ? "light" : "dark");
    } catch {
      return;
    }
    apply();
    dispatchEvent(new Event("themechange"));
  }

  apply();
  system.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", () => {
    apply();
    document.querySelector(".top .theme")?.addEventListener("click", turn);
  });
})();

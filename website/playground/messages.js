// The messages on the file: errors, warnings and notes, each with its place.

import { el } from "../../cnncalc/views/report/assets/dom.js";
import { plural } from "../../cnncalc/views/report/assets/numbers.js";

const SEVERITIES = ["error", "warning", "note"];
const MOST = 100; // that are listed

export function messagesOf(node, goTo) {
  return {
    show(problems) {
      const counts = SEVERITIES.map((severity) => [
        severity,
        problems.filter((problem) => problem.severity === severity).length,
      ]).filter(([, count]) => count);
      const title = counts.map(([severity, count]) => plural(count, severity)).join(", ");
      node.replaceChildren(
        el("h2", { class: "offscreen" }, "Messages"),
        el("p", { class: "count", role: "status" }, title || "No problems found"),
        el("ul", {}, ...problems.slice(0, MOST).map((problem) => itemOf(problem, goTo))),
      );
    },
  };
}

function itemOf(problem, goTo) {
  const place = el(
    "button",
    { class: "link", type: "button", onclick: () => goTo(problem) },
    `${problem.line}:${problem.column}`,
  );
  const rule = problem.url
    ? el("a", { href: problem.url, class: "rule", target: "_blank" }, problem.rule)
    : el("span", { class: "rule" }, problem.rule);
  const calls = problem.calls.map((call) => `in ${call.label}, line ${call.line}`);
  return el(
    "li",
    { class: problem.severity },
    place,
    " ",
    el("span", { class: "severity" }, `${problem.severity}:`),
    " ",
    el("span", { class: "message" }, problem.message),
    " ",
    rule,
    ...[problem.hint, ...new Set(calls)]
      .filter(Boolean)
      .map((text) => el("p", { class: "hint" }, text)),
  );
}

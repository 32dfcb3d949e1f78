"""The list of rules for people."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ...lint.registry import RULES, load_rule
from ...problem import Severity


def rule_list(enabled: Collection[str], severities: Mapping[str, Severity]) -> str:
    """One line per rule: its name, its severity or `off` if it is not enabled, and what it finds.

    `severities` are those that are not the rule's own.
    """
    width = max(map(len, RULES))
    lines = []
    for name in RULES:
        rule = load_rule(name)
        level = severities.get(name, rule.severity) if name in enabled else "off"
        lines.append(f"{name:{width}}  {level:7}  {rule.summary}\n")
    return "".join(lines)

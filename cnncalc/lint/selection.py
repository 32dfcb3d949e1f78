"""Selects the enabled rules."""

from __future__ import annotations

from collections.abc import Sequence

from ..problem import Error, suggestion
from .registry import RULES, load_rule


class UnknownRule(Error, ValueError):
    """A name that no rule has."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no rule `{name}`: {suggestion(name, RULES)}")
        self.name = name


def select_rules(
    select: Sequence[str] | None, ignore: Sequence[str], configured: Sequence[str] = ()
) -> tuple[str, ...]:
    """The enabled rules, in the order of RULES.  Raises UnknownRule.

    `select` names them, or adds to the default ones as `+name`; `all` is every rule.  The rules
    `configured` by a severity are default ones.
    """
    wanted: set[str] = set()
    select = select or []
    if not select or any(name.startswith("+") for name in select):
        wanted |= {name for name in RULES if load_rule(name).default or name in configured}
    for name in select:
        wanted |= set(RULES) if name == "all" else {checked_name(name.removeprefix("+"))}
    for name in ignore:
        wanted -= set(RULES) if name == "all" else {checked_name(name)}
    return tuple(name for name in RULES if name in wanted)


def checked_name(name: str) -> str:
    """The name itself.  Raises UnknownRule if no rule has it."""
    if name not in RULES:
        raise UnknownRule(name)
    return name

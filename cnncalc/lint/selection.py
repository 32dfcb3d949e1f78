"""Which rules are asked."""

from __future__ import annotations

from collections.abc import Sequence

from ..problem import Error, did_you_mean
from .registry import RULES, rule


class UnknownRule(Error, ValueError):
    """A name that no rule has."""

    def __init__(self, name: str) -> None:
        hint = did_you_mean(name, RULES)
        super().__init__(f"there is no rule `{name}`" + (f": {hint}" if hint else ""))
        self.name = name


def selected(select: Sequence[str] | None, ignore: Sequence[str]) -> tuple[str, ...]:
    """The rules that are asked, in the order of the list.  Raises UnknownRule.

    `select` names them; `+name` adds to those that are on by default, `all` is every one.
    """
    wanted: set[str] = set()
    select = select or []
    if not select or any(name.startswith("+") for name in select):
        wanted |= {name for name in RULES if rule(name).default}
    for name in select:
        wanted |= set(RULES) if name == "all" else {known(name.removeprefix("+"))}
    for name in ignore:
        wanted -= set(RULES) if name == "all" else {known(name)}
    return tuple(name for name in RULES if name in wanted)


def known(name: str) -> str:
    if name not in RULES:
        raise UnknownRule(name)
    return name

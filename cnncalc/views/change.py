"""What has changed in the numbers of networks, in one line."""

from __future__ import annotations

from collections.abc import Mapping

from ..escape import safe
from ..quantities import QUANTITIES
from .text import short_bytes

WatchedNumbers = Mapping[str, int | str]
"""The numbers of a network by the name of the quantity; the output shape is a text."""

SHOWN = ("output", "params", "macs", "peak_bytes", "depth")
MAX_SHOWN = 3  # networks


def change_text(before: Mapping[str, WatchedNumbers], after: Mapping[str, WatchedNumbers]) -> str:
    """The changed numbers of the networks that are in both; empty if there is none in both.

    >>> change_text({"a.yaml": {"params": 4, "macs": 9}}, {"a.yaml": {"params": 36_932, "macs": 2}})
    'params +36,928, MACs -7'
    >>> change_text({"a.yaml": {"output": "10"}}, {"a.yaml": {"output": "7"}})
    'output 10 -> 7'
    """
    common = [name for name in after if name in before]
    found = {name: network_changes(before[name], after[name]) for name in common}
    texts = {name: ", ".join(changes) for name, changes in found.items() if changes}
    if common and not texts:
        return "no number has changed"
    if len(after) == 1:
        return next(iter(texts.values()), "")
    shown = [f"{safe(name)}: {text}" for name, text in texts.items()][:MAX_SHOWN]
    more = [f"{len(texts) - MAX_SHOWN:,} more networks"] if len(texts) > MAX_SHOWN else []
    return "; ".join([*shown, *more])


def network_changes(before: WatchedNumbers, after: WatchedNumbers) -> list[str]:
    """The numbers that have changed, each with its difference."""
    names = [name for name in SHOWN if name in before and name in after]
    return [
        f"{QUANTITIES[name].title} {difference(name, before[name], after[name])}"
        for name in names
        if before[name] != after[name]
    ]


def difference(name: str, before: int | str, after: int | str) -> str:
    """The difference of two numbers, or two texts that are not equal."""
    if isinstance(before, str) or isinstance(after, str):
        return f"{before} -> {after}"
    if QUANTITIES[name].unit == "bytes":
        return f"{'+' if after > before else '-'}{short_bytes(abs(after - before))}"
    return f"{after - before:+,}"

"""Properties that hold for every comparison, and the text of random networks."""

from __future__ import annotations

from collections import Counter
from typing import Any

from cnncalc.difference import Comparison

NUMBERS = ("params", "trainable_params", "buffers", "macs", "flops", "weight_bytes")


def text_of(value: Any) -> str:
    """A step, or a part of one, as flow-style YAML on one line."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {text_of(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(text_of, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def sums_hold(difference: Comparison) -> None:
    """The rows sum to the totals, and every layer is in one."""
    before, after = difference.before, difference.after
    layers = list(difference.layers())
    for name in NUMBERS:
        delta = getattr(after.totals, name) - getattr(before.totals, name)
        assert sum(getattr(entry.delta, name) for entry in layers) == delta, name
        assert sum(getattr(entry.delta, name) for entry in difference.entries) == delta, name
    for name in ("params", "macs"):
        delta = getattr(after.training_totals, name) - getattr(before.training_totals, name)
        assert (
            sum(
                getattr(entry.delta, name) + getattr(entry.delta, f"training_{name}")
                for entry in layers
            )
            == delta
        )
    assert Counter(id(entry.before) for entry in layers if entry.before) == Counter(
        map(id, before.layers)
    )
    assert Counter(id(entry.after) for entry in layers if entry.after) == Counter(
        map(id, after.layers)
    )
    assert [entry.after for entry in layers if entry.after] == list(after.layers)


def mirrors(one: Comparison, other: Comparison) -> None:
    """Two comparisons in opposite directions list the same changes."""
    assert listed(one, False) == listed(other, True)


def listed(difference: Comparison, mirrored: bool) -> Counter[Any]:
    """Every change; with `mirrored`, as the comparison in the other direction lists it."""
    turned = {"added": "removed", "removed": "added"} if mirrored else {}
    found: Counter[Any] = Counter()
    for entry in difference.everything():
        if not (entry.what or entry.is_layer):
            continue
        paths = (entry.path, entry.path_before) if mirrored else (entry.path_before, entry.path)
        changes = [
            (change.name, *(change[:0:-1] if mirrored else change[1:])) for change in entry.changes
        ]
        delta = (
            entry.delta if not mirrored else type(entry.delta)(*(-number for number in entry.delta))
        )
        found[
            paths,
            tuple(turned.get(what, what) for what in entry.what),
            frozenset(changes),
            entry.around,
            entry.is_layer and delta,
        ] += 1
    return found


def copied(chain: list[Any]) -> list[Any]:
    """A deep copy of a chain of steps."""

    def copy(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: copy(part) for key, part in value.items()}
        return [copy(part) for part in value] if isinstance(value, list) else value

    return [copy(step) for step in chain]

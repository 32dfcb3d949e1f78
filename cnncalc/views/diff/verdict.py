"""The result of a comparison in one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ...difference.comparison import ChangeKind, Comparison, ComparisonEntry
from ...escape import safe
from ...problem import count
from ..text import short
from .merged_changes import layer_counts
from .totals import relative

ORDER: tuple[ChangeKind, ...] = ("added", "removed", "moved", "renamed", "changed")


def verdict(comparison: Comparison) -> str:
    """The kinds of changes and their number."""
    if comparison.is_empty:
        return "the layers are equal" if comparison.is_flat else "no difference"
    parts = [
        f"{change.name} changed"
        for change in comparison.declarations.get("network", ())
        if change.name in ("dtype", "input")
    ]
    counts, layers = change_counts(comparison.entries), layer_counts(comparison.entries)
    for (what, noun), number in counts.items():
        inside = layers[what] - counts[what, "layer"]
        whole = what in ("added", "removed") and noun == "group" and inside
        of = f" ({count(inside, 'layer')})" if whole else ""
        parts.append(f"{count(number, noun)} {what}{of}")
    if consequences := layers["consequence"]:
        parts.append(f"{count(consequences, 'layer')} follow{'s' if consequences == 1 else ''}")
    text = ", ".join(parts) or "no layer changed"
    if comparison.is_coarse:
        text += " (aligned coarsely, since the networks have little in common)"
    return f"{text}: both calculate the same" if comparison.calculates_the_same else text


def change_counts(entries: Iterable[ComparisonEntry]) -> Counter[tuple[ChangeKind, str]]:
    """The number of layers and groups by kind of change.

    A group that was added or removed with its contents counts as one change.
    """
    found: Counter[tuple[ChangeKind, str]] = Counter()
    waiting = list(entries)
    while waiting:
        entry = waiting.pop()
        noun = "layer" if entry.is_layer else "repeated step" if entry.is_repeat else "group"
        found.update((what, noun) for what in entry.what if what != "consequence")
        if not entry.is_whole:
            waiting += entry.entries
    keys = sorted(found, key=lambda key: (ORDER.index(key[0]), key[1] == "layer"))
    return Counter({key: found[key] for key in keys})


def summary(comparison: Comparison) -> str:
    """The verdict, and the change of the parameters and MACs."""
    parts = [verdict(comparison)]
    for name, title in (("params", "params"), ("macs", "MACs")):
        before = getattr(comparison.before.totals, name)
        after = getattr(comparison.after.totals, name)
        if before != after:
            share = relative(before, after)
            texts = short(before), short(after)
            earlier, later = texts if texts[0] != texts[1] else (f"{before:,}", f"{after:,}")
            parts.append(f"{title} {earlier} -> {later}" + (f" ({share})" if share else ""))
    return "; ".join(parts)


def variant_line(comparison: Comparison) -> str:
    """A further variant of a file, with its summary."""
    network = (comparison.after if comparison.after.layers else comparison.before).network
    return f"{safe(network.variant or network.name)}: {summary(comparison)}"

"""What happened between two networks, in a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ...difference.comparison import Comparison, Entry, What
from ...problem import count
from ..text import safe, short
from .folds import layer_counts
from .totals import relative

VERBS: dict[What, str] = {
    "added": "added",
    "removed": "removed",
    "moved": "moved",
    "renamed": "renamed",
    "changed": "changed",
}


def verdict(difference: Comparison) -> str:
    """The whole difference in one line."""
    if difference.is_empty:
        return "no difference"
    counts = happened(difference.entries)
    layers = layer_counts(difference.entries)
    parts = [
        f"{change.name} changed"
        for change in difference.said.get("network", ())
        if change.name in ("dtype", "input")
    ]
    for (what, noun), number in counts.items():
        inside = layers[what] - counts[what, "layer"]
        of = (
            f" ({count(inside, 'layer')})"
            if what in ("added", "removed") and noun == "group" and inside
            else ""
        )
        parts.append(f"{count(number, noun)} {VERBS[what]}{of}")
    if layers["consequence"]:
        parts.append(
            f"{count(layers['consequence'], 'layer')} follow"
            + ("s" if layers["consequence"] == 1 else "")
        )
    text = ", ".join(parts) or "no layer changed"
    return f"{text}: both calculate the same" if difference.calculates_the_same else text


def happened(entries: Iterable[Entry]) -> Counter[tuple[What, str]]:
    """How many layers and groups became what; a group that came or went counts as one, whatever is in it."""
    found: Counter[tuple[What, str]] = Counter()
    waiting = list(entries)
    while waiting:
        entry = waiting.pop()
        whole = entry.what in (("added",), ("removed",)) and not entry.around
        noun = "layer" if entry.is_layer else "repeated step" if entry.is_rounds else "group"
        found.update((what, noun) for what in entry.what if what != "consequence")
        if not whole:
            waiting += entry.entries
    order = list(VERBS)
    return Counter(
        dict(
            sorted(found.items(), key=lambda pair: (order.index(pair[0][0]), pair[0][1] == "layer"))
        )
    )


def summary(difference: Comparison) -> str:
    """One line: the verdict, and what it comes to."""
    parts = [verdict(difference)]
    for name, title in (("params", "params"), ("macs", "MACs")):
        before, after = (
            getattr(report.totals, name) for report in (difference.before, difference.after)
        )
        if before != after:
            share = relative(before, after)
            texts = short(before), short(after)
            earlier, later = texts if texts[0] != texts[1] else (f"{before:,}", f"{after:,}")
            parts.append(f"{title} {earlier} -> {later}" + (f" ({share})" if share else ""))
    return "; ".join(parts)


def others_line(difference: Comparison) -> str:
    """Another variant of a file in one line."""
    network = (difference.after if difference.after.layers else difference.before).network
    return f"{safe(network.variant or network.name)}: {summary(difference)}"

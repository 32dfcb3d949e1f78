"""The entries of a Difference -> folds: what changed, in its groups, with what changed alike put together."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from ..diff.difference import Amounts, Change, Entry, What
from ..engine.report import LayerReport
from ..layers.layer import Layer
from ..network import Group
from ..problem import count
from .text import safe

GROUPINGS = ("layers", "branch", "output")  # kinds of groups that no block of the file is


class Fold(NamedTuple):
    """A change, or a group in which something changed; `names` are those of all that changed alike.

    `entry` is the first of them, `text` says what became of them, `counts` of how many layers in them what became;
    `sign` is equal for what changed alike.
    """

    names: tuple[str, ...]
    entry: Entry
    text: str
    delta: Amounts
    times: int
    counts: Counter[What]
    folds: "tuple[Fold, ...]"
    sign: object


def is_whole(entry: Entry) -> bool:
    """Whether an entry came or went with all that is in it."""
    return not entry.around and entry.what in (("added",), ("removed",))


def folded(entries: Iterable[Entry], consequences: bool) -> tuple[Fold, ...]:
    """The folds of what there is to tell, like ones together; `consequences` are told only where asked for."""
    found: dict[object, Fold] = {}
    for entry in entries:
        fold = fold_of(entry, consequences)
        if fold is not None:
            found[fold.sign] = together(found[fold.sign], fold) if fold.sign in found else fold
    return tuple(found.values())


def fold_of(entry: Entry, consequences: bool) -> Fold | None:
    """What there is to tell of an entry; None where nothing is."""
    if entry.is_layer:
        hidden = not entry.what or (entry.what == ("consequence",) and not consequences)
        return None if hidden else one_fold(entry, (), Counter(entry.what))
    folds = folded(entry.entries, consequences)
    if entry.is_rounds and len(entry.entries) > 1:
        folds = tuple([fold._replace(names=("*",)) if len(fold.names) == len(entry.entries) else fold for fold in folds])
    if not folds and not entry.what:
        return None
    layers = Counter(what for inner in entry.within() if inner.is_layer for what in inner.what)
    return one_fold(entry, folds, layers)


def one_fold(entry: Entry, folds: tuple[Fold, ...], counts: Counter[What]) -> Fold:
    text = told(entry)
    inner = () if is_whole(entry) else tuple([(() if entry.is_rounds else fold.names, fold.sign) for fold in folds])
    # The arguments of groups differ more than what they come to.
    sign = entry.is_rounds, entry.is_layer, entry.what, text if entry.what else "", inner
    return Fold((entry.name or entry.path or entry.path_before,), entry, text, entry.delta, 1, counts, folds, sign)


def together(one: Fold, other: Fold) -> Fold:
    """Two folds of one sign as one."""
    inner = () if is_whole(one.entry) else tuple([
        together(x, y)._replace(names=x.names if x.names == y.names else ("*",))
        for x, y in zip(one.folds, other.folds, strict=True)
    ])  # fmt: skip
    text = one.text if one.text == other.text else ""
    delta, counts = one.delta.plus(other.delta), one.counts + other.counts
    return Fold((*one.names, *other.names), one.entry, text, delta, one.times + other.times, counts, inner, one.sign)


# What became of one layer or group, in words


def told(entry: Entry) -> str:
    """What became of a layer or group, in words."""
    if entry.is_rounds:
        return rounds(entry)
    thing = entry.after or entry.before
    if thing is None:
        return ""
    layers = count(sum(one.is_layer for one in entry.within()), "layer")
    if entry.around:
        return f"put around {layers}" if entry.what == ("added",) else "no more around its layers"
    if is_whole(entry):
        words = thing_text(thing, layers)
        return f"{entry.what[0]} {words}{in_training(thing)}"
    parts = [moved(entry)] if "moved" in entry.what else []
    if "renamed" in entry.what:
        parts.append(f"renamed, was {safe(entry.path_before)}")
    parts += changed(entry, thing.node.layer if isinstance(thing, LayerReport) else None)
    return "; ".join(parts) + in_training(thing)


def changed(entry: Entry, layer: Layer | None) -> list[str]:
    changes = ", ".join(change_text(change) for change in entry.changes)
    if "consequence" in entry.what:
        return [f"follows: {changes}" if changes else "follows"]
    kept_kind = layer is not None and "changed" in entry.what and entry.changes[0].name != "type"
    return [f"{safe(layer.kind)} {changes}" if kept_kind and layer else changes] if changes else []


def rounds(entry: Entry) -> str:
    before, after = (sum(bool(getattr(one, name)) for one in entry.entries) for name in ("path_before", "path"))
    counted = f"{before} -> {after} rounds" if before != after and before and after else ""
    return f"renamed, was {safe(entry.path_before)}" if "renamed" in entry.what else counted


def moved(entry: Entry) -> str:
    if entry.path != entry.path_before:
        return f"moved from {safe(entry.path_before)}"
    return "moved"


def in_training(thing: object) -> str:
    return " (training only)" if isinstance(thing, LayerReport) and thing.node.training_only else ""


def layer_text(layer: Layer) -> str:
    return safe(f"{layer.kind} {layer.telling()}".rstrip())


def thing_text(thing: LayerReport | Group, layers: str) -> str:
    """A layer or a group in a few words; `layers` says how many are in it."""
    if isinstance(thing, LayerReport):
        return layer_text(thing.node.layer)
    if thing.kind in GROUPINGS:
        return layers if thing.kind == "layers" else f"{thing.kind} of {layers}"
    return safe(f"{thing.kind} {thing.arguments}".rstrip()) + f" ({layers})"


def change_text(change: Change) -> str:
    """One change: `kernel 5x5 -> 3x3`.  What is told by its place alone has no name."""
    name = "" if change.name == "type" or not change.name.strip() else f"{change.name} "
    none = "none"
    return safe(f"{name}{none if change.before is None else change.before} -> {none if change.after is None else change.after}")


def all_counts(entries: Iterable[Entry]) -> Counter[What]:
    """How many layers became what."""
    return Counter(what for entry in entries for inner in entry.within() if inner.is_layer for what in inner.what)

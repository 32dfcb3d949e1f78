"""The entries of a Difference -> folds: what changed, in its groups, with what changed alike put together."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from ...difference.comparison import Change, Contribution, Entry, What
from ...engine.analysis import LayerAnalysis
from ...layers.layer import Layer
from ...network import GROUPINGS, Group
from ...problem import count
from ..text import safe

FLAGS = ("trainable", "training_only", "shared")  # which any kind of layer has
ORDERED = frozenset[What](("added", "removed", "moved"))


class Fold(NamedTuple):
    """A change, or a group in which something changed; `names` are those of all that changed alike.

    `entry` is the first of them, `text` says what became of them and where, `bare` without the place, `counts` of how many
    layers in them what became; `sign` is equal for what changed alike.
    """

    names: tuple[str, ...]
    entry: Entry
    text: str
    bare: str
    delta: Contribution
    times: int
    counts: Counter[What]
    folds: "tuple[Fold, ...]"
    sign: object


def is_whole(entry: Entry) -> bool:
    """Whether an entry came or went with all that is in it."""
    return not entry.around and entry.what in (("added",), ("removed",))


def folded(entries: Iterable[Entry], consequences: bool, placed: bool = True) -> tuple[Fold, ...]:
    """The folds of what there is to tell, like ones together; `consequences` are told only where asked for.

    `placed` is whether to say where something is: not of rounds, which have numbers, nor inside of what came or went.
    """
    found: dict[object, Fold] = {}
    places = Places()
    for entry in entries:
        fold = fold_of(entry, consequences, places.of(entry) if placed else "")
        if fold is not None:
            found[fold.sign] = together(found[fold.sign], fold) if fold.sign in found else fold
    return tuple(found.values())


def fold_of(entry: Entry, consequences: bool, place: str) -> Fold | None:
    """What there is to tell of an entry; None where nothing is."""
    if entry.is_layer:
        hidden = not entry.what or (entry.what == ("consequence",) and not consequences)
        return None if hidden else one_fold(entry, (), consequences, place)
    folds = folded(entry.entries, consequences, placed=not entry.is_rounds and not is_whole(entry))
    if entry.is_rounds and len(entry.entries) > 1:
        folds = tuple(
            [
                fold._replace(names=("*",)) if len(fold.names) == len(entry.entries) else fold
                for fold in folds
            ]
        )
    if not folds and not entry.what:
        return None
    return one_fold(entry, folds, consequences, place)


def one_fold(entry: Entry, folds: tuple[Fold, ...], consequences: bool, place: str) -> Fold:
    bare, text = told(entry, consequences, None), told(entry, consequences, place)
    inner = (
        ()
        if is_whole(entry)
        else tuple([(() if entry.is_rounds else fold.names, fold.sign) for fold in folds])
    )
    # The arguments of groups differ more than what they come to.
    what = tuple([what for what in entry.what if what != "consequence"])
    sign = entry.is_rounds, entry.is_layer, what, bare if entry.what else "", inner
    return Fold(
        (called(entry),), entry, text, bare, entry.delta, 1, layer_counts([entry]), folds, sign
    )


def together(one: Fold, other: Fold) -> Fold:
    """Two folds of one sign as one."""
    inner = () if is_whole(one.entry) else tuple([
        together(x, y)._replace(names=x.names if x.names == y.names else ("*",))
        for x, y in zip(one.folds, other.folds, strict=True)
    ])  # fmt: skip
    bare = one.bare if one.bare == other.bare else ""
    text = one.text if one.text == other.text else bare
    delta, counts = one.delta.plus(other.delta), one.counts + other.counts
    return Fold(
        (*one.names, *other.names),
        one.entry,
        text,
        bare,
        delta,
        one.times + other.times,
        counts,
        inner,
        one.sign,
    )


class Places:
    """Where what came, went or moved is among the entries of a group, which are asked for in order."""

    def __init__(self) -> None:
        self.earlier: Entry | None = None  # the last that was in the earlier network here
        self.later: Entry | None = None  # the last that is in the later one

    def of(self, entry: Entry) -> str:
        """The place in words; nothing for a branch, which stands beside others, and behind what came or went with it."""
        last = self.earlier if entry.what == ("removed",) else self.later
        if entry.path_before and "moved" not in entry.what and not entry.around:
            self.earlier = entry
        if entry.path:
            self.later = entry
        if entry.around or not ORDERED.intersection(entry.what) or kind_of(entry) == "branch":
            return ""
        if last is None:
            return " at the start"
        return (
            ""
            if last.what[:1] == entry.what[:1] and not last.around
            else f" after {safe(called(last))}"
        )


def called(entry: Entry) -> str:
    return entry.name or entry.path or entry.path_before


def kind_of(entry: Entry) -> str:
    thing = entry.after or entry.before
    return thing.kind if isinstance(thing, Group) else ""


# What became of one layer or group, in words


def told(entry: Entry, consequences: bool, place: str | None) -> str:
    """What became of a layer or group, in words, with its place unless that is None.

    What follows from something else is told where asked for, and else mentioned where it changes a number.
    """
    if entry.is_rounds:
        return rounds(entry)
    thing = entry.after or entry.before
    if thing is None:
        return ""
    if entry.around:
        layers = count(sum(isinstance(one.after, LayerAnalysis) for one in entry.within()), "layer")
        return f"put around {layers}" if entry.what == ("added",) else "no more around its layers"
    if is_whole(entry):
        words = thing_text(thing, count(sum(one.is_layer for one in entry.within()), "layer"))
        return f"{entry.what[0]} {words}{place or ''}{in_training(thing)}"
    parts = (
        [f"{moved(entry)}{', now' if place else ''}{place or ''}"] if "moved" in entry.what else []
    )
    if "renamed" in entry.what:
        parts.append(renamed(entry))
    if "consequence" not in entry.what:
        parts += changed(entry, thing)
    elif consequences or (place is not None and any(entry.delta)):
        parts.append(follows(entry, consequences))
    return "; ".join(parts) + in_training(thing)


def follows(entry: Entry, in_full: bool) -> str:
    changes = ", ".join(change_text(change) for change in entry.changes)
    return f"follows: {changes}" if changes and in_full else "follows"


def changed(entry: Entry, thing: LayerAnalysis | Group) -> list[str]:
    changes = ", ".join(change_text(change) for change in entry.changes)
    if not changes:
        return []
    if entry.changes[0].name == "type" or all(change.name in FLAGS for change in entry.changes):
        return [changes]
    return [
        f"{safe(thing.node.layer.kind if isinstance(thing, LayerAnalysis) else thing.kind)} {changes}"
    ]


def rounds(entry: Entry) -> str:
    if entry.around:
        return "now a repeated step" if entry.what == ("added",) else "no more a repeated step"
    before, after = (
        sum(bool(getattr(one, name)) for one in entry.entries) for name in ("path_before", "path")
    )
    counted = f"{before} -> {after} rounds" if before != after and before and after else ""
    return renamed(entry) if "renamed" in entry.what else counted


def renamed(entry: Entry) -> str:
    return f"renamed, was {safe(name_before(entry))}"


def moved(entry: Entry) -> str:
    """Of what stays in its group it is enough to say where it is now: automatic numbers change with the place."""
    earlier = name_before(entry)
    elsewhere = "." in earlier or (earlier == entry.path_before and entry.path != entry.name)
    return f"moved from {safe(earlier)}" if elsewhere else "moved"


def name_before(entry: Entry) -> str:
    """What something was called, seen from the group that it is in."""
    return entry.path_before.removeprefix(entry.path.removesuffix(entry.name))


def in_training(thing: object) -> str:
    return (
        " (training only)" if isinstance(thing, LayerAnalysis) and thing.node.training_only else ""
    )


def layer_text(layer: Layer) -> str:
    return safe(f"{layer.kind} {layer.label()}".rstrip())


def thing_text(thing: LayerAnalysis | Group, layers: str) -> str:
    """A layer or a group in a few words; `layers` says how many are in it."""
    if isinstance(thing, LayerAnalysis):
        return layer_text(thing.node.layer)
    if thing.kind in GROUPINGS:
        return layers if thing.kind == "layers" else f"{thing.kind} of {layers}"
    return safe(f"{thing.kind} {thing.arguments}".rstrip()) + f" ({layers})"


def change_text(change: Change) -> str:
    """One change: `kernel 5x5 -> 3x3`.  What is told by its place alone has no name."""
    name = "" if change.name == "type" or not change.name.strip() else f"{change.name} "
    none = "none"
    return safe(
        f"{name}{none if change.before is None else change.before} -> {none if change.after is None else change.after}"
    )


def layer_counts(entries: Iterable[Entry]) -> Counter[What]:
    """How many layers became what; what also became something else is no mere consequence."""
    layers = (inner for entry in entries for inner in entry.within() if inner.is_layer)
    return Counter(
        what
        for layer in layers
        for what in layer.what
        if what != "consequence" or len(layer.what) == 1
    )

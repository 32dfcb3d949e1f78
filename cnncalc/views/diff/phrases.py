"""The change of one layer or group in words."""

from __future__ import annotations

from ...difference.comparison import Change, ChangeKind, Comparison, ComparisonEntry
from ...engine.analysis import LayerAnalysis
from ...escape import safe
from ...layers.layer import Layer
from ...network import GROUPINGS, Group, Network
from ...problem import count

FLAGS = ("trainable", "training_only", "shared", "dtype")  # keys of any layer type
PLACED = frozenset[ChangeKind](("added", "removed", "moved"))


class Placement:
    """The positions of added, removed and moved entries in a group.  Pass the entries in order."""

    def __init__(self) -> None:
        self.earlier: ComparisonEntry | None = None  # the last one of the earlier network
        self.later: ComparisonEntry | None = None  # the last one of the later network

    def of(self, entry: ComparisonEntry) -> str:
        """The position in words.

        Empty for a branch, which has no order, and after an entry that changed in the same way.
        """
        last = self.earlier if entry.what == ("removed",) else self.later
        if entry.path_before and "moved" not in entry.what and not entry.around:
            self.earlier = entry
        if entry.path:
            self.later = entry
        if entry.around or not PLACED.intersection(entry.what) or is_branch(entry):
            return ""
        if last is None:
            return " at the start"
        if last.what[:1] == entry.what[:1] and not last.around:
            return ""
        return f" after {safe(entry_name(last))}"


def entry_name(entry: ComparisonEntry) -> str:
    return entry.name or entry.path or entry.path_before


def is_branch(entry: ComparisonEntry) -> bool:
    item = entry.after or entry.before
    return isinstance(item, Group) and item.kind == "branch"


def entry_text(entry: ComparisonEntry, consequences: bool, position: str | None) -> str:
    """The change of a layer or group in words, with its position unless that is None.

    A consequence is described only on request, and mentioned if it changes a number.
    """
    item = entry.after or entry.before
    if entry.is_repeat:
        return repeat_text(entry)
    if item is None:
        return ""
    layers = count(entry.counts.layers, "layer")
    if entry.around:
        return around_text(entry)
    if entry.is_whole:
        return f"{entry.what[0]} {item_text(item, layers)}{position or ''}{training_text(item)}"
    parts = []
    if "moved" in entry.what:
        parts.append(f"{moved_text(entry)}{', now' if position else ''}{position or ''}")
    if "renamed" in entry.what:
        parts.append(renamed_text(entry))
    if "consequence" not in entry.what:
        parts += arguments_text(entry, item)
    elif consequences or (position is not None and any(entry.delta)):
        parts.append(consequence_text(entry, consequences))
    return "; ".join(parts) + training_text(item)


def around_text(entry: ComparisonEntry) -> str:
    if entry.what == ("removed",):
        return "group removed, its layers stay"
    return f"group added around {count(entry.counts.later, 'layer')}"


def consequence_text(entry: ComparisonEntry, in_full: bool) -> str:
    changes = ", ".join(map(change_text, entry.changes))
    return f"follows: {changes}" if changes and in_full else "follows"


def arguments_text(entry: ComparisonEntry, item: LayerAnalysis | Group) -> list[str]:
    if not entry.changes:
        return []
    changes = ", ".join(map(change_text, entry.changes))
    if entry.changes[0].name == "type" or all(change.name in FLAGS for change in entry.changes):
        return [changes]
    kind = item.node.layer.kind if isinstance(item, LayerAnalysis) else item.kind
    return [f"{safe(kind)} {changes}"]


def repeat_text(entry: ComparisonEntry) -> str:
    """The change of a repeated step."""
    if entry.around:
        return "now repeated" if entry.what == ("added",) else "no longer repeated"
    if "renamed" in entry.what:
        return renamed_text(entry)
    before = sum(bool(one.path_before) for one in entry.entries)
    after = sum(bool(one.path) for one in entry.entries)
    return f"{before} -> {after} iterations" if before != after and before and after else ""


def renamed_text(entry: ComparisonEntry) -> str:
    return f"renamed from {safe(name_before(entry))}"


def moved_text(entry: ComparisonEntry) -> str:
    """The path before, if the group changed: automatic numbers change with every move."""
    earlier = name_before(entry)
    elsewhere = "." in earlier or (earlier == entry.path_before and entry.path != entry.name)
    return f"moved from {safe(earlier)}" if elsewhere else "moved"


def name_before(entry: ComparisonEntry) -> str:
    """The path before, relative to the group that the entry is in now."""
    return entry.path_before.removeprefix(entry.path.removesuffix(entry.name))


def counterpart_text(entry: ComparisonEntry, comparison: Comparison) -> str:
    """The name of a layer in the earlier network, if it has another, and its line in a file.

    Empty if there is neither: a model has no lines.
    """
    earlier = place_text(entry.before, comparison.before.network)
    later = place_text(entry.after, comparison.after.network)
    is_named = entry.path and entry.path_before not in ("", entry.path)
    if not is_named:
        return safe(earlier or later)
    if earlier:
        return safe(f"{entry.path_before} in {earlier}")
    return safe(f"{later}, {entry.path_before} before" if later else f"{entry.path_before} before")


def place_text(item: LayerAnalysis | Group | None, network: Network) -> str:
    """The line of a layer, as `net.yaml:12`; empty if it is not in a file."""
    if network.is_imported or not isinstance(item, LayerAnalysis):
        return ""
    return f"{network.file}:{item.node.span.line}"


def training_text(item: LayerAnalysis | Group) -> str:
    training_only = isinstance(item, LayerAnalysis) and item.node.training_only
    return " (training only)" if training_only else ""


def layer_text(layer: Layer) -> str:
    return safe(f"{layer.kind} {layer.label()}".rstrip())


def item_text(item: LayerAnalysis | Group, layers: str) -> str:
    """A layer or a group in a few words; `layers` is the number of layers in it, as text."""
    if isinstance(item, LayerAnalysis):
        return layer_text(item.node.layer)
    if item.kind in GROUPINGS:
        return layers if item.kind == "layers" else f"{item.kind} of {layers}"
    return f"{safe(item.call())} ({layers})"


def change_text(change: Change) -> str:
    """One change, such as `kernel 5x5 -> 3x3`."""
    name = "" if change.name == "type" else f"{change.name} "
    before, after = ("none" if one is None else one for one in (change.before, change.after))
    return safe(f"{name}{before} -> {after}")

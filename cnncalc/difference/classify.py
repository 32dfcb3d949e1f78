"""What became of a layer or a group that is in both networks."""

from __future__ import annotations

from ..engine.analysis import Analysis, LayerAnalysis
from ..layers.layer import Layer, argument_text
from ..network import Network, Node
from .comparison import Change, ChangeKind, Contribution
from .tree import TreeItem
from .wiring import Wiring


class Classifier:
    """Compares what belongs together in two reports."""

    def __init__(self, before: Analysis, after: Analysis, wiring: Wiring) -> None:
        self.before = before
        self.after = after
        self.wiring = wiring

    def layer(
        self, x: TreeItem, y: TreeItem, moved: bool, delta: Contribution
    ) -> tuple[list[ChangeKind], list[Change]]:
        """What became of a layer.  One that moved, or is in what moved, reads something else for that."""
        before, after = self.before.layers[x.start], self.after.layers[y.start]
        changes = changed_arguments(before.node.layer, after.node.layer) + changed_flags(
            before, after
        )
        if not moved and not self.wiring.is_kept(before.node, after.node):
            earlier, later = (
                reads(before.node, self.before.network),
                reads(after.node, self.after.network),
            )
            changes.append(Change("inputs", earlier, later))
        if changes:
            return ["changed"], changes
        followed = changed_shapes(before.node, after.node)
        if followed or numbers(before) != numbers(after) or any(delta._replace(weight_bytes=0)):
            return ["consequence"], followed
        return [], []


def numbers(layer: LayerAnalysis) -> tuple[int, ...]:
    return layer.params, layer.buffers, layer.macs, layer.flops


def changed_arguments(before: Layer, after: Layer) -> list[Change]:
    """The arguments that are not as they were; of another type those that both have."""
    if before is after or (before.kind == after.kind and before == after):
        return []
    earlier, later = before.arguments(), after.arguments()
    changes = []
    if before.kind != after.kind:
        changes.append(Change("type", before.kind, after.kind))
        earlier = {name: value for name, value in earlier.items() if name in later}
        later = {name: value for name, value in later.items() if name in earlier}
    for name in dict.fromkeys((*earlier, *later)):
        if earlier.get(name) != later.get(name):
            changes.append(Change(name, text(earlier.get(name)), text(later.get(name))))
    padding = [(change.before, change.after) for change in changes if change.name == "padding"]
    # Padding at the end is that at the start unless the file says something else.
    return [
        change
        for change in changes
        if change.name != "padding_end" or (change.before, change.after) not in padding
    ]


def text(value: object) -> str | None:
    return None if value is None else argument_text(value)


def changed_flags(before: LayerAnalysis, after: LayerAnalysis) -> list[Change]:
    """Whether it is trained, in training only, and shared; what has no weights cannot be trained."""
    found = []
    for name in ("trainable", "training_only", "shared"):
        earlier, later = getattr(before.node, name), getattr(after.node, name)
        if earlier != later and (name != "trainable" or before.params or after.params):
            found.append(Change(name, text(earlier), text(later)))
    return found


def reads(node: Node, network: Network) -> str:
    return ", ".join(network.path_of(value) for value in node.inputs)


def changed_shapes(before: Node, after: Node) -> list[Change]:
    found = []
    if before.input_shapes != after.input_shapes:
        found.append(
            Change(
                "input",
                " + ".join(map(str, before.input_shapes)),
                " + ".join(map(str, after.input_shapes)),
            )
        )
    if before.shape != after.shape or before.outputs != after.outputs:
        found.append(Change("output", out(before), out(after)))
    return found


def out(node: Node) -> str:
    return " + ".join(map(str, node.shapes))


def group(x: TreeItem, y: TreeItem) -> tuple[list[ChangeKind], list[Change]]:
    """What became of a group.  Other arguments alone are no change of their own: the layers in it show what they do."""
    if x.group is None or y.group is None:
        return [], []
    changes = [Change("type", x.kind, y.kind)] if x.kind != y.kind else []
    what: list[ChangeKind] = ["changed"] if changes else []
    return what, changes + ([] if changes else changed_words(x.group.arguments, y.group.arguments))


def is_renamed(x: TreeItem, y: TreeItem) -> bool:
    """Whether the file gives another name, or gives one or takes it away; automatic names and rounds are counted on."""
    return (x.given or y.given) and x.name != y.name


def changed_words(before: str, after: str) -> list[Change]:
    """The arguments of a call that are not as they were: `64, stride 1` against `96, stride 1`."""
    earlier, later = words(before), words(after)
    return [
        Change(name, earlier.get(name), later.get(name))
        for name in dict.fromkeys((*earlier, *later))
        if earlier.get(name) != later.get(name)
    ]


def words(arguments: str) -> dict[str, str]:
    """Arguments by their names; those that must be given have none, and go by their places.

    >>> words("[1, 2], 64, stride 1")
    {'': '[1, 2]', ' ': '64', 'stride': '1'}
    """
    found: dict[str, str] = {}
    depth, start = 0, 0
    for place, letter in enumerate(arguments + ","):
        depth += (letter in "[(") - (letter in "])")
        if letter == "," and depth <= 0:
            name, space, value = arguments[start:place].strip().partition(" ")
            if space and name.isidentifier():
                found[name] = value
            elif name:
                found[" " * len(found)] = arguments[start:place].strip()
            start = place + 1
    return found

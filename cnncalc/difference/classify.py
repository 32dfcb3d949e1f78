"""Classifies the change of a layer or a group that is in both networks."""

from __future__ import annotations

from collections.abc import Container, Sequence

from ..datum import argument_text
from ..engine.analysis import Analysis, LayerAnalysis
from ..layers.layer import Layer
from ..network import CallArgument, Network, Node, Value
from .comparison import Change, ChangeKind, Contribution
from .tree import TreeItem
from .wiring import Wiring


class Classifier:
    """Compares corresponding layers of two analyses.

    `is_flat`: arguments with which a layer calculates the same are not a change.
    """

    def __init__(
        self, before: Analysis, after: Analysis, wiring: Wiring, *, is_flat: bool = False
    ) -> None:
        self.before = before
        self.after = after
        self.wiring = wiring
        self.is_flat = is_flat

    def layer(
        self, x: TreeItem, y: TreeItem, moved: bool, delta: Contribution
    ) -> tuple[list[ChangeKind], list[Change]]:
        """The changes of a layer.  The inputs of a layer that moved are not compared."""
        before, after = self.before.layers[x.start], self.after.layers[y.start]
        changes = changed_flags(before, after) + self.changed_types(before.node, after.node)
        if not (self.is_flat and calculate_the_same(before.node, after.node)):
            changes = changed_arguments(before.node.layer, after.node.layer) + changes
        if not moved and not self.wiring.is_kept(before.node, after.node):
            earlier, later = self.reads_before(before.node), reads(after.node, self.after.network)
            changes.append(Change("inputs", earlier, later))
        if changes:
            return ["changed"], changes
        followed = changed_shapes(before.node, after.node)
        if followed or numbers(before) != numbers(after) or any(delta._replace(weight_bytes=0)):
            return ["consequence"], followed
        return [], []

    def changed_types(self, before: Node, after: Node) -> list[Change]:
        """The change of the `dtype` of a layer, not of that of the network."""
        earlier, later = (
            own_types(before, self.before.network),
            own_types(after, self.after.network),
        )
        if before.dtype == after.dtype or earlier == later:
            return []
        return [Change("dtype", earlier, later)]

    def reads_before(self, node: Node) -> str:
        """What an earlier layer reads; if names do not count, as the later network calls it."""
        if not self.is_flat:
            return reads(node, self.before.network)
        return ", ".join(map(self.later_path, node.inputs))

    def later_path(self, value: Value) -> str:
        source = self.wiring.before.source(value)
        if source is None or value.node < -len(self.after.network.inputs):
            return self.before.network.path_of(value)
        return self.after.network.path_of(value._replace(node=source[0]))


def own_types(node: Node, network: Network) -> str | None:
    """The types of a layer if they are not those of the network."""
    return None if node.dtype == network.types else node.dtype.text


def calculate_the_same(before: Node, after: Node) -> bool:
    """True if two layers do, for inputs of their shapes."""
    canonical = [node.layer.canonical(*node.input_shapes) for node in (before, after)]
    return canonical[0] == canonical[1]


def numbers(layer: LayerAnalysis) -> tuple[int, ...]:
    return layer.params, layer.buffers, layer.macs, layer.flops


def changed_arguments(before: Layer, after: Layer) -> list[Change]:
    """The arguments that changed; if the type changed, only those that both types have."""
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
    # By default the padding at the end follows that at the start.
    return [
        change
        for change in changes
        if change.name != "padding_end" or (change.before, change.after) not in padding
    ]


def text(value: object) -> str | None:
    return None if value is None else argument_text(value)


def changed_flags(before: LayerAnalysis, after: LayerAnalysis) -> list[Change]:
    """The changes of `trainable` (only of layers with weights), `training_only` and `shared`."""
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
    """The changes of a group.

    Changed arguments alone are not a change of the group: they show in its layers.
    """
    if x.group is None or y.group is None:
        return [], []
    changes = [Change("type", x.kind, y.kind)] if x.kind != y.kind else []
    what: list[ChangeKind] = ["changed"] if changes else []
    return what, changes + ([] if changes else changed_calls(x.group.arguments, y.group.arguments))


def is_renamed(x: TreeItem, y: TreeItem) -> bool:
    """True if a name of the file changed; automatic names and iteration numbers may shift."""
    return (x.given or y.given) and x.name != y.name


def changed_calls(before: Sequence[CallArgument], after: Sequence[CallArgument]) -> list[Change]:
    """The changed arguments of a call.

    Arguments correspond by name.  A required one that has another name and the same value in the
    other call is not a change: its parameter was renamed.
    """
    earlier = {argument.name: argument.text for argument in before}
    later = {argument.name: argument.text for argument in after}
    for x, y in zip(required_but(before, later), required_but(after, earlier), strict=False):
        if x.text == y.text:
            del earlier[x.name], later[y.name]
    changes = [
        Change(name, earlier.get(name), later.get(name))
        for name in dict.fromkeys((*earlier, *later))
    ]
    return [change for change in changes if change.before != change.after]


def required_but(arguments: Sequence[CallArgument], others: Container[str]) -> list[CallArgument]:
    """The required arguments without those of other names."""
    return [one for one in arguments if one.required and one.name not in others]

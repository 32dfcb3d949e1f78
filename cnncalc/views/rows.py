"""The rows of a network's table: its layers in file order, folded into groups to a depth."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from ..engine.report import GroupReport, LayerReport, Report
from ..network import Network, Value
from ..shape import Shape

COMFORTABLE = 40  # rows; a table opens its groups as far as it stays within these


class Row(NamedTuple):
    """One row.  `level` is how far it is indented; the heading of an open group has no numbers."""

    path: str
    level: int
    kind: str
    telling: str
    output: str
    params: int | None
    macs: int | None
    marks: tuple[str, ...]


def rows(report: Report, depth: int | None) -> list[Row]:
    """The rows at a depth: 1 folds every group, 2 opens the outermost, and so on.  None: as far as is comfortable."""
    if depth is None:
        depth = comfortable_depth(report)
    return list(folded(report, depth))


def comfortable_depth(report: Report) -> int:
    deepest = max((group.group.depth for group in report.groups), default=-1) + 2
    for depth in range(deepest, 1, -1):
        if len(list(islice(folded(report, depth), COMFORTABLE + 1))) <= COMFORTABLE:
            return depth
    return 1


def folded(report: Report, depth: int) -> Iterator[Row]:
    """Groups inside `depth - 1` others are one row; of those around them there is a heading, and then what is in them."""
    starting: dict[int, list[GroupReport]] = {}
    for group in report.groups:
        if group.group.depth < depth and group.group.start < group.group.end:
            starting.setdefault(group.group.start, []).append(group)
    index = 0
    open_ends: list[int] = []
    while index < len(report.layers):
        while open_ends and open_ends[-1] <= index:
            open_ends.pop()
        for group in starting.get(index, ()):  # the outer before the inner
            if group.group.depth == depth - 1:
                yield group_row(group, report, len(open_ends), numbers=True)
                index = group.group.end
                break
            yield group_row(group, report, len(open_ends), numbers=False)
            open_ends.append(group.group.end)
        else:
            yield layer_row(report.layers[index], len(open_ends))
            index += 1


def layer_row(layer: LayerReport, level: int) -> Row:
    node = layer.node
    shape = " + ".join(map(str, node.pieces)) if node.pieces else str(node.shape)
    marks = marked(node.training_only, not node.trainable and layer.params > 0, node.shared)
    return Row(node.path, level, node.layer.kind, node.layer.telling(), shape, layer.params, layer.macs, marks)


def group_row(report: GroupReport, whole: Report, level: int, numbers: bool) -> Row:
    group = report.group
    inside = whole.layers[group.start : group.end]
    frozen = any(layer.params for layer in inside) and not any(layer.node.trainable for layer in inside if layer.params)
    tags = {layer.node.shared for layer in inside if layer.node.weight_key}
    shared = next(iter(tags)) if len(tags) == 1 else None
    marks = marked(all(layer.node.training_only for layer in inside), frozen, shared)
    outputs = " + ".join(str(value.shape) for value in group.outputs)
    if not numbers:
        return Row(group.path, level, group.kind, group.arguments, "", None, None, marks)
    return Row(group.path, level, group.kind, group.arguments, outputs, report.params, report.macs, marks)


def marked(training_only: bool, frozen: bool, shared: str | None) -> tuple[str, ...]:
    found = []
    if training_only:
        found.append("training only")
    if frozen:
        found.append("frozen")
    if shared:
        found.append(f"shared {shared}")
    return tuple(found)


def shapes(network: Network, values: dict[str, Shape] | dict[str, Value]) -> str:
    """Named shapes in words: `3x224x224`, or `left 1x105x105, right 1x105x105`."""
    found = {name: value.shape if isinstance(value, Value) else value for name, value in values.items()}
    if len(found) == 1:
        return str(next(iter(found.values())))
    return ", ".join(f"{name} {shape}" for name, shape in found.items())

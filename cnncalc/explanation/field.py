"""How a receptive field grew, step by step from the input: by the recurrence of Araujo et al., Distill, 2019."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from typing import Any, NamedTuple

from ..engine.receptive_field import AxisField, start, through
from ..engine.report import Report
from ..layers.layer import View


class FieldStep(NamedTuple):
    """One layer on the way: its field along each axis, and what it saw of the field before; None where it is all of it."""

    path: str
    kind: str
    before: tuple[AxisField | None, ...]
    views: tuple[View | None, ...]
    after: tuple[AxisField | None, ...]


def field_steps(report: Report, index: int) -> list[FieldStep]:
    """The layers that change the field on the way to a layer, from the input on.

    Of the values that enter a join the one with the largest field is followed.
    """
    layers, network = report.layers, report.network
    entries = [start(shape) for shape in network.inputs.values()]
    steps: list[FieldStep] = []
    while index >= 0:
        node = network.nodes[index]
        views = node.layer.views(*node.input_shapes)
        after = layers[index].receptive_field or (None,) * len(node.shape.space)
        ways: list[tuple[Any, int, FieldStep]] = []
        for value, shape in zip(node.inputs, node.input_shapes, strict=True):
            before = entries[-1 - value.node] if value.node < 0 else layers[value.node].receptive_field
            if before is None:
                if value.node < 0:
                    continue
                before = (None,) * len(shape.space)
            step = FieldStep(node.path, node.layer.kind, before, tuple(views), after)
            ways.append((size_of(through(before, shape, node.shape, views)), value.node, step))
        if not ways:
            break
        _, index, step = max(ways, key=lambda way: way[0])
        if step.before != step.after:
            steps.append(step)
    return steps[::-1]


def size_of(field: tuple[AxisField | None, ...]) -> Any:
    """A size to compare fields by: what is the whole input is the largest."""
    return max((float("inf") if axis is None else axis.size for axis in field), default=0)

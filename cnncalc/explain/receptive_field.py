"""How a receptive field grew, step by step from the input: by the recurrence of Araujo et al., Distill, 2019."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from typing import Any, NamedTuple

from ..engine.analysis import Analysis
from ..engine.receptive_field import AxisField, input_field, through
from ..layers.layer import Footprint


class FieldStep(NamedTuple):
    """One layer on the way: its field along each axis, and what it saw of the field before; None where it is all of it."""

    path: str
    kind: str
    before: tuple[AxisField | None, ...]
    footprints: tuple[Footprint | None, ...]
    after: tuple[AxisField | None, ...]


Ways = dict[int, tuple[int, FieldStep] | None]
"""Of each layer that was looked at: its own step, and the layer before it on the way."""


def field_steps(report: Analysis, index: int, known: Ways | None = None) -> list[FieldStep]:
    """The layers that change the field on the way to a layer, from the input on.

    Of the values that enter a join the one with the largest field is followed.  `known` is kept from one call to the next.
    """
    known = {} if known is None else known
    steps: list[FieldStep] = []
    while index >= 0:
        if index not in known:
            known[index] = way_back(report, index)
        way = known[index]
        if way is None:
            break
        index, step = way
        if step.before != step.after:
            steps.append(step)
    return steps[::-1]


def way_back(report: Analysis, index: int) -> tuple[int, FieldStep] | None:
    """The step of a layer and what it reads; None where it reads no map."""
    network = report.network
    node = network.nodes[index]
    footprints = node.layer.footprints(*node.input_shapes)
    after = report.layers[index].receptive_field or (None,) * len(node.shape.spatial)
    ways: list[tuple[Any, int, FieldStep]] = []
    for value, shape in zip(node.inputs, node.input_shapes, strict=True):
        if value.node >= 0:
            before = report.layers[value.node].receptive_field or (None,) * len(shape.spatial)
        elif shape.spatial:
            before = input_field(shape) or ()
        else:
            continue
        step = FieldStep(node.path, node.layer.kind, before, tuple(footprints), after)
        ways.append((size_of(through(before, shape, node.shape, footprints)), value.node, step))
    return max(ways, key=lambda way: way[0])[1:] if ways else None


def size_of(field: tuple[AxisField | None, ...]) -> Any:
    """A size to compare fields by: what is the whole input is the largest."""
    return max((float("inf") if axis is None else axis.size for axis in field), default=0)

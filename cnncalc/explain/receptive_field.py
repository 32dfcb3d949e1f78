"""How a receptive field grows, layer by layer from the input.

By the recurrence of Araujo et al., Computing Receptive Fields of CNNs, Distill, 2019.
"""

from __future__ import annotations

from typing import Any

from ..engine.analysis import Analysis
from ..engine.receptive_field import AxisField, input_field, through
from ..layers.footprint import Footprint
from ..named_tuple import NamedTuple


class FieldStep(NamedTuple):
    """One layer on the way from the input, and its receptive field before and after, per axis.

    `footprints` are the parts of the input that one output position of the layer reads.  None
    means the whole axis.
    """

    path: str
    kind: str
    before: tuple[AxisField | None, ...]
    footprints: tuple[Footprint | None, ...]
    after: tuple[AxisField | None, ...]


KnownSteps = dict[int, tuple[int, FieldStep] | None]
"""By layer: the layer that it reads (below 0: an input), and its own step."""


def field_steps(analysis: Analysis, index: int, known: KnownSteps | None = None) -> list[FieldStep]:
    """The layers that change the receptive field, from the input to the layer of that index.

    At a join, the operand with the largest field is followed.  Pass the same `known` to several
    calls to share their work.
    """
    known = {} if known is None else known
    steps: list[FieldStep] = []
    while index >= 0:
        if index not in known:
            known[index] = last_step(analysis, index)
        found = known[index]
        if found is None:
            break
        index, step = found
        if step.before != step.after:
            steps.append(step)
    return steps[::-1]


def last_step(analysis: Analysis, index: int) -> tuple[int, FieldStep] | None:
    """The layer that a layer reads, and its own step; None if it reads no feature map."""
    network = analysis.network
    node = network.nodes[index]
    footprints = node.layer.footprints(*node.input_shapes)
    merged = node.layer.merged_positions(*node.input_shapes)
    if merged is not None and len(merged.sizes) > 1:
        footprints = merged.footprints
    after = analysis.layers[index].receptive_field or (None,) * len(node.shape.spatial)
    choices: list[tuple[Any, int, FieldStep]] = []
    for position, (value, shape) in enumerate(zip(node.inputs, node.input_shapes, strict=True)):
        own = footprints
        if node.layer.reads_all(position, node.input_shapes):
            own = (None,) * len(node.shape.spatial)
        if value.node >= 0:
            read = analysis.layers[value.node]
            if read.receptive_field is None and not read.sees_all:
                continue  # it depends on no map
            before = read.receptive_field or (None,) * len(shape.spatial)
        elif shape.spatial:
            before = input_field(shape) or ()
        else:
            continue
        step = FieldStep(node.path, node.layer.kind, before, tuple(own), after)
        size = largest_size(through(before, shape, node.shape, own))
        choices.append((size, value.node, step))
    return max(choices, key=lambda choice: choice[0])[1:] if choices else None


def largest_size(field: tuple[AxisField | None, ...]) -> Any:
    """The size to compare fields by: the whole input is larger than any number."""
    return max((float("inf") if axis is None else axis.size for axis in field), default=0)

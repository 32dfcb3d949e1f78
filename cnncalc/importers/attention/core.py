"""The products of attention: softmax(Q K^T) V, where linear layers make Q, K and V."""

from __future__ import annotations

from math import prod
from typing import Any

from ...named_tuple import NamedTuple
from ...sketch import SketchLayer, SketchValue
from ..compositions import REARRANGING
from ..rewrite import Rewrite

Steps = tuple[tuple[int, int | None], ...]
"""Layers one after the other, each with the part of its output that the next one reads."""

PLAIN = frozenset(("out", "bias", "axis"))
"""The arguments of a linear layer that is a projection; the others have their defaults."""

MOST_STEPS = 60
"""Of layers that rearrange one after the other: attention has a few."""


class ProjectedOperand(NamedTuple):
    """Queries, keys or values.

    `projection` is the linear layer that makes them, `steps` rearrange its output, and `factor` is
    the product of the numbers that they are multiplied by.
    """

    projection: int
    steps: Steps
    factor: float


class AttentionCore(NamedTuple):
    """The products of queries and keys and of scores and values, with the softmax between them.

    `last` is the second product, `factor` all that the scores are multiplied by, and `members` are
    all layers from the projections on.  `bias` is the layer of weights that is added to the scores.
    """

    query: ProjectedOperand
    key: ProjectedOperand
    value: ProjectedOperand
    last: int
    factor: float
    members: frozenset[int]
    bias: int | None = None

    @property
    def operands(self) -> tuple[ProjectedOperand, ProjectedOperand, ProjectedOperand]:
        return self.query, self.key, self.value


def core_around(rewrite: Rewrite, softmax: int) -> AttentionCore | None:
    """The products around a softmax over the last axis; None if there are others."""
    layer = rewrite.layers[softmax]
    axis: Any = layer.arguments.get("axis", 0)
    last = only_reader(rewrite, softmax)
    if axis % len(layer.shape) != len(layer.shape) - 1 or last is None:
        return None
    weighted = rewrite.layers[last]
    biased = biased_scores(rewrite, layer.values[0].layer)
    scores = layer.values[0].layer if biased is None else biased.scores
    first, scaling, factor = scaled(rewrite, scores)
    if first < 0 or {rewrite.layers[first].kind, weighted.kind} != {"matmul"}:
        return None
    if weighted.values[0].layer != softmax:
        return None
    query = operand_of(rewrite, rewrite.layers[first].values[0])
    key = operand_of(rewrite, rewrite.layers[first].values[1])
    value = operand_of(rewrite, weighted.values[1])
    if query is None or key is None or value is None:
        return None
    members = {first, *scaling, softmax, last}
    for operand in (query, key, value):
        members |= {operand.projection, *(index for index, _ in operand.steps)}
    if biased is not None:
        members |= {layer.values[0].layer, biased.bias}
    factor *= query.factor * key.factor
    bias = None if biased is None else biased.bias
    return AttentionCore(query, key, value, last, factor, frozenset(members), bias)


class BiasedScores(NamedTuple):
    """The layer of scores to which weights are added, and the one of these weights."""

    scores: int
    bias: int


def biased_scores(rewrite: Rewrite, layer: int) -> BiasedScores | None:
    """What is added, if a layer adds something computed of weights alone for each head."""
    added = rewrite.layers[layer] if layer >= 0 else None
    if added is None or added.kind != "add" or len(added.values) != 2:
        return None
    scores, bias = (value.layer for value in added.values)
    if min(scores, bias) < 0 or not rewrite.is_read_once(bias):
        return None
    weights = rewrite.layers[bias]
    is_of_weights = weights.kind == "custom" and not weights.inputs and weights.params > 0
    is_for_all = weights.shape.elements == prod(added.shape[-3:]) and len(added.shape) > 2
    return BiasedScores(scores, bias) if is_of_weights and is_for_all else None


def scaled(rewrite: Rewrite, layer: int) -> tuple[int, list[int], float]:
    """The layer before multiplications by numbers, these, and the product of the numbers."""
    passed: list[int] = []
    factor = 1.0
    while (
        layer >= 0
        and len(passed) < MOST_STEPS
        and (number := multiplier(rewrite.layers[layer])) is not None
    ):
        passed.append(layer)
        factor *= number
        layer = rewrite.layers[layer].values[0].layer
    return layer, passed, factor


def only_reader(rewrite: Rewrite, layer: int) -> int | None:
    """The layer that alone reads the output of another one."""
    return rewrite.readers[layer, None][0] if rewrite.is_read_once(layer) else None


def multiplier(layer: SketchLayer) -> float | None:
    """The number that a layer multiplies by; None for other layers."""
    numbers = [entry for entry in layer.inputs if not isinstance(entry, SketchValue)]
    if len(layer.inputs) != 2 or len(numbers) != 1:
        return None
    if layer.kind == "mul":
        return float(numbers[0])
    is_divisor = layer.kind == "div" and isinstance(layer.inputs[0], SketchValue)
    return 1 / numbers[0] if is_divisor and numbers[0] else None


def operand_of(rewrite: Rewrite, value: SketchValue) -> ProjectedOperand | None:
    """An operand of a product; None unless it is made by a linear layer alone."""
    steps: list[tuple[int, int | None]] = []
    factor = 1.0
    while value.layer >= 0 and len(steps) < MOST_STEPS:
        layer = rewrite.layers[value.layer]
        if layer.kind == "linear" and layer.arguments.keys() <= PLAIN:
            return ProjectedOperand(value.layer, tuple(steps[::-1]), factor)
        number = multiplier(layer)
        if layer.kind not in REARRANGING and number is None:
            return None
        steps.append(value.key)
        factor *= 1 if number is None else number
        value = layer.values[0]
    return None

"""Reading the value of a quantity from an Analysis: of the network, or of a range of its layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter

from ..quantities import QUANTITIES
from ..shape import Shape
from .aggregation import depth_of, trainable, with_distinct_weights
from .analysis import Analysis, LayerAnalysis


def network_value(analysis: Analysis, name: str) -> int | Shape:
    """The value of a quantity for the whole network and its batch."""
    found: int | Shape = attrgetter(QUANTITIES[name].path)(analysis)
    return found


def network_number(analysis: Analysis, name: str) -> int:
    """The value of a quantity that is a number."""
    found = network_value(analysis, name)
    assert isinstance(found, int), name
    return found


def number_of(analysis: Analysis, name: str) -> int | float | None:
    """The value of a quantity of the network or of a supplement; None if there is none."""
    if QUANTITIES[name].path:
        return network_number(analysis, name)
    numbers = (one.numbers for one in analysis.supplements)
    return next((found[name] for found in numbers if name in found), None)


def per_sample(analysis: Analysis, name: str, value: int) -> int:
    """A value of the whole batch for one sample; exact, since the batch size divides it."""
    return value // analysis.batch if QUANTITIES[name].per_sample else value


def range_number(analysis: Analysis, name: str, start: int, end: int) -> int:
    """The value of a quantity for the layers from `start` to before `end`, and the batch."""
    combination = QUANTITIES[name].layers
    if combination == "depth":
        return depth_of(analysis.network, range(start, end))
    return COMBINATIONS[combination](analysis.layers[start:end], name)


def added_number(layer: LayerAnalysis, name: str) -> int:
    """What a layer adds to the network's total of a quantity, so that its layers sum up to it.

    Nothing if it exists only in training, and no weights that an earlier layer has.
    """
    if layer.node.training_only:
        return 0
    combination = QUANTITIES[name].layers
    if combination == "flash":
        return 0 if layer.flash.repeats else layer.flash_bytes
    if combination != "sum" and layer.repeats:
        return 0
    if combination == "trainable":
        return layer.params if layer.trains else 0
    value: int = getattr(layer, name)
    return value


def summed(layers: Sequence[LayerAnalysis], name: str) -> int:
    return sum(getattr(layer, name) for layer in layers)


def largest(layers: Sequence[LayerAnalysis], name: str) -> int:
    return max((getattr(layer, name) or 0 for layer in layers), default=0)


def stored_number(layers: Sequence[LayerAnalysis], name: str) -> int:
    return sum([getattr(layer, name) for layer in with_distinct_weights(layers)])


def trainable_number(layers: Sequence[LayerAnalysis], name: str) -> int:
    return trainable(layers)


def flash_number(layers: Sequence[LayerAnalysis], name: str) -> int:
    keyed = {layer.flash.key or index: layer for index, layer in reversed([*enumerate(layers)])}
    return sum([layer.flash_bytes for layer in keyed.values()])


def applies(name: str, analysis: Analysis) -> bool:
    """Whether a network has a quantity where nobody asks for it."""
    if any(name in one.numbers for one in analysis.supplements):
        return True
    quantity = QUANTITIES[name]
    return bool(quantity.path) and (not quantity.quantized or analysis.is_quantized)


COMBINATIONS: dict[str, Callable[[Sequence[LayerAnalysis], str], int]] = {
    "sum": summed,
    "max": largest,
    "stored": stored_number,
    "trainable": trainable_number,
    "flash": flash_number,
}
"""The functions that combine the values of several layers."""

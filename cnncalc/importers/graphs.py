"""Graphs as numbers: two values have the same number if they are calculated in the same way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from ..engine.analysis import Cost
from ..engine.calculation import costs_of
from ..layers import layer_class
from ..network import Network
from ..sketch import Sketch
from .builder import CUSTOM

STATED = frozenset((CUSTOM,))
"""Layers whose inputs do not count: in a file, each has some, also if the model has none there."""

WHOLE = -1
"""In place of the part of a value that is not one of several."""


class Calculations:
    """The numbers of all values that are calculated differently, in some graphs."""

    def __init__(self) -> None:
        self.numbers: dict[Any, int] = {}

    def of_layers(self, layers: Iterable[tuple[str, Any, Sequence[Any]]]) -> list[int]:
        """Of layers by their kind, facts and inputs: (layer, part), where input k is -1 - k."""
        numbers = self.numbers
        found: list[int] = []
        for kind, facts, inputs in layers:
            read = [
                (found[layer] if layer >= 0 else layer, WHOLE if part is None else part)
                for layer, part in inputs
            ]
            if len(read) > 1 and layer_class(kind).is_commutative:
                read.sort()
            found.append(numbers.setdefault((kind, facts, tuple(read)), len(numbers)))
        return found


def of_sketch(sketch: Sketch, known: Calculations) -> list[int]:
    """The calculations of the layers of a Sketch."""
    layers = []
    for layer in sketch.layers:
        shape = () if layer.parts else tuple(layer.shape)
        inputs = [] if layer.kind in STATED else [value.key for value in layer.values]
        layers.append((layer.kind, (shape, layer.params), inputs))
    return known.of_layers(layers)


def of_network(network: Network, costs: Sequence[Cost], known: Calculations) -> list[int]:
    """The calculations of the layers of a network, which have these costs."""
    layers = []
    for node, cost in zip(network.nodes, costs, strict=True):
        shape = () if node.outputs else tuple(node.shape)
        inputs = [(value.node, value.part) for value in node.inputs]
        kind = node.layer.kind
        layers.append((kind, (shape, cost.params), [] if kind in STATED else inputs))
    return known.of_layers(layers)


def at(found: Sequence[int], layer: int, part: int | None) -> Any:
    """The calculation of a value: of a layer's output or of a part of it, or an input."""
    return (found[layer] if layer >= 0 else layer), part


def have_equal_graphs(
    sketch: Sketch, network: Network, costs: Sequence[Cost] | None = None
) -> bool:
    """True if a network calculates what a Sketch does, layer by layer.

    `costs` are those of the network, if they are known.
    """
    known = Calculations()
    wanted = of_sketch(sketch, known)
    found = of_network(network, costs_of(network, {}) if costs is None else costs, known)
    if wanted != found and Counter(wanted) != Counter(found):
        return False
    values = network.outputs.values()
    wanted_outputs = Counter(at(wanted, *output.value.key) for output in sketch.outputs)
    return wanted_outputs == Counter(at(found, value.node, value.part) for value in values)

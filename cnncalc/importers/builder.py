"""Builds a Sketch layer by layer.

The catalogue is the judge: a layer is made by it for the traced shapes, which it accepts or
refuses at once, and its output, parameters and multiply-accumulates must be the model's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..layers import JOINS
from ..layers.layer import Layer
from ..named_tuple import NamedTuple
from ..parser.expansion.instantiate import Instance, instantiate
from ..problem import Refusal
from ..shape import Shape
from ..sketch import SketchArgument, SketchInput, SketchLayer, SketchValue
from .errors import Unsupported

CUSTOM = "custom"

MOST_OPERATION = 100  # characters of the name of a custom layer

LayerArguments = dict[str, SketchArgument]
"""The arguments of a layer by name; None is the default."""


class Owned(NamedTuple):
    """Stored tensors that a layer owns: their names, and their numbers of elements."""

    weights: tuple[str, ...] = ()
    params: int = 0
    buffers: int = 0
    is_trainable: bool = True


class SketchBuilder:
    """The layers of a Sketch so far.  `scope` is the one that new layers are in."""

    def __init__(self, inputs: Sequence[SketchInput]) -> None:
        self.inputs = tuple(inputs)
        self.layers: list[SketchLayer] = []
        self.scope = 0

    def input(self, index: int) -> SketchValue:
        return SketchValue(-1 - index, self.inputs[index].shape)

    def add(
        self,
        kind: str,
        arguments: Mapping[str, SketchArgument],
        inputs: Sequence[SketchValue | float],
        owned: Owned = Owned(),
        macs: int | None = None,
        name: str = "",
    ) -> SketchValue:
        """Add a layer of the catalogue; the value is its output.

        What it owns and `macs` are the model's own; without `macs`, those of the layer are taken.
        Raises Unsupported if the layer refuses the inputs or counts otherwise.
        """
        shapes = tuple(value.shape for value in inputs if isinstance(value, SketchValue))
        made = create(kind, arguments, inputs, shapes)
        layer, out, parts = made.layer, made.shape, made.outputs
        check_counts(layer, shapes, owned, macs)
        given = {key: value for key, value in arguments.items() if value is not None}
        counts = (owned.params, owned.buffers, layer.macs(*shapes), owned.is_trainable)
        facts = (kind, given, tuple(inputs), out, self.scope, name, parts, owned.weights)
        self.layers.append(SketchLayer(*facts, *counts))
        return SketchValue(len(self.layers) - 1, out)

    def add_defined(
        self,
        kind: str,
        arguments: Mapping[str, SketchArgument],
        inputs: Sequence[SketchValue | float],
        path: str = "",
        name: str = "",
        is_trainable: bool = True,
    ) -> SketchValue:
        """Add a layer of a file that has no numbers: its arguments define what it owns.

        Layers with one `path` share their weights.  Raises Unsupported if the layer refuses.
        """
        shapes = tuple(value.shape for value in inputs if isinstance(value, SketchValue))
        layer = create(kind, arguments, inputs, shapes).layer
        params = sum(shape.elements for shape in layer.weights(*shapes).values())
        buffers = layer.buffers(*shapes)
        weights = (path,) if path and (params or buffers) else ()
        owned = Owned(weights, params, buffers, is_trainable)
        return self.add(kind, arguments, inputs, owned, name=name)

    def add_parts(
        self, arguments: Mapping[str, SketchArgument], value: SketchValue
    ) -> list[SketchValue]:
        """Add a `chunk`; the values are its parts."""
        chunk = self.add("chunk", arguments, [value])
        parts = self.layers[-1].parts
        return [SketchValue(chunk.layer, shape, part) for part, shape in enumerate(parts)]

    def add_custom(
        self,
        operation: str,
        shape: Shape,
        inputs: Sequence[SketchValue],
        note: str,
        owned: Owned = Owned(),
        macs: int = 0,
    ) -> SketchValue:
        """Add a layer whose numbers are stated; `note` says why it is not one of the catalogue."""
        word = operation_word(operation)
        arguments: Mapping[str, SketchArgument] = {"operation": word, "shape": tuple(shape)}
        counts = (owned.params, owned.buffers, macs, owned.is_trainable)
        facts = (CUSTOM, arguments, tuple(inputs), shape, self.scope, "", (), owned.weights)
        self.layers.append(SketchLayer(*facts, *counts, note))
        return SketchValue(len(self.layers) - 1, shape)


def operation_word(text: str) -> str:
    """The name of an operation, whatever a file calls it."""
    printable = "".join(sign for sign in text if sign.isprintable())
    return printable[:MOST_OPERATION].strip() or "operation"


def check_counts(layer: Layer, shapes: tuple[Shape, ...], owned: Owned, macs: int | None) -> None:
    """Raise Unsupported if a layer has other numbers than the model."""
    params = sum(shape.elements for shape in layer.weights(*shapes).values())
    if params != owned.params:
        message = f"{layer.kind} has {params:,} parameters, the model {owned.params:,}"
        raise Unsupported(message)
    buffers = layer.buffers(*shapes)
    if buffers != owned.buffers:
        raise Unsupported(f"{layer.kind} has {buffers:,} buffers, the model {owned.buffers:,}")
    calculated = layer.macs(*shapes)
    if macs is not None and macs != calculated:
        raise Unsupported(f"{layer.kind} takes {calculated:,} MACs, the model {macs:,}")


def create(
    kind: str,
    arguments: Mapping[str, SketchArgument],
    inputs: Sequence[SketchValue | float],
    shapes: tuple[Shape, ...],
) -> Instance:
    """The layer of the catalogue.  Raises Unsupported if it refuses."""
    given: dict[str, Any] = {k: value for k, value in arguments.items() if value is not None}
    if kind in JOINS:
        numbers = [
            (place, value)
            for place, value in enumerate(inputs)
            if not isinstance(value, SketchValue)
        ]
        if numbers:
            given["constants"] = tuple(numbers)
    try:
        return instantiate(kind, given, shapes)
    except Refusal as refusal:
        raise Unsupported(refusal.message) from None

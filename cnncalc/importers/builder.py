"""Builds a Sketch layer by layer.

The catalogue is the judge: a layer is made by it for the traced shapes, which it accepts or
refuses at once, and its output, parameters and multiply-accumulates must be the model's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..dtype import UNSTATED
from ..expression.reference import is_name
from ..folding.names import input_names
from ..layers import JOINS
from ..limits import MAX_NAME_LENGTH, MAX_VALUE
from ..named_tuple import NamedTuple, make
from ..parser.expansion.instantiate import instantiate
from ..problem import Refusal
from ..shape import Shape
from ..sketch import SketchArgument, SketchInput, SketchLayer, SketchValue
from ..unparse.scalars import scalar
from .errors import ImportFailed, Unsupported

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


class LayerNumbers(NamedTuple):
    """What the catalogue says of a layer for some input shapes, and its `arguments`.

    Equal layers share all of it.
    """

    arguments: Mapping[str, SketchArgument]
    shape: Shape
    outputs: tuple[Shape, ...]
    params: int
    buffers: int
    macs: int


class SketchBuilder:
    """The layers of a Sketch so far.

    `scope` is the one that new layers are in, and `types` are their data types.
    """

    def __init__(self, inputs: Sequence[SketchInput]) -> None:
        self.inputs = named_inputs(inputs)
        for entry in inputs:
            if entry.shape.elements > MAX_VALUE:
                raise ImportFailed(f"the input `{entry.name}` has more than 10^15 elements")
        self.layers: list[SketchLayer] = []
        self.scope = 0
        self.types = UNSTATED
        self.known: dict[object, LayerNumbers] = {}
        self.shared: dict[tuple[str, ...], tuple[str, int, int]] = {}

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
        if kind in JOINS and any(map(is_beyond_the_language, inputs)):
            inputs = self.with_constants(inputs)
        shapes = tuple([value.shape for value in inputs if isinstance(value, SketchValue)])
        given = given_arguments(kind, arguments, inputs)
        found = self.numbers(kind, given, shapes)
        check_counts(kind, found, owned, macs)
        what = (kind, found.arguments, tuple(inputs), found.shape, self.scope, name, found.outputs)
        counts = (owned.weights, owned.params, owned.buffers, found.macs, owned.is_trainable)
        self.layers.append(make(SketchLayer, (*what, *counts, "", self.types)))
        return SketchValue(len(self.layers) - 1, found.shape)

    def with_constants(self, inputs: Sequence[SketchValue | float]) -> list[SketchValue | float]:
        """Operands with a `constant` in place of each number that a file cannot have."""
        rank = max(len(value.shape) for value in inputs if isinstance(value, SketchValue))
        return [
            self.add("constant", {"shape": (1,) * rank}, [])
            if is_beyond_the_language(value)
            else value
            for value in inputs
        ]

    def numbers(self, kind: str, given: dict[str, Any], shapes: tuple[Shape, ...]) -> LayerNumbers:
        """The numbers of a layer, which equal layers have too.  Raises Unsupported."""
        types = tuple(map(type, given.values()))  # 1 and true are equal
        key = (kind, tuple(given.items()), types, shapes)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = numbers_of(kind, given, shapes)
        return found

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
        found = self.numbers(kind, given_arguments(kind, arguments, inputs), shapes)
        weights = (path,) if path and (found.params or found.buffers) else ()
        own = (kind, found.params, found.buffers)
        if weights and self.shared.setdefault(weights, own) != own:
            raise Unsupported("it shares the weights of a layer that has others")
        owned = Owned(weights, found.params, found.buffers, is_trainable)
        return self.add(kind, arguments, inputs, owned, name=name)

    def weight_value(self, weights: tuple[str, ...]) -> SketchValue | None:
        """The first value that is a `weight` of these tensors; None if there is none yet."""
        for index, layer in enumerate(self.layers):
            if layer.kind == "weight" and layer.weights == weights:
                return SketchValue(index, layer.shape)
        return None

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
        """Add a layer whose numbers are stated; `note` says why it is not one of the catalogue.

        Raises ImportFailed if its output is empty.
        """
        word = operation_word(operation)
        if max(shape.elements, owned.params, owned.buffers, macs) > MAX_VALUE:
            raise ImportFailed(f"{word} has more than 10^15 elements, parameters or MACs")
        if min(shape, default=1) < 1:
            raise ImportFailed(f"{word} has an empty output: {shape}")
        arguments: Mapping[str, SketchArgument] = {"operation": word, "shape": tuple(shape)}
        counts = (owned.params, owned.buffers, macs, owned.is_trainable)
        facts = (CUSTOM, arguments, tuple(inputs), shape, self.scope, "", (), owned.weights)
        self.layers.append(SketchLayer(*facts, *counts, note, self.types))
        return SketchValue(len(self.layers) - 1, shape)


def operation_word(text: str) -> str:
    """The name of an operation, whatever a file calls it."""
    printable = "".join(sign for sign in text if sign.isprintable())
    return printable[:MOST_OPERATION].strip() or "operation"


def named_inputs(inputs: Sequence[SketchInput]) -> tuple[SketchInput, ...]:
    """Inputs with names that are not in quotes in an architecture file, as most are anyway."""
    if all(is_plain(entry.name) for entry in inputs):
        return tuple(inputs)
    names = input_names(entry.name[: MAX_NAME_LENGTH // 2] for entry in inputs)
    return tuple(entry._replace(name=name) for entry, name in zip(inputs, names, strict=True))


def is_plain(name: str) -> bool:
    return is_name(name) and scalar(name) == name and len(name) <= MAX_NAME_LENGTH


CONSTANTS = "constants"
"""The argument of a join that has its operands which are numbers, with their places."""


def given_arguments(
    kind: str, arguments: Mapping[str, SketchArgument], inputs: Sequence[SketchValue | float]
) -> dict[str, Any]:
    """The arguments that are not None, and the numbers among the operands of a join."""
    given: dict[str, Any] = {k: value for k, value in arguments.items() if value is not None}
    if kind in JOINS:
        numbers = [
            (place, value)
            for place, value in enumerate(inputs)
            if not isinstance(value, SketchValue)
        ]
        if numbers:
            given[CONSTANTS] = tuple(numbers)
    return given


LEAST_NUMBER = 1e-20


def is_beyond_the_language(value: object) -> bool:
    """True for a number that a file cannot have: a mask of -3.4e38, infinity, or 1e-40."""
    if not isinstance(value, float):
        return False
    return not (value == 0 or LEAST_NUMBER <= abs(value) < MAX_VALUE)


def numbers_of(kind: str, given: dict[str, Any], shapes: tuple[Shape, ...]) -> LayerNumbers:
    """What the catalogue says of a layer.  Raises Unsupported if it refuses."""
    for name, value in given.items():
        if is_beyond_the_language(value):
            raise Unsupported(f"`{name}` of {kind} is {value}, which a file cannot have")
    try:
        made = instantiate(kind, given, shapes)
    except Refusal as refusal:
        raise Unsupported(refusal.message) from None
    layer = made.layer
    params = sum(shape.elements for shape in layer.weights(*shapes).values())
    counts = (params, layer.buffers(*shapes), layer.macs(*shapes))
    arguments = {name: value for name, value in given.items() if name != CONSTANTS}
    return LayerNumbers(arguments, made.shape, made.outputs, *counts)


def check_counts(kind: str, found: LayerNumbers, owned: Owned, macs: int | None) -> None:
    """Raise Unsupported if a layer has other numbers than the model."""
    if found.params != owned.params:
        message = f"{kind} has {found.params:,} parameters, the model {owned.params:,}"
        raise Unsupported(message)
    if found.buffers != owned.buffers:
        raise Unsupported(f"{kind} has {found.buffers:,} buffers, the model {owned.buffers:,}")
    if macs is not None and macs != found.macs:
        raise Unsupported(f"{kind} takes {found.macs:,} MACs, the model {macs:,}")

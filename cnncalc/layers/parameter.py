"""The types of arguments: what each accepts, and how a value is normalized for a layer.

An annotation such as `SizePerAxis` carries its type at run time, so that the fields at the head of
a layer class are all that the parser, the schema and the reference page need.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

from ..datum import Datum, is_number, show, whole
from ..dtype import TYPES_BY_WORD
from ..limits import MAX_VALUE
from ..problem import Refusal, count, did_you_mean
from ..shape import Shape

PER_AXIS = "(one for all axes, or one for each: 3x5 or [3, 5])"
Schema = dict[str, Any]
WORDS: set[str] = {"none", *TYPES_BY_WORD}
"""Every word that `dtype` or some argument accepts: a variable or a block argument may hold it."""


ArgumentForm = Literal["value", "text", "mapping", "reference"]
"""How an argument is written: an expression, a text as it is, a mapping of names to expressions, or
a reference to a value, which is a further input."""


class Parameter:
    """A type of argument: `expected` describes what it accepts, `read` normalizes a value."""

    expected = "a value"
    words: tuple[str, ...] = ()  # that it accepts
    form: ArgumentForm = "value"

    def read(self, value: Datum, x: Shape | None) -> Any:
        """Normalize a value for a layer with input shape `x` (None: not known).

        Of the shape, the number of axes alone matters.  Raises Refusal if the type does not accept
        the value; this one accepts any.
        """
        return value

    def schema(self) -> Schema:
        """The JSON Schema of the literals that it accepts, without names and expressions."""
        raise NotImplementedError

    def refuse(self, value: Datum) -> Refusal:
        return Refusal(f"expected {self.expected}, found {show(value)}", rule="bad-value")


class Integer(Parameter):
    """A whole number between optional bounds."""

    def __init__(self, minimum: int | None = None, maximum: int = MAX_VALUE) -> None:
        self.minimum = -MAX_VALUE if minimum is None else minimum
        self.maximum = maximum
        self.expected = "a whole number"
        if maximum < MAX_VALUE:
            self.expected += f" from {minimum} to {maximum:,}"
        elif minimum is not None:
            self.expected += f", {minimum} or more"

    def read(self, value: Datum, x: Shape | None) -> int:
        number = whole(value)
        if number is None or not self.minimum <= number <= self.maximum:
            raise self.refuse(value)
        return number

    def schema(self) -> Schema:
        bounds = {"minimum": self.minimum, "maximum": self.maximum}
        stated = {name: bound for name, bound in bounds.items() if abs(bound) < MAX_VALUE}
        return {"type": ["integer"], **stated}


class Real(Parameter):
    """A number: any, above a minimum, or from a minimum to a maximum."""

    def __init__(self, minimum: float | None = None, maximum: float | None = None) -> None:
        self.minimum, self.maximum = minimum, maximum
        if maximum is not None:
            self.expected = f"a number from {minimum:g} to {maximum:g}"
        else:
            self.expected = "a number" if minimum is None else f"a number above {minimum:g}"

    def read(self, value: Datum, x: Shape | None) -> float:
        if not is_number(value):
            raise self.refuse(value)
        if self.maximum is not None and not (self.minimum or 0) <= value <= self.maximum:
            raise self.refuse(value)
        if self.maximum is None and self.minimum is not None and value <= self.minimum:
            raise self.refuse(value)
        return value

    def schema(self) -> Schema:
        if self.maximum is not None:
            return {"type": ["number"], "minimum": self.minimum or 0, "maximum": self.maximum}
        if self.minimum is not None:
            return {"type": ["number"], "exclusiveMinimum": self.minimum}
        return {"type": ["number"]}


class Portion(Parameter):
    """A part of a whole that is not empty, to twelve decimals: 1 - 0.7 is 0.3."""

    expected = "a number above 0, up to 1"

    def read(self, value: Datum, x: Shape | None) -> float:
        if not is_number(value):
            raise self.refuse(value)
        part = round(value, 12)
        if not 0 < part <= 1:
            raise self.refuse(value)
        return part

    def schema(self) -> Schema:
        return {"type": ["number"], "exclusiveMinimum": 0, "maximum": 1}


class Boolean(Parameter):
    expected = "true or false"

    def read(self, value: Datum, x: Shape | None) -> bool:
        if not isinstance(value, bool):
            raise self.refuse(value)
        return value

    def schema(self) -> Schema:
        return {"type": ["boolean"]}


class Choice(Parameter):
    """One of a few words, or what another type accepts."""

    def __init__(self, *words: str, otherwise: Parameter | None = None) -> None:
        WORDS.update(words)
        self.words = words
        self.otherwise = otherwise
        listed = ", ".join(f"`{word}`" for word in words)
        if otherwise:
            self.expected = f"{otherwise.expected}, or {listed}"
        else:
            self.expected = f"one of {listed}" if len(words) > 1 else listed

    def read(self, value: Datum, x: Shape | None) -> Any:
        if isinstance(value, str) and value in self.words:
            return value
        if self.otherwise is None or isinstance(value, str):
            refusal = self.refuse(value)
            raise Refusal(refusal.message, did_you_mean(str(value), self.words), rule="bad-value")
        try:
            return self.otherwise.read(value, x)
        except Refusal as refusal:
            if refusal.rule != "bad-value" or not refusal.message.startswith("expected"):
                raise
            raise self.refuse(value) from None

    def schema(self) -> Schema:
        words = {"enum": list(self.words)}
        return {"anyOf": [self.otherwise.schema(), words]} if self.otherwise else words


class NoneOr(Parameter):
    """`none`, or what another type accepts."""

    def __init__(self, inner: Parameter) -> None:
        self.inner = inner
        self.words = inner.words
        self.expected = f"{inner.expected}, or `none`"

    def read(self, value: Datum, x: Shape | None) -> Any:
        return None if value is None else self.inner.read(value, x)

    def schema(self) -> Schema:
        return self.inner.schema()  # `none` is read like a name


class PerAxis(Parameter):
    """One entry for each spatial axis; a single one serves all axes."""

    def __init__(self, entry: Parameter) -> None:
        self.entry = entry
        self.expected = f"{entry.expected} {PER_AXIS}"

    def read(self, value: Datum, x: Shape | None) -> tuple[Any, ...]:
        entries = value if isinstance(value, tuple) else (value,)
        try:
            read = tuple([self.entry.read(entry, x) for entry in entries])
        except Refusal:
            raise self.refuse(value) from None
        if x is None:
            return read
        axes = len(x) - 1
        if not isinstance(value, tuple):
            return read * axes
        if len(read) != axes:
            sizes = f"{count(len(read), 'size')} ({show(value)})"
            raise Refusal(f"found {sizes} for {count(axes, 'spatial axis')} ({x})")
        return read

    def schema(self) -> Schema:
        return scalar_or_list(self.entry)


class Axis(Parameter):
    """The index of an axis: 0 is the channels, negative ones count from the end."""

    expected = "an axis (0: the channels, 1: the first spatial axis)"

    def read(self, value: Datum, x: Shape | None) -> int:
        axis = whole(value)
        if axis is None:
            raise self.refuse(value)
        if x is None:
            return axis
        if not -len(x) <= axis < len(x):
            raise Refusal(
                f"there is no axis {axis}: {x} has axes 0 to {len(x) - 1}", rule="bad-value"
            )
        return axis % len(x)

    def schema(self) -> Schema:
        return {"type": ["integer"]}


class ListOf(Parameter):
    """A list of what another type accepts; unless `scalar` is false, one value is a list of one."""

    def __init__(self, entry: Parameter, expected: str, scalar: bool = True) -> None:
        self.entry, self.expected, self.scalar = entry, expected, scalar

    def read(self, value: Datum, x: Shape | None) -> tuple[Any, ...]:
        if not isinstance(value, tuple) and not self.scalar:
            raise self.refuse(value)
        entries = value if isinstance(value, tuple) else (value,)
        if not entries:
            raise self.refuse(value)
        try:
            return tuple([self.entry.read(entry, x) for entry in entries])
        except Refusal as refusal:
            cause = None if refusal.message.startswith("expected") else refusal
            raise self.refuse(value) from cause

    def schema(self) -> Schema:
        if self.scalar:
            return scalar_or_list(self.entry)
        return {"type": ["array"], "items": self.entry.schema(), "minItems": 1}


class IntegerOrList(Parameter):
    """A whole number, which stays one, or a list of them."""

    def __init__(self, expected: str, minimum: int | None = None, maximum: int = MAX_VALUE) -> None:
        self.entry, self.expected = Integer(minimum, maximum), expected

    def read(self, value: Datum, x: Shape | None) -> int | tuple[int, ...]:
        try:
            if not isinstance(value, tuple):
                return self.entry.read(value, x)
            if value:
                return tuple([self.entry.read(entry, x) for entry in value])
        except Refusal:
            pass
        raise self.refuse(value)

    def schema(self) -> Schema:
        return scalar_or_list(self.entry)


class ValueReference(Parameter):
    """A reference to a value, which is a further input: whether there is one."""

    expected = "a reference to a value"
    form = "reference"

    def read(self, value: Datum, x: Shape | None) -> bool:
        return value is True

    def schema(self) -> Schema:
        return {"$ref": "#/$defs/reference"}


def scalar_or_list(entry: Parameter) -> Schema:
    """The schema of one entry, or of a list of them that is not empty."""
    scalar = entry.schema()
    return {**scalar, "type": [*scalar["type"], "array"], "items": scalar, "minItems": 1}


PositiveInt = Annotated[int, Integer(1)]
NonNegativeInt = Annotated[int, Integer(0)]
Flag = Annotated[bool, Boolean()]
RealNumber = Annotated[float, Real()]
Probability = Annotated[float, Real(0, 1)]
GivenWeights = Annotated[bool, ValueReference()]
Density = Annotated[float, Portion()]
SizePerAxis = Annotated[tuple[int, ...], PerAxis(Integer(1))]
AmountPerAxis = Annotated[tuple[int, ...], PerAxis(Integer(0))]
Padding = Annotated[
    tuple[int, ...], Choice("same", "causal", otherwise=PerAxis(Integer(0)))
]  # the words are resolved to sizes before a layer is made
AxisIndex = Annotated[int, Axis()]
AxisIndices = Annotated[
    tuple[int, ...], ListOf(Axis(), "an axis or a list of axes (0: the channels)")
]
UNUSED = NoneOr(Real())
Unused = Annotated[float | None, UNUSED]
"""An attribute that changes no number: accepted and kept."""
SHAPE = ListOf(Integer(1), "a shape of sizes of 1 or more, such as 64x16x16")
ShapeArgument = Annotated[tuple[int, ...], SHAPE]


class Default:
    """A default that depends on the other arguments or on the input."""

    def __init__(self, text: str, argument: str = "") -> None:
        self.text = text
        self.argument = argument

    literal: Any = None  # of the usual value, if it does not depend on the input

    def of(self, values: dict[str, Any], x: Shape | None) -> Any:
        """The default, after the arguments in `values`; None if it depends on an unknown input."""
        if self.argument:
            return values[self.argument]
        return x.channels if x is not None else None

    @staticmethod
    def hides(default: Any, value: Any) -> bool:
        """Whether a value is not displayed because it follows from the input or an argument."""
        return isinstance(default, Default) and default.literal in (None, value)


class Unless(Default):
    """The default of a flag: true, but false if another argument is given."""

    literal = True

    def __init__(self, argument: str) -> None:
        super().__init__("true", argument)

    def of(self, values: dict[str, Any], x: Shape | None) -> bool:
        return not values[self.argument]


# The defaults of the fields of a layer.  Like `dataclasses.field`, they have no type of their own:
# a default is read like a value of a file, and only then has the type of its field.


def default(value: Datum) -> Any:
    """A default as a file would give it: `1` for `(1, 1)` where the type is one size per axis."""
    return value


def same_as(argument: str) -> Any:
    """A default: the value of an argument before it."""
    return Default(argument, argument)


def unless(argument: str) -> Any:
    """A default: true, but false if an argument before it is given."""
    return Unless(argument)


def input_channels() -> Any:
    """A default: the number of channels of the input."""
    return Default("C")


def zip_axes(*arguments: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """The entries of arguments axis by axis; a single entry is repeated for all axes.

    >>> list(zip_axes((3, 5), (1,)))
    [(3, 1), (5, 1)]
    """
    axes = max(map(len, arguments))
    repeated = (entries * axes if len(entries) == 1 else entries for entries in arguments)
    return zip(*repeated, strict=False)


def sizes_text(sizes: Iterable[int]) -> str:
    """Sizes as a table shows them: 3x3.

    >>> sizes_text((3, 5))
    '3x5'
    """
    return "x".join(map(str, sizes))


def short_sizes_text(sizes: tuple[int, ...]) -> str:
    """Sizes as a table shows them, equal ones as a single number.

    >>> short_sizes_text((2, 2)), short_sizes_text((2, 1))
    ('2', '2x1')
    """
    return str(sizes[0]) if len(set(sizes)) == 1 else sizes_text(sizes)

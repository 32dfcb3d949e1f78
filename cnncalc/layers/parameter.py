"""The types of arguments: what each takes, and how it is normalised before a layer sees it.

An annotation such as `Sizes` carries its type at run time, so that the fields at the head of a layer class are all that
the parser, the schema and the reference page need to know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from ..datum import Value, show, whole
from ..limits import MAX_VALUE
from ..problem import Refusal, count, did_you_mean
from ..shape import Shape

PER_AXIS = "(one for all axes, or one for each: 3x5 or [3, 5])"
Schema = dict[str, Any]
WORDS: set[str] = {"none"}
"""Every word that some argument takes, so that a variable or a block's argument may hold it."""


class Parameter:
    """A type of argument: `expected` says what it takes, `read` normalises a value or refuses it."""

    expected = "a value"
    words: tuple[str, ...] = ()  # those that it takes

    def read(self, value: Value, entering: Shape | None) -> Any:
        """Normalise a value for what enters the layer (None: not known)."""
        raise NotImplementedError

    def schema(self) -> Schema:
        """What a JSON Schema says of the literals that it takes; names and expressions are the schema's to add."""
        raise NotImplementedError

    def refuse(self, value: Value) -> Refusal:
        return Refusal(f"expected {self.expected}, found {show(value)}", rule="bad-value")


class Whole(Parameter):
    """A whole number, between the bounds where there are any."""

    def __init__(self, minimum: int | None = None, maximum: int = MAX_VALUE) -> None:
        self.minimum = -MAX_VALUE if minimum is None else minimum
        self.maximum = maximum
        self.expected = "a whole number"
        if maximum < MAX_VALUE:
            self.expected += f" from {minimum} to {maximum:,}"
        elif minimum is not None:
            self.expected += f", {minimum} or more"

    def read(self, value: Value, entering: Shape | None) -> int:
        number = whole(value)
        if number is None or not self.minimum <= number <= self.maximum:
            raise self.refuse(value)
        return number

    def schema(self) -> Schema:
        bounds = {"minimum": self.minimum, "maximum": self.maximum}
        return {"type": ["integer"]} | {
            name: bound for name, bound in bounds.items() if abs(bound) < MAX_VALUE
        }


class Real(Parameter):
    """A number, between the bounds where there are any."""

    def __init__(self, minimum: float | None = None, maximum: float | None = None) -> None:
        self.minimum, self.maximum = minimum, maximum
        if maximum is not None:
            self.expected = f"a number from {minimum:g} to {maximum:g}"
        else:
            self.expected = "a number" if minimum is None else f"a number above {minimum:g}"

    def read(self, value: Value, entering: Shape | None) -> float:
        if type(value) not in (int, float):
            raise self.refuse(value)
        if self.maximum is not None and not (self.minimum or 0) <= value <= self.maximum:
            raise self.refuse(value)
        if self.maximum is None and self.minimum is not None and value <= self.minimum:
            raise self.refuse(value)
        return value  # type: ignore[no-any-return]

    def schema(self) -> Schema:
        if self.maximum is not None:
            return {"type": ["number"], "minimum": self.minimum or 0, "maximum": self.maximum}
        return {"type": ["number"]} | (
            {} if self.minimum is None else {"exclusiveMinimum": self.minimum}
        )


class Boolean(Parameter):
    expected = "true or false"

    def read(self, value: Value, entering: Shape | None) -> bool:
        if type(value) is not bool:
            raise self.refuse(value)
        return value

    def schema(self) -> Schema:
        return {"type": ["boolean"]}


class Choice(Parameter):
    """One of a few words, or what another type takes."""

    def __init__(self, *words: str, otherwise: Parameter | None = None) -> None:
        WORDS.update(words)
        self.words = words
        self.otherwise = otherwise
        listed = ", ".join(f"`{word}`" for word in words)
        if otherwise:
            self.expected = f"{otherwise.expected}, or {listed}"
        else:
            self.expected = f"one of {listed}" if len(words) > 1 else listed

    def read(self, value: Value, entering: Shape | None) -> Any:
        if isinstance(value, str) and value in self.words:
            return value
        if self.otherwise is None or isinstance(value, str):
            refusal = self.refuse(value)
            raise Refusal(refusal.message, did_you_mean(str(value), self.words), rule="bad-value")
        try:
            return self.otherwise.read(value, entering)
        except Refusal as refusal:
            if refusal.rule != "bad-value" or not refusal.message.startswith("expected"):
                raise
            raise self.refuse(value) from None

    def schema(self) -> Schema:
        words = {"enum": list(self.words)}
        return {"anyOf": [self.otherwise.schema(), words]} if self.otherwise else words


class Optional(Parameter):
    """What another type takes, or `none`."""

    def __init__(self, inner: Parameter) -> None:
        self.inner = inner
        self.words = inner.words
        self.expected = f"{inner.expected}, or `none`"

    def read(self, value: Value, entering: Shape | None) -> Any:
        return None if value is None else self.inner.read(value, entering)

    def schema(self) -> Schema:
        return self.inner.schema()  # `none` is read as a name is


class PerAxis(Parameter):
    """One entry for each axis of the space; one alone serves all axes."""

    def __init__(self, entry: Parameter) -> None:
        self.entry = entry
        self.expected = f"{entry.expected} {PER_AXIS}"

    def read(self, value: Value, entering: Shape | None) -> tuple[Any, ...]:
        entries = value if isinstance(value, tuple) else (value,)
        try:
            read = tuple([self.entry.read(entry, entering) for entry in entries])
        except Refusal:
            raise self.refuse(value) from None
        if entering is None:
            return read
        axes = len(entering) - 1
        if not isinstance(value, tuple):
            return read * axes
        if len(read) != axes:
            raise Refusal(
                f"found {count(len(read), 'size')} ({show(value)}) for {count(axes, 'axis')} of space ({entering})"
            )
        return read

    def schema(self) -> Schema:
        return list_or_one(self.entry)


class Axis(Parameter):
    """An axis by number: 0 is the channels, negatives count from the end."""

    expected = "an axis (0 is the channels, 1 the first of the space)"

    def read(self, value: Value, entering: Shape | None) -> int:
        axis = whole(value)
        if axis is None:
            raise self.refuse(value)
        if entering is None:
            return axis
        if not -len(entering) <= axis < len(entering):
            raise Refusal(
                f"there is no axis {axis}: {entering} has axes 0 to {len(entering) - 1}",
                rule="bad-value",
            )
        return axis % len(entering)

    def schema(self) -> Schema:
        return {"type": ["integer"]}


class Listed(Parameter):
    """A list of what another type takes; one alone is a list of one."""

    def __init__(self, entry: Parameter, expected: str, lone: bool = True) -> None:
        self.entry, self.expected, self.lone = entry, expected, lone

    def read(self, value: Value, entering: Shape | None) -> tuple[Any, ...]:
        if not isinstance(value, tuple) and not self.lone:
            raise self.refuse(value)
        entries = value if isinstance(value, tuple) else (value,)
        if not entries:
            raise self.refuse(value)
        try:
            return tuple([self.entry.read(entry, entering) for entry in entries])
        except Refusal as refusal:
            raise self.refuse(value) from (
                None if refusal.message.startswith("expected") else refusal
            )

    def schema(self) -> Schema:
        return (
            list_or_one(self.entry)
            if self.lone
            else {"type": ["array"], "items": self.entry.schema(), "minItems": 1}
        )


class WholeOrList(Parameter):
    """A whole number, kept as one, or a list of them."""

    def __init__(self, expected: str, minimum: int | None = None, maximum: int = MAX_VALUE) -> None:
        self.entry, self.expected = Whole(minimum, maximum), expected

    def read(self, value: Value, entering: Shape | None) -> int | tuple[int, ...]:
        try:
            if not isinstance(value, tuple):
                return self.entry.read(value, entering)
            if value:
                return tuple([self.entry.read(entry, entering) for entry in value])
        except Refusal:
            pass
        raise self.refuse(value)

    def schema(self) -> Schema:
        return list_or_one(self.entry)


def list_or_one(entry: Parameter) -> Schema:
    """The schema of an entry alone, or a list of them that is not empty."""
    alone = entry.schema()
    return {**alone, "type": [*alone["type"], "array"], "items": alone, "minItems": 1}


Count = Annotated[int, Whole(1)]
Natural = Annotated[int, Whole(0)]
Integer = Annotated[int, Whole()]
Flag = Annotated[bool, Boolean()]
Number = Annotated[float, Real()]
Probability = Annotated[float, Real(0, 1)]
# A default of one number becomes one an axis when a layer is made, so the static type of these is open.
Sizes = Annotated[Any, PerAxis(Whole(1))]
Naturals = Annotated[Any, PerAxis(Whole(0))]
Padding = Annotated[Any, Choice("same", "causal", otherwise=PerAxis(Whole(0)))]
AxisNumber = Annotated[int, Axis()]
AxisNumbers = Annotated[
    tuple[int, ...], Listed(Axis(), "an axis or a list of axes (0 is the channels)")
]
UNUSED = Optional(Real())
Unused = Annotated[float | None, UNUSED]
"""An attribute that changes no number: accepted and kept."""
SHAPE = Listed(Whole(1), "a shape of sizes of 1 or more, such as 64x16x16")
NewShape = Annotated[tuple[int, ...], SHAPE]


class Default:
    """A default that depends on the other arguments, or on what enters."""

    def __init__(self, text: str, argument: str = "") -> None:
        self.text = text
        self.argument = argument

    def of(self, values: dict[str, Any], entering: Shape | None) -> Any:
        if self.argument:
            return values[self.argument]
        return entering.channels if entering is not None else None


def same_as(argument: str) -> Any:
    """A default: whatever the argument of that name has, which stands before it."""
    return Default(argument, argument)


def entering_channels() -> Any:
    """A default: the channels of what enters."""
    return Default("C")


def abreast(*arguments: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """The entries of arguments axis by axis; one alone is that of all axes.

    >>> list(abreast((3, 5), (1,)))
    [(3, 1), (5, 1)]
    """
    axes = max(map(len, arguments))
    return zip(
        *(entries * axes if len(entries) == 1 else entries for entries in arguments), strict=False
    )


def as_entries(values: Iterable[int]) -> str:
    """Sizes as a table shows them: 3x3.

    >>> as_entries((3, 5))
    '3x5'
    """
    return "x".join(map(str, values))

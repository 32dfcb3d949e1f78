"""An architecture file as it was written, typed: every value knows its place, nothing is calculated yet."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from collections.abc import Callable
from typing import Literal, NamedTuple

from .expression.value import Expression, Reference
from .network import Expectation, Limit
from .problem import Span

COMMON_KEYS = ("name", "from", "when", "repeat", "for", "across", "shared", "trainable")
STRUCTURES = ("layers", "output")

Bindings = tuple[tuple[str, Expression], ...]
What = Literal["layer", "block", "join", "group", "output", "variable", "from"]


class StaticScope:
    """The names written in one scope, and the steps without a name, which are numbered by their type.

    The numbers count what is written, taken or not, and step around the given names.
    """

    def __init__(self, number: int = 0) -> None:
        self.number = number  # of the step that opens it
        self.given: dict[str, tuple[Span, bool]] = {}  # where, and whether under a `when`
        self.entering: set[str] = set()  # the names of what enters
        self.unnamed: list[Step] = []
        self.cached: dict[int, str] | None = None  # the names, where no variable has a say in them

    def names(self, kind_of: "Callable[[Step], str]") -> dict[int, str]:
        """The automatic name of each unnamed step, by its number.  `kind_of` tells what a step is."""
        counts: dict[str, int] = {}
        names: dict[int, str] = {}
        taken = {*self.given, *self.entering}
        for step in self.unnamed:
            kind = kind_of(step)
            while True:
                counts[kind] = counts.get(kind, 0) + 1
                name = f"{kind}{counts[kind]}"
                if name not in taken:  # by a given name, or as `relu6` and a number: relu61
                    break
            taken.add(name)
            names[step.number] = name
        if not any(step.what == "variable" for step in self.unnamed):
            self.cached = names
        return names


class Body(NamedTuple):
    """Steps one after the other; with a scope of their own, or (None) in the one around them."""

    steps: "tuple[Step, ...]"
    scope: StaticScope | None


class Operand(NamedTuple):
    """An operand of a join: a branch, or a text that may name a value, hold a layer or give a number.

    A `lone` branch is one step written without a list: left out, it is no operand.  A text may be all of these: then
    it is a reference where a step has its name, and the branch where the expression comes to a layer.
    """

    name: str | None
    body: Body | None
    text: str
    reference: Reference | None
    expression: Expression | None
    span: Span
    lone: bool = False


class Step(NamedTuple):
    """One step.

    `value` is what the naming key has where its parameters are not known yet: one expression, or several where a list
    is written there.
    """

    number: int
    what: What
    word: str
    span: Span
    name: str | None = None
    sources: tuple[tuple[Reference, Span], ...] | None = None
    when: Expression | None = None
    repeat: Expression | None = None
    bindings: Bindings | None = None
    across: Bindings | None = None
    shared: str | None = None
    unshared: bool = False
    trainable: Expression | None = None
    value: tuple[Expression, ...] = ()
    listed: bool = False
    arguments: dict[str, Expression] = {}  # noqa: RUF012 - never changed
    keys: dict[str, Span] = {}  # noqa: RUF012 - where the arguments are named, as long as they may prove to be none
    operands: tuple[Operand, ...] = ()
    body: Body | None = None
    scope: StaticScope | None = None  # what its rounds open, or the bindings of `across`
    broken: bool = False

    def bound(self, word: str, params: list[str]) -> "Step":
        """A call of what `word` means, with the value among the arguments, by the names of the parameters."""
        return self._replace(
            word=word,
            value=(),
            arguments=dict(zip(params, self.value, strict=False)) | self.arguments,
        )


class Block(NamedTuple):
    """A layer that the file defines.  A parameter has a default or None; `places` are those of the names that it
    gives to parameters, `let`s and what enters.
    """

    name: str
    span: Span
    params: dict[str, Expression | None]
    lets: tuple[tuple[str, Expression], ...]
    inputs: tuple[str, ...]  # without a last `name.*`
    rest: str | None  # the name in it
    outputs: tuple[tuple[Reference, Span], ...] | None
    body: Body
    places: dict[str, Span]


class InputSpec(NamedTuple):
    """`input`: the shape of each by name; None for the name of the only one."""

    shapes: tuple[tuple[str | None, Expression], ...]
    span: Span


class Expectations(NamedTuple):
    """`expect`: the figures that are promised, the shapes (calculated later), and the references that these speak of."""

    figures: tuple[Expectation, ...] = ()
    shapes: tuple[tuple[str, Expression, Span], ...] = ()
    references: tuple[tuple[str, Span], ...] = ()


class Facts(NamedTuple):
    """What a file, or a variant, says of its network beside the layers."""

    name: str | None = None
    source: str | None = None
    input: InputSpec | None = None
    expect: Expectations = Expectations()
    budget: tuple[Limit, ...] | None = None


class Variant(NamedTuple):
    name: str
    span: Span
    vars: dict[str, Expression]
    facts: Facts


class Document(NamedTuple):
    """A whole file."""

    facts: Facts
    year: int | None
    task: str
    dtype: str
    vars: dict[str, Expression]
    blocks: dict[str, Block]
    body: Body
    variants: dict[str, Variant]
    lost: bool  # some steps could not be read: the names in them are not known
    places: dict[str, Span]  # of `vars`


ENTERING = ("in_channels", "in_size")

TOP = (
    "name", "source", "year", "task", "input", "dtype", "vars", "blocks", "layers", "variants", "expect", "budget",
)  # fmt: skip

VARIANT = ("vars", "name", "source", "input", "expect", "budget")

BLOCK = ("params", "let", "inputs", "outputs", "layers")

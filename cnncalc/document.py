"""The contents of an architecture file, typed: the parser's output, from which networks are built.

Every value has its position in the file.  Expressions are compiled, and not evaluated yet.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Literal

from .expression.expression import Expression, Reference
from .metrics import Accuracy
from .named_tuple import NamedTuple
from .network import DeviceBudget, Expectation, Limit
from .problem import Span

COMMON_KEYS = ("name", "from", "when", "repeat", "for", "across", "shared", "trainable", "dtype")
"""The keys that every step may have."""

STRUCTURES = ("layers", "output")
"""The words that name a group of steps."""

Bindings = tuple[tuple[str, Expression], ...]
"""Names with their values, in `for` and `across`."""

StepType = Literal["layer", "block", "join", "group", "output", "variable", "from"]
"""The type of a step, by its first key; `from` is a step of `from` alone."""


class StaticScope:
    """The names given in one scope, and its steps without a name, which are numbered by their kind.

    The numbers count all steps in the file, skipped or not, and avoid the given names.  A scope is
    filled while the file is read, and never changed afterwards.
    """

    def __init__(self, number: int = 0) -> None:
        self.number = number  # of the step that opens it
        self.given: dict[str, tuple[Span, bool]] = {}  # the position, and whether under a `when`
        self.inputs: set[str] = set()  # the names of the inputs
        self.unnamed: list[Step] = []

    def names(self, kind_of: Callable[[Step], str]) -> dict[int, str]:
        """The automatic name of each unnamed step, by its number, with these kinds of steps."""
        counts: dict[str, int] = {}
        names: dict[int, str] = {}
        taken = {*self.given, *self.inputs}
        for step in self.unnamed:
            kind = kind_of(step)
            while True:
                counts[kind] = counts.get(kind, 0) + 1
                name = f"{kind}{counts[kind]}"
                if (
                    name not in taken
                ):  # a given name, or `relu61`: the first relu6, or the 61st relu
                    break
            taken.add(name)
            names[step.number] = name
        return names

    @cached_property
    def variable_words(self) -> tuple[str, ...]:
        """The variables that hold the layers or blocks of unnamed steps."""
        words = [step.word for step in self.unnamed if step.type == "variable"]
        return tuple(dict.fromkeys(words))

    @cached_property
    def fixed_names(self) -> dict[int, str] | None:
        """The automatic names if no variable decides on them, else None."""
        if self.variable_words:
            return None
        return self.names(lambda step: step.word)


class Body(NamedTuple):
    """Steps in order, in a scope of their own or (None) in the enclosing one."""

    steps: tuple[Step, ...]
    scope: StaticScope | None


class Operand(NamedTuple):
    """An operand of a join: a branch, or a word that is a reference, a layer or a number.

    A word may be all of these.  It is a reference if a step has its name, and a branch if the
    expression evaluates to a layer.  A `lone` branch is one step without a list around it: if that
    is skipped, there is no operand.
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

    `value` is the value of its first key as long as its parameters are not known: one expression,
    or several if it is a list.  Then the first `positional` arguments are those of that key.
    """

    number: int
    type: StepType
    word: str
    span: Span
    name: str | None = None
    sources: tuple[tuple[Reference, Span], ...] | None = None  # `from`
    when: Expression | None = None
    repeat: Expression | None = None
    bindings: Bindings | None = None  # `for`
    across: Bindings | None = None
    shared: str | None = None
    unshared: bool = False  # `shared: false`
    trainable: Expression | None = None
    dtype: Expression | None = None
    value: tuple[Expression, ...] = ()
    listed: bool = False
    positional: int = 0
    arguments: dict[str, Expression] = {}  # noqa: RUF012 - never changed
    keys: dict[str, Span] = {}  # noqa: RUF012 - of the arguments, if they are not checked yet
    operands: tuple[Operand, ...] = ()
    body: Body | None = None
    scope: StaticScope | None = None  # opened by each iteration, or each binding of `across`
    broken: bool = False  # an error in it was reported

    def bound(self, word: str, params: tuple[str, ...]) -> Step:
        """The call of a layer or block with these parameters: the value becomes arguments."""
        arguments = dict(zip(params, self.value, strict=False)) | self.arguments
        positional = len(self.value)
        return self._replace(word=word, value=(), positional=positional, arguments=arguments)


class Block(NamedTuple):
    """A layer that the file defines.

    `params` have a default or None.  `name_spans` are the positions of the names of parameters,
    `let`s and inputs.
    """

    name: str
    span: Span
    params: dict[str, Expression | None]
    lets: tuple[tuple[str, Expression], ...]
    inputs: tuple[str, ...]  # without a last `name.*`
    rest: str | None  # the name in that
    outputs: tuple[tuple[Reference, Span], ...] | None
    body: Body
    name_spans: dict[str, Span]


class InputSpec(NamedTuple):
    """`input`: the shape of each input by name; a single one has no name (None)."""

    shapes: tuple[tuple[str | None, Expression], ...]
    span: Span


class Expectations(NamedTuple):
    """`expect`: the expected figures and shapes, and the references to steps in it.

    A reference is its text; the empty one is the whole network.
    """

    figures: tuple[Expectation, ...] = ()
    shapes: tuple[tuple[str, Expression, Span], ...] = ()
    references: tuple[tuple[str, Span], ...] = ()


class Metadata(NamedTuple):
    """The keys that a file and a variant may both have."""

    name: str | None = None
    source: str | None = None
    input: InputSpec | None = None
    expect: Expectations = Expectations()
    budget: tuple[Limit, ...] | None = None
    device_budget: DeviceBudget | None = None
    accuracy: Accuracy | None = None


class Variant(NamedTuple):
    """One network of a file: the variables that it changes, and its own metadata."""

    name: str
    span: Span
    vars: dict[str, Expression]
    metadata: Metadata


class Document(NamedTuple):
    """A whole file.

    `incomplete` means that some steps could not be read, so that not all names are known.
    `name_spans` are the positions of the names in `vars`; `entered` are the names of steps that a
    reference selects something inside of.  `states_types`: the file or some step has a `dtype`.
    """

    metadata: Metadata
    year: int | None
    task: str
    dtype: Expression | None
    vars: dict[str, Expression]
    blocks: dict[str, Block]
    body: Body
    variants: dict[str, Variant]
    incomplete: bool
    name_spans: dict[str, Span]
    entered: frozenset[str] = frozenset()
    states_types: bool = False


INPUT_VARIABLES = ("in_channels", "in_size")
"""The variables that every step with an input can read: the channels and the sizes of its input."""

TOP_KEYS = (
    "name",
    "source",
    "year",
    "task",
    "input",
    "dtype",
    "vars",
    "blocks",
    "layers",
    "variants",
    "expect",
    "budget",
    "accuracy",
)
"""The keys of a file."""

OWN_KEYS = ("expect", "accuracy")
"""The keys that hold for one network, and that each variant states itself."""

VARIANT_KEYS = ("vars", "name", "source", "input", "expect", "budget", "accuracy")

BLOCK_KEYS = ("params", "let", "inputs", "outputs", "layers")

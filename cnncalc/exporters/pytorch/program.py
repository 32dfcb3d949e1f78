"""A class of generated code before it is text: what it constructs, and the steps of `forward`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...named_tuple import NamedTuple
from ..python.block_parameters import CodeParameter
from ..python.sites import Variable

# What constructs a module


class Make(NamedTuple):
    """A module: the expression that constructs it."""

    text: str


class Let(NamedTuple):
    """A statement between modules."""

    text: str


class When(NamedTuple):
    """Modules that are constructed if a test holds."""

    test: str
    parts: tuple[Part, ...]


class Repeat(NamedTuple):
    """Modules that are constructed for each entry of a list.

    `before` and `after` are statements before the loop and at the end of each iteration.  If it
    `is_nested`, the modules of an iteration are one module.  `name` is that of one iteration.
    """

    target: str
    source: str
    parts: tuple[Part, ...]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    is_nested: bool = False
    name: str = ""


Part = Make | Let | When | Repeat

# What `forward` does


class ModuleStep(NamedTuple):
    """A module is called.

    `attribute` is its name, if code refers to it; else `hint` is the name that it may have.
    `is_named` means that the file names it.  `statements` come after it.
    """

    hint: str
    parts: tuple[Part, ...]
    inputs: tuple[Variable, ...]
    outputs: tuple[Variable, ...]
    attribute: str = ""
    is_named: bool = False
    reuses: bool = False


class ParameterStep(NamedTuple):
    """A learned or constant tensor, which is an attribute."""

    hint: str
    text: str
    outputs: tuple[Variable, ...]
    inputs: tuple[Variable, ...] = ()
    is_named: bool = False


class ExpressionStep(NamedTuple):
    """A value is calculated: `text` has {0}, {1} for the inputs."""

    text: str
    inputs: tuple[Variable, ...]
    outputs: tuple[Variable, ...]
    is_join: bool = False


class GuardStep(NamedTuple):
    """Steps that are taken if a test of the constructor holds; else the first input remains.

    `attribute` is the name under which the outcome of the test is kept.
    """

    attribute: str
    test: str
    steps: tuple[ForwardStep, ...]
    inputs: tuple[Variable, ...]
    outputs: tuple[Variable, ...]


class TrainingStep(NamedTuple):
    """Steps that are taken in training only."""

    steps: tuple[ForwardStep, ...]
    inputs: tuple[Variable, ...]
    outputs: tuple[Variable, ...]


class LoopStep(NamedTuple):
    """The modules of a list are called one after the other.

    The list is made as the parts say.  `carried` is the value before and after each iteration:
    the first input and the first output.  `collected` are further outputs, lists of one value for
    each iteration: those of the carried value itself (None), or of further outputs of the module.
    `targets` and `sources` are further names of the loop and what they run over; `arguments` are
    further arguments of each call, as expressions of the inputs; `names` are those of the further
    results.
    """

    hint: str
    item: str
    parts: tuple[Part, ...]
    inputs: tuple[Variable, ...]
    outputs: tuple[Variable, ...]
    collected: tuple[int | None, ...] = ()
    results: int = 1
    targets: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class MapStep(NamedTuple):
    """The modules of a list are called with one value, or each with its own entry of a list.

    The output is the list of the results.
    """

    hint: str
    item: str
    parts: tuple[Part, ...]
    inputs: tuple[Variable, ...]
    outputs: tuple[Variable, ...]


ForwardStep = (
    ModuleStep | ParameterStep | ExpressionStep | GuardStep | TrainingStep | LoopStep | MapStep
)


class ClassPlan(NamedTuple):
    """A class: its constructor and the steps of `forward`, from `inputs` to `outputs`.

    `lets` are the statements at the start of the constructor.  A class that `keeps_names` has an
    attribute for each step that is named, and for those between.  `out_channels` is an expression
    that is kept as an attribute of this name, "" if none is.
    """

    name: str
    docstring: str
    parameters: tuple[CodeParameter, ...]
    lets: tuple[str, ...]
    steps: tuple[ForwardStep, ...]
    inputs: tuple[Variable, ...]
    outputs: tuple[Variable, ...]
    training_outputs: tuple[Variable, ...] = ()
    keeps_names: bool = False
    out_channels: str = ""


def readers(steps: Iterable[ForwardStep], outputs: Sequence[Variable]) -> dict[Variable, int]:
    """How often each value is read."""
    found: dict[Variable, int] = {}
    for variable in outputs:
        found[variable] = found.get(variable, 0) + 1
    for step in steps:
        for variable in step.inputs:
            found[variable] = found.get(variable, 0) + 1
    return found


def is_complete(plan: ClassPlan) -> bool:
    """Whether each step of a class, and what it returns, reads values that are known there."""
    known = set(plan.inputs)
    for step in plan.steps:
        inner = step.steps if isinstance(step, GuardStep | TrainingStep) else ()
        inside = set(known)
        for one in inner:
            if not inside.issuperset(one.inputs):
                return False
            inside.update(one.outputs)
        if not known.issuperset(step.inputs):
            return False
        known.update(step.outputs)
    return known.issuperset((*plan.outputs, *plan.training_outputs))


def chain_parts(
    steps: Sequence[ForwardStep], entering: Variable, leaving: Variable
) -> tuple[Part, ...] | None:
    """What constructs steps that are modules in sequence; None if they are not."""
    current = entering
    parts: list[Part] = []
    for step in steps:
        if not isinstance(step, ModuleStep) or step.inputs != (current,):
            return None
        if len(step.outputs) != 1 or step.attribute or step.reuses:
            return None
        parts += step.parts
        [current] = step.outputs
    return tuple(parts) if current is leaving else None


def texts_of(parts: Iterable[Part]) -> Iterable[str]:
    """All expressions and statements that construct modules."""
    for part in parts:
        match part:
            case Make(text) | Let(text):
                yield text
            case When(test, inner):
                yield test
                yield from texts_of(inner)
            case Repeat():
                yield from (part.source, *part.before, *part.after)
                yield from texts_of(part.parts)

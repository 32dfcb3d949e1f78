"""Steps while they are folded: what the decomposition makes, and what folding changes.

References are to step objects, not to names: names are given last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..dtype import UNSTATED
from ..shape import Shape
from ..sketch import SketchArgument
from .scopes import ModuleScope

MISSING: Any = object()
"""The value of an argument that a step does not have."""


class DraftRef:
    """A reference to the output of a step, to a part of it, or by name to an input.

    It can be changed: folding replaces the step that it is to.
    """

    __slots__ = ("part", "target")

    def __init__(self, target: DraftStep | str, part: int | None = None) -> None:
        self.target = target
        self.part = part


Operands = list["list[DraftStep] | DraftRef | float"]


class DraftStep:
    """One step.

    `kind` is a layer, or call, group, output, from, for.  `path` is the name that the model has
    for it, relative to the scope.  `operands` are those of a join: branches, references, numbers.
    `body` are the steps of a group, an output or a loop.  `first` are the arguments that differ in
    the first iteration of a repetition, `paths` the names of all iterations.  `is_read` is true if
    a reference is to it.
    """

    def __init__(
        self, kind: str, arguments: dict[str, SketchArgument] | None = None, path: str = ""
    ) -> None:
        self.kind = kind
        self.arguments: dict[str, Any] = dict(arguments or {})
        self.path = path
        self.paths: list[str] = []
        self.has_own_name = False
        self.operands: Operands | None = None
        self.body: list[DraftStep] | None = None
        self.merged_body: list[Any] | None = None
        self.sources: list[DraftRef] | None = None
        self.repeat = 1
        self.first: dict[str, Any] = {}
        self.bindings: dict[str, list[Any]] = {}
        self.block: Any = None
        self.scope: ModuleScope | None = None
        self.channels: int | None = None  # of its input
        self.later_channels: int | None = None  # of the input of later iterations
        self.input_shape: Shape | None = None
        self.out_channels: int | None = None
        self.weights: tuple[str, ...] = ()
        self.shared: str | None = None
        self.is_trainable = True
        self.types = UNSTATED
        self.is_read = False
        self.note = ""
        self.merged: Any = None
        self.replaced_by: DraftStep | None = None

    def __repr__(self) -> str:
        return f"<{self.kind} {self.path}>"

    @property
    def branches(self) -> list[list[DraftStep]]:
        """The operands that are steps."""
        return [operand for operand in self.operands or () if isinstance(operand, list)]

    @property
    def references(self) -> list[DraftRef]:
        """The references of the step itself, in `from` and among its operands."""
        refs = [operand for operand in self.operands or () if isinstance(operand, DraftRef)]
        return [*(self.sources or ()), *refs]

    def size(self) -> int:
        """The number of steps in it, itself included."""
        inner = [*self.branches, self.body or []]
        return 1 + sum(step.size() for steps in inner for step in steps)


class DraftBody:
    """The steps of a scope.  `inputs` and `outputs` are empty unless there are several."""

    def __init__(self, scope: ModuleScope) -> None:
        self.scope = scope
        self.steps: list[DraftStep] = []
        self.inputs: list[str] = []
        self.outputs: list[DraftRef] = []
        self.input_shapes: list[Shape] = []

    @property
    def input_shape(self) -> Shape | None:
        return self.input_shapes[0] if self.input_shapes else None


def all_steps(steps: Iterable[DraftStep]) -> Iterator[DraftStep]:
    """Every step in a list, those inside of others included, each before those in it."""
    waiting = list(steps)[::-1]
    while waiting:
        step = waiting.pop()
        yield step
        if step.body:
            waiting += reversed(step.body)
        if step.operands:
            for branch in reversed(step.branches):
                waiting += reversed(branch)


def lists_of(steps: list[DraftStep]) -> Iterator[list[DraftStep]]:
    """A list of steps, and every list inside of it: branches and bodies."""
    yield steps
    for step in steps:
        for branch in step.branches:
            yield from lists_of(branch)
        if step.body is not None:
            yield from lists_of(step.body)


def redirect(
    steps: Sequence[DraftStep], old: DraftStep, new: DraftStep, outputs: Iterable[DraftRef] = ()
) -> None:
    """Make every reference to one step a reference to another."""
    if not old.is_read:
        return
    for ref in outputs:
        if ref.target is old:
            ref.target = new
    for step in all_steps(steps):
        for ref in step.references:
            if ref.target is old:
                ref.target = new
    new.is_read = True


def refers_to_input(steps: Iterable[DraftStep]) -> bool:
    """True if a step refers to the input of the scope, which only a block has."""
    return any(ref.target == "input" for step in all_steps(steps) for ref in step.references)

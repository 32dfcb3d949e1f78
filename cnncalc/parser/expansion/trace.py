"""What an expansion did for each step: for those who translate a file, and not only its graph.

Nothing is recorded unless it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ...datum import Datum
from ...document import Step
from ...named_tuple import NamedTuple
from ...network import Value
from .scope import Flow, StepResult


class TracedStep:
    """One time that a step was reached: a step has one for each iteration and block call.

    `path` is that of the step, or of its iteration.
    `variables` are those that its expressions read, without the variables of the file; `own` are
    those of the `block` that it calls.  `inputs` are its input values, `outputs` the values after
    it, empty for a skipped step.  `inner` are the steps inside it, in order.  Its nodes are those
    from `start` to before `end`.
    """

    __slots__ = (
        "block",
        "end",
        "inner",
        "inputs",
        "is_active",
        "outputs",
        "own",
        "path",
        "start",
        "step",
        "variables",
    )

    def __init__(self, step: Step, path: str, variables: dict[str, Datum], start: int) -> None:
        self.step = step
        self.path = path
        self.variables = variables
        self.block = ""
        self.own: dict[str, Datum] = {}
        self.inputs: tuple[Value, ...] = ()
        self.outputs: tuple[Value, ...] = ()
        self.inner: list[TracedStep] = []
        self.start = self.end = start
        self.is_active = False

    def finish(self, inputs: Flow, result: StepResult | None, end: int) -> None:
        """Record the result of the step; None if its `when` skips it."""
        self.inputs = inputs if isinstance(inputs, tuple) else ()
        self.end = end
        if result is not None:
            self.is_active = True
            flow = result.flow if isinstance(result.flow, tuple) else ()
            self.outputs = result.outputs or flow


class Trace(NamedTuple):
    """The occurrences of the steps of a network, and its variables."""

    occurrences: tuple[TracedStep, ...]
    variables: dict[str, Datum]


class TraceRecorder:
    """Records occurrences as an expansion reaches them."""

    def __init__(self) -> None:
        self.occurrences: list[TracedStep] = []
        self.variables: dict[str, Datum] = {}
        self.open: list[TracedStep] = []

    @contextmanager
    def occurrence(
        self, step: Step, path: str, variables: dict[str, Datum], start: int
    ) -> Iterator[TracedStep]:
        """An occurrence, while the step and those inside it are expanded."""
        found = TracedStep(step, path, dict(variables), start)
        around = self.open[-1].inner if self.open else self.occurrences
        around.append(found)
        self.open.append(found)
        try:
            yield found
        finally:
            self.open.pop()

    def enter_block(self, name: str, variables: dict[str, Datum]) -> None:
        """Record the block that the step calls, and its variables."""
        self.open[-1].block = name
        self.open[-1].own = dict(variables)

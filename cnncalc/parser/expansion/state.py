"""The state of one expansion, shared by the rules for all types of steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...datum import Datum
from ...document import Body, Document, StaticScope, Step
from ...problem import Refusal, Span
from ...shape import Shape
from ..problem_list import ProblemList
from .build_cache import BuildCache
from .diagnostics import Diagnostics
from .frame import Frame
from .graph import GraphBuilder
from .quota import Quota
from .scope import Flow, Scope, StepResult
from .trace import TraceRecorder

SKIPPED: Any = object()
"""The flow after a step that `when` skips, or that is not part of the chain."""

StepFunction = Callable[["Expansion", Step, Frame, Flow], Any]
"""Expands a step after a flow; returns the flow after it, or SKIPPED."""


class Expansion:
    """The state of one expansion.

    `conditions` are the values that each `when` evaluated to, by its position, and `read` the
    variables of the file that were read.  `cache` has what was made so far, here or in earlier
    expansions.  `shared_weights` are the shapes and the type of shared weights with the first step
    that has them, and `tagged` the first step of each tag with its structure.  `structures` and
    `names` are those of bodies and scopes that were needed so far: all calls of a block share them.
    """

    def __init__(
        self,
        document: Document,
        variables: dict[str, Datum],
        problems: ProblemList,
        step_function: StepFunction,
        recorder: TraceRecorder | None = None,
        cache: BuildCache | None = None,
    ) -> None:
        self.document = document
        self.recorder = recorder
        self.variables = variables
        self.step_function = step_function  # passed in: the rules for steps import this module
        self.graph = GraphBuilder()
        self.diagnostics = Diagnostics(problems, self.graph)
        self.quota = Quota(self.diagnostics)
        self.conditions: dict[Span, set[bool]] = {}
        self.cache = BuildCache(is_of_one_network=True) if cache is None else cache
        self.read: set[str] = set()
        self.shared_weights: dict[str, tuple[dict[str, Shape], str, str]] = {}
        self.tagged: dict[str, tuple[Step, object]] = {}
        self.structures: dict[object, tuple[object, ...]] = {}
        self.names: dict[object, dict[int, str]] = {}

    def steps(self, body: Body, frame: Frame, flow: Flow) -> Flow:
        """Expand the steps of a body in order."""
        for step in body.steps:
            result = self.step_function(self, step, frame, flow)
            if result is not SKIPPED:
                flow = result
        return flow

    def bind(self, name: str, result: StepResult, scope: Scope, span: Span) -> None:
        """Give a name to the result of a step; a duplicate is reported."""
        try:
            scope.bind(name, result)
        except Refusal as refusal:
            self.diagnostics.report(span, refusal)

    def new_scope(
        self, static: StaticScope, prefix: str, frame: Frame, parent: Scope | None
    ) -> Scope:
        """A scope for steps whose paths begin with `prefix`."""
        identity = prefix
        if frame.identity is not None:
            identity = f"{frame.identity}@{static.number - frame.origin}"
        automatic = self.automatic_names(static, frame.variables)
        return Scope(prefix, identity, parent, automatic, self.document.incomplete)

    def automatic_names(self, static: StaticScope, variables: dict[str, Datum]) -> dict[int, str]:
        """The names of the unnamed steps of a scope, by step number."""
        if static.fixed_names is not None:
            return static.fixed_names
        self.quota.spend_entries(len(static.variable_words))
        kinds = {word: self.kind_of(word, variables) for word in static.variable_words}
        key = (id(static), *kinds.values())
        found = self.names.get(key)
        if found is None:
            self.quota.spend(len(static.unnamed))
            found = self.names[key] = static.names(
                lambda step: kinds[step.word] if step.type == "variable" else step.word
            )
        return found

    def kind_of(self, word: str, variables: dict[str, Datum]) -> str:
        """The layer or block that a variable holds, or the word itself."""
        value = variables.get(word)
        if value is None and word not in variables:
            if word in self.variables:
                self.read.add(word)
            value = self.variables.get(word, word)
        return value if isinstance(value, str) else word

    def chain(
        self, body: Body, path: str, kind: str, frame: Frame, flow: Flow, span: Span
    ) -> StepResult:
        """Expand steps in a scope of their own, as one group."""
        inner = frame._replace(depth=frame.depth + 1)
        scope = self.new_scope(body.scope or StaticScope(), path + ".", inner, frame.scope)
        group = self.graph.enter(path, kind, (), frame.depth, span)
        flow = self.steps(body, inner._replace(scope=scope), flow)
        self.graph.leave(group, flow)
        return StepResult(path, flow, scope)

"""The state of one expansion, shared by the rules for all types of steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...datum import Datum
from ...document import Body, Document, StaticScope, Step
from ...problem import Refusal, Span
from ...shape import Shape
from ..problem_list import ProblemList
from .diagnostics import Diagnostics
from .frame import Frame
from .graph import GraphBuilder
from .instantiate import Instance
from .quota import Quota
from .scope import Flow, Scope, StepResult, automatic_names

SKIPPED: Any = object()
"""The flow after a step that `when` skips, or that is not part of the chain."""

StepFunction = Callable[["Expansion", Step, Frame, Flow], Any]
"""Expands a step after a flow; returns the flow after it, or SKIPPED."""


class Expansion:
    """The state of one expansion.

    `conditions` are the values that each `when` evaluated to, by its position.  `instances` are
    the layers made so far, by their arguments and input shapes; `shared_weights` the shapes of
    shared weights with the first step that has them, and `tagged` the first step of each tag with
    its structure.
    """

    def __init__(
        self,
        document: Document,
        variables: dict[str, Datum],
        problems: ProblemList,
        step_function: StepFunction,
    ) -> None:
        self.document = document
        self.variables = variables
        self.step_function = step_function  # passed in: the rules for steps import this module
        self.graph = GraphBuilder()
        self.diagnostics = Diagnostics(problems, self.graph)
        self.quota = Quota(self.diagnostics)
        self.conditions: dict[Span, set[bool]] = {}
        self.instances: dict[Any, Instance] = {}
        self.shared_weights: dict[str, tuple[dict[str, Shape], str]] = {}
        self.tagged: dict[str, tuple[Step, object]] = {}

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
        automatic = automatic_names(static, frame.variables)
        return Scope(prefix, identity, parent, automatic, self.document.incomplete)

    def chain(
        self, body: Body, path: str, kind: str, frame: Frame, flow: Flow, span: Span
    ) -> StepResult:
        """Expand steps in a scope of their own, as one group."""
        inner = frame._replace(depth=frame.depth + 1)
        scope = self.new_scope(body.scope or StaticScope(), path + ".", inner, frame.scope)
        group = self.graph.enter(path, kind, "", frame.depth, span)
        flow = self.steps(body, inner._replace(scope=scope), flow)
        self.graph.leave(group, flow)
        return StepResult(path, flow, scope)

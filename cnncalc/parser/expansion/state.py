"""What the rules for all kinds of steps share: the graph, the account, and how the steps inside a step are taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...datum import Value as Datum
from ...document import Body, Document, StaticScope, Step
from ...problem import Refusal, Span
from ...shape import Shape
from ..problem_list import ProblemList
from .diagnostics import Diagnostics
from .frame import Frame
from .graph import GraphBuilder
from .instantiate import Instance
from .scope import Bound, Flow, Scope, automatic_names

SKIPPED: Any = object()
"""What comes of a step that `when` leaves out, or that is no part of the chain."""

Take = Callable[["Expansion", Step, Frame, Flow], Any]


class Expansion:
    """One network while it is expanded.  `take` takes a step."""

    def __init__(
        self, document: Document, variables: dict[str, Datum], problems: ProblemList, take: Take
    ) -> None:
        self.document = document
        self.variables = variables
        self.take = take
        self.graph = GraphBuilder()
        self.account = Diagnostics(problems, self.graph)
        self.made: dict[Any, Instance] = {}
        self.tensors: dict[
            str, tuple[dict[str, Shape], str]
        ] = {}  # the shared weights, and the first step that has them
        self.tagged: dict[
            str, tuple[Step, object]
        ] = {}  # the first step of each tag in its scope, and what it is made of
        self.nesting = 0

    def steps(self, body: Body, frame: Frame, flow: Flow) -> Flow:
        """Take steps one after the other."""
        for step in body.steps:
            result = self.take(self, step, frame, flow)
            if result is not SKIPPED:
                flow = result
        return flow

    def bind(self, name: str, bound: Bound, scope: Scope, span: Span) -> None:
        """Give a name to what comes of a step."""
        try:
            scope.bind(name, bound)
        except Refusal as refusal:
            self.account.report(span, refusal)

    def open(self, static: StaticScope, prefix: str, frame: Frame, parent: Scope | None) -> Scope:
        """A new scope for steps whose paths begin with `prefix`."""
        identity = (
            prefix if frame.identity is None else f"{frame.identity}@{static.number - frame.origin}"
        )
        return Scope(
            prefix, identity, parent, automatic_names(static, frame.variables), self.document.lost
        )

    def chain(
        self, body: Body, path: str, kind: str, frame: Frame, flow: Flow, span: Span
    ) -> Bound:
        """Steps in a scope of their own, as one row."""
        inner = frame._replace(depth=frame.depth + 1)
        scope = self.open(body.scope or StaticScope(), path + ".", inner, frame.scope)
        group = self.graph.enter(path, kind, "", frame.depth, span)
        flow = self.steps(body, inner._replace(scope=scope), flow)
        self.graph.leave(group, flow)
        return Bound(path, flow, scope)

"""The problems found in one expansion."""

from __future__ import annotations

from ...problem import Call, Problem, Refusal, Span
from ..problem_list import ProblemList
from .graph import GraphBuilder

MAX_REPORTED_CALLS = 8


class Diagnostics:
    """Reports each problem once, with the calls that lead to it.

    `calls` are the block calls and iterations around the current step, from the outermost;
    `call_sites` the positions of the block calls among them.
    """

    def __init__(self, problems: ProblemList, graph: GraphBuilder) -> None:
        self.problems = problems
        self.graph = graph
        self.failed_at: int | None = None  # the number of nodes when the first step failed
        self.calls: list[Call] = []
        self.call_sites: list[Span] = []
        self.found_in_reading = {(problem.span, problem.rule) for problem in problems}
        self.reported: set[tuple[object, ...]] = set()

    def report(self, span: Span, refusal: Refusal) -> None:
        """Report a problem at its own position, else at the given one."""
        self.fail()
        span = refusal.span or span
        if self.is_new(span, refusal):
            calls = tuple(reversed(self.calls[-MAX_REPORTED_CALLS:]))
            problem = Problem(span, refusal.rule, refusal.message, refusal.hint, calls=calls)
            self.problems.append(problem)

    def is_new(self, span: Span, refusal: Refusal) -> bool:
        """Record a problem; False if it was reported before at this position.

        All iterations of a step have the same problem; another call of a block has it too, unless
        its message differs.
        """
        source = (span, refusal.rule)
        keys = {(*source, refusal.message), (*source, tuple(self.call_sites))}
        if source in self.found_in_reading or keys & self.reported:
            return False
        self.reported |= keys
        return True

    def fail(self) -> None:
        """Record that a step failed, with or without a problem of its own."""
        if self.failed_at is None:
            self.failed_at = len(self.graph.nodes)

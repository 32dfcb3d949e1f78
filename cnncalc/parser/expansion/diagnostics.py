"""The account of one expansion: what went wrong, from where it was called, and how much was looked at."""

from __future__ import annotations

from ...limits import MAX_ITERATIONS, MAX_TAKEN_STEPS
from ...problem import Call, Error, Problem, Refusal, Span
from ..problem_list import ProblemList
from .graph import GraphBuilder


class LimitReached(Error):
    """A limit is reached: nothing more is expanded."""


class Diagnostics:
    """Mistakes go to `problems`; `calls` leads to the step that is taken."""

    def __init__(self, problems: ProblemList, graph: GraphBuilder) -> None:
        self.problems = problems
        self.graph = graph
        self.failed_at: int | None = None  # how many nodes there were when the first step failed
        self.calls: list[Call] = []
        self.sites: list[Span] = []  # of `calls`, where a block is called
        self.read = {
            (problem.span, problem.rule) for problem in problems
        }  # what the reader of the file has reported
        self.reported: set[tuple[object, ...]] = set()
        self.whens: dict[Span, set[bool]] = {}  # what each `when` that was asked has come to
        self.effort = 0
        self.rounds = 0

    def report(self, span: Span, refusal: Refusal) -> None:
        """Report a mistake, once."""
        self.fail()
        span = refusal.span or span
        if self.is_new(span, refusal):
            self.problems.append(
                Problem(
                    span,
                    refusal.rule,
                    refusal.message,
                    refusal.hint,
                    calls=tuple(reversed(self.calls[-8:])),
                )
            )

    def is_new(self, span: Span, refusal: Refusal) -> bool:
        """Note a mistake; whether it is another one than those that were reported at its place.

        In all rounds of a step it is the same; in another call of a block too, unless it says something else.
        """
        place = (span, refusal.rule)
        keys = {(*place, refusal.message), (*place, tuple(self.sites))}
        if place in self.read or keys & self.reported:
            return False
        self.reported |= keys
        return True

    def fail(self) -> None:
        """Note that a step failed."""
        if self.failed_at is None:
            self.failed_at = len(self.graph.nodes)

    def stop(self, span: Span, message: str, hint: str = "") -> LimitReached:
        """Report that a limit is reached; what is given back is to be raised."""
        self.report(span, Refusal(message, hint, rule="limit"))
        return LimitReached()

    def spend(self, effort: int) -> None:
        """Diagnostics for steps and values that are looked at.  Raises LimitReached where they are too many."""
        self.effort += effort
        if self.effort > MAX_TAKEN_STEPS:
            span = self.calls[-1].span if self.calls else Span(1, 1, 1, 2)
            raise self.stop(span, f"more than {MAX_TAKEN_STEPS:,} steps and values are looked at")

    def take_rounds(self, count: int, span: Span, check_only: bool = False) -> None:
        """Diagnostics for repetitions.  Raises LimitReached where they are too many."""
        if self.rounds + count > MAX_ITERATIONS:
            raise self.stop(
                span, f"more than {MAX_ITERATIONS:,} repetitions in all, {count:,} asked for here"
            )
        if not check_only:
            self.rounds += count

"""The work of one expansion, counted against the bounds of the language."""

from __future__ import annotations

from ...limits import (
    MAX_CALL_DEPTH,
    MAX_ENTRIES_PER_STEP,
    MAX_EVALUATED_STEPS,
    MAX_ITERATIONS,
    MAX_LAYERS,
    MAX_PATH_TEXT,
    MAX_STEP_NESTING,
)
from ...problem import Error, Refusal, Span
from .diagnostics import Diagnostics


class LimitReached(Error):
    """A bound is exceeded, which was reported: nothing more is expanded."""


class Quota:
    """Counts steps, values, iterations and the characters of paths.

    Its methods report the bound that is exceeded, and raise LimitReached.
    """

    def __init__(self, diagnostics: Diagnostics) -> None:
        self.diagnostics = diagnostics
        self.effort = 0  # steps and values
        self.iterations = 0
        self.characters = 0  # of paths and arguments
        self.nesting = 0  # steps inside of steps

    def exceeded(self, span: Span, message: str, hint: str = "") -> LimitReached:
        """Report that a bound is exceeded; returns the exception to raise."""
        self.diagnostics.report(span, Refusal(message, hint, rule="limit"))
        return LimitReached()

    def spend(self, effort: int) -> None:
        """Count steps and values that are evaluated."""
        self.effort += effort
        if self.effort > MAX_EVALUATED_STEPS:
            raise self.exceeded(self.here, f"more than {MAX_EVALUATED_STEPS:,} steps and values")

    def spend_entries(self, count: int) -> None:
        """Count values that are only bound or passed on: several of them cost as much as a step."""
        if count >= MAX_ENTRIES_PER_STEP:
            self.spend(count // MAX_ENTRIES_PER_STEP)

    def spend_text(self, characters: int) -> None:
        """Count the characters of a path, or of the arguments of a call."""
        self.characters += characters
        if self.characters > MAX_PATH_TEXT:
            message = f"paths and arguments of more than {MAX_PATH_TEXT:,} characters"
            raise self.exceeded(self.here, message, "use shorter names, or fewer levels of groups")

    @property
    def here(self) -> Span:
        """The position of the innermost block call or iteration, else the start of the file."""
        calls = self.diagnostics.calls
        return calls[-1].span if calls else Span(1, 1, 1, 2)

    def check_iterations(self, count: int, span: Span) -> None:
        """Check that there may be `count` more iterations, without counting them."""
        if self.iterations + count > MAX_ITERATIONS:
            message = f"more than {MAX_ITERATIONS:,} iterations in total, {count:,} of them here"
            raise self.exceeded(span, message)

    def spend_iterations(self, count: int, span: Span) -> None:
        """Count iterations of `repeat`, `for` and `across`."""
        self.check_iterations(count, span)
        self.iterations += count

    def check_layers(self, count: int, span: Span) -> None:
        """Check that one more layer may follow `count` others."""
        if count >= MAX_LAYERS:
            raise self.exceeded(span, f"more than {MAX_LAYERS:,} layers")

    def check_call_depth(self, depth: int, span: Span) -> None:
        """Check that a block may be called inside of `depth` other calls."""
        if depth >= MAX_CALL_DEPTH:
            message = f"block calls are nested more than {MAX_CALL_DEPTH} levels deep"
            hint = "a block that calls itself needs a `when` that becomes false"
            raise self.exceeded(span, message, hint)

    def enter_step(self, span: Span, path: str) -> None:
        """Count a step that begins, and its nesting until `leave_step`."""
        self.effort += 1
        self.characters += len(path)
        if self.effort > MAX_EVALUATED_STEPS:
            self.spend(0)
        if self.characters > MAX_PATH_TEXT:
            self.spend_text(0)
        if self.nesting >= MAX_STEP_NESTING:
            message = f"steps are nested more than {MAX_STEP_NESTING} levels deep"
            raise self.exceeded(span, message)
        self.nesting += 1

    def leave_step(self) -> None:
        self.nesting -= 1

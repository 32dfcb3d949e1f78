"""What is found wrong in a file, up to a bound."""

from __future__ import annotations

from ..limits import MAX_PROBLEMS
from ..problem import Error, Problem


class FatalProblem(Error):
    """The text cannot be read any further."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class ProblemList(list[Problem]):
    """The problems of one file in the order in which they are found."""

    def append(self, problem: Problem) -> None:
        """Note a problem.  Raises FatalProblem where there are too many to be read."""
        if len(self) >= MAX_PROBLEMS:
            hint = "mend the ones before: the rest was not looked at"
            raise FatalProblem(
                Problem(problem.span, "limit", f"more than {MAX_PROBLEMS} mistakes", hint)
            )
        super().append(problem)

    @property
    def has_errors(self) -> bool:
        """Whether there are errors, not warnings only."""
        return any(problem.severity == "error" for problem in self)

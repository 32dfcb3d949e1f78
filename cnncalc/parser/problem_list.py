"""The problems of one file, up to a bound."""

from __future__ import annotations

from ..limits import MAX_PROBLEMS
from ..problem import Error, Problem


class FatalProblem(Error):
    """A problem after which the file cannot be read any further."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class ProblemList(list[Problem]):
    """The problems of one file in the order in which they are found."""

    def append(self, problem: Problem) -> None:
        """Add a problem.  Raises FatalProblem if there are more than MAX_PROBLEMS."""
        if len(self) >= MAX_PROBLEMS:
            message = f"more than {MAX_PROBLEMS} problems"
            hint = "fix the ones above: the rest of the file was not checked"
            raise FatalProblem(Problem(problem.span, "limit", message, hint))
        super().append(problem)

    @property
    def has_errors(self) -> bool:
        """True if there are errors, not only warnings."""
        return any(problem.severity == "error" for problem in self)

"""What the rules find: violations, findings and fixes."""

from __future__ import annotations

from ..named_tuple import NamedTuple
from ..problem import Call, Problem, Span


class Fix(NamedTuple):
    """A change of the file that resolves a finding.

    With a `key`, the argument `key: value` is given to the step whose word is at `span`;
    without one, the text at `span` is replaced with `value`.
    """

    span: Span
    key: str
    value: str
    description: str


class Violation(NamedTuple):
    """A report of a rule; the runner turns it into a Finding."""

    span: Span
    message: str
    hint: str = ""
    calls: tuple[Call, ...] = ()
    fix: Fix | None = None


class Finding(NamedTuple):
    """A problem with the text of its line, and its fix if there is one."""

    problem: Problem
    line: str
    fix: Fix | None = None

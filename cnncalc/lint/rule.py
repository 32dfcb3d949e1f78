"""A lint rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..named_tuple import NamedTuple
from ..problem import Severity
from .context import LintContext
from .finding import Violation


class Rule(NamedTuple):
    """A rule.

    `doc` is its page in docs/rules.md: why, a file that fails, and one that passes.  `default` is
    whether it is enabled unless it is ignored.
    """

    name: str
    check: Callable[[LintContext], Iterator[Violation]]
    doc: str
    severity: Severity = "warning"
    default: bool = True

"""What a rule is."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..problem import Severity
from .context import LintContext
from .finding import Violation


class Rule(NamedTuple):
    """A rule.  `doc` is its documentation: why, a file that fails, and one that passes."""

    name: str
    check: Callable[[LintContext], Iterator[Violation]]
    doc: str
    severity: Severity = "warning"
    default: bool = True

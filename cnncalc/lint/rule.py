"""A lint rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ..named_tuple import NamedTuple
from ..problem import Severity
from .context import LintContext
from .finding import Violation


class Rule(NamedTuple):
    """A rule.

    `doc` is its page in docs/rules.md: why, a file that fails, and one that passes.  `severity` is
    "warning" for what is probably a mistake, "note" for a choice that published networks make too.
    `default` is whether it is enabled unless it is ignored.
    """

    name: str
    check: Callable[[LintContext], Iterator[Violation]]
    doc: str
    severity: Severity = "warning"
    default: bool = True

    @property
    def summary(self) -> str:
        """What it finds, as a title: the first clause of its documentation."""
        return re.split(r"\.\s|:\s|\.$", " ".join(self.doc.split()), maxsplit=1)[0]

"""What is found in files, for a person: each finding with its line and a caret, and a last line that sums up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...lint.finding import CheckResult
from ...problem import count
from ..problems import told

if TYPE_CHECKING:
    from ...problem import Problem


def check_text(result: CheckResult) -> str:
    parts = [finding_text(finding.problem, file, finding.line) for file, finding in result.findings]
    return "\n".join([*parts, last_line(result)]) + "\n"


def finding_text(problem: Problem, file: str, line: str) -> str:
    """One finding, in which nothing acts on the log of a CI."""
    text = told(problem, file, line)
    # A log acts on `::` at the start of a line, and on `##[`, `##vso[` and the like anywhere in it.
    text = re.sub(r"#(?=#\w*\[)", r"\\x23", text)
    return f"./{text}" if text.startswith(("::", "##")) else text


def last_line(result: CheckResult) -> str:
    """How many files and variants were checked, and what was found.

    >>> last_line(CheckResult((), ()))
    '0 files, 0 networks: no findings'
    """
    found = len(result.findings)
    fixable = len([finding for _, finding in result.findings if finding.fix])
    told = count(found, "finding") if found else "no findings"
    mend = f", {fixable} of which --fix mends" if fixable else ""
    return f"{count(len(result.architectures), 'file')}, {count(result.networks, 'network')}: {told}{mend}"

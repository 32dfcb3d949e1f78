"""The rules asked of one file: what they find, less what comments suppress."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from ..problem import Problem, Span, did_you_mean
from .context import LintContext
from .finding import Finding, Violation
from .registry import RULES, rule
from .suppression import Suppression, suppressions, without

if TYPE_CHECKING:
    from ..document import Document

STALE = "stale-suppression"
OF_NAMES = ("unused-variable", "unused-parameter", "shadowed-name")


def doubts(document: Document, lines: Sequence[str]) -> list[Problem]:
    """What every reader of a file is told, whether it is checked or not: names that nothing reads, or that hide others."""
    found = lint(LintContext(document, (), {}, lines, whole=False), OF_NAMES)
    return sorted(finding.problem for finding in found)


def lint(subject: LintContext, names: Collection[str]) -> list[Finding]:
    """What the named rules find, each thing once however often its block is called."""
    comments = suppressions(subject.lines)
    used: set[tuple[int, str]] = set()
    found: dict[tuple[str, Span], Finding] = {}
    for name in RULES:
        if name not in names:
            continue
        asked = rule(name)
        for remark in asked.check(subject):
            if (name, remark.span) not in found and not is_suppressed(name, remark, comments, used):
                found[name, remark.span] = finding(subject, name, remark, asked.severity)
    if STALE in names and subject.whole:
        for remark in stale(subject, comments, used, names):
            found[STALE, remark.span] = finding(subject, STALE, remark, rule(STALE).severity)
    return list(found.values())


def finding(subject: LintContext, name: str, remark: Violation, severity: str) -> Finding:
    problem = Problem(remark.span, name, remark.message, remark.hint, severity, remark.calls)  # type: ignore[arg-type]
    return Finding(problem, subject.lines[remark.span.line - 1], remark.fix)


def is_suppressed(
    name: str, remark: Violation, comments: list[Suppression], used: set[tuple[int, str]]
) -> bool:
    """Whether a comment for the file, on the line, or on that of a call to it names the rule."""
    lines = {remark.span.line, *(call.span.line for call in remark.calls)}
    those = [
        comment
        for comment in comments
        if (comment.whole_file or comment.line in lines)
        and any(name == word for word, _ in comment.names)
    ]
    used.update((comment.line, name) for comment in those)
    return bool(those)


def stale(
    subject: LintContext,
    comments: list[Suppression],
    used: set[tuple[int, str]],
    asked: Collection[str],
) -> Iterator[Violation]:
    """The names in comments that suppress nothing.  What was not asked is not known."""
    for comment in comments:
        names = dict(comment.names)
        vain = {
            name
            for name in names
            if name not in RULES or (name in asked and (comment.line, name) not in used)
        }
        fix = without(comment, subject.lines[comment.line - 1], vain) if vain else None
        for name in names:
            if name in vain and name not in RULES:
                hint = did_you_mean(name, RULES) or "only findings of rules can be ignored"
                yield Violation(names[name], f"there is no rule `{name}`", hint, fix=fix)
            elif name in vain:
                yield Violation(
                    names[name], f"there is no {name} here to be ignored", "remove it", fix=fix
                )

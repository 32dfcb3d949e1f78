"""Runs the rules on one file, and drops the violations that comments suppress."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from ..problem import Problem, Severity, Span, did_you_mean
from .context import LintContext
from .finding import Finding, Violation
from .registry import RULES, load_rule
from .suppression import Suppression, SuppressionIndex, find_suppressions, removal_of

if TYPE_CHECKING:
    from ..document import Document

STALE = "stale-suppression"
NAME_RULES = ("unused-variable", "unused-parameter", "shadowed-name")


def name_warnings(document: Document, lines: Sequence[str]) -> list[Problem]:
    """The warnings that every command prints: names that are never read, or that hide others."""
    found = lint(LintContext(document, (), {}, lines, is_complete=False), NAME_RULES)
    return sorted(finding.problem for finding in found)


def lint(context: LintContext, rules: Collection[str]) -> list[Finding]:
    """The findings of the named rules, one per position however often its block is called."""
    comments = find_suppressions(context.lines)
    index = SuppressionIndex(comments)
    found: dict[tuple[str, Span], Finding] = {}
    for name in RULES:
        if name not in rules:
            continue
        rule = load_rule(name)
        for violation in rule.check(context):
            key = (name, violation.span)
            if key in found:
                continue
            lines = (violation.span.line, *[call.span.line for call in violation.calls])
            if not index.applies(name, lines):
                found[key] = finding_of(context, name, violation, rule.severity)
    if STALE in rules and context.is_complete:
        severity = load_rule(STALE).severity
        for violation in stale_names(context, comments, index.used, rules):
            found[STALE, violation.span] = finding_of(context, STALE, violation, severity)
    return list(found.values())


def finding_of(
    context: LintContext, rule: str, violation: Violation, severity: Severity
) -> Finding:
    """A violation as a finding: with its rule, its severity and the text of its line."""
    span, message, hint, calls, fix = violation
    problem = Problem(span, rule, message, hint, severity, calls)
    return Finding(problem, context.lines[span.line - 1], fix)


def stale_names(
    context: LintContext,
    comments: list[Suppression],
    used: set[tuple[int, str]],
    enabled: Collection[str],
) -> Iterator[Violation]:
    """The names in comments that suppress nothing.  A rule that is not enabled is not stale."""
    for comment in comments:
        names = dict(comment.names)
        stale = {
            name
            for name in names
            if name not in RULES or (name in enabled and (comment.line, name) not in used)
        }
        fix = removal_of(stale, comment, context.lines[comment.line - 1]) if stale else None
        for name in names:
            if name in stale and name not in RULES:
                hint = did_you_mean(name, RULES) or "only findings of rules can be ignored"
                yield Violation(names[name], f"there is no rule `{name}`", hint, fix=fix)
            elif name in stale:
                message = f"there is no {name} finding here to ignore"
                yield Violation(names[name], message, "remove it", fix=fix)

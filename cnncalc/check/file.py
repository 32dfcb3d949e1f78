"""One file -> what is found in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from ..engine.analysis import Analysis
from ..engine.calculation import analyse
from ..engine.quantities import network_number
from ..lint.finding import FileResult, Finding, Numbers
from ..parser.parsing import read_architecture, read_document
from ..parser.variants import BuiltVariants, build_variants
from ..problem import Problem
from ..quantities import names_for
from .budget import check_budget
from .expect import check_expect


def inspect(
    data: bytes,
    name: str,
    rules: Collection[str],
    variant: str | None = None,
    *,
    if_ours: bool = False,
) -> FileResult | None:
    """All mistakes, broken promises, exceeded budgets and findings of rules in a file.

    `if_ours` gives None for YAML that is another tool's.  Raises RequestError where there is no such variant.
    """
    file = read_architecture(data, name) if if_ours else read_document(data, name)
    if file is None:
        return None
    found = build_variants(file, variant)
    reports = {
        key: analyse(network) if network else None for key, network in found.networks.items()
    }
    problems = [
        *found.problems,
        *promises_of(found, [report for report in reports.values() if report]),
    ]
    findings = [Finding(problem, line_of(problem, file.lines)) for problem in problems]
    if found.document is not None and rules:
        findings += linted(found, [report for report in reports.values() if report], rules, variant)
    numbers = {key or "": numbers_of(report) if report else None for key, report in reports.items()}
    variants = found.document.variants.values() if found.document else ()
    places = {entry.name: (entry.span, file.lines[entry.span.line - 1]) for entry in variants}
    return FileResult(
        name, tuple(sorted(findings, key=lambda finding: finding.problem)), numbers, places
    )


def promises_of(found: BuiltVariants, reports: Sequence[Analysis]) -> Iterator[Problem]:
    """Broken promises and exceeded budgets.  A budget of the whole file says which variant exceeds it."""
    several = len(found.networks) > 1
    common = found.document.facts.budget or () if found.document else ()
    for report in reports:
        yield from check_expect(report)
        for problem in check_budget(report):
            if several and problem.span in {limit.span for limit in common}:
                problem = problem._replace(message=f"`{report.network.variant}`, {problem.message}")
            yield problem


def linted(
    found: BuiltVariants, reports: Sequence[Analysis], rules: Collection[str], variant: str | None
) -> list[Finding]:
    from ..lint.context import LintContext
    from ..lint.runner import lint

    assert found.document is not None
    whole = variant is None and len(reports) == len(found.networks)
    return lint(
        LintContext(found.document, reports, found.conditions, found.file.lines, whole), rules
    )


def line_of(problem: Problem, lines: Sequence[str]) -> str:
    return lines[problem.span.line - 1] if problem.span.line <= len(lines) else ""


def numbers_of(report: Analysis) -> Numbers:
    """The numbers that a baseline holds, for one sample."""
    output = report.network.outputs.get("output")
    found: dict[str, int | str] = {
        name: network_number(report, name) for name in names_for("baseline")
    }
    return {**found, "output": str(output.shape) if output else ""}

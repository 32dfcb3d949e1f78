"""Checks one file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ..engine import analyse
from ..engine.analysis import Analysis
from ..engine.quantity_values import applies, network_number
from ..lint.finding import Finding
from ..network import Network
from ..parser import read_architecture, read_document
from ..parser.variants import BuiltVariants, build_variants
from ..problem import Problem, Span
from ..quantities import names_for
from .budget import NO_BUDGET, START, GivenBudget, check_budget
from .expect import check_expect
from .result import FileResult, Numbers

if TYPE_CHECKING:
    from .device_budget import DeviceCheck


def check_file(
    data: bytes,
    name: str,
    rules: Collection[str],
    variant: str | None = None,
    *,
    skip_foreign: bool = False,
    budget: GivenBudget = NO_BUDGET,
) -> FileResult | None:
    """All errors, unmet expectations, exceeded budgets and findings of rules in a file.

    `budget` are limits in addition to those of the file.
    With `skip_foreign`, the result is None for YAML of another tool.
    Raises RequestError if there is no such variant.
    """
    file = read_architecture(data, name) if skip_foreign else read_document(data, name)
    if file is None:
        return None
    found = build_variants(file, variant)
    analyses = {
        key: analyse(network) if network else None for key, network in found.networks.items()
    }
    built = [analysis for analysis in analyses.values() if analysis]
    problems = [*found.problems, *declared_problems(found, built, budget)]
    on_devices = list(device_checks(found, budget))
    problems += [problem for problems, _ in on_devices for problem in problems]
    findings = [Finding(problem, line_of(problem, file.lines)) for problem in problems]
    if found.document is not None and rules:
        findings += rule_findings(found, built, rules, variant)
    findings.sort(key=lambda finding: finding.problem)
    numbers = {
        key or "": numbers_of(analysis) if analysis else None for key, analysis in analyses.items()
    }
    variants = found.document.variants.values() if found.document else ()
    variant_lines = {
        entry.name: (entry.span, file.lines[entry.span.line - 1]) for entry in variants
    }
    layers = sum(len(analysis.network.nodes) for analysis in built)
    fits = tuple([fit for _, fit in on_devices if fit])
    return FileResult(name, tuple(findings), numbers, variant_lines, layers=layers, fits=fits)


def declared_problems(
    found: BuiltVariants, analyses: Sequence[Analysis], given: GivenBudget
) -> Iterator[Problem]:
    """Unmet expectations and exceeded budgets."""
    common = found.document.metadata.budget or () if found.document else ()
    spans = {limit.span for limit in (*common, *given.limits)}
    for analysis in analyses:
        yield from check_expect(analysis)
        yield from of_variant(check_budget(analysis, given.limits), found, analysis.network, spans)


def of_variant(
    problems: Iterable[Problem], found: BuiltVariants, network: Network, common: Collection[Span]
) -> Iterator[Problem]:
    """Exceeded budgets; for one of the whole file, or a given one, with the variant."""
    for problem in problems:
        if len(found.networks) > 1 and problem.span in common:
            problem = problem._replace(message=f"`{network.variant}`, {problem.message}")
        yield problem


def device_checks(found: BuiltVariants, given: GivenBudget) -> Iterator[DeviceCheck]:
    """Each network on the device that its file names, and on the given one."""
    networks = [network for network in found.networks.values() if network]
    if given.device is None and not any(network.device_budget for network in networks):
        return
    from .device_budget import check_device, check_named_device  # few files have one

    common = found.document.metadata.device_budget if found.document else None
    spans = {START, *((common.span, *(one.span for one in common.limits)) if common else ())}
    for network in networks:
        checks = []
        if network.device_budget:
            checks.append(check_named_device(found, network, network.device_budget))
        if given.device is not None:
            of_device = given.device, given.on_device, START
            checks.append(check_device(found, network, *of_device))
        for check in checks:
            problems = list(of_variant(check.problems, found, network, spans))
            yield check._replace(problems=problems)


def rule_findings(
    found: BuiltVariants, analyses: Sequence[Analysis], rules: Collection[str], variant: str | None
) -> list[Finding]:
    """The findings of the rules."""
    from ..lint.context import LintContext
    from ..lint.runner import lint

    assert found.document is not None
    is_complete = variant is None and len(analyses) == len(found.networks)
    lines = found.file.lines
    context = LintContext(found.document, analyses, found.conditions, lines, is_complete)
    return lint(context, rules)


def line_of(problem: Problem, lines: Sequence[str]) -> str:
    return lines[problem.span.line - 1] if problem.span.line <= len(lines) else ""


def numbers_of(analysis: Analysis) -> Numbers:
    """The numbers that a baseline holds, for one sample."""
    output = analysis.network.outputs.get("output")
    numbers: dict[str, int | str] = {
        name: network_number(analysis, name)
        for name in names_for("baseline")
        if applies(name, analysis)
    }
    return {**numbers, "output": str(output.shape) if output else ""}

"""All variants of a file: their networks, and every problem in any of them once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..document import Document, Variant
from ..limits import MAX_CHECK_EFFORT
from ..named_tuple import NamedTuple
from ..network import Network
from ..problem import Call, Problem, Span
from .expansion.build_cache import BuildCache
from .pipeline import ReadFile, build
from .request import Request


class BuiltVariants(NamedTuple):
    """The networks of a file.

    `networks` has one entry per variant (one entry named None if the file has no variants), which
    is None if the variant cannot be built.  `conditions` are the values that each `when` evaluated
    to in any of them, by its position.  `cache` has what they are made of, for further builds.
    """

    file: ReadFile
    networks: Mapping[str | None, Network | None]
    conditions: Mapping[Span, set[bool]]
    problems: tuple[Problem, ...]
    cache: BuildCache

    @property
    def document(self) -> Document | None:
        """The document, if it was read without errors."""
        return self.file.document if self.file.is_valid else None


def build_variants(file: ReadFile, variant: str | None = None) -> BuiltVariants:
    """Build all variants of a file, or the given one.

    Raises RequestError if there is no such variant.
    """
    cache = BuildCache()
    if file.document is None:
        return BuiltVariants(file, {}, {}, file.problems, cache)
    names = (variant,) if variant is not None else file.variants or (None,)
    networks: dict[str | None, Network | None] = dict.fromkeys(names)
    conditions: dict[Span, set[bool]] = {}
    found: list[tuple[Variant | None, Sequence[Problem]]] = []
    effort = 0
    for name in names:
        declared = file.document.variants.get(name or "")
        if declared is not None and effort > MAX_CHECK_EFFORT:
            found.append((declared, [*file.problems, effort_problem(declared)]))
            break
        parsed = build(file, Request(name), cache=cache)
        networks[name] = parsed.network
        found.append((declared, parsed.problems))
        effort += parsed.effort
        for span, outcomes in parsed.conditions.items():
            conditions.setdefault(span, set()).update(outcomes)
    return BuiltVariants(file, networks, conditions, merged(found), cache)


def effort_problem(variant: Variant) -> Problem:
    """The report on the first variant that is not built because those before it took too long."""
    message = f"the variants above take more than {MAX_CHECK_EFFORT:,} steps, iterations and values"
    return Problem(variant.span, "limit", message)


def merged(found: Sequence[tuple[Variant | None, Sequence[Problem]]]) -> tuple[Problem, ...]:
    """Each problem once, in reading order.  If not all variants have it, it names the first."""
    counts: dict[tuple[Span, str, str], int] = {}
    for _, problems in found:
        for key in {(problem.span, problem.rule, problem.message) for problem in problems}:
            counts[key] = counts.get(key, 0) + 1
    kept: dict[tuple[Span, str], Problem] = {}
    for variant, problems in found:
        for problem in problems:
            everywhere = counts[problem.span, problem.rule, problem.message] == len(found)
            if variant is not None and not everywhere:
                call = Call(f"variant `{variant.name}`", variant.span)
                problem = problem._replace(calls=(*problem.calls, call))
            kept.setdefault((problem.span, problem.rule), problem)
    return tuple(sorted(kept.values()))

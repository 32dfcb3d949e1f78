"""What a hint proposes is accepted, or fails for another reason than before."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnncalc.parser import parse
from cnncalc.problem import Problem

from .support.hints import applied
from .support.paths import TESTS

CASES = sorted((TESTS / "networks" / "bad").glob("*.yaml"))
LEAST = 65  # hints of the corpus that propose a text


def reported(data: bytes) -> tuple[tuple[Problem, ...], tuple[str, ...]]:
    parsed = parse(data, "a.yaml")
    return parsed.problems, parsed.lines


def proposals(path: Path) -> list[tuple[Problem, str]]:
    """Each problem of a file that proposes a text, with the file after that."""
    try:
        problems, lines = reported(path.read_bytes())
    except ValueError:
        return []
    texts = [(problem, applied(problem, lines)) for problem in problems]
    return [(problem, text) for problem, text in texts if text is not None]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_hints_lead_somewhere(path: Path) -> None:
    for problem, text in proposals(path):
        found, _ = reported(text.encode())
        again = [other for other in found if other.span.line == problem.span.line]
        assert (problem.rule, problem.message) not in [
            (other.rule, other.message) for other in again
        ], text
        # Nor does it lead to an error of YAML or of expressions that was not there
        syntax = {other.rule for other in again} & {"syntax", "expression"}
        assert not syntax - {other.rule for other in reported(path.read_bytes())[0]}, text


def test_many_hints_propose_a_text() -> None:
    assert sum(len(proposals(path)) for path in CASES) >= LEAST

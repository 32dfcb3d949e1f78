"""Slips in YAML are reported at their origin, in the same words by both parsers of PyYAML."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cnncalc.parser import parse
from cnncalc.problem import Problem

from .support.paths import TESTS

GOOD = sorted((TESTS / "networks" / "good").glob("*.yaml"))
HEAD = "input: 3x8x8\nlayers:\n"
OPEN = "`{` opened in line 3 is not closed"


def first(text: str) -> Problem:
    """The first problem, which both parsers report."""
    found = [parse(text.encode(), "a.yaml", pure=pure).problems[0] for pure in (False, True)]
    assert found[0] == found[1]
    return found[0]


STEPS = {
    # Brackets: the opener, not the line at which the parser gives up
    "{conv: 4, kernel: 3\n  - relu\n  - flatten\n": (3, 5, OPEN),
    "{conv: 4, kernel: 3\n": (3, 5, OPEN),
    "{conv: 4,\n     kernel: 3\n  - relu\n": (3, 5, OPEN),
    "conv: {4\n  - relu\n": (3, 11, OPEN),
    "{conv: 4 # }\n  - relu\n": (3, 5, OPEN),
    "{conv: 4, kernel: 3\nexpect: {params: 3}\n": (3, 5, OPEN),
    "{conv: 4, kernel: [3, 3}\n": (3, 23, "`[` opened in line 3 is not closed before this `}`"),
    "{conv: 4, kernel: 3]\n": (3, 5, "`{` opened in line 3 is closed by `]`"),
    "{conv: 4, kernel: 3}}\n": (3, 25, "this `}` closes nothing: it has no `{`"),
    "{conv: 4, kernel: 3}]\n": (3, 25, "this `]` closes nothing: it has no `[`"),
    "{conv: 4, kernel: 3}, relu\n": (3, 25, "nothing can follow this value"),
    "{conv: 4, kernel: 3} relu\n": (3, 26, "nothing can follow this value"),
    "add:\n      - [{conv: 4}, relu\n      - []\n": (4, 9, "`[` opened in line 4 is not closed"),
    # Quotes
    '{conv: 4, name: "a}\n  - relu\n': (3, 21, '`"` opened in line 3 is not closed'),
    "{conv: 4, name: 'a}\n  - relu\n": (3, 21, "`'` opened in line 3 is not closed"),
    "'it''s: {x\n": (3, 5, "`'` opened in line 3 is not closed"),
    "\u201cconv: 4\u201d\n": (3, 5, "unknown layer"),
    # Indents: this line and the one that it continues
    "relu\n - relu\n": (4, 2, "`-` is indented by 1 space, `-` in line 3"),
    "conv: 4\n   kernel: 3\n": (4, 4, "`kernel:` is indented by 3 spaces, `conv:` in line 3"),
    "conv: 4\n     kernel: 3\n": (4, 6, "`kernel:` is indented by 5 spaces, `conv:` in line 3"),
    "repeat: 2\n    layers:\n    - relu\n   - relu\n": (6, 4, "`-` is indented by 3 spaces"),
    "relu\n   - relu\n": (3, 5, "unknown layer `relu - relu`"),
    # Others
    "{conv: max(4, 3}\n": (3, 12, "is cut off at the comma"),
    "{conv: 4 kernel: 3}\n": (3, 20, "expected `,` or `}`"),
    "conv: 4, kernel: 3\n": (3, 20, "a `:` is not allowed here"),
    "]\n": (3, 5, "expected a value"),
}


@pytest.mark.parametrize("steps", STEPS)
def test_slips_in_steps(steps: str) -> None:
    line, column, message = STEPS[steps]
    found = first(f"{HEAD}  - {steps}")
    assert message in found.message and found.span[:2] == (line, column)


FILES = {
    'name: "my net\ninput: 3x8x8\nlayers: [relu]\n': (1, 7, '`"` opened in line 1 is not closed'),
    "input: 3x8x8\nlayers: [relu, {conv: 4}\nexpect: {}\n": (2, 9, "`[` opened in line 2"),
    "input: 3x8x8\nvars: {a: 1\nlayers: [relu]\n": (2, 7, "`{` opened in line 2 is not closed"),
    "input: 3x8x8\n layers:\n  - relu\n": (2, 2, "`input:` in line 1, which it continues, by 0"),
    " input: 3x8x8\nlayers:\n  - relu\n": (2, 1, "`input:` in line 1, which it continues, by 1"),
    "input: 3x8x8\nvars:\n  a: 1\n b: 2\nlayers: [relu]\n": (4, 2, "`a:` in line 3"),
    'source: |\n  {text "\ninput: 3x8x8\nlayers: [relu\n': (4, 9, "`[` opened in line 4"),
    "name: \u201cnet: one\u201d\ninput: 3x8x8\nlayers: [relu]\n": (1, 7, "is not a quote of YAML"),
    "input: 3x8x8\nlayers:\n  -{conv: 4}\n  - relu\n": (3, 3, "no space after the dash"),
    "input: 3x8x8\nlayers:\n  -[relu]\n  -{conv: 4}\n": (3, 3, "no space after the dash"),
    "input: 3x8x8\nlayers:\n  -[relu]\n": (3, 3, "`layers` must be a list"),
}


@pytest.mark.parametrize("text", FILES)
def test_slips_in_files(text: str) -> None:
    line, column, message = FILES[text]
    found = first(text)
    assert message in found.message and found.span[:2] == (line, column)


# One character of a valid file is missing or too many


def flow_steps(path: Path) -> list[tuple[list[str], int]]:
    """The lines of a file, with the index of a line that is a step in braces; three at most."""
    lines = path.read_text("utf-8").split("\n")
    steps = [index for index, line in enumerate(lines) if re.fullmatch(r" *- \{[^#\"']*\}", line)]
    return [(lines, index) for index in steps[:3]]


def changed(lines: list[str], index: int, line: str) -> str:
    return "\n".join([*lines[:index], line, *lines[index + 1 :]])


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_brace_that_is_missing_or_too_many(path: Path) -> None:
    for lines, index in flow_steps(path):
        opener = lines[index].index("{") + 1
        if lines[index].count("{") == lines[index].count("}") == 1:
            found = first(changed(lines, index, lines[index][:-1]))
            assert f"`{{` opened in line {index + 1} is not closed" in found.message
            assert found.span[:2] == (index + 1, opener)
        found = first(changed(lines, index, lines[index] + "}"))
        assert "this `}` closes nothing" in found.message
        assert found.span[:2] == (index + 1, len(lines[index]) + 1)


@pytest.mark.parametrize("size", [90_000, 400_000])
def test_only_the_beginning_of_a_text_is_searched(size: int) -> None:
    text = "#" * 60 + "\n"
    found = first(text * (size // len(text)) + "a: {b: 1\n")
    assert ("opened in line" in found.message) == (size < 100_000)

"""Every kind of error gives exactly the message in the file next to it.

`CNNCALC_REWRITE=1 pytest tests/test_language_bad.py` rewrites the messages: read each as its reader
would.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cnncalc.parser import parse
from cnncalc.views.problems import problem_text

from .support.paths import TESTS

CASES = sorted((TESTS / "networks" / "bad").glob("*.yaml"))


def messages(path: Path, *, pure: bool = False) -> str:
    parsed = parse(path.read_bytes(), path.name, pure=pure)
    assert parsed.network is None
    assert any(problem.severity == "error" for problem in parsed.problems)
    return "".join(
        problem_text(problem, path.name, parsed.lines) + "\n" for problem in parsed.problems
    )


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_message(path: Path) -> None:
    found = messages(path)
    expected = path.with_suffix(".txt")
    if os.environ.get("CNNCALC_REWRITE"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_pure_parser_gives_the_same(path: Path) -> None:
    assert messages(path, pure=True) == messages(path)

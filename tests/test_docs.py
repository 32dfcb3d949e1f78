"""What README and docs show is what comes out.  `CNNCALC_REWRITE=1 pytest tests/test_docs.py` writes it anew."""

from __future__ import annotations

import doctest
import os
import re
import shlex
from pathlib import Path

import pytest

from cnncalc.layers import LAYERS

from .support import HERE, read
from .test_show import cnncalc

ROOT = HERE.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
OUTPUT = re.compile(r"<!-- output: cnncalc (.*?) -->\n(.*?)<!-- end -->", re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_outputs(page: Path) -> None:
    text = page.read_text("utf-8")

    def real(found: re.Match[str]) -> str:
        ran = cnncalc(*shlex.split(found[1]), cwd=ROOT)
        return f"<!-- output: cnncalc {found[1]} -->\n\n```text\n{ran.stdout}{ran.stderr}```\n\n<!-- end -->"

    fresh = OUTPUT.sub(real, text)
    if os.environ.get("CNNCALC_REWRITE"):
        page.write_text(fresh, encoding="utf-8")
    assert fresh == page.read_text("utf-8")


def blocks(kind: str) -> list[str]:
    return [block for page in PAGES for block in re.findall(rf"```{kind}\n(.*?)```", page.read_text("utf-8"), re.DOTALL)]


@pytest.mark.parametrize("text", [text for text in blocks("yaml") if re.match(r"(name: .*\n)?input:", text)])
def test_whole_files(text: str) -> None:
    """Every whole file in the docs is right, but for the one that shows what a mistake looks like."""
    wrong = [problem for problem in read(text).problems if problem.severity == "error"]
    assert bool(wrong) == ("kernal" in text), wrong


def test_commands_run() -> None:
    """Every `cnncalc show` of bundled networks in a shell block gives a table or JSON."""
    commands = [line for text in blocks("sh") for line in text.splitlines() if line.startswith("cnncalc show")]
    assert commands
    for command in commands:
        ran = cnncalc(*shlex.split(command, comments=True)[1:], cwd=ROOT)
        assert ran.returncode == 0 and ran.stdout, command


def test_python_examples() -> None:
    """Every example of the page on Python gives what stands below it."""
    failed, tried = doctest.testfile(str(ROOT / "docs" / "python.md"), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert tried > 10 and not failed


def test_catalogue_is_whole() -> None:
    page = (ROOT / "docs" / "language.md").read_text("utf-8")
    listed = re.findall(r"`(\w+)`", page[page.index("## Layers") : page.index("## Limits")])
    assert listed == list(LAYERS)


def test_readme_commands_are_what_ci_runs() -> None:
    """The two commands of the README stand in shell blocks of their own."""
    commands = [text.strip() for text in blocks("sh") if text.startswith("python3 -m venv")]
    assert [command.rpartition("/")[2] for command in commands] == ["alexnet.yaml", "python -m pytest"]

"""docs/spec.md is run from its top to its end: files are written and changed, commands are called.

`CNNCALC_REWRITE=1 pytest tests/test_spec_page.py` updates the outputs, if there is PyTorch.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable
from pathlib import Path

from .support.paths import ROOT
from .support.processes import cnncalc
from .support.torch_process import PYTHON, with_torch

PAGE = ROOT / "docs" / "spec.md"
BLOCK = re.compile(r"(?:<!-- (\w+): (.*?) -->\n\n)?```(\w+)\n(.*?)```", re.DOTALL)

FAILURE = """
import {module}
for name, function in vars({module}).items():
    if name.startswith("test_"):
        try:
            function()
        except AssertionError as error:
            print("AssertionError:", error)
"""


def run_session(text: str, folder: Path) -> str:
    """The commands of a session, each with its output."""
    lines = []
    for line in text.splitlines():
        if line.startswith("$ cnncalc "):
            lines.append(line)
            words = shlex.split(line)[2:]
            environment = os.path.dirname(os.path.dirname(PYTHON))
            ran = cnncalc(*words, cwd=folder, VIRTUAL_ENV=environment)
            complaints = ran.stderr.replace(PYTHON, "python") if PYTHON else ran.stderr
            printed = complaints + ran.stdout
            lines += printed.splitlines()
    return "".join(f"{line}\n" for line in lines)


def write(name: str, text: str, folder: Path) -> str:
    (folder / name).write_text(text, "utf-8")
    return text


def part(name: str, text: str, folder: Path) -> str:
    assert text in (folder / name).read_text("utf-8")
    return text


def edit(what: str, text: str, folder: Path) -> str:
    name, _, change = what.partition(": ")
    before, _, after = change.partition(" -> ")
    old = (folder / name).read_text("utf-8")
    assert old.count(before) == 1
    write(name, old.replace(before, after), folder)
    return text


def failure(name: str, text: str, folder: Path) -> str:
    """The message of a test that fails."""
    return with_torch(FAILURE.format(module=Path(name).stem), folder).stdout


ACTIONS: dict[str, Callable[[str, str, Path], str]] = {
    "file": write,
    "part": part,
    "edit": edit,
    "failure": failure,
}


def test_every_step_of_the_page(tmp_path: Path) -> None:
    """Without PyTorch, what needs it is skipped."""

    def real(found: re.Match[str]) -> str:
        action, what, kind, text = found.groups()
        needs_torch = action == "failure" or "pytorch:" in text
        if needs_torch and not PYTHON:
            return found[0]
        fresh = text
        if action:
            fresh = ACTIONS[action](what, text, tmp_path)
        elif kind == "console":
            fresh = run_session(text, tmp_path)
        return found[0].replace(f"```{kind}\n{text}```", f"```{kind}\n{fresh}```")

    page = PAGE.read_text("utf-8")
    fresh = BLOCK.sub(real, page)
    assert {"tinynet.yaml", "tinynet.py", "tinynet.onnx"} <= set(os.listdir(tmp_path))
    if os.environ.get("CNNCALC_REWRITE"):
        PAGE.write_text(fresh, "utf-8")
    assert fresh == PAGE.read_text("utf-8")

"""Completion by the shell: what is offered, and that a key press waits for nothing.

tests/test_untrusted_repository.py types into a real bash.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from unicodedata import category

import pytest

from .support.hostile import HOSTILE
from .support.processes import ENVIRONMENT, PATIENCE

VALUES = {"bash": (0, 1), "zsh": (1, 3), "fish": (0, 1)}
"""The line of the first value, and the lines of each, in what a script gets."""


def completed(folder: Path, *words: str, shell: str = "bash") -> list[str]:
    """The lines that a script gets for words, of which the last is being typed.

    Standard input is a pipe that stays open: reading it would wait until PATIENCE is over.
    """
    reader, writer = os.pipe()
    request = {
        "COMP_WORDS": "cnncalc " + " ".join(words),
        "COMP_CWORD": str(len(words)) if shell != "fish" else words[-1],
        "_CNNCALC_COMPLETE": f"{shell}_complete",
    }
    ran = subprocess.run(
        [sys.executable, "-m", "cnncalc"],
        cwd=folder,
        env={**ENVIRONMENT, **request},
        stdin=reader,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )
    os.close(reader)
    os.close(writer)
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout.splitlines()


@pytest.mark.parametrize("shell", VALUES)
def test_variants_and_layers_are_completed(tmp_path: Path, shell: str) -> None:
    assert any("resnet@resnet50" in line for line in completed(tmp_path, "show", "resnet@resnet50"))
    (tmp_path / "net.yaml").write_text("input: 3x8x8\nlayers: [{conv: 4, kernel: 1, name: stem}]\n")
    lines = completed(tmp_path, "explain", "net.yaml", "st", shell=shell)
    first, each = VALUES[shell]
    assert lines[first::each] == ["stem" if shell == "zsh" else "plain,stem"]


@pytest.mark.parametrize(
    "words",
    [
        ("show", "fifo@"),
        ("explain", "fifo", "r"),
        ("explain", "fifo@x", "r"),
        ("explain", "link", "r"),
        ("show", "link@"),
        ("explain", "-", "r"),
        ("explain", "/dev/stdin", "r"),
        ("show", "/dev/stdin@"),
        ("explain", "pytorch:code:model", "r"),
        ("explain", "folder", "r"),
    ],
    ids=" ".join,
)
def test_only_regular_files_are_opened(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Opening a FIFO that nothing writes to would wait for ever."""
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to("fifo")
    (tmp_path / "folder").mkdir()
    (tmp_path / "code.py").write_text("open('ran', 'w')\n")
    assert completed(tmp_path, *words) == [""]
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("shell", VALUES)
def test_names_that_cannot_be_typed_are_not_offered(tmp_path: Path, shell: str) -> None:
    """File names of hostile text: those that a terminal or a log would take for something else."""
    made = []
    for place, text in enumerate(HOSTILE):
        name = f"a{place}{text}.yaml"
        try:
            (tmp_path / name).write_text("")
        except (OSError, ValueError):  # not a file name
            continue
        made.append(name)
    (tmp_path / "a.yaml").write_text("")
    lines = completed(tmp_path, "show", "a", shell=shell)
    values = {line.removeprefix("plain,") for line in lines}
    assert "a.yaml" in values and len(made) > 20
    assert not [line for line in lines if line.startswith("::")]
    kinds = {category(char) for line in lines for char in line}
    assert not kinds & {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
    assert "##[" not in "".join(lines)


def test_an_unknown_request_fails() -> None:
    for request in ("nosh_complete", "bash_eval", "bash"):
        ran = subprocess.run(
            [sys.executable, "-m", "cnncalc"],
            env={**ENVIRONMENT, "_CNNCALC_COMPLETE": request},
            capture_output=True,
            timeout=PATIENCE,
        )
        assert (ran.returncode, ran.stdout, ran.stderr) == (1, b"", b"")

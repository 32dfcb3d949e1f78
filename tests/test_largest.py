"""The largest files that are accepted: every command answers in less than a gigabyte of memory."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from .support.paths import ROOT
from .support.processes import ENVIRONMENT, PATIENCE

GIGABYTE = 1 << 30


def many_layers(repeat: int) -> str:
    """602 layers in 201 groups, repeated."""
    return (
        "input: 3x32x32\n"
        "blocks: {b: {layers: [{conv: 8, kernel: 3, padding: 1}, bn, relu]}}\n"
        f"layers: [{{repeat: {repeat}, layers: [{{b: , repeat: 200}}, relu]}}]\n"
    )


def deep_groups(repeat: int) -> str:
    """Groups 230 levels deep: 46 blocks that call each other, each call inside of 4 groups."""
    text = "input: 1x4\nblocks:\n"
    for index in range(46):
        body = f"{{b{index + 1}: }}" if index < 45 else "relu"
        for _ in range(4):
            body = f"{{name: gg, layers: [{body}]}}"
        text += f"  b{index}: {{layers: [{body}]}}\n"
    return text + f"layers: [{{b0: , repeat: {repeat}}}]\n"


FILES = {
    "98,000 layers": many_layers(163),
    "18,000 layers": many_layers(30),
    "deep groups": deep_groups(390),
    "a long path": "input: 1x4\nlayers: [{relu: , repeat: 90000}, "
    + f"{{name: {'n' * 500}, layers: [" * 30
    + "relu"
    + "]}" * 30
    + "]\n",
}
COMMANDS = [
    ("98,000 layers", "show --format json"),
    ("98,000 layers", "show --depth all"),
    ("98,000 layers", "check"),
    ("deep groups", "show --depth all"),
    ("deep groups", "show --depth all --format markdown"),
    ("deep groups", "show --depth all --format latex"),
    ("deep groups", "show --format json"),
    ("deep groups", "graph --depth all"),
    ("deep groups", "graph --depth all --format dot"),
    ("a long path", "show --depth all"),
    ("a long path", "graph --depth all"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "command"), COMMANDS)
def test_memory(name: str, command: str, tmp_path: Path) -> None:
    run(name, command, tmp_path, GIGABYTE)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "text"])
def test_memory_of_an_explanation(form: str, tmp_path: Path) -> None:
    """The text of 18,000 layers has 20 to 40 MB, and is never in memory as a whole."""
    run("18,000 layers", f"explain * --format {form}", tmp_path, GIGABYTE // 5)


def run(name: str, command: str, tmp_path: Path, memory: int) -> None:
    """Run a command on a file, with a limit of memory."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    path = tmp_path / "x.yaml"
    path.write_text(FILES[name])
    word, *rest = command.split()
    ran = subprocess.run(
        [sys.executable, "-m", "cnncalc", word, str(path), *rest],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        timeout=PATIENCE,
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)},
        preexec_fn=limit,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]

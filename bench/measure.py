"""Whole processes: their wall time, and their peak memory as the kernel tells it of a child that has ended."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
LAUNCH = [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py"))]

# Without bytecode a start compiles everything anew; unbuffered output is written in as many calls as it has pieces.
REMOVED = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")


class Sample(NamedTuple):
    """Several runs of one command: the median and the least of their times in seconds, and the median peak in bytes."""

    seconds: float
    least: float
    peak: float


def python(code: str, *arguments: str) -> list[str]:
    """A command that runs a text, in the folder of the checkout."""
    return [sys.executable, "-c", code, *arguments]


def cnncalc(*arguments: str) -> list[str]:
    """The command line of this checkout, started as its console script does."""
    return python("from cnncalc.cli import run; run()", *arguments)


def environment() -> dict[str, str]:
    """What the processes find in theirs: this checkout goes before an installed package."""
    return {
        **{key: value for key, value in os.environ.items() if key not in REMOVED},
        "PYTHONPATH": str(ROOT),
    }


def once(command: Sequence[str]) -> tuple[float, int]:
    """Seconds and peak of one run; its output goes nowhere.  Raises CalledProcessError where it fails."""
    seconds, peak, code = output([*LAUNCH, *command]).split()
    if int(code):
        raise subprocess.CalledProcessError(int(code), command)
    return float(seconds), int(peak)


def alternate(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, Sample]:
    """Run all commands in each round, so that what else the machine does falls on all of them; first once for nothing."""
    for command in commands.values():
        once(command)  # writes bytecode, and fills the system's cache of files
    runs: dict[str, list[tuple[float, int]]] = {name: [] for name in commands}
    order = list(commands)
    for _ in range(rounds):
        for name in order:
            runs[name].append(once(commands[name]))
        order.reverse()  # so that none always follows the same one
    return {name: sample(found) for name, found in runs.items()}


def sample(runs: Sequence[tuple[float, int]]) -> Sample:
    seconds, peaks = zip(*runs, strict=True)
    return Sample(median(seconds), min(seconds), median(peaks))


def output(command: Sequence[str]) -> str:
    """What a command prints."""
    return subprocess.run(
        command, stdout=subprocess.PIPE, env=environment(), cwd=ROOT, check=True, text=True
    ).stdout

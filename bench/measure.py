"""Whole processes: their wall time, and their peak memory as the kernel reports it at their end."""

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

# Without bytecode, a start compiles every module; unbuffered, output takes one call per piece.
REMOVED = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")


class Sample(NamedTuple):
    """Several runs of one command."""

    seconds: float
    """The median of the times."""
    least: float
    """The shortest time, in seconds."""
    peak: float
    """The median of the peaks, in bytes."""
    processor: float
    """The median of the times on a processor, in seconds: other work changes it little."""


class ProcessFigures(NamedTuple):
    """One run of a command: both times in seconds, and the peak in bytes."""

    seconds: float
    processor: float
    peak: int


def python(code: str, *arguments: str) -> list[str]:
    """A command that runs a piece of Python in the folder of the checkout."""
    return [sys.executable, "-c", code, *arguments]


def cnncalc(*arguments: str) -> list[str]:
    """The command line of this checkout, started in the same way as its console script."""
    return python("from cnncalc.cli import run; run()", *arguments)


def environment() -> dict[str, str]:
    """The environment of the processes: this checkout precedes an installed package."""
    kept = {key: value for key, value in os.environ.items() if key not in REMOVED}
    return {**kept, "PYTHONPATH": str(ROOT)}


def once(command: Sequence[str]) -> ProcessFigures:
    """The times and the peak of one run; its output is discarded.

    Raises CalledProcessError if it fails.
    """
    seconds, processor, peak, code = output([*LAUNCH, *command]).split()
    if int(code):
        raise subprocess.CalledProcessError(int(code), command)
    return ProcessFigures(float(seconds), float(processor), int(peak))


def alternate(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, Sample]:
    """Run all commands in every round, so that other work on the machine slows all of them.

    A first run of each does not count.
    """
    for command in commands.values():
        once(command)  # writes bytecode, and fills the file cache of the system
    runs: dict[str, list[ProcessFigures]] = {name: [] for name in commands}
    order = list(commands)
    for _ in range(rounds):
        for name in order:
            runs[name].append(once(commands[name]))
        order.reverse()  # so that none always follows the same one
    return {name: sample(found) for name, found in runs.items()}


def sample(runs: Sequence[ProcessFigures]) -> Sample:
    seconds, processor, peaks = zip(*runs, strict=True)
    return Sample(median(seconds), min(seconds), median(peaks), median(processor))


def output(command: Sequence[str]) -> str:
    """The standard output of a command. Raises CalledProcessError if it fails."""
    return subprocess.run(
        command, stdout=subprocess.PIPE, env=environment(), cwd=ROOT, check=True, text=True
    ).stdout

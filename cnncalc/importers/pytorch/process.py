"""Traces a model in a process of its own, in the user's interpreter.

cnncalc itself does not import torch, and what the model's code does ends with the process.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

from ...named_tuple import NamedTuple
from ..errors import ImportFailed
from ..program import Program
from .recorded import program_from
from .targets import CallTarget
from .tracer.command import USER_ERROR

TRACER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tracer")

SECONDS = 600
"""The time that a model may take to be made and run."""


NO_TORCH = "No module named 'torch'"


class TraceOptions(NamedTuple):
    """How a model is made and run.

    `inputs` are shapes, `NAME=SHAPE` or a shape alone.  `arguments` are `NAME=VALUE` for the
    callable.  `module` is the path of a part of the model that is run instead of it.
    """

    inputs: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    module: str = ""
    is_training: bool = False
    python: str = ""
    seconds: int = SECONDS


def interpreter(given: str = "") -> str:
    """The Python that has torch: the given one, that of the active environment, or this one."""
    if given:
        return given
    environment = os.environ.get("VIRTUAL_ENV") or os.environ.get("CONDA_PREFIX")
    if environment:
        folder = "Scripts" if os.name == "nt" else "bin"
        path = os.path.join(environment, folder, "python")
        if os.path.exists(path):
            return path
    return sys.executable


def running(target: CallTarget, options: TraceOptions) -> str:
    """What to say before the code of a model runs."""
    return f"running {target.text} with {interpreter(options.python)}"


def trace_model(target: CallTarget, options: TraceOptions) -> Program:
    """The Program of a model.  Raises ImportFailed if it cannot be made or run."""
    import subprocess

    python = interpreter(options.python)
    environment = {**os.environ, "PYTORCH_JIT": "0", "HF_HUB_OFFLINE": "1"}
    try:
        done = subprocess.run(
            [python, TRACER, *arguments_of(target, options)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=options.seconds,
            env=environment,
            check=False,
        )
    except OSError as error:
        raise ImportFailed(f"cannot run {python}: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise ImportFailed(f"{target.text} took more than {options.seconds} seconds") from None
    if done.returncode not in (0, USER_ERROR):
        raise ImportFailed(failure(target, python, last_line(done.stderr)))
    try:
        printed = json.loads(last_line(done.stdout))
        if done.returncode == 0:
            return program_from(printed)
    except ValueError as error:
        raise ImportFailed(f"{target.text}: {error}") from None
    raise ImportFailed(failure(target, python, str(printed)))


def arguments_of(target: CallTarget, options: TraceOptions) -> Sequence[str]:
    """The command line of the tracer."""
    words = [f"--input={shape}" for shape in options.inputs]
    words += [f"--arg={argument}" for argument in options.arguments]
    if options.module:
        words.append(f"--module={options.module}")
    if options.is_training:
        words.append("--train")
    return [*words, "--", target.text]


def last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2]


def failure(target: CallTarget, python: str, message: str) -> str:
    """What to say of a process that failed."""
    if NO_TORCH in message:
        return (
            f"{python} has no torch: install it there (pip install 'cnncalc[pytorch]'), name "
            "another interpreter with cnncalc import --python, or use a .pt2 file, which needs none"
        )
    return f"{target.text}: {message or 'the process ended without a result'}"

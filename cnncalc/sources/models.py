"""Models of other frameworks where a command takes a network.

A `.pt2` file is data.  A model after the prefix `pytorch:` is made by the user's code, which runs
in a process of its own, and only for a caller that says what it does before it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from .files import UnreadableFile

PREFIX = "pytorch:"
FILE_ENDING = ".pt2"

Announce = Callable[[str], None]
"""Tells the user which code is about to run."""


def is_model(target: str) -> bool:
    """True for a model file, or a target that runs the code of a model."""
    return runs_code(target) or (target.endswith(FILE_ENDING) and os.path.isfile(target))


def runs_code(target: str) -> bool:
    return target.startswith(PREFIX)


def model_text(target: str, inputs: Mapping[str, str], announce: Announce | None) -> bytes:
    """The architecture file of a model.

    `inputs` are the shapes of its inputs by name ("" for the only one).  Raises UnreadableFile,
    also for a model whose code would have to run if there is nobody to tell.
    """
    from ..importers.errors import ImportFailed, InvalidModelFile
    from ..importers.load import import_target
    from ..importers.pytorch.process import TraceOptions, running
    from ..importers.pytorch.targets import call_target

    if runs_code(target) and announce is None:
        raise UnreadableFile(f"{target} would run the code of a model: import it first")
    called, options = target.removeprefix(PREFIX), TraceOptions()
    try:
        if announce is not None and runs_code(target):
            shapes = tuple(f"{name}={shape}" if name else shape for name, shape in inputs.items())
            options = TraceOptions(inputs=shapes)
            announce(running(call_target(called), options))
        return import_target(called, options).text.encode()
    except (ImportFailed, InvalidModelFile) as error:
        raise UnreadableFile(str(error)) from None
    except OSError as error:
        raise UnreadableFile(f"cannot read {target}: {error.strerror}") from None

"""A model file, or a callable that makes a model -> a Sketch."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..sketch import Sketch
from .errors import ImportFailed
from .file_formats import FORMATS, FileFormat, ReadOptions, format_of
from .outputs import only_output

if TYPE_CHECKING:
    from .pytorch.process import TraceOptions
    from .pytorch.targets import CallTarget


def known_format(path: str) -> FileFormat:
    """The format of a file.  Raises ImportFailed if it is unknown, and OSError."""
    found = format_of(path)
    if found is None:
        known = ", ".join(name for form in FORMATS.values() for name in form.extensions)
        raise ImportFailed(f"{path} is not a known model file: cnncalc reads {known}")
    return found


def sketch_of_file(path: str, options: ReadOptions = ReadOptions()) -> Sketch:
    """The layers of a model file; nothing in it is executed.

    Raises ImportFailed, InvalidModelFile, and OSError if it cannot be opened.
    """
    found = known_format(path)
    if options.inputs and found.has_fixed_inputs:
        raise ImportFailed(f"{path} states the shapes of its inputs: --input does not apply")
    return found.read(path, options)


def sketch_of_call(
    target: CallTarget, options: TraceOptions, name: str = "", output: str = ""
) -> Sketch:
    """The layers of the model that a callable makes, in a process that runs its code.

    `name` is that of the network, `output` the only output that is kept.  Raises ImportFailed.
    """
    from .pytorch.lowering import lower
    from .pytorch.process import trace_model

    program = trace_model(target, options)
    place = os.path.basename(target.place) if target.place.endswith(".py") else target.place
    source = f"{place}:{target.call}, imported with {program.framework}"
    sketch = lower(program, name or target.title, source)
    return only_output(sketch, output) if output else sketch

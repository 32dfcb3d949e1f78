"""A target of the command line -> an imported model."""

from __future__ import annotations

import os

from ..sketch import Sketch
from .errors import ImportFailed
from .importing import ImportedModel, import_sketch
from .outputs import only_output
from .program import Program
from .pytorch.lowering import lower
from .pytorch.process import TraceOptions, trace_model
from .pytorch.pt2 import read_pt2
from .pytorch.targets import call_target, is_model_file


def import_target(
    target: str,
    options: TraceOptions = TraceOptions(),
    *,
    name: str = "",
    output: str = "",
    is_flat: bool = False,
) -> ImportedModel:
    """Import a model: a file, or what a callable makes.

    `name` is that of the network, `output` the only output that is kept.  Raises ImportFailed,
    InvalidModelFile, and OSError if a file cannot be opened.
    """
    return import_sketch(sketch_of(target, options, name, output), is_flat=is_flat)


def sketch_of(target: str, options: TraceOptions, name: str = "", output: str = "") -> Sketch:
    """The layers of a model; raises as `import_target` does."""
    sketch = whole_sketch(target, options, name)
    return only_output(sketch, output) if output else sketch


def whole_sketch(target: str, options: TraceOptions, name: str) -> Sketch:
    if is_model_file(target):
        if options != TraceOptions():
            raise ImportFailed(
                f"{target} states its inputs and needs no interpreter: only --name, --output and "
                "--flat apply"
            )
        program = read_pt2(target)
        title = os.path.basename(target).removesuffix(".pt2")
        return lower(program, name or title, source_line(os.path.basename(target), program))
    found = call_target(target)
    program = trace_model(found, options)
    place = os.path.basename(found.place) if found.place.endswith(".py") else found.place
    return lower(program, name or found.title, source_line(f"{place}:{found.call}", program))


def source_line(target: str, program: Program) -> str:
    """The `source` of the file."""
    return f"{target}, imported with {program.framework}"

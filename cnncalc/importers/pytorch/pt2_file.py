"""A `.pt2` file as a model file."""

from __future__ import annotations

import os

from ...sketch import Sketch
from ..file_formats import ReadOptions
from ..outputs import only_output
from .lowering import lower
from .pt2 import read_pt2


def read_pt2_file(path: str, options: ReadOptions) -> Sketch:
    """The model of a file.  Operations that no layer states are `custom`, with their numbers."""
    program = read_pt2(path)
    file = os.path.basename(path)
    name = options.name or file.removesuffix(".pt2")
    sketch = lower(program, name, f"{file}, imported with {program.framework}")
    return only_output(sketch, options.output) if options.output else sketch

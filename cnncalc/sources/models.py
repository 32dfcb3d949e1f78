"""Models of other frameworks where a command takes a network.

A model file is data.  A model after the prefix `pytorch:` is made by the user's code, which runs
in a process of its own, and only for a caller that says what it does before it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ..shape import Shape, parse_shape
from .files import UnreadableFile
from .read_log import record_file

if TYPE_CHECKING:
    from ..importers.importing import ImportedModel
    from ..sketch import Sketch

PREFIX = "pytorch:"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
CONTROLS = re.compile(rb"[\0-\x08\x0b\x0c\x0e-\x1f]")
START_BYTES = 8
"""The bytes in which a model file that is not text has a control character."""

ARCHITECTURE_ENDINGS = (".yaml", ".yml")

Announce = Callable[[str], None]
"""Tells the user which code is about to run."""


def runs_code(target: str) -> bool:
    return target.startswith(PREFIX)


def is_model_file(target: str) -> bool:
    """True for a regular file in a format of models.

    A file with the extension of architecture files is one; it is not opened for this.
    """
    if target.endswith(ARCHITECTURE_ENDINGS) or not os.path.isfile(target):
        return False
    from ..importers.file_formats import format_of

    try:
        return format_of(target) is not None
    except OSError:
        return False


def is_model_content(data: bytes, name: str) -> bool:
    """True for the bytes of a model file with this name, as `is_model_file` is of a path."""
    if name.endswith(ARCHITECTURE_ENDINGS):
        return False
    from ..importers.file_formats import HEAD, format_of_content

    return format_of_content(data[:HEAD], name) is not None


def is_binary(data: bytes) -> bool:
    """True for bytes that begin as those of model files do, and as no text does, UTF-16 included.

    An ONNX file begins with the byte 8, an archive (`.keras`, `.pt2`) and the others have a
    control character a few bytes later.
    """
    return not data.startswith(UTF_16) and bool(CONTROLS.search(data[:START_BYTES]))


def check_is_read(path: str) -> None:
    """Raise UnreadableFile for a model of a kind that is not read: a pickle, a program."""
    if path.endswith(ARCHITECTURE_ENDINGS):
        return
    from ..importers.file_formats import PICKLES, PROGRAM_OF_TENSORFLOW, is_tensorflow_program

    if is_tensorflow_program(path):
        raise UnreadableFile(f"{path} {PROGRAM_OF_TENSORFLOW}")
    if path.endswith(PICKLES):
        reason = "is a pickle, which would execute code"
        raise UnreadableFile(f"{path} {reason}: export the model, as cnncalc import --help states")


def imported_content(data: bytes, name: str, inputs: Mapping[str, str]) -> ImportedModel:
    """The architecture file of a model that is not a file, such as one in a git revision.

    Messages call it by its name.  Raises UnreadableFile.
    """
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="cnncalc-") as folder:
        path = os.path.join(folder, name.rpartition(":")[2].rpartition("/")[2])
        with open(path, "wb") as file:
            file.write(data)
        try:
            return imported_model(path, inputs, None)
        except UnreadableFile as error:
            raise UnreadableFile(str(error).replace(path, name)) from None


def message_on(target: str, error: Exception) -> str:
    """What is wrong with a model, with the name of its file if it is one."""
    from ..importers.file_formats import naming

    return naming(target, str(error)) if is_model_file(target) else str(error)


def imported_model(
    target: str, inputs: Mapping[str, str], announce: Announce | None
) -> ImportedModel:
    """The architecture file of a model.

    `inputs` are the shapes of its inputs by name ("" for the only one).  Raises UnreadableFile,
    also for a model whose code would have to run if there is nobody to tell.
    """
    from ..importers.errors import ImportFailed, InvalidModelFile
    from ..importers.importing import import_sketch

    try:
        if runs_code(target):
            sketch = sketch_of_code(target, inputs, announce)
        else:
            sketch = sketch_of_data(target, inputs)
        return import_sketch(sketch)
    except (ImportFailed, InvalidModelFile) as error:
        raise UnreadableFile(in_one_line(message_on(target, error))) from None
    except UnreadableFile:
        raise
    except OSError as error:
        raise UnreadableFile(f"cannot read {target}: {error.strerror}") from None


def in_one_line(message: str) -> str:
    """A message that is a list, with its entries one after the other."""
    first, *entries = message.splitlines()
    return " ".join((first, "; ".join(entry.strip() for entry in entries))).strip()


def sketch_of_code(target: str, inputs: Mapping[str, str], announce: Announce | None) -> Sketch:
    """The model that the user's code makes, after saying so."""
    from ..importers.load import sketch_of_call
    from ..importers.pytorch.process import TraceOptions, running
    from ..importers.pytorch.targets import call_target

    if announce is None:
        raise UnreadableFile(f"{target} would run the code of a model: cnncalc import it first")
    called = call_target(target.removeprefix(PREFIX))
    shapes = tuple(f"{name}={shape}" if name else shape for name, shape in inputs.items())
    options = TraceOptions(inputs=shapes)
    announce(running(called, options))
    return sketch_of_call(called, options)


def sketch_of_data(path: str, inputs: Mapping[str, str]) -> Sketch:
    """The model of a file.

    Shapes that the format cannot be read with are left to those who read the architecture file.
    """
    from ..importers.file_formats import ReadOptions
    from ..importers.load import known_format

    record_file(path)
    found = known_format(path)
    shapes = {} if found.has_fixed_inputs else input_shapes(inputs)
    return found.read(path, ReadOptions(inputs=shapes))


def input_shapes(inputs: Mapping[str, str]) -> dict[str, Shape]:
    """Shapes by the name of the input.  Raises UnreadableFile for a text that is not a shape."""
    shapes: dict[str, Shape] = {}
    for name, text in inputs.items():
        shape = parse_shape(text)
        if shape is None:
            raise UnreadableFile(f"`{text}` is not the shape of an input: write 3x224x224")
        shapes[name] = shape
    return shapes

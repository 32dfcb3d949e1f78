"""The model files that are read without a framework: one entry for each format.

A format is recognized by the first bytes of a file, or else by its extension.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from importlib import import_module

from ..named_tuple import NamedTuple
from ..shape import Shape
from ..sketch import Sketch
from .errors import ImportFailed, InvalidModelFile
from .keras.first_bytes import is_keras

PICKLES = (".pt", ".pth", ".pkl", ".bin")
"""The extensions of files that execute code when they are read: there is no reader for them."""

SAVED_MODEL = "saved_model.pb"
PROGRAM_OF_TENSORFLOW = (
    "is a program of TensorFlow, which has operations and not layers: save the Keras model as "
    "`model.keras`, or convert it to TensorFlow Lite or ONNX"
)

HEAD = 4096
"""The number of bytes by which a format is recognized."""


class ReadOptions(NamedTuple):
    """The options for reading a model file.

    `name` is the name of the network; "" takes the one in the file, or the name of the file.
    `inputs` are shapes without the batch by the name of the input, "" for the only one; they
    replace those of the file, which may have symbolic sizes.  `output` is the only output that is
    kept, which may be any tensor or layer of the file; "" keeps all outputs.
    `is_custom_allowed` states operators that are not in the catalogue as `custom` layers instead
    of refusing the file.
    """

    name: str = ""
    inputs: Mapping[str, Shape] = {}
    output: str = ""
    is_custom_allowed: bool = False


Reader = Callable[[str, ReadOptions], Sketch]
"""Reads a regular file.

Raises InvalidModelFile if it is malformed, ImportFailed if it cannot be stated, and OSError.
"""


class FileFormat(NamedTuple):
    """A kind of file.

    `reader` is MODULE:FUNCTION in this package, which is imported when a file is read.
    `has_fixed_inputs` is true if the sizes in such a file hold for the shapes of its inputs alone.
    `is_start` is true for the first bytes of such files; None if only the
    extension identifies them.
    """

    title: str
    extensions: tuple[str, ...]
    reader: str
    has_fixed_inputs: bool = False
    is_start: Callable[[bytes], bool] | None = None

    def read(self, path: str, options: ReadOptions) -> Sketch:
        """The model of a file.

        Raises ImportFailed or InvalidModelFile with a message that names the file, and OSError.
        """
        check_content(path)
        module, _, function = self.reader.partition(":")
        reader: Reader = getattr(import_module(f"{__package__}.{module}"), function)
        try:
            return reader(path, options)
        except (ImportFailed, InvalidModelFile) as error:
            raise type(error)(naming(path, str(error))) from error


THE_FILE = "the file "


def naming(path: str, message: str) -> str:
    """A message that names the file, in place of the words "the file" at its start.

    >>> naming("net.onnx", "the file is empty"), naming("net.onnx", "malformed at node 3")
    ('net.onnx is empty', 'net.onnx: malformed at node 3')
    """
    if path in message:
        return message
    if message.startswith(THE_FILE):
        return f"{path} {message.removeprefix(THE_FILE)}"
    return f"{path}: {message}"


def check_content(path: str) -> None:
    """Raise InvalidModelFile for a file that has no model in it, whatever its extension."""
    with open(path, "rb") as file:
        head = file.read(HEAD)
    if not head:
        raise InvalidModelFile(f"{path} is empty: export or download the model again")
    for start, message in NO_MODELS.items():
        if start.match(head):
            raise InvalidModelFile(f"{path} {message}")


NO_MODELS = {
    re.compile(rb"version https://git-lfs\.github\.com/"): (
        "is a pointer of Git LFS and not the model: `git lfs pull` downloads it"
    ),
    re.compile(rb"\s*<(!doctype\s+)?html", re.IGNORECASE): (
        "is an HTML page and not a model: download the file itself"
    ),
}
"""The starts of files that are often found in place of a model, and what a message says of them."""

CAFFE_LAYER = re.compile(rb"^\s*(layers?|net_param|layer\s*:)\s*\{", re.MULTILINE)
DARKNET_NETWORK = re.compile(rb"(\s*[#;][^\n]*\n|\s)*\[\s*(net|network)\s*\]")


def is_caffe(head: bytes) -> bool:
    """True for text in which a layer of Caffe begins."""
    return b"\0" not in head and CAFFE_LAYER.search(head) is not None


def is_tflite(head: bytes) -> bool:
    """True for a flatbuffer with the identifier of TensorFlow Lite."""
    return head[4:8] == b"TFL3"


def is_darknet(head: bytes) -> bool:
    """True for text whose first section is `[net]`, after comments."""
    return DARKNET_NETWORK.match(head) is not None


FORMATS: dict[str, FileFormat] = {
    "pt2": FileFormat("torch.export", (".pt2",), "pytorch.pt2_file:read_pt2_file", True),
    "onnx": FileFormat("ONNX", (".onnx",), "onnx.reader:read_onnx"),
    "keras": FileFormat(
        "Keras", (".keras", ".h5", ".hdf5"), "keras.reader:read_keras", False, is_keras
    ),
    "tflite": FileFormat(
        "TensorFlow Lite", (".tflite",), "tflite.reader:read_tflite", True, is_tflite
    ),
    "caffe": FileFormat("Caffe", (".prototxt",), "caffe.reader:read_caffe", False, is_caffe),
    "darknet": FileFormat("Darknet", (".cfg",), "darknet.reader:read_darknet", False, is_darknet),
}
"""The formats by name, in the order in which they are tried."""


def is_tensorflow_program(path: str) -> bool:
    """True for the folder of a SavedModel, and for the file of a graph."""
    return path.endswith(".pb") or os.path.isfile(os.path.join(path, SAVED_MODEL))


def format_of(path: str) -> FileFormat | None:
    """The format of a regular file; None if it is unknown.  Raises OSError."""
    with open(path, "rb") as file:
        return format_of_content(file.read(HEAD), path)


def format_of_content(head: bytes, name: str) -> FileFormat | None:
    """The format of the file that begins with these bytes; `name` is "" if it has none."""
    extension = os.path.splitext(name)[1].lower()
    for found in FORMATS.values():
        if found.is_start is not None and found.is_start(head):
            return found
    for found in FORMATS.values():
        if extension in found.extensions:
            return found
    return None

"""An ONNX file: its messages, and the numbers of small tensors in it or next to it."""

from __future__ import annotations

import os
import stat
import struct
from math import prod
from typing import BinaryIO

from ...named_tuple import NamedTuple
from ...onnx_format.fields import ByteSpan
from ...onnx_format.messages import ALLOWANCES, TABLE, Attribute, Model, StringEntry, TensorProto
from ..errors import InvalidModelFile
from .wire import MAX_TEXT_BYTES, FileBytes, WireReader

MOST_NUMBERS = 4096
"""The elements of a constant whose numbers are known; of a larger one, only the first are."""

EXTERNAL = 1
MAX_WIDTH = 8  # bytes of an element
MAX_PLACE_DIGITS = 18

TensorNumbers = tuple[int | float | bool, ...]


class ElementType(NamedTuple):
    """A type of elements: its word, and its letter in the struct module, if there is one."""

    word: str
    letter: str = ""
    is_real: bool = False


TYPES = {
    1: ElementType("float32", "f", True),
    2: ElementType("uint8", "B"),
    3: ElementType("int8", "b"),
    4: ElementType("uint16", "H"),
    5: ElementType("int16", "h"),
    6: ElementType("int32", "i"),
    7: ElementType("int64", "q"),
    9: ElementType("bool", "?"),
    10: ElementType("float16", "e", True),
    11: ElementType("float64", "d", True),
    12: ElementType("uint32", "I"),
    13: ElementType("uint64", "Q"),
    16: ElementType("bfloat16", "", True),
    **{number: ElementType("float8", "", True) for number in (17, 18, 19, 20)},
    21: ElementType("uint4"),
    22: ElementType("int4"),
}
"""The types by their number in a file."""

UNKNOWN_TYPE = ElementType("unknown")


class OnnxFile:
    """An open file, which is not buffered.  Raises InvalidModelFile."""

    def __init__(self, opened: BinaryIO) -> None:
        self.folder = os.path.dirname(os.path.abspath(opened.name))
        self.lacking: set[str] = set()
        self.data = FileBytes(opened)
        self.reader = WireReader(self.data, TABLE, ALLOWANCES, Attribute)

    def model(self) -> Model:
        return self.reader.message(Model, 0, len(self.data))

    def text(self, span: ByteSpan | None, most: int = MAX_TEXT_BYTES) -> str:
        """A text in the file; "" for one that is longer than `most`, as no name is."""
        if span is None or span.size > most:
            return ""
        data: bytes = self.data[span.start : span.end]
        return data.decode("utf-8", "replace")

    # Numbers of tensors

    def first_numbers(self, tensor: TensorProto, most: int = MOST_NUMBERS) -> TensorNumbers | None:
        """The first elements of a tensor, at most so many; None if they cannot be read."""
        kind = TYPES.get(tensor.data_type, UNKNOWN_TYPE)
        count = min(prod(tensor.dims), most)
        if tensor.data_location == EXTERNAL:
            return self.external_numbers(tensor, kind, count)
        if tensor.raw_data is not None:
            start, end = tensor.raw_data
            data = self.data[start : min(end, start + MAX_WIDTH * count)]
            return unpacked(data, kind.letter, count)
        found: list[int | float] = []
        for letter, spans in (("f", tensor.float_data), ("d", tensor.double_data)):
            for span in spans:
                width = struct.calcsize(letter)
                end = min(span.end, span.start + width * count)
                data = self.data[span.start : end]
                found += unpacked(data, letter, count) or ()
        for spans in (tensor.int32_data, tensor.int64_data, tensor.uint64_data):
            for span in spans:
                found += self.reader.packed_integers(*span, count)
        return tuple(found[:count]) if found or not count else None

    def external_numbers(
        self, tensor: TensorProto, kind: ElementType, count: int
    ) -> TensorNumbers | None:
        """Numbers in another file, which is next to the model; None if it is not there."""
        given = {entry.key: entry for entry in tensor.external_data}
        location = self.text(given["location"].value) if "location" in given else ""
        start = self.place(given.get("offset"))
        if not kind.letter or start is None:
            return None
        try:
            descriptor = open_beside(self.folder, location)
        except OSError:
            self.lacking.add(location)
            return None
        with os.fdopen(descriptor, "rb") as file:
            file.seek(start)
            return unpacked(file.read(struct.calcsize(kind.letter) * count), kind.letter, count)

    def place(self, entry: StringEntry | None) -> int | None:
        """A number of bytes that is written as a text; 0 if it is not there."""
        if entry is None:
            return 0
        text = self.text(entry.value)
        is_number = text.isascii() and text.isdigit() and len(text) <= MAX_PLACE_DIGITS
        return int(text) if is_number else None


def open_beside(folder: str, name: str) -> int:
    """Open a regular file in a folder by its plain name.

    Raises InvalidModelFile for any other name, and OSError if there is no such file, or if it is
    a link.
    """
    if not name or name in (".", "..") or any(mark in name for mark in "/\\:\0"):
        raise InvalidModelFile("the numbers of a tensor are not in a file next to the model")
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    path = os.path.join(folder, name)
    if os.path.islink(path):
        raise FileNotFoundError(path)
    descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise FileNotFoundError(path)
    return descriptor


def unpacked(data: bytes, letter: str, count: int) -> TensorNumbers | None:
    """The first numbers in bytes; None if the type has no letter, or there are not enough."""
    if not letter:
        return None
    layout = f"<{count}{letter}"
    return struct.unpack_from(layout, data) if len(data) >= struct.calcsize(layout) else None

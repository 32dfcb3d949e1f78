"""Files of TensorFlow Lite, written field by field: what a converter does not make on demand."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

from cnncalc.importers.tflite.schema import OPERATORS, TYPES

CODES = {name: number for number, name in OPERATORS.items()}
TYPE_NUMBERS = {found.word: number for number, found in TYPES.items()}
CUSTOM = 32


class Scalar(NamedTuple):
    """A number, with its letter in the struct module."""

    letter: str
    value: float


class Vector(NamedTuple):
    """Numbers one after the other."""

    letter: str
    values: Sequence[float]


Fields = dict[int, "Scalar | Vector | str | bytes | Fields | list[Fields]"]
"""The fields of a table by their number."""


class Writer:
    """Appends tables, and what they refer to after them."""

    def __init__(self) -> None:
        self.data = bytearray(b"\0\0\0\0TFL3")

    def refer(self, place: int) -> None:
        """Make the offset at a place one to the end of the file."""
        self.data[place : place + 4] = struct.pack("<I", len(self.data) - place)

    def table(self, fields: Fields) -> None:
        """A table; where it begins is after its vtable, to which the offset is moved."""
        count = max(fields, default=-1) + 1
        vtable = 4 + 2 * count
        sizes = [self.width(fields.get(field)) for field in range(count)]
        distances, at = [], 4
        for size in sizes:
            distances.append(at if size else 0)
            at += size
        start = len(self.data)
        self.data += struct.pack(f"<HH{count}H", vtable, at, *distances)
        self.data += struct.pack("<i", vtable) + bytes(at - 4)
        for field, distance in enumerate(distances):
            if distance:
                self.field(fields[field], start + vtable + distance)

    @staticmethod
    def width(value: object) -> int:
        if value is None:
            return 0
        return struct.calcsize(value.letter) if isinstance(value, Scalar) else 4

    def field(self, value: object, place: int) -> None:
        if isinstance(value, Scalar):
            size = struct.calcsize(value.letter)
            number = value.value if value.letter in "fd" else int(value.value)
            self.data[place : place + size] = struct.pack("<" + value.letter, number)
            return
        if isinstance(value, dict):
            self.child(value, place)
            return
        self.refer(place)
        if isinstance(value, Vector):
            packed = [v if value.letter in "fd" else int(v) for v in value.values]
            self.data += struct.pack(f"<I{len(packed)}{value.letter}", len(packed), *packed)
        elif isinstance(value, str | bytes):
            text = value.encode() if isinstance(value, str) else value
            self.data += struct.pack("<I", len(text)) + text
        elif isinstance(value, list):
            first = len(self.data) + 4
            self.data += struct.pack("<I", len(value)) + bytes(4 * len(value))
            for number, entry in enumerate(value):
                self.child(entry, first + 4 * number)

    def child(self, fields: Fields, place: int) -> None:
        """A table that the offset at a place refers to."""
        vtable = 4 + 2 * (max(fields, default=-1) + 1)
        self.data[place : place + 4] = struct.pack("<I", len(self.data) + vtable - place)
        self.table(fields)


class Operator(NamedTuple):
    """An operator of a test: its options are the number of their type and their fields."""

    kind: str
    inputs: Sequence[int]
    outputs: Sequence[int]
    options: tuple[int, Fields] | None = None


class Tensor(NamedTuple):
    """A tensor of a test; `content` are the bytes of a constant, -1 in `signature` an open size."""

    sizes: Sequence[int]
    type: str = "float32"
    content: bytes = b""
    signature: Sequence[int] = ()


def weights(*sizes: int) -> Tensor:
    """A constant of float32."""
    count = 1
    for size in sizes:
        count *= size
    return Tensor(sizes, "float32", bytes(4 * count))


def integers(*values: int) -> Tensor:
    return Tensor((len(values),), "int32", struct.pack(f"<{len(values)}i", *values))


def model(tensors: Sequence[Tensor], operators: Sequence[Operator], outputs: int = 1) -> bytes:
    """A file whose first tensor is the input, and the last ones are the outputs."""
    count = len(tensors)
    subgraph: Fields = {
        0: [tensor_fields(number, tensor) for number, tensor in enumerate(tensors)],
        1: Vector("i", [0]),
        2: Vector("i", range(count - outputs, count)),
        3: [operator_fields(number, operator) for number, operator in enumerate(operators)],
    }
    buffers: list[Fields] = [{0: tensor.content} if tensor.content else {} for tensor in tensors]
    writer = Writer()
    root: Fields = {
        0: Scalar("I", 3),
        1: [code_fields(operator.kind) for operator in operators],
        2: [subgraph],
        4: [{}, *buffers],
    }
    writer.child(root, 0)
    return bytes(writer.data)


def tensor_fields(number: int, tensor: Tensor) -> Fields:
    return {
        0: Vector("i", tensor.sizes),
        1: Scalar("b", TYPE_NUMBERS[tensor.type]),
        2: Scalar("I", number + 1),
        3: f"t{number}",
        **({7: Vector("i", tensor.signature)} if tensor.signature else {}),
    }


def code_fields(kind: str) -> Fields:
    if kind not in CODES:
        return {0: Scalar("b", CUSTOM), 1: kind, 3: Scalar("i", CUSTOM)}
    return {0: Scalar("b", min(CODES[kind], 127)), 3: Scalar("i", CODES[kind])}


def operator_fields(number: int, operator: Operator) -> Fields:
    fields: Fields = {
        0: Scalar("I", number),
        1: Vector("i", operator.inputs),
        2: Vector("i", operator.outputs),
    }
    if operator.options is not None:
        fields[3], fields[4] = Scalar("B", operator.options[0]), operator.options[1]
    return fields

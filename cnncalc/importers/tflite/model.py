"""A file as values: subgraphs of operators that read and write tensors.

Nothing here knows of layers, so that plans of memory can be made of it too.  The contents of
tensors are not read, but for small constants that an operator asks for.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Mapping
from math import prod

from ...named_tuple import NamedTuple
from ..errors import InvalidModelFile
from .flatbuffer import Extent, Flatbuffer, Table
from .schema import CUSTOM, OPERATORS, OPTIONS, TYPES, UNKNOWN_TYPE, TfliteType

IDENTIFIER = b"TFL3"
VERSION = 3
MAX_RANK = 16
MAX_NUMBERS = 4096
"""The elements of a constant whose numbers are read."""

MAX_ZEROS = 100_000
"""The bytes of a vector that are compared with zero."""

MAX_OPERATORS = 100_000
MAX_SUBGRAPHS = 1_000


class TfliteTensor(NamedTuple):
    """A tensor.  `type` is that of its elements, `sizes` are all axes, with the batch.

    `open_axes` are those whose sizes the file leaves open; their sizes are 1 then.  `data` is where
    its elements are in the file: empty if it is not a constant.  `is_quantized` is true if it has
    a scale.
    """

    name: str
    type: TfliteType
    sizes: tuple[int, ...]
    open_axes: tuple[int, ...]
    buffer: int
    data: Extent
    is_quantized: bool
    is_variable: bool

    @property
    def elements(self) -> int:
        return prod(self.sizes)

    @property
    def bytes(self) -> int:
        """The size of all elements; those of less than a byte are packed."""
        return -(-self.elements * self.type.bits // 8)

    @property
    def is_constant(self) -> bool:
        return self.data.length > 0


class TfliteOperator(NamedTuple):
    """An operator.  `inputs` and `outputs` are numbers of tensors, -1 for an absent one.

    `options` are those that are known of its kind.
    """

    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Mapping[str, int | float]

    def option(self, name: str, default: int = 0) -> int:
        return int(self.options.get(name, default))


class TfliteSubgraph(NamedTuple):
    """A function: the first one is the model."""

    name: str
    tensors: tuple[TfliteTensor, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    operators: tuple[TfliteOperator, ...]


class TfliteModel(NamedTuple):
    """A file.  `table` reads from it, as long as it is open."""

    description: str
    subgraphs: tuple[TfliteSubgraph, ...]
    table: Table

    def numbers(self, tensor: TfliteTensor) -> tuple[int, ...] | None:
        """The whole numbers of a small constant; None for any other tensor."""
        letter = tensor.type.letter
        if letter is None or letter in "efd" or not tensor.is_constant:
            return None
        if tensor.elements > MAX_NUMBERS or tensor.data.length < tensor.bytes:
            return None
        return self.table.buffer_integers(Extent(tensor.data.start, tensor.elements), letter)

    def scalar(self, tensor: TfliteTensor) -> float | None:
        """The number of a constant of one element; None if it is quantized or of another type."""
        letter = tensor.type.letter
        if letter is None or tensor.is_quantized or tensor.data.length < tensor.bytes:
            return None
        return self.table.buffer.number(tensor.data.start, letter)

    def is_zero(self, tensor: TfliteTensor) -> bool:
        """True for a constant of a vector that is zero everywhere."""
        start, length = tensor.data
        if len(tensor.sizes) != 1 or not 0 < length <= MAX_ZEROS:
            return False
        return not any(self.table.buffer.data[start : start + length])


class TfliteFile:
    """An open file.  Use it with `with`.

    Raises InvalidModelFile, and OSError if it cannot be opened.
    """

    def __init__(self, path: str) -> None:
        with open(path, "rb") as file:
            if not os.fstat(file.fileno()).st_size:
                raise InvalidModelFile("the file is empty")
            self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.view = memoryview(self.map)

    def __enter__(self) -> TfliteModel:
        return model_of(Flatbuffer(self.view))

    def __exit__(self, *_: object) -> None:
        self.view.release()
        self.map.close()


def model_of(buffer: Flatbuffer) -> TfliteModel:
    """The model in a file.  Raises InvalidModelFile."""
    if bytes(buffer.data[4:8]) != IDENTIFIER:
        raise InvalidModelFile("the file is not of TensorFlow Lite, version 3")
    root = buffer.root()
    version = root.integer(0, "I")
    if version != VERSION:
        raise InvalidModelFile(f"the file has version {version} of the format, not {VERSION}")
    kinds = [operator_kind(code) for code in root.tables(1)]
    data = [buffer_extent(entry) for entry in root.tables(4)]
    tables = root.tables(2)
    if not 1 <= len(tables) <= MAX_SUBGRAPHS:
        raise InvalidModelFile(f"the file has {len(tables):,} subgraphs")
    subgraphs = tuple(subgraph_of(table, kinds, data) for table in tables)
    return TfliteModel(root.text(3), subgraphs, root)


def operator_kind(code: Table) -> str:
    """The name of an operator: built-in ones after 127 have it in another field."""
    number = max(code.integer(0, "b"), code.integer(3, "i"))
    if number == CUSTOM:
        return code.text(1) or "CUSTOM"
    return OPERATORS.get(number, f"operator {number}")


def buffer_extent(entry: Table) -> Extent:
    """Where the contents of a buffer are: in the table, or after all tables of a large file."""
    found = entry.extent(0, 1)
    if found.length:
        return found
    start, length = entry.integer(1, "Q"), entry.integer(2, "Q")
    if start > 1 and start + length > len(entry.buffer.data):
        raise InvalidModelFile("a buffer is outside of the file")
    return Extent(start, length) if start > 1 else Extent(0, 0)


def subgraph_of(table: Table, kinds: list[str], data: list[Extent]) -> TfliteSubgraph:
    tensors = tuple(tensor_of(entry, data) for entry in table.tables(0))
    count = len(tensors)
    entries = table.tables(3)
    if len(entries) > MAX_OPERATORS:
        raise InvalidModelFile(f"the model has more than {MAX_OPERATORS:,} operators")
    operators = tuple(operator_of(entry, kinds, count) for entry in entries)
    inputs, outputs = (numbers_of_tensors(table, field, count) for field in (1, 2))
    return TfliteSubgraph(table.text(4), tensors, inputs, outputs, operators)


def tensor_of(table: Table, data: list[Extent]) -> TfliteTensor:
    sizes = table.integers(0)
    name = table.text(3)
    if len(sizes) > MAX_RANK or min(sizes, default=1) < 0:
        raise InvalidModelFile("a tensor in the file has invalid sizes")
    number = table.integer(2, "I")
    if number >= max(len(data), 1):
        raise InvalidModelFile("a tensor in the file has a buffer that does not exist")
    scale = table.table(4)
    return TfliteTensor(
        name,
        TYPES.get(table.integer(1, "b"), UNKNOWN_TYPE),
        sizes,
        tuple(axis for axis, size in enumerate(table.integers(7)) if size < 0),
        number,
        data[number] if data else Extent(0, 0),
        scale is not None and scale.extent(2, 4).length > 0,
        bool(table.integer(5, "?")),
    )


def operator_of(table: Table, kinds: list[str], count: int) -> TfliteOperator:
    number = table.integer(0, "I")
    if number >= len(kinds):
        raise InvalidModelFile("an operator in the file has a code that does not exist")
    fields = OPTIONS.get(table.integer(3, "B"), {})
    options = table.table(4) if fields else None
    values: dict[str, int | float] = {}
    for name, field in fields.items():
        values[name] = field.default
        if options is not None:
            values[name] = options.number(field.number, field.letter, field.default)
    inputs, outputs = (numbers_of_tensors(table, place, count) for place in (1, 2))
    return TfliteOperator(kinds[number], inputs, outputs, values)


def numbers_of_tensors(table: Table, field: int, count: int) -> tuple[int, ...]:
    """Numbers of tensors; -1 is an absent one.  Raises InvalidModelFile for others."""
    found = table.integers(field)
    if any(not -1 <= number < count for number in found):
        raise InvalidModelFile("an operator in the file reads a tensor that does not exist")
    return found

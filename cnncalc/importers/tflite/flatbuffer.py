"""Flatbuffers: tables of fields at offsets, every one of which is checked.

Source: flatbuffers.dev/internals.  A table begins with the distance to its vtable, which has the
distance of each field from the table, 0 for a field with its default.  Tables, texts and vectors
are stored elsewhere, at an offset from the field.
"""

from __future__ import annotations

import struct
from typing import Literal

from ...named_tuple import NamedTuple
from ..errors import InvalidModelFile

MAX_ENTRIES = 3_000_000
"""The entries of all vectors that are read."""

MAX_TEXT_BYTES = 100_000
MAX_VTABLE_BYTES = 1_000

Format = Literal["b", "B", "?", "h", "H", "i", "I", "q", "Q", "e", "f", "d"]
"""A kind of number: its letter in the struct module."""

Bytes = memoryview


class Extent(NamedTuple):
    """Where the entries of a vector are: the first byte, and how many there are."""

    start: int
    length: int


class Flatbuffer:
    """The bytes of a file, of which no more entries are read than allowed."""

    def __init__(self, data: Bytes) -> None:
        self.data = data
        self.entries = 0

    def number(self, position: int, letter: Format) -> int | float:
        """A number at a place.  Raises InvalidModelFile if it is not in the file."""
        size = struct.calcsize(letter)
        if not 0 <= position <= len(self.data) - size:
            raise InvalidModelFile(
                "the file is damaged or incomplete: an offset leads outside of it"
            )
        found: int | float = struct.unpack_from("<" + letter, self.data, position)[0]
        return found

    def offset(self, position: int, letter: Format = "I") -> int:
        """A distance, or a count."""
        return int(self.number(position, letter))

    def root(self) -> Table:
        return Table(self, self.offset(0))

    def count(self, number: int) -> None:
        """Raise InvalidModelFile if too many entries are read."""
        self.entries += number
        if self.entries > MAX_ENTRIES:
            raise InvalidModelFile(f"the file has lists of more than {MAX_ENTRIES:,} entries")


class Table:
    """A table at a position.  Fields are known by their number in the schema."""

    def __init__(self, buffer: Flatbuffer, position: int) -> None:
        self.buffer = buffer
        self.position = position
        self.vtable = position - buffer.offset(position, "i")
        self.size = buffer.offset(self.vtable, "H")
        if not 4 <= self.size <= MAX_VTABLE_BYTES:
            raise InvalidModelFile("a table in the file is malformed")

    def place(self, field: int) -> int | None:
        """Where a field is; None if it has its default."""
        entry = 4 + 2 * field
        if entry + 2 > self.size:
            return None
        distance = self.buffer.offset(self.vtable + entry, "H")
        return self.position + distance if distance else None

    def number(self, field: int, letter: Format, default: float = 0) -> int | float:
        place = self.place(field)
        return default if place is None else self.buffer.number(place, letter)

    def integer(self, field: int, letter: Format = "i", default: int = 0) -> int:
        return int(self.number(field, letter, default))

    def target(self, field: int) -> int | None:
        """Where what a field refers to is; None without the field."""
        place = self.place(field)
        return None if place is None else place + self.buffer.offset(place)

    def table(self, field: int) -> Table | None:
        position = self.target(field)
        return None if position is None else Table(self.buffer, position)

    def extent(self, field: int, width: int) -> Extent:
        """The vector of a field, with entries of a width in bytes; an empty one without it.

        Raises InvalidModelFile if it is not all in the file.
        """
        position = self.target(field)
        if position is None:
            return Extent(0, 0)
        length = self.buffer.offset(position)
        if position + 4 + length * width > len(self.buffer.data):
            raise InvalidModelFile("a list in the file is longer than it")
        return Extent(position + 4, length)

    def tables(self, field: int) -> list[Table]:
        start, length = self.extent(field, 4)
        self.buffer.count(length)
        places = [start + 4 * number for number in range(length)]
        return [Table(self.buffer, place + self.buffer.offset(place)) for place in places]

    def integers(self, field: int) -> tuple[int, ...]:
        """A vector of numbers of 32 bits."""
        return self.buffer_integers(self.extent(field, 4), "i")

    def buffer_integers(self, extent: Extent, letter: Format) -> tuple[int, ...]:
        self.buffer.count(extent.length)
        layout = f"<{extent.length}{letter}"
        if extent.start + struct.calcsize(layout) > len(self.buffer.data):
            raise InvalidModelFile("a list in the file is longer than it")
        return tuple(map(int, struct.unpack_from(layout, self.buffer.data, extent.start)))

    def text(self, field: int) -> str:
        start, length = self.extent(field, 1)
        end = start + min(length, MAX_TEXT_BYTES)
        return bytes(self.buffer.data[start:end]).decode("utf-8", "replace")

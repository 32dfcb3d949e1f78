"""Protocol buffers: named tuples -> bytes, by the table of fields that they are read by."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

from ...onnx_format.fields import (
    FIXED32,
    LENGTH,
    VARINT,
    ByteSpan,
    FieldKind,
    MessageTable,
    WireField,
)
from ..contents import ByteChunk, FileParts, size_of


class WireWriter:
    """Writes messages whose spans are places in the contents that `span` got, one after another."""

    def __init__(self, table: MessageTable) -> None:
        self.table = table
        self.contents: dict[ByteSpan, ByteChunk] = {}
        self.size = 0

    def span(self, content: ByteChunk) -> ByteSpan:
        """The place of this content."""
        place = ByteSpan(self.size, self.size + size_of([content]))
        self.contents[place] = content
        self.size = place.end
        return place

    def encoded(self, message: tuple[Any, ...]) -> bytes:
        """A message with all that is in it."""
        return b"".join(FileParts(self.chunks(message)))

    def chunks(self, message: tuple[Any, ...]) -> list[ByteChunk]:
        """The fields of a message that do not have their default value, in order of numbers."""
        found: list[ByteChunk] = []
        kind = type(message)
        default = kind()
        for number, field in sorted(self.table[kind].items()):
            value = getattr(message, field.name)
            if value != getattr(default, field.name):
                for one in value if field.most else (value,):
                    found += self.field(number, field, one)
        return found

    def field(self, number: int, field: WireField, value: Any) -> list[ByteChunk]:
        """One value of a field after its key."""
        if field.kind == "integer":
            return [varint(number << 3 | VARINT), varint(value)]
        if field.kind == "real":
            return [varint(number << 3 | FIXED32), struct.pack("<f", value)]
        content = list(self.content(field.kind, value))
        return [varint(number << 3 | LENGTH), varint(size_of(content)), *content]

    def content(self, kind: FieldKind | type[tuple[Any, ...]], value: Any) -> Iterator[ByteChunk]:
        """The bytes of a value that has a length."""
        if kind == "text":
            yield value.encode("utf-8", "replace")
        elif kind == "span":
            yield self.contents[value]
        else:
            yield from self.chunks(value)


def varint(value: int) -> bytes:
    """A number in groups of seven bits, the lowest first; a negative one has 64 bits.

    >>> varint(300).hex()
    'ac02'
    """
    value %= 1 << 64
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)

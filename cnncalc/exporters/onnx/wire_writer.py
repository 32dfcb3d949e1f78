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

Chunks = list[bytes | memoryview]
"""Bytes in several parts, so that those of large tensors are copied once."""


class WireWriter:
    """Writes messages whose spans are in `data`, to which `span` appends."""

    def __init__(self, table: MessageTable) -> None:
        self.table = table
        self.data = bytearray()

    def span(self, content: bytes) -> ByteSpan:
        """A place in `data` that has this content."""
        start = len(self.data)
        self.data += content
        return ByteSpan(start, len(self.data))

    def encoded(self, message: tuple[Any, ...]) -> bytes:
        """A message with all that is in it."""
        return b"".join(self.chunks(message))

    def chunks(self, message: tuple[Any, ...]) -> Chunks:
        """The fields of a message that do not have their default value, in order of numbers."""
        found: Chunks = []
        kind = type(message)
        default = kind()
        for number, field in sorted(self.table[kind].items()):
            value = getattr(message, field.name)
            if value != getattr(default, field.name):
                for one in value if field.most else (value,):
                    found += self.field(number, field, one)
        return found

    def field(self, number: int, field: WireField, value: Any) -> Chunks:
        """One value of a field after its key."""
        if field.kind == "integer":
            return [varint(number << 3 | VARINT), varint(value)]
        if field.kind == "real":
            return [varint(number << 3 | FIXED32), struct.pack("<f", value)]
        content = list(self.content(field.kind, value))
        size = sum(map(len, content))
        return [varint(number << 3 | LENGTH), varint(size), *content]

    def content(
        self, kind: FieldKind | type[tuple[Any, ...]], value: Any
    ) -> Iterator[bytes | memoryview]:
        """The bytes of a value that has a length."""
        if kind == "text":
            yield value.encode("utf-8", "replace")
        elif kind == "span":
            yield memoryview(self.data)[value.start : value.end]
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

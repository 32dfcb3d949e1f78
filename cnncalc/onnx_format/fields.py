"""Protocol buffers: the types of fields, and tables of those of messages.

Source: https://protobuf.dev/programming-guides/encoding.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from ..named_tuple import NamedTuple

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
"""Wire types."""

FieldKind = Literal["integer", "real", "text", "span"]


class ByteSpan(NamedTuple):
    """Where the bytes of a value are in a file."""

    start: int
    end: int

    @property
    def size(self) -> int:
        return self.end - self.start


class WireField(NamedTuple):
    """A field of a message.

    `kind` is that of its value, or the class of an inner message.  `most` is the number of values
    that a field which is repeated may have; 0 for one that is not, of which the last value counts.
    """

    name: str
    kind: FieldKind | type[tuple[Any, ...]]
    most: int = 0


MessageTable = Mapping[type[tuple[Any, ...]], Mapping[int, WireField]]
"""The fields of messages by their number.  A message is a named tuple with a default for each."""

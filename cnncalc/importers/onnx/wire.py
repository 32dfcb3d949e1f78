"""Protocol buffers: bytes -> named tuples, by a table of the fields that are wanted.

Other fields are skipped.  Everything is bounded, so that a file takes time and memory by its
messages, and not by the weights in it: those are spans, which are not read here.
Source: https://protobuf.dev/programming-guides/encoding.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol, TypeVar

from ...named_tuple import NamedTuple
from ..errors import InvalidModelFile

MAX_DEPTH = 60
MAX_FIELDS = 1_000_000
MAX_TEXT_BYTES = 65_536

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
"""Wire types."""

FieldKind = Literal["integer", "real", "text", "span"]
Message = TypeVar("Message", bound=tuple[Any, ...])


class WireBytes(Protocol):
    """Bytes, or a file that is mapped to memory."""

    def __len__(self) -> int: ...

    def __getitem__(self, place: Any, /) -> Any: ...


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


class FieldPlan(NamedTuple):
    """A field as the reader needs it: `position` is that in its named tuple."""

    position: int
    kind: FieldKind | type[tuple[Any, ...]]
    most: int
    name: str


class WireReader:
    """Reads the messages of one file.  Raises InvalidModelFile."""

    def __init__(self, data: WireBytes, table: MessageTable) -> None:
        self.data = data
        self.left = MAX_FIELDS
        self.plans = {kind: plans_of(kind, fields) for kind, fields in table.items()}
        self.defaults = {kind: list(kind()) for kind in table}

    def message(self, kind: type[Message], start: int, end: int, depth: int = 0) -> Message:
        """The message in a part of the file."""
        if depth > MAX_DEPTH:
            raise InvalidModelFile(f"messages are nested more than {MAX_DEPTH} deep")
        data, plans = self.data, self.plans[kind]
        values = self.defaults[kind].copy()
        at = start
        while at < end:
            self.left -= 1
            if self.left < 0:
                raise InvalidModelFile(f"more than {MAX_FIELDS:,} fields")
            key = data[at]
            at += 1
            if key > 127:
                key, at = self.varint(at - 1, end)
            span, at = self.value_span(key & 7, at, end)
            plan = plans.get(key >> 3)
            if plan is not None:
                self.take(values, plan, key & 7, span, depth)
        for plan in plans.values():
            if plan.most:
                values[plan.position] = tuple(values[plan.position])
        return kind(*values)

    def take(
        self, values: list[Any], plan: FieldPlan, wire: int, span: ByteSpan, depth: int
    ) -> None:
        """Put a value into its place; values of a repeated field may be packed into one."""
        position, kind, most, name = plan
        if isinstance(kind, str):
            found = READERS[kind](self, wire, span, most, name)
        elif wire == LENGTH:
            found = self.message(kind, span.start, span.end, depth + 1)
        else:
            raise InvalidModelFile(f"the field `{name}` is not a message")
        if not most:
            values[position] = found
            return
        before = values[position]
        if not before:
            before = values[position] = []
        if isinstance(found, list):
            before += found
        else:
            before.append(found)
        if len(before) > most:
            raise InvalidModelFile(f"`{name}` has more than {most:,} values")

    def varint(self, at: int, end: int) -> tuple[int, int]:
        """The number at a place, and the place after it."""
        value = shift = 0
        while True:
            if at >= end or shift > 63:
                raise InvalidModelFile("a number is cut off or too long")
            byte = self.data[at]
            at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value, at
            shift += 7

    def value_span(self, wire: int, at: int, end: int) -> tuple[ByteSpan, int]:
        """Where the value of a field is, and the place after it."""
        if wire == LENGTH:
            size, at = self.varint(at, end)
            after = at + size
        elif wire == VARINT:
            _, after = self.varint(at, end)
        elif wire == FIXED32:
            after = at + 4
        elif wire == FIXED64:
            after = at + 8
        else:
            raise InvalidModelFile(f"a field of the unknown wire type {wire}")
        if after > end:
            raise InvalidModelFile("a field is longer than the message that it is in")
        return ByteSpan(at, after), after

    # Values

    def integers(self, wire: int, span: ByteSpan, most: int, name: str) -> int | list[int]:
        """One number, or packed ones; at most one more than the field may have."""
        if wire == VARINT:
            return signed(self.varint(*span)[0])
        if wire != LENGTH or not most:
            raise InvalidModelFile(f"the field `{name}` is not a whole number")
        return self.packed_integers(span, most + 1)

    def packed_integers(self, span: ByteSpan, most: int) -> list[int]:
        """The first numbers of a packed field."""
        found: list[int] = []
        at = span.start
        while at < span.end and len(found) < most:
            value, at = self.varint(at, span.end)
            found.append(signed(value))
        self.left -= len(found)
        return found

    def reals(self, wire: int, span: ByteSpan, most: int, name: str) -> float | list[float]:
        if wire == FIXED32:
            return float(struct.unpack("<f", self.data[span.start : span.end])[0])
        if wire != LENGTH or not most or span.size % 4:
            raise InvalidModelFile(f"the field `{name}` is not a number")
        end = min(span.end, span.start + 4 * (most + 1))
        return [value for (value,) in struct.iter_unpack("<f", self.data[span.start : end])]

    def text(self, wire: int, span: ByteSpan, most: int, name: str) -> str:
        if wire != LENGTH:
            raise InvalidModelFile(f"the field `{name}` is not a text")
        if span.size > MAX_TEXT_BYTES:
            raise InvalidModelFile(f"the field `{name}` has more than {MAX_TEXT_BYTES:,} bytes")
        return bytes(self.data[span.start : span.end]).decode("utf-8", "replace")

    def span(self, wire: int, span: ByteSpan, most: int, name: str) -> ByteSpan:
        return span


READERS: dict[str, Callable[[WireReader, int, ByteSpan, int, str], Any]] = {
    "integer": WireReader.integers,
    "real": WireReader.reals,
    "text": WireReader.text,
    "span": WireReader.span,
}


def plans_of(kind: type[tuple[Any, ...]], fields: Mapping[int, WireField]) -> dict[int, FieldPlan]:
    places = {name: place for place, name in enumerate(kind._fields)}  # type: ignore[attr-defined]
    return {
        number: FieldPlan(places[field.name], field.kind, field.most, field.name)
        for number, field in fields.items()
    }


def signed(value: int) -> int:
    """A number of 64 bits in two's complement.

    >>> signed(2**64 - 1), signed(7)
    (-1, 7)
    """
    return value - (1 << 64) if value >> 63 else value

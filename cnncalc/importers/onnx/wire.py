"""Protocol buffers: bytes -> named tuples, by a table of the fields that are wanted.

Other fields are skipped.  Everything is bounded, so that a file takes time and memory by its
messages, and not by the weights in it: those are spans, which are not read here.
Source: https://protobuf.dev/programming-guides/encoding.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from io import SEEK_END
from typing import Any, BinaryIO, Protocol, TypeVar

from ...named_tuple import NamedTuple
from ...onnx_format.fields import (
    FIXED32,
    FIXED64,
    LENGTH,
    VARINT,
    ByteSpan,
    MessageTable,
    WireField,
)
from ..errors import InvalidModelFile

MAX_DEPTH = 60
MAX_FIELDS = 1_000_000
MAX_TEXT_BYTES = 65_536
BLOCK = 8192  # bytes that are read at once
MALFORMED = "not an ONNX file, or a damaged or incomplete one"
TOO_LONG = f"{MALFORMED}: a field is longer than the message that it is in"
MOST_SHARED = 64  # bytes of a message that others may be equal to

Message = TypeVar("Message", bound=tuple[Any, ...])


class WireBytes(Protocol):
    """Bytes, or a file that is read where it is asked for."""

    def __len__(self) -> int: ...

    def __getitem__(self, place: Any, /) -> Any: ...


class FileBytes:
    """The bytes of an open file.  Only the block around the last place is in memory.

    A mapping would count all that was touched, which a system reads in large pieces.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.size = file.seek(0, SEEK_END)
        self.start = self.end = 0  # of the block
        self.block = b""

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, place: int | slice) -> Any:
        start, block = self.start, self.block
        if isinstance(place, int):
            if start <= place < self.end:
                return block[place - start]
            self.file.seek(place)
            self.block = self.file.read(BLOCK)
            self.start, self.end = place, place + len(self.block)
            return self.block[0]
        first, last = place.start, place.stop
        if start <= first <= last <= self.end:
            return block[first - start : last - start]
        self.file.seek(first)
        return self.file.read(max(0, last - first))


class FieldPlan(NamedTuple):
    """A field as the reader needs it: `position` is that in its named tuple.

    `read` makes its value, of which `inner` is the kind if it is a message.
    """

    position: int
    read: ValueReader
    inner: type[tuple[Any, ...]]
    most: int
    name: str


class WireReader:
    """Reads the messages of one file.  Raises InvalidModelFile.

    `allowances` are the fields that the first messages of a kind may have besides MAX_FIELDS, and
    the number of these messages.  Equal messages of the kind `shared` are one value, which has the
    spans of the first: many nodes have equal arguments.
    """

    def __init__(
        self,
        data: WireBytes,
        table: MessageTable,
        allowances: Mapping[type[tuple[Any, ...]], tuple[int, int]] = {},
        shared: type[tuple[Any, ...]] | None = None,
    ) -> None:
        self.data = data
        self.offset = 0  # of the data in the file
        self.depth = 0  # of the messages that are read at present
        self.left = MAX_FIELDS
        self.allowances = {kind: list(found) for kind, found in allowances.items()}
        self.plans = {kind: plans_of(kind, fields) for kind, fields in table.items()}
        self.defaults = {kind: list(kind()) for kind in table}
        self.shared = shared
        self.known: dict[bytes, tuple[Any, ...]] = {}

    def message(self, kind: type[Message], start: int, end: int) -> Message:
        """The message in a part of the file."""
        if self.depth > MAX_DEPTH:
            raise InvalidModelFile(f"messages are nested more than {MAX_DEPTH} deep")
        file = self.data
        self.depth += 1
        try:
            if end - start > BLOCK or isinstance(file, bytes):
                return self.message_of(kind, start, end)
            self.data, self.offset = file[start:end], start  # all of it is read at once
            return self.message_of(kind, 0, len(self.data))
        finally:
            self.depth -= 1
            if self.data is not file:
                self.data, self.offset = file, 0

    def message_of(self, kind: type[Message], start: int, end: int) -> Message:
        """The message in a part of the data."""
        if kind in self.allowances:
            self.allow(kind)
        data, plans = self.data, self.plans[kind]
        values = self.defaults[kind].copy()
        repeated: dict[int, list[Any]] = {}
        at = start
        while at < end:
            self.left -= 1
            if self.left < 0:
                raise InvalidModelFile(f"more than {MAX_FIELDS:,} fields")
            key = data[at]
            at += 1
            if key > 127:
                key, at = self.varint(at - 1, end)
            wire = key & 7
            if wire == LENGTH:  # most fields
                size = data[at] if at < end else 128
                begin = at + 1
                if size > 127:
                    size, begin = self.varint(at, end)
                at = begin + size
            else:
                begin, at = at, self.end_of(wire, at, end)
            if at > end:
                raise InvalidModelFile(TOO_LONG)
            plan = plans.get(key >> 3)
            if plan is None:
                continue
            position, read, _, most, _ = plan
            found = read(self, wire, begin, at, plan)
            if not most:
                values[position] = found
            elif position in repeated or type(found) is list:
                append(repeated.setdefault(position, []), plan, found)
            else:
                repeated[position] = [found]
        for position, known in repeated.items():
            values[position] = tuple(known)
        return tuple.__new__(kind, values)

    def allow(self, kind: type[tuple[Any, ...]]) -> None:
        """More fields for a message of this kind, if there were not too many of them."""
        allowance = self.allowances.get(kind)
        if allowance is not None and allowance[1]:
            self.left += allowance[0]
            allowance[1] -= 1

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

    def end_of(self, wire: int, at: int, end: int) -> int:
        """The place after the value of a field, which is a number."""
        if wire == VARINT:
            return self.varint(at, end)[1]
        if wire == FIXED32:
            return at + 4
        if wire == FIXED64:
            return at + 8
        raise InvalidModelFile(f"{MALFORMED}: a field has the unknown wire type {wire}")

    # Values

    def inner(self, wire: int, start: int, end: int, plan: FieldPlan) -> tuple[Any, ...]:
        """A message in another one.  Of equal ones that are `shared`, the first one is all."""
        if wire != LENGTH:
            raise InvalidModelFile(f"the field `{plan.name}` is not a message")
        kind = plan.inner
        if kind is not self.shared or end - start > MOST_SHARED:
            return self.message(kind, start, end)
        data = self.data[start:end]
        found = self.known.get(data)
        if found is None:
            found = self.known[data] = self.message(kind, start, end)
        return found

    def integers(self, wire: int, start: int, end: int, plan: FieldPlan) -> int | list[int]:
        """One number, or packed ones; at most one more than the field may have."""
        if wire == VARINT:
            is_short = end == start + 1
            return self.data[start] if is_short else signed(self.varint(start, end)[0])
        if wire != LENGTH or not plan.most:
            raise InvalidModelFile(f"the field `{plan.name}` is not a whole number")
        return self.packed_integers(start, end, plan.most + 1)

    def packed_integers(self, start: int, end: int, most: int) -> list[int]:
        """The first numbers of a packed field."""
        found: list[int] = []
        at = start
        while at < end and len(found) < most:
            value, at = self.varint(at, end)
            found.append(signed(value))
        self.left -= len(found)
        return found

    def reals(self, wire: int, start: int, end: int, plan: FieldPlan) -> float | list[float]:
        if wire == FIXED32:
            return float(struct.unpack("<f", self.data[start:end])[0])
        if wire != LENGTH or not plan.most or (end - start) % 4:
            raise InvalidModelFile(f"the field `{plan.name}` is not a number")
        end = min(end, start + 4 * (plan.most + 1))
        return [value for (value,) in struct.iter_unpack("<f", self.data[start:end])]

    def text(self, wire: int, start: int, end: int, plan: FieldPlan) -> str:
        if wire != LENGTH:
            raise InvalidModelFile(f"the field `{plan.name}` is not a text")
        if end > start + MAX_TEXT_BYTES:
            raise InvalidModelFile(
                f"the field `{plan.name}` has more than {MAX_TEXT_BYTES:,} bytes"
            )
        data: bytes = self.data[start:end]
        return data.decode("utf-8", "replace")

    def span(self, wire: int, start: int, end: int, plan: FieldPlan) -> ByteSpan:
        return ByteSpan(self.offset + start, self.offset + end)


ValueReader = Callable[[WireReader, int, int, int, FieldPlan], Any]
"""Makes the value of a field of its wire type, start and end."""

READERS: dict[str, ValueReader] = {
    "integer": WireReader.integers,
    "real": WireReader.reals,
    "text": WireReader.text,
    "span": WireReader.span,
}


def append(known: list[Any], plan: FieldPlan, found: Any) -> None:
    """Add a value of a repeated field, or several of them.  Raises InvalidModelFile."""
    if type(found) is list:
        known += found
    else:
        known.append(found)
    if len(known) > plan.most:
        raise InvalidModelFile(f"`{plan.name}` has more than {plan.most:,} values")


def plans_of(kind: type[tuple[Any, ...]], fields: Mapping[int, WireField]) -> dict[int, FieldPlan]:
    places = {name: place for place, name in enumerate(kind._fields)}  # type: ignore[attr-defined]
    return {number: plan_of(places[field.name], field) for number, field in fields.items()}


def plan_of(position: int, field: WireField) -> FieldPlan:
    if isinstance(field.kind, str):
        return FieldPlan(position, READERS[field.kind], tuple, field.most, field.name)
    return FieldPlan(position, WireReader.inner, field.kind, field.most, field.name)


def signed(value: int) -> int:
    """A number of 64 bits in two's complement.

    >>> signed(2**64 - 1), signed(7)
    (-1, 7)
    """
    return value - (1 << 64) if value >> 63 else value

"""The memory plan of a network in TensorFlow Lite Micro: where each value is in the arena."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from ..named_tuple import NamedTuple
from .arena import Buffer, aligned, most_live, offsets
from .operators import DeviceProgram

BufferRole = Literal["input", "value", "scratch"]

OPERATOR_BYTES = 160
TENSOR_BYTES = 24
CHANNEL_BYTES = 8
INTERPRETER_BYTES = 900
"""What the interpreter keeps for an operator, a tensor, a channel with its own scale, and itself.

Source: the recording allocator of TensorFlow Lite Micro on a 64-bit host, within 1.1 % of the
whole arena for 23 of 25 networks.
"""


class PlacedBuffer(NamedTuple):
    """A buffer in the arena: its role, the tensor or the operator that it belongs to, and where.

    `bytes` are rounded up to the alignment of the arena.  It is live from operator `first` to
    operator `last`, which count from 1; 0 is before the first.
    """

    role: BufferRole
    name: str
    offset: int
    bytes: int
    first: int
    last: int


class MemoryPlan(NamedTuple):
    """The arena of a network for one sample.

    `placements` has the buffer of each tensor, in the order of `program.tensors`, and then the
    scratch buffers.  `arena_bytes` is the planned part of the arena, `liveness_bytes` the most that
    tensors take at once, and `persistent_bytes` about what the interpreter needs in addition.
    """

    program: DeviceProgram
    placements: tuple[PlacedBuffer, ...]
    arena_bytes: int
    liveness_bytes: int
    persistent_bytes: int

    @property
    def ram_bytes(self) -> int:
        """The planned part of the arena and the persistent one."""
        return self.arena_bytes + self.persistent_bytes

    @property
    def inputs(self) -> tuple[PlacedBuffer, ...]:
        """The buffers of the inputs of the network."""
        return self.placements[: self.program.inputs]

    @property
    def scratch(self) -> tuple[PlacedBuffer, ...]:
        """The buffers that operators need only while they run, in the order of these."""
        return self.placements[len(self.program.tensors) :]


def memory_plan(program: DeviceProgram) -> MemoryPlan:
    """Place every buffer of a program.  Raises TooManyBuffers."""
    owners = list(buffers_of(program))
    buffers = [buffer for _, _, buffer in owners]
    found = offsets(buffers)
    placements = tuple(
        PlacedBuffer(role, name, offset, aligned(buffer.bytes), buffer.first, buffer.last)
        for (role, name, buffer), offset in zip(owners, found, strict=True)
    )
    end = max((one.offset + one.bytes for one in placements), default=0)
    tensors = buffers[: len(program.tensors)]
    return MemoryPlan(program, placements, end, most_live(tensors), persistent_bytes(program))


def buffers_of(program: DeviceProgram) -> Iterator[tuple[BufferRole, str, Buffer]]:
    """The role, the name and the buffer of each tensor, and then of all scratch memory."""
    lives = lifetimes_of(program)
    for index, (tensor, (first, last)) in enumerate(zip(program.tensors, lives, strict=True)):
        role: BufferRole = "input" if index < program.inputs else "value"
        yield role, tensor.name, Buffer(tensor.bytes, first, last)
    for step, operator in enumerate(program.operators, 1):
        for size in operator.scratch:
            yield "scratch", operator.name, Buffer(size, step, step)


def lifetimes_of(program: DeviceProgram) -> list[tuple[int, int]]:
    """The operators between which each tensor is live, counted from 1; inputs begin at 0."""
    first = [0] * len(program.tensors)
    last = [0] * len(program.tensors)
    for step, operator in enumerate(program.operators, 1):
        for tensor in operator.outputs:
            first[tensor] = step
        for tensor in (*operator.inputs, *operator.outputs):
            last[tensor] = step
    for tensor in program.outputs:
        last[tensor] = len(program.operators)
    return list(zip(first, last, strict=True))


def persistent_bytes(program: DeviceProgram) -> int:
    """About what the interpreter keeps, on a 64-bit host; on a 32-bit one it is about half."""
    operators = program.operators
    constants = sum(operator.constants for operator in operators)
    tensors = len(program.tensors) + constants
    channels = sum(operator.channels for operator in operators)
    counted = OPERATOR_BYTES * len(operators) + TENSOR_BYTES * tensors + CHANNEL_BYTES * channels
    return INTERPRETER_BYTES + counted

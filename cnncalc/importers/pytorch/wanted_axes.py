"""Which axis of each tensor its readers take as the channels.

A reshape is free to choose the order of the axes of its value.  It asks here, so that a later layer
does not need a `permute`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from ..program import Operation, Program, TensorRef, TensorSizes
from .arguments import first_tensor
from .names import ALIASES, ELEMENT_WISE, PLAIN_FUNCTIONS, plain
from .orders import PERMUTATIONS, permutation

TensorKey = tuple[str, int, int]

CHANNELS_SECOND = ("batch_norm", "group_norm", "instance_norm", "interpolate", "pixel_", "prelu")
CHANNELS_LAST = ("linear", "layer_norm", "rms_norm", "lstm", "gru", "rnn_tanh", "rnn_relu")
UNCHANGED = ("dropout", "gelu", "leaky_relu", "softmax", "roll", "hardtanh", "pad")
RESHAPES = ("view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze")


def wanted_channels(program: Program) -> dict[TensorKey, int]:
    """The axis that is wanted as channels, by the tensor; found from the last reader back."""
    wanted: dict[TensorKey, int] = {}
    for index in range(len(program.operations) - 1, -1, -1):
        operation = program.operations[index]
        for ref, axis in demands(operation, wanted.get(("output", index, 0))):
            if ref.sizes:
                wanted.setdefault(ref.key, axis % len(ref.sizes))
    return wanted


def demands(operation: Operation, out: int | None) -> Iterator[tuple[TensorRef, int]]:
    """The axes that an operation wants as channels, given the one that is wanted of its result."""
    first = next(operation.tensors(), None)
    if first is None:
        return
    name = plain(operation.function)
    axis = channels_axis(name)
    if axis is not None:
        yield first, axis
    elif out is not None:
        yield from passed_on(operation, name, out)


@cache
def channels_axis(name: str) -> int | None:
    """The axis of its first tensor that a function takes as the channels; None if it has none."""
    if name.startswith(("conv", *CHANNELS_SECOND)) or "pool" in name:
        return 1
    return -1 if name in CHANNELS_LAST else None


def passed_on(operation: Operation, name: str, out: int) -> Iterator[tuple[TensorRef, int]]:
    """The demand on a result as one on the arguments."""
    x = first_tensor(operation)
    result = operation.results[0]
    if name in PERMUTATIONS:
        yield x, permutation(operation)[out]
    elif is_element_wise(name):
        for ref in operation.tensors():
            if len(ref.sizes) == len(result):
                yield ref, out
    elif name in RESHAPES:
        axis = same_axis(x.sizes, result, out)
        if axis is not None:
            yield x, axis


@cache
def is_element_wise(name: str) -> bool:
    known: tuple[Callable[[str], bool], ...] = (
        ALIASES.__contains__,
        ELEMENT_WISE.__contains__,
        PLAIN_FUNCTIONS.__contains__,
        UNCHANGED.__contains__,
    )
    return any(is_known(name) for is_known in known)


def same_axis(before: TensorSizes, after: TensorSizes, axis: int) -> int | None:
    """The axis before a reshape that is one after it; None if it is not certain."""
    if axis == len(after) - 1 and before and before[-1] == after[-1]:
        return -1
    if axis < min(len(before), len(after)) and before[: axis + 1] == after[: axis + 1]:
        return axis
    return None

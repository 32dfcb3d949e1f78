"""The arguments of operations, which are in the call or in the configuration."""

from __future__ import annotations

from collections.abc import Sequence

from ...axes import TensorView
from ...bounded_json import JsonValue
from ...errors import Unsupported
from ..context import LayerCall, ViewArgument
from ..model import KerasLayer

TENSORFLOW = ("TFOpLambda", "SlicingOpLambda")
"""The classes of Keras 2 for a function of TensorFlow, whose name is in the configuration."""


OPERATION_MODULE = ".ops"

SECOND = ("x1", "x2", "y", "b", "bias")
"""The names of an operand that is given by name."""


def is_operation(layer: KerasLayer) -> bool:
    """True for a function of tensors, of Keras 3 or of TensorFlow."""
    return layer.kind in TENSORFLOW or OPERATION_MODULE in layer.module


def operation_name(layer: KerasLayer) -> str:
    """The class of a layer, or the function of TensorFlow that it is."""
    is_function = layer.kind in TENSORFLOW
    return layer.config.text("function", layer.kind) if is_function else layer.kind


def operation_key(layer: KerasLayer) -> str:
    """The name of an operation without underscores: GetItem and getitem are the same."""
    name = operation_name(layer).rpartition(".")[2]
    return name.replace("_", "").lower()


def given_operands(call: LayerCall) -> list[ViewArgument]:
    """The positional arguments, then the operands by name."""
    return [*call.arguments, *(call.keywords[key] for key in SECOND if key in call.keywords)]


def argument(call: LayerCall, names: Sequence[str], position: int) -> ViewArgument:
    """An argument by one of its names, in the call or the configuration, or by its position.

    `position` counts the arguments after the tensor.
    """
    for name in names:
        if name in call.keywords:
            return call.keywords[name]
        if call.config.has(name) and name != "name":
            return constant(call.config.values[name])
    return call.arguments[position + 1] if len(call.arguments) > position + 1 else None


def constant(value: JsonValue) -> ViewArgument:
    """A value of the configuration as an argument."""
    if isinstance(value, list):
        return [constant(entry) for entry in value]
    if isinstance(value, dict):
        return {key: constant(entry) for key, entry in value.items()}
    return value


def sizes_of(entries: ViewArgument) -> tuple[int, ...]:
    """The sizes of nested lists."""
    if not isinstance(entries, list):
        return ()
    return (len(entries), *sizes_of(entries[0] if entries else None))


def whole_numbers(value: ViewArgument, what: str) -> tuple[int, ...]:
    """A whole number or a list of these.  Raises Unsupported."""
    entries = value if isinstance(value, list) else [value]
    if not all(isinstance(entry, int) for entry in entries):
        raise Unsupported(f"{what} that is not written in the file")
    return tuple(entry for entry in entries if isinstance(entry, int))


def whole_number(value: ViewArgument, what: str) -> int:
    """One whole number.  Raises Unsupported."""
    found = whole_numbers(value, what)
    if len(found) != 1:
        raise Unsupported(f"{what} that is not one number")
    return found[0]


def dims_of(call: LayerCall, view: TensorView, value: ViewArgument) -> list[int]:
    """Axes of a tensor, counted from the first; all of them for None."""
    if value is None:
        return list(range(view.rank))
    axes = whole_numbers(value, "an axis")
    if any(not -view.rank <= axis < view.rank for axis in axes):
        raise Unsupported("along an axis that its input does not have")
    return sorted({axis % view.rank for axis in axes})

"""What the rules of TensorFlow Lite Micro share: errors, fused layers, simple operators."""

from __future__ import annotations

from collections.abc import Callable

from ...problem import Error
from ..builder import OperatorBuilder, OperatorDetails

LoweringRule = Callable[[OperatorBuilder, int], None]
"""Adds the operators of the layer at a step."""

NORM = ("bn",)
PASSING = ("identity", "dropout", "droppath")
"""Kinds that do nothing at inference."""

FUSED_ACTIVATIONS = ("relu", "relu6", "hardtanh")
"""Kinds that an operator before them may include; TensorFlow's RELU_N1_TO_1 is a hardtanh."""

ONE = OperatorDetails(constants=1)


class UnsupportedOnDevice(Error):
    """A type or a layer that the runtime cannot execute; the message names what it lacks."""


def unsupported(builder: OperatorBuilder, step: int, operator: str) -> UnsupportedOnDevice:
    """The error for a layer that needs an operator, or several that are not known."""
    node = builder.node(step)
    subject = f"TensorFlow Lite Micro cannot run {node.layer.kind} ({node.path})"
    if not operator:
        return UnsupportedOnDevice(f"{subject}: how it is converted is not known")
    return UnsupportedOnDevice(f"{subject}: it has no operator {operator}")


def check_planar(builder: OperatorBuilder, step: int, volume_operator: str) -> None:
    """Raise UnsupportedOnDevice for a volume: kernels are for images."""
    if len(builder.node(step).input_shapes[0].spatial) > 2:
        raise unsupported(builder, step, volume_operator)


def fused(builder: OperatorBuilder, step: int, norm: bool = False) -> list[int]:
    """A layer and those that its operator also executes."""
    chain = [step]
    if norm:
        builder.absorb(chain, NORM)
    while builder.absorb(chain, PASSING):
        pass
    builder.absorb(chain, FUSED_ACTIVATIONS)
    return chain


def in_float(name: str) -> Callable[[OperatorBuilder, int], None]:
    """The rule of an operator for float32 alone: other values are converted to it and back."""

    def rule(builder: OperatorBuilder, step: int) -> None:
        inputs, elements = builder.inputs(step), builder.node(step).shape.elements
        if builder.network.dtype == "float32":
            builder.emit(name, [step], inputs)
            return
        wide = builder.emit_temporary("DEQUANTIZE", [step], inputs, elements, width=4)
        found = builder.emit_temporary(name, [step], [wide], elements, width=4)
        builder.emit("QUANTIZE", [step], [found])

    return rule


def plain(name: str, constants: int = 0) -> Callable[[OperatorBuilder, int], None]:
    """The rule of a layer that is one operator."""

    def rule(builder: OperatorBuilder, step: int) -> None:
        builder.emit(name, [step], builder.inputs(step), OperatorDetails(constants))

    return rule

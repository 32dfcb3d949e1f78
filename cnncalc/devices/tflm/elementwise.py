"""Activations, norms and joins as operators of TensorFlow Lite Micro."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ..builder import CONSTANT, OperatorBuilder, OperatorDetails
from .support import FUSED_ACTIVATIONS, ONE, fused, in_float, unsupported

if TYPE_CHECKING:
    from ...layers.activation import Elementwise
    from ...layers.join import ElementWise

BIASED = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")


def norm(builder: OperatorBuilder, step: int) -> None:
    """A batch normalization that no convolution includes: a product, then a sum."""
    elements = builder.node(step).shape.elements
    inputs = builder.inputs(step)
    product = builder.emit_temporary("MUL", [step], inputs, elements, ONE)
    builder.emit("ADD", fused(builder, step), [product], ONE)


def scale(builder: OperatorBuilder, step: int) -> None:
    """A learned factor for each channel, and perhaps a summand."""
    if "bias" in builder.node(step).layer.weights(*builder.node(step).input_shapes):
        norm(builder, step)
    else:
        chain = fused(builder, step)
        builder.emit("MUL", chain, builder.inputs(step), ONE)


def silu(builder: OperatorBuilder, step: int) -> None:
    inputs, elements = builder.inputs(step), builder.node(step).shape.elements
    sigmoid = builder.emit_temporary("LOGISTIC", [step], inputs, elements)
    builder.emit("MUL", [step], [*inputs, sigmoid])


def hardsigmoid(builder: OperatorBuilder, step: int) -> None:
    """relu6(x + 3) / 6: the sum includes relu6, and is a part of the bias of a layer before it."""
    inputs, elements = builder.inputs(step), builder.node(step).shape.elements
    if not is_after_weights(builder, step):
        total = builder.emit_temporary("ADD", [step], inputs, elements, ONE)
        inputs = (total,)
    builder.emit("MUL", [step], inputs, ONE)


def is_after_weights(builder: OperatorBuilder, step: int) -> bool:
    """Whether a layer alone reads an operator that adds a bias, without an activation."""
    before = builder.operators[-1] if builder.operators else None
    if before is None or before.name not in BIASED or before.outputs != builder.inputs(step):
        return False
    last = before.layers[-1]
    is_active = builder.node(last).layer.kind in FUSED_ACTIVATIONS
    return not is_active and builder.only_reader(last) == step


def hardtanh(builder: OperatorBuilder, step: int) -> None:
    inputs, elements = builder.inputs(step), builder.node(step).shape.elements
    bounded = builder.emit_temporary("MINIMUM", [step], inputs, elements, ONE)
    builder.emit("MAXIMUM", [step], [bounded], ONE)


def gated(builder: OperatorBuilder, step: int) -> None:
    """The first half of the channels times the sigmoid of the second."""
    elements = builder.node(step).shape.elements
    inputs = builder.inputs(step)
    halves = builder.emit_temporary("SPLIT", [step], inputs, 2 * elements, ONE)
    sigmoid = builder.emit_temporary("LOGISTIC", [step], [halves], elements)
    builder.emit("MUL", [step], [halves, sigmoid])


FUNCTIONS = {"sqrt": "SQRT", "rsqrt": "RSQRT", "log": "LOG"}
FLOAT_FUNCTIONS = {
    "square": "SQUARE",
    "sin": "SIN",
    "cos": "COS",
    "neg": "NEG",
    "floor": "FLOOR",
    "ceil": "CEIL",
    "round": "ROUND",
}
"""The operators of the functions of `elementwise`, for any type and for float32 alone."""


def function(builder: OperatorBuilder, step: int) -> None:
    name = cast("Elementwise", builder.node(step).layer).function
    if name in FUNCTIONS:
        builder.emit(FUNCTIONS[name], [step], builder.inputs(step))
    elif name in FLOAT_FUNCTIONS:
        in_float(FLOAT_FUNCTIONS[name])(builder, step)
    elif name == "exp" and builder.network.dtype == "float32":
        builder.emit("EXP", [step], builder.inputs(step))
    else:
        raise unsupported(builder, step, f"{name.upper()} for {builder.network.dtype}")


def join(builder: OperatorBuilder, step: int) -> None:
    """A chain of operators on two operands each, which run as soon as these are there.

    The last includes the activation, but a maximum does not.
    """
    node = builder.node(step)
    name = "MAXIMUM" if node.layer.kind == "max" else node.layer.kind.upper()
    given, constants = builder.inputs(step), len(node.inputs) - len(builder.inputs(step))
    constants += len(cast("ElementWise", node.layer).constants)
    operands = [*given, *[CONSTANT] * constants]
    elements = node.shape.elements
    while len(operands) > 2:
        pair = operands[:2]
        total = builder.emit_temporary(name, [step], *without_constants(pair, elements))
        builder.advance()
        operands = [total, *operands[2:]]
    inputs, _, details = without_constants(operands, elements)
    chain = [step] if name == "MAXIMUM" else fused(builder, step)
    builder.emit(name, chain, inputs, details)


def without_constants(operands: list[int], elements: int) -> tuple[list[int], int, OperatorDetails]:
    """The operands of an operator with so many output elements, its constants only counted."""
    inputs = [tensor for tensor in operands if tensor != CONSTANT]
    return inputs, elements, OperatorDetails(constants=len(operands) - len(inputs))

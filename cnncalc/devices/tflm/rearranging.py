"""Layers that move elements as operators of TensorFlow Lite Micro."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ..builder import CONSTANT, OperatorBuilder, OperatorDetails
from .support import ONE, PAD, check_planar, unsupported

if TYPE_CHECKING:
    from ...layers.rearrange import Select
    from ...layers.resize import Upsample


def passing(builder: OperatorBuilder, step: int) -> None:
    builder.alias(step)


def constant(builder: OperatorBuilder, step: int) -> None:
    builder.tensor_of[step, 0] = CONSTANT


def concatenation(builder: OperatorBuilder, step: int) -> None:
    inputs = builder.inputs(step)
    constants = len(builder.node(step).inputs) - len(inputs)
    builder.emit("CONCATENATION", [step], inputs, OperatorDetails(constants))


def reshape(builder: OperatorBuilder, step: int) -> None:
    """An operator with an output of its own; with one axis longer than 1 there is nothing to do."""
    node = builder.node(step)
    x = node.input_shapes[0]
    if x == node.shape or sum(size > 1 for size in x) <= 1:
        builder.alias(step)
    else:
        builder.emit("RESHAPE", [step], builder.inputs(step), ONE)


def channel_shuffle(builder: OperatorBuilder, step: int) -> None:
    inputs, elements = builder.inputs(step), builder.node(step).shape.elements
    split = builder.emit_temporary("RESHAPE", [step], inputs, elements, ONE)
    turned = builder.emit_temporary("TRANSPOSE", [step], [split], elements, ONE)
    builder.emit("RESHAPE", [step], [turned], ONE)


def select(builder: OperatorBuilder, step: int) -> None:
    """One index is a slice, a list of them a gather."""
    index = cast("Select", builder.node(step).layer).index
    name, constants = ("GATHER", 1) if isinstance(index, tuple) else ("STRIDED_SLICE", 3)
    builder.emit(name, [step], builder.inputs(step), OperatorDetails(constants))


def split(builder: OperatorBuilder, step: int) -> None:
    """Equal parts; the converter has no rule for the quantization of others."""
    shapes = set(builder.node(step).outputs)
    if len(shapes) == 1:
        builder.emit("SPLIT", [step], builder.inputs(step), ONE)
    elif builder.network.dtype == "float32":
        builder.emit("SPLIT_V", [step], builder.inputs(step), OperatorDetails(constants=2))
    else:
        raise unsupported(builder, step, f"SPLIT_V for {builder.network.dtype}")


def pad(builder: OperatorBuilder, step: int) -> None:
    """Padding; negative amounts crop."""
    node = builder.node(step)
    grows = node.shape.elements >= node.input_shapes[0].elements
    name, constants = (PAD, 1) if grows else ("STRIDED_SLICE", 3)
    builder.emit(name, [step], builder.inputs(step), OperatorDetails(constants))


def resize(builder: OperatorBuilder, step: int) -> None:
    mode = cast("Upsample", builder.node(step).layer).mode
    names = {"nearest": "RESIZE_NEAREST_NEIGHBOR", "bilinear": "RESIZE_BILINEAR"}
    if mode not in names:
        raise unsupported(builder, step, f"for resizing with mode {mode}")
    check_planar(builder, step, "for resizing a volume")
    builder.emit(names[mode], [step], builder.inputs(step), ONE)

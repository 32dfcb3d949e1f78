"""What the rules of TensorFlow Lite Micro share: errors, fused layers, simple operators."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...engine.flash import PASSING
from ...problem import Error, count
from ..builder import OperatorBuilder, OperatorDetails

LoweringRule = Callable[[OperatorBuilder, int], None]
"""Adds the operators of the layer at a step."""

FUSED_ACTIVATIONS = ("relu", "relu6", "hardtanh")
"""Kinds that an operator before them may include; TensorFlow's RELU_N1_TO_1 is a hardtanh."""

PAD = "PAD"
"""The operator that pads, also before windows whose padding is not SAME."""

ONE = OperatorDetails(constants=1)


class UnsupportedOnDevice(Error):
    """A type or layers that the runtime cannot execute; the message names what it lacks."""


class UnsupportedLayer(Error):
    """A layer that the runtime cannot execute, and why."""

    def __init__(self, kind: str, path: str, reason: str) -> None:
        super().__init__(f"{kind} ({path}): {reason}")
        self.kind, self.path, self.reason = kind, path, reason


def unsupported(builder: OperatorBuilder, step: int, operator: str) -> UnsupportedLayer:
    """The error for a layer that needs an operator, or several that are not known."""
    node = builder.node(step)
    reason = f"it has no operator {operator}" if operator else "its conversion is not known"
    return UnsupportedLayer(node.layer.kind, node.path, reason)


def cannot_run(layers: Sequence[UnsupportedLayer]) -> UnsupportedOnDevice:
    """One error for all layers that cannot be executed; of those alike it names the first."""
    alike: dict[tuple[str, str], list[str]] = {}
    for layer in layers:
        alike.setdefault((layer.kind, layer.reason), []).append(layer.path)
    texts = []
    for (kind, reason), (path, *others) in alike.items():
        more = f" and {count(len(others), 'other')}" if others else ""
        texts.append(f"{kind} ({path}{more}): {reason}")
    return UnsupportedOnDevice(f"TensorFlow Lite Micro cannot run {'; '.join(texts)}")


def check_planar(builder: OperatorBuilder, step: int, volume_operator: str) -> None:
    """Raise UnsupportedOnDevice for a volume: kernels are for images."""
    if len(builder.node(step).input_shapes[0].spatial) > 2:
        raise unsupported(builder, step, volume_operator)


def fused(builder: OperatorBuilder, step: int) -> list[int]:
    """A layer and those that its operator also executes: a norm, and an activation."""
    chain = [step]
    norm = builder.norms.get(step, step)
    while chain[-1] != norm and builder.absorb(chain, (*PASSING, "bn")):
        pass
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

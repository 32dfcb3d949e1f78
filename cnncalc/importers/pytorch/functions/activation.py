"""Activations, dropout, and functions that change nothing of interest."""

from __future__ import annotations

from typing import Any

from ....layers.activation import FUNCTIONS as ELEMENTWISE_FUNCTIONS
from ...axes import TensorView, channels_at, separated
from ...errors import Unsupported
from ...program import Operation
from ..arguments import first_tensor
from ..context import LoweringContext, Tensor
from ..names import ALIASES, PLAIN_FUNCTIONS, plain


def unary(low: LoweringContext, op: Operation) -> TensorView:
    """A function that is one layer without arguments."""
    return low.apply(PLAIN_FUNCTIONS[plain(op.function)], {}, low.view(first_tensor(op)))


def unchanged(low: LoweringContext, op: Operation) -> Tensor:
    return low.tensor(first_tensor(op))


def with_argument(kind: str, ours: str, keyword: str, default: float) -> Any:
    """The handler of an activation with one number."""

    def handler(low: LoweringContext, op: Operation) -> TensorView:
        number = op.argument(1, keyword, default)
        return low.apply(kind, {ours: number}, low.view(first_tensor(op)))

    return handler


def gelu(low: LoweringContext, op: Operation) -> TensorView:
    is_tanh = op.argument(1, "approximate", "none") == "tanh"
    arguments = {"approximate": "tanh"} if is_tanh else {}
    return low.apply("gelu", arguments, low.view(first_tensor(op)))


def hardtanh(low: LoweringContext, op: Operation) -> TensorView:
    return clamped(low, op, op.argument(1, "min_val", -1.0), op.argument(2, "max_val", 1.0))


def clamp(low: LoweringContext, op: Operation) -> TensorView:
    low_end = op.argument(1, "min")
    high_end = op.argument(2, "max")
    name = plain(op.function)
    if name == "clamp_max":
        low_end, high_end = None, low_end
    return clamped(low, op, low_end, high_end)


def clamped(low: LoweringContext, op: Operation, minimum: Any, maximum: Any) -> TensorView:
    """Values between two bounds: `relu`, `relu6` or `hardtanh`."""
    view = low.view(first_tensor(op))
    if minimum == 0 and maximum in (None, 6):
        return low.apply("relu" if maximum is None else "relu6", {}, view)
    if minimum is None or maximum is None:
        return low.apply("hardtanh", {}, view)
    return low.apply("hardtanh", {"min": float(minimum), "max": float(maximum)}, view)


def prelu(low: LoweringContext, op: Operation) -> TensorView:
    owned = low.own(op.argument(1, "weight"))
    view = channels_at(low.builder, low.view(first_tensor(op)), 1)
    return low.apply("prelu", {"per_channel": owned.params > 1}, view, owned)


def glu(low: LoweringContext, op: Operation) -> TensorView:
    view = channels_at(low.builder, low.view(first_tensor(op)), op.argument(1, "dim", -1))
    return low.apply("glu", {}, view)


def squash(low: LoweringContext, op: Operation) -> TensorView:
    """The squashing of capsules, which PyTorch has no function for: other formats show it."""
    view = channels_at(low.builder, low.view(first_tensor(op)), op.argument(1, "dim", -1))
    return low.apply("squash", {}, view)


def softmax(low: LoweringContext, op: Operation) -> TensorView:
    view = low.view(first_tensor(op))
    dim = op.argument(1, "dim")
    view = separated(low.builder, view)
    axis = view.axis(dim if dim is not None else (0 if view.rank in (0, 1, 3) else 1))
    kind = "log_softmax" if "log" in op.function else "softmax"
    return low.apply(kind, {"axis": axis}, view)


def dropout(low: LoweringContext, op: Operation) -> Tensor:
    probability = op.argument(1, "p", 0.5)
    if not probability:
        return low.tensor(first_tensor(op))
    return low.apply("dropout", {"p": probability}, low.view(first_tensor(op)))


def drop_path(low: LoweringContext, op: Operation) -> TensorView:
    """Stochastic depth, which PyTorch has no function for: other formats show it."""
    return low.apply("droppath", {"p": op.argument(1, "p")}, low.view(first_tensor(op)))


def power(low: LoweringContext, op: Operation) -> TensorView:
    """pow with a number as the exponent; a square is a function of its own."""
    exponent = op.argument(1, "exponent")
    if not isinstance(exponent, int | float):
        raise Unsupported("a power of two tensors")
    view = low.view(first_tensor(op))
    if exponent == 2:
        return low.apply("elementwise", {"function": "square"}, view)
    return low.apply("elementwise", {"function": "pow", "exponent": exponent}, view)


def function(low: LoweringContext, op: Operation) -> TensorView:
    """A function of each element: exp, sqrt, sin."""
    name = plain(op.function)
    return low.apply("elementwise", {"function": name}, low.view(first_tensor(op)))


ELEMENTWISE = tuple(name for name in ELEMENTWISE_FUNCTIONS if name != "pow")
FUNCTIONS: dict[str, Any] = {
    **dict.fromkeys(PLAIN_FUNCTIONS, unary),
    **dict.fromkeys((name.strip("_") for name in ALIASES), unchanged),
    "leaky_relu": with_argument("leaky_relu", "slope", "negative_slope", 0.01),
    "elu": with_argument("elu", "alpha", "alpha", 1.0),
    "gelu": gelu,
    "hardtanh": hardtanh,
    **dict.fromkeys(("clamp", "clip", "clamp_min", "clamp_max"), clamp),
    "prelu": prelu,
    "glu": glu,
    "squash": squash,
    "softmax": softmax,
    "log_softmax": softmax,
    "drop_path": drop_path,
    **dict.fromkeys(("dropout", "dropout1d", "dropout2d", "dropout3d"), dropout),
    **dict.fromkeys(("feature_dropout", "alpha_dropout", "feature_alpha_dropout"), dropout),
    **dict.fromkeys(ELEMENTWISE, function),
    "pow": power,
}

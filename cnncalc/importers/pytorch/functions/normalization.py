"""Normalization."""

from __future__ import annotations

from collections.abc import Mapping

from ...axes import TensorView, channels_at, separated, standard
from ...errors import Unsupported
from ...program import Argument, Operation
from ..arguments import first_tensor, named
from ..context import LoweringContext

STATISTICS = ("input", "running_mean", "running_var", "weight", "bias")


def learned(given: Mapping[str, Argument]) -> dict[str, Argument]:
    """Whether a norm has a weight and a bias."""
    scale, shift = given.get("weight") is not None, given.get("bias") is not None
    return {"affine": scale or shift, "scale": scale or not shift, "shift": shift or not scale}


def batch_norm(low: LoweringContext, op: Operation) -> TensorView:
    given = named(op, *STATISTICS)
    statistics = [given.get("running_mean"), given.get("running_var")]
    if statistics[0] is None:
        raise Unsupported("a norm without running statistics")
    view = channels_at(low.builder, low.view(given["input"]), 1)
    owned = low.own(given.get("weight"), given.get("bias"), *statistics)
    return low.apply("bn", learned(given), view, owned)


def layer_norm(low: LoweringContext, op: Operation) -> TensorView:
    """layer_norm over the last axes: the channels, or the axes that they are of the value."""
    given = named(op, "input", "normalized_shape", "weight", "bias")
    sizes = given["normalized_shape"]
    sizes = sizes if isinstance(sizes, tuple) else (sizes,)
    view = low.view(given["input"])
    owned = low.own(given.get("weight"), given.get("bias"))
    if len(sizes) == 1:
        view = channels_at(low.builder, view, -1)
        return low.apply("layernorm", learned(given), view, owned)
    view = separated(low.builder, view)
    axes = sorted(axis for entry in view.axes[-len(sizes) :] for axis in entry)
    return low.apply("layernorm", {**learned(given), "axis": tuple(axes)}, view, owned)


def rms_norm(low: LoweringContext, op: Operation) -> TensorView:
    given = named(op, "input", "normalized_shape", "weight")
    if len(given["normalized_shape"]) > 1:
        raise Unsupported("an RMS norm over several axes")
    view = channels_at(low.builder, low.view(given["input"]), -1)
    return low.apply("rmsnorm", {}, view, low.own(given.get("weight")))


def group_norm(low: LoweringContext, op: Operation) -> TensorView:
    given = named(op, "input", "num_groups", "weight", "bias")
    view = channels_at(low.builder, low.view(given["input"]), 1)
    owned = low.own(given.get("weight"), given.get("bias"))
    arguments = {"groups": given["num_groups"], **learned(given)}
    return low.apply("groupnorm", arguments, view, owned)


def instance_norm(low: LoweringContext, op: Operation) -> TensorView:
    """instance_norm; with running statistics, in evaluation, it is what batch_norm is."""
    given = named(op, *STATISTICS, "use_input_stats")
    if given.get("running_mean") is not None and not given.get("use_input_stats", True):
        return batch_norm(low, op)
    view = channels_at(low.builder, low.view(given["input"]), 1)
    if len(view.shape) not in (2, 3, 4):  # a vector, or positions whose axes were taken apart
        view = standard(low.builder, view)
    owned = low.own(given.get("weight"), given.get("bias"))
    return low.apply("instancenorm", {"affine": owned.params > 0}, view, owned)


def local_response_norm(low: LoweringContext, op: Operation) -> TensorView:
    view = channels_at(low.builder, low.view(first_tensor(op)), 1)
    return low.apply("lrn", {"size": op.argument(1, "size")}, view)


def normalize(low: LoweringContext, op: Operation) -> TensorView:
    """Division by the L2 norm along one axis."""
    if op.argument(1, "p", 2) != 2:
        raise Unsupported("a norm other than L2")
    view = channels_at(low.builder, low.view(first_tensor(op)), op.argument(2, "dim", 1))
    return low.apply("l2norm", {}, view)


def global_response_norm(low: LoweringContext, op: Operation) -> TensorView:
    """GRN of ConvNeXt V2, which PyTorch has no function for: other formats show it."""
    given = named(op, "input", "dim", "weight", "bias")
    view = channels_at(low.builder, low.view(given["input"]), given["dim"])
    return low.apply("grn", {}, view, low.own(given["weight"], given["bias"]))


FUNCTIONS = {
    "batch_norm": batch_norm,
    "layer_norm": layer_norm,
    "rms_norm": rms_norm,
    "group_norm": group_norm,
    "instance_norm": instance_norm,
    "local_response_norm": local_response_norm,
    "normalize": normalize,
    "global_response_norm": global_response_norm,
}

"""Norms."""

from __future__ import annotations

from ....sketch import SketchArgument
from ...axes import TensorView, channels_at, separated
from ...errors import Unsupported
from ...operands import joined
from ..context import LayerCall, vector


def axes_of(call: LayerCall, view: TensorView, default: int = -1) -> list[int]:
    """The axes of `axis`.  Raises InvalidModelFile if they are not axes of the input."""
    given = call.config.integers("axis") if call.config.has("axis") else (default,)
    if not given or any(not -view.rank <= axis < view.rank for axis in given):
        raise call.config.wrong("axis", "axes of its input")
    return sorted({axis % view.rank for axis in given})


def along_channels(call: LayerCall) -> TensorView:
    """The input, with the only axis of `axis` as the channels of its value."""
    axes = axes_of(call, call.view)
    if len(axes) > 1:
        raise Unsupported("over several axes")
    return channels_at(call.builder, call.view, axes[0])


def learned(call: LayerCall) -> dict[str, SketchArgument]:
    """Whether a norm has a weight and a bias."""
    scale, shift = call.config.flag("scale", True), call.config.flag("center", True)
    if not scale and not shift:
        return {"affine": False}
    return {"scale": scale, "shift": shift}


def batch_norm(call: LayerCall) -> TensorView:
    if call.config.flag("renorm", False):
        call.note("the statistics of renormalization, which training alone uses, are not counted")
    return call.apply("bn", learned(call), along_channels(call))


def layer_norm(call: LayerCall) -> TensorView:
    if call.config.flag("rms_scaling", False):
        return rms_norm(call)
    axes = axes_of(call, call.view)
    if len(axes) == 1:
        return call.apply("layernorm", learned(call), along_channels(call))
    view = separated(call.builder, call.view)
    own = sorted(entry for axis in axes for entry in view.own_axes(axis))
    return call.apply("layernorm", {**learned(call), "axis": tuple(own)}, view)


def group_norm(call: LayerCall) -> TensorView:
    """-1 groups are as many as channels."""
    view = along_channels(call)
    groups = call.config.integer("groups", 32)
    groups = view.shape.channels if groups == -1 else groups
    return call.apply("groupnorm", {"groups": groups, **learned(call)}, view)


def rms_norm(call: LayerCall) -> TensorView:
    return call.apply("rmsnorm", {}, along_channels(call))


def unit_norm(call: LayerCall) -> TensorView:
    return call.apply("l2norm", {}, along_channels(call))


def layer_scale(call: LayerCall) -> TensorView:
    """LayerScale of keras.applications.convnext."""
    return call.apply("scale", {}, channels_at(call.builder, call.view, -1))


# Statistics of the data


def normalization(call: LayerCall) -> TensorView:
    """Normalization by statistics that were adapted, as a `bn`, or by given ones."""
    given = call.config.values.get("mean")
    if given is not None:
        view = by_constant(call, "sub", call.view, given)
        return by_constant(call, "div", view, call.config.values.get("variance"))
    if "axis" in call.config.values and call.config.values["axis"] in (None, []):
        raise Unsupported("statistics of all axes")
    call.note(
        "Normalization also keeps the number of samples that its statistics are of, "
        "which is not counted"
    )
    return call.apply("bn", {"affine": False}, along_channels(call))


def rescaling(call: LayerCall) -> TensorView:
    view = by_constant(call, "mul", call.view, call.config.values.get("scale", 1.0))
    offset = call.config.values.get("offset", 0.0)
    return view if not any(numbers_in(offset)) else by_constant(call, "add", view, offset)


def by_constant(call: LayerCall, kind: str, view: TensorView, given: object) -> TensorView:
    """A join with one number, or with one for each channel."""
    numbers = numbers_in(given)
    if len(numbers) > 1 and len(set(numbers)) > 1:
        value = call.add("constant", {"shape": (len(numbers),)}, [])
        return joined(call.builder, kind, [view, vector(value, view.rank, -1)], call.sizes(view))
    if not numbers:
        raise Unsupported("by numbers that the file does not have")
    first = numbers[0] if kind != "div" else max(numbers[0], 0.0) ** 0.5
    number = float(f"{first:.7g}")
    return view.with_value(call.add(kind, {}, [view.value, number]))


def numbers_in(given: object) -> list[float]:
    """All numbers in a number, nested lists, or an array of Keras 3."""
    if isinstance(given, dict):
        config = given.get("config")
        return numbers_in(config.get("value")) if isinstance(config, dict) else []
    if isinstance(given, list):
        return [number for entry in given for number in numbers_in(entry)]
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    return [float(given)] if is_number else []  # type: ignore[arg-type]


KINDS = {
    "bn": batch_norm,
    "layernorm": layer_norm,
    "groupnorm": group_norm,
    "rmsnorm": rms_norm,
    "l2norm": unit_norm,
}
CLASSES = {
    "SyncBatchNormalization": batch_norm,
    "Normalization": normalization,
    "Rescaling": rescaling,
    "LayerScale": layer_scale,
}

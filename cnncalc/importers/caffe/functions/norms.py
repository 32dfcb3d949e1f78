"""Normalization, and learned factors and summands."""

from __future__ import annotations

from ....sketch import SketchValue
from ...builder import LayerArguments
from ...errors import Unsupported
from ..context import Blob, CaffeContext, UnstatedCaffeLayer
from .axes import with_axis
from .elementwise import affine, joined


def batch_norm(net: CaffeContext) -> list[Blob]:
    """With the `Scale` after it, the scale and the shift are learned."""
    scale = net.layer.norm_scale
    arguments: LayerArguments = {"affine": False}
    if scale is not None:
        arguments = {"shift": scale.message("scale_param").flag("bias_term")}
    blob = with_axis(net, net.blob(), 1, 0)
    value = net.add("bn", arguments, [blob.view.value])
    return [blob._replace(view=blob.view.with_value(value))]


def scale(net: CaffeContext) -> list[Blob]:
    """A learned factor for each channel, or a second blob as the factor; perhaps a summand."""
    param = net.param("scale_param")
    has_bias = param.flag("bias_term")
    if len(net.layer.sources) > 1:
        if has_bias:
            raise Unsupported("a factor that is a blob, with a learned summand")
        return by_blob(net, "mul", param.integer("axis", 1))
    if param.integer("num_axes", 1) != 1:
        return by_tensor(net, "mul", param.integer("axis", 1), param.integer("num_axes", 1))
    blob = with_axis(net, net.blob(), param.integer("axis", 1), 0)
    value = net.add("scale", {"bias": has_bias}, [blob.view.value])
    return [blob._replace(view=blob.view.with_value(value))]


def bias(net: CaffeContext) -> list[Blob]:
    param = net.param("bias_param")
    if len(net.layer.sources) > 1:
        return by_blob(net, "add", param.integer("axis", 1))
    return by_tensor(net, "add", param.integer("axis", 1), param.integer("num_axes", 1))


def by_blob(net: CaffeContext, kind: str, axis: int) -> list[Blob]:
    """Two blobs, of which the second has the axes of the first from `axis` on."""
    lead, other = net.blob(0), net.blob(1)
    axis %= lead.rank
    end = axis + other.rank
    if end > lead.rank or lead.sizes[axis:end] != other.sizes:
        raise Unsupported(f"blobs of {lead.sizes} and {other.sizes} along axis {axis}")
    axes = ((),) * axis + other.view.axes + ((),) * (lead.rank - end)
    sizes = (1,) * axis + other.sizes + (1,) * (lead.rank - end)
    return joined(net, kind, [lead, Blob(other.view._replace(axes=axes), sizes)])


def by_tensor(net: CaffeContext, kind: str, axis: int, axes: int) -> list[Blob]:
    """A blob and a learned tensor with the sizes of some of its axes; -1 are all to the end."""
    blob = net.blob()
    value = net.value()
    first = axis % blob.rank
    end = blob.rank if axes < 0 else first + axes
    if first < 1 or end > blob.rank:
        raise Unsupported("a learned tensor along the batch")
    sizes = [
        size if first <= place < end else 1 for place, size in enumerate(blob.sizes) if place > 0
    ]
    tensor = net.add("weight", {"shape": tuple(sizes)}, [])
    return net.result(net.add(kind, {}, [value, tensor]))


def response_norm(net: CaffeContext) -> list[Blob]:
    """Over channels, or over a window of each channel, which Caffe itself puts together."""
    param = net.param("lrn_param")
    size = param.integer("local_size", 5)
    if param.text("norm_region", "ACROSS_CHANNELS") in ("ACROSS_CHANNELS", "0"):
        return net.applied("lrn", {"size": size})
    x = net.value()
    squares = net.add("elementwise", {"function": "square"}, [x])
    window: LayerArguments = {"kernel": size, "stride": 1, "padding": (size - 1) // 2}
    means = net.add("avgpool", window, [squares])
    sums = affine(net, means, param.real("alpha", 1.0), 1.0)
    exponent: LayerArguments = {"function": "pow", "exponent": -param.real("beta", 0.75)}
    factors = net.add("elementwise", exponent, [sums])
    return net.result(net.add("mul", {}, [x, factors]))


def variance_norm(net: CaffeContext) -> list[Blob]:
    """`MVN`: each map without its mean and of variance 1, or all maps together."""
    param, x = net.param("mvn_param"), net.value()
    is_together = param.flag("across_channels")
    if not param.flag("normalize_variance", default=True):
        axes = tuple(range(0 if is_together else 1, len(x.shape)))
        mean = net.add("reduce_mean", {"axis": axes, "keep": True}, [x])
        return net.result(net.add("sub", {}, [x, mean]))
    if is_together:
        return net.applied("groupnorm", {"groups": 1, "affine": False})
    return net.applied("instancenorm", {})


def unit_length(net: CaffeContext) -> list[Blob]:
    """`Normalize` of SSD: the channels of each position of length 1, times a learned factor."""
    param, x = net.param("norm_param"), net.value()
    if param.flag("across_spatial", default=True):
        raise UnstatedCaffeLayer("the length over all positions", x.shape, [x])
    value = net.builder.add_defined("l2norm", {}, [x])
    return net.result(factored(net, value, is_shared=param.flag("channel_shared", default=True)))


def factored(net: CaffeContext, value: SketchValue, *, is_shared: bool) -> SketchValue:
    if not is_shared:
        return net.add("scale", {}, [value])
    factor = net.add("weight", {"shape": (1,) * len(value.shape)}, [])
    return net.add("mul", {}, [value, factor])


FUNCTIONS = {
    "BatchNorm": batch_norm,
    "Scale": scale,
    "Bias": bias,
    "LRN": response_norm,
    "MVN": variance_norm,
    "Normalize": unit_length,
}

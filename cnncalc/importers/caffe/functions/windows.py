"""Layers with a window: convolutions and pooling."""

from __future__ import annotations

from collections.abc import Sequence

from ....shape import Shape
from ....sketch import SketchArgument, SketchValue
from ...builder import LayerArguments
from ...errors import InvalidModelFile, Unsupported
from ..context import Blob, CaffeContext, UnstatedCaffeLayer
from ..text_format import TextMessage

DEPTHWISE = frozenset(("DepthwiseConvolution", "ConvolutionDepthwise"))

WINDOW_FIELDS = {
    *("kernel_size", "kernel_h", "kernel_w", "stride", "stride_h", "stride_w"),
    *("pad", "pad_h", "pad_w", "engine"),
}
CONVOLUTION_FIELDS = WINDOW_FIELDS | {
    *("num_output", "bias_term", "dilation", "group", "weight_filler", "bias_filler", "axis"),
    "force_nd_im2col",
}
POOLING_FIELDS = WINDOW_FIELDS | {"pool", "global_pooling", "round_mode", "ceil_mode"}
"""The fields that are known.  Versions of Caffe have others, which may change sizes."""


def compact(sizes: Sequence[int]) -> SketchArgument:
    """One number for equal sizes."""
    return sizes[0] if len(set(sizes)) == 1 else tuple(sizes)


def per_axis(param: TextMessage, name: str, short: str, axes: int, default: int) -> tuple[int, ...]:
    """An argument of a window for each axis, as `kernel_size` or as `kernel_h` and `kernel_w`.

    Raises InvalidModelFile for another number of axes.
    """
    if axes == 2 and (param.has(f"{short}_h") or param.has(f"{short}_w")):
        return param.integer(f"{short}_h", default), param.integer(f"{short}_w", default)
    given = param.integers(name) or [default]
    if len(given) == 1:
        return tuple(given) * axes
    if len(given) != axes:
        raise param.invalid(name, f"one number for each of {axes} axes")
    return tuple(given)


# Convolutions


def convolution(net: CaffeContext) -> list[Blob]:
    """A convolution; with as many groups as channels, `depthwise`."""
    x, param = net.value(), net.param("convolution_param")
    out = param.integer("num_output")
    groups = param.integer("group", 1)
    if net.layer.kind in DEPTHWISE:
        groups = x.shape.channels
    arguments = convolution_window(net, param, x)
    if groups == x.shape.channels and groups > 1 and out > 0 and out % groups == 0:
        return net.result(net.add("depthwise", {**arguments, "multiplier": out // groups}, [x]))
    return net.result(net.add("conv", {"out": out, **arguments, "groups": groups}, [x]))


def deconvolution(net: CaffeContext) -> list[Blob]:
    x, param = net.value(), net.param("convolution_param")
    arguments = {"out": param.integer("num_output"), **convolution_window(net, param, x)}
    return net.result(
        net.add("conv_transpose", {**arguments, "groups": param.integer("group", 1)}, [x])
    )


def convolution_window(net: CaffeContext, param: TextMessage, x: SketchValue) -> LayerArguments:
    """Kernel, stride, padding, dilation and bias.  Raises InvalidModelFile without a kernel."""
    net.note_unknown(param, CONVOLUTION_FIELDS)
    axes = len(x.shape.spatial)
    if axes < 1 or param.integer("axis", 1) not in (1, -1 - axes):
        raise Unsupported("a convolution along other axes than those after the channels")
    kernel = per_axis(param, "kernel_size", "kernel", axes, 0)
    if min(kernel) < 1:
        raise param.invalid("kernel_size", "a size of 1 or more")
    return {
        "kernel": compact(kernel),
        "stride": compact(per_axis(param, "stride", "stride", axes, 1)),
        "padding": compact(per_axis(param, "pad", "pad", axes, 0)),
        "dilation": compact(per_axis(param, "dilation", "dilation", axes, 1)),
        "bias": param.flag("bias_term", default=True),
    }


# Pooling

MAXIMUM = ("MAX", "0")
MEAN = ("AVE", "1")


def pooling(net: CaffeContext) -> list[Blob]:
    """Pooling whose output size is rounded up, unless `round_mode` says otherwise.

    A second output has the places of the maxima, which no layer of ours makes.
    """
    x, param = net.value(), net.param("pooling_param")
    net.note_unknown(param, POOLING_FIELDS)
    kind = pooling_kind(param)
    if param.flag("global_pooling"):
        name = "global_maxpool" if kind == "maxpool" else "global_avgpool"
        return net.result(net.add(name, {}, [x]))
    if len(x.shape.spatial) != 2:
        raise Unsupported("pooling of other values than maps")
    kernel = per_axis(param, "kernel_size", "kernel", 2, 0)
    stride = per_axis(param, "stride", "stride", 2, 1)
    padding = per_axis(param, "pad", "pad", 2, 0)
    if min(kernel) < 1 or min(stride) < 1:
        raise param.invalid("kernel_size", "a window")
    is_ceil = rounds_up(param) and max(stride) > 1
    arguments: LayerArguments = {"kernel": compact(kernel), "stride": compact(stride)}
    arguments |= {"padding": compact(padding), "ceil": True if is_ceil else None}
    value = net.add(kind, arguments, [x])
    sizes = pooled_sizes(x.shape.spatial, kernel, stride, padding, is_ceil=is_ceil)
    if value.shape.spatial != sizes:
        raise Unsupported("windows that do not touch the input")
    return net.result(value)


def pooling_kind(param: TextMessage) -> str:
    method = param.text("pool", "MAX")
    if method in MAXIMUM:
        return "maxpool"
    if method in MEAN:
        return "avgpool"
    raise Unsupported(f"{method.lower()} pooling")


def rounds_up(param: TextMessage) -> bool:
    """True unless `round_mode`, or in some versions of Caffe `ceil_mode`, says otherwise."""
    if param.has("ceil_mode"):
        return param.flag("ceil_mode")
    return param.text("round_mode", "CEIL") in ("CEIL", "0")


def pooled_sizes(
    sizes: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    *,
    is_ceil: bool,
) -> tuple[int, ...]:
    """The output sizes of a pooling.

    Only with padding, a last window that starts after the input is dropped.
    Source: github.com/BVLC/caffe at 9b89154, src/caffe/layers/pooling_layer.cpp, Reshape.
    """
    found = []
    for size, window, step, pad in zip(sizes, kernel, stride, padding, strict=True):
        steps = (size + 2 * pad - window + (step - 1 if is_ceil else 0)) // step
        if any(padding) and steps * step >= size + pad:
            steps -= 1
        found.append(steps + 1)
    return tuple(found)


def unpooling(net: CaffeContext) -> list[Blob]:
    """Values back at the places of the maxima, or without these an enlarged map."""
    x, param = net.value(), net.param("upsample_param")
    scale = param.integer("scale", 2)
    if len(net.layer.sources) < 2:
        return net.result(net.add("upsample", {"factor": scale}, [x]))
    arguments: LayerArguments = {"kernel": scale}
    if param.has("upsample_h"):
        arguments["size"] = (param.integer("upsample_h"), param.integer("upsample_w"))
    return net.result(net.add("unpool", arguments, [x]))


def pyramid_pooling(net: CaffeContext) -> list[Blob]:
    """The map in 1, 4, 16, ... parts, each pooled, as one vector.

    Source: github.com/BVLC/caffe at 9b89154, src/caffe/layers/spp_layer.cpp.
    """
    x, param = net.value(), net.param("spp_param")
    height = param.integer("pyramid_height")
    if not 1 <= height <= 10:
        raise param.invalid("pyramid_height", "a number from 1 to 10")
    parts = []
    for level in range(height):
        bins = 2**level
        kernel = [-(-size // bins) for size in x.shape.spatial]
        rest = [window * bins - size for window, size in zip(kernel, x.shape.spatial, strict=True)]
        padding = [(missing + 1) // 2 for missing in rest]
        window: LayerArguments = {"kernel": compact(kernel), "padding": compact(padding)}
        pooled = net.add(pooling_kind(param), {**window, "ceil": True}, [x])
        parts.append(net.add("flatten", {}, [pooled]))
    return net.result(parts[0] if len(parts) == 1 else net.add("concat", {}, parts))


def unfolded(net: CaffeContext) -> list[Blob]:
    x = net.value()
    arguments = convolution_window(net, net.param("convolution_param"), x)
    del arguments["bias"]
    return net.result(net.add("unfold", arguments, [x]))


# Resizing


def interpolation(net: CaffeContext) -> list[Blob]:
    """Bilinear resizing to a size, to that of another blob, or by a factor.

    Source: the layer of DeepLab and PSPNet, interp_layer.cpp.
    """
    x, param = net.value(), net.param("interp_param")
    sizes = list(x.shape.spatial)
    if len(sizes) != 2:
        raise Unsupported("interpolation of other values than maps")
    edges = param.integer("pad_beg"), param.integer("pad_end")
    sizes = [size + sum(edges) for size in sizes]
    if param.has("height"):
        sizes = [param.integer("height"), param.integer("width")]
    elif len(net.layer.sources) > 1:
        sizes = list(net.value(1).shape.spatial)
    else:
        shrink, zoom = param.integer("shrink_factor", 1), param.integer("zoom_factor", 1)
        if shrink < 1 or zoom < 1:
            raise param.invalid("zoom_factor", "1 or more")
        sizes = [(size - 1) // shrink + 1 for size in sizes]
        sizes = [size + (size - 1) * (zoom - 1) for size in sizes]
    if any(edges):
        x = net.add("pad", {"begin": edges[0], "end": edges[1]}, [x])
    arguments: LayerArguments = {"size": compact(sizes), "mode": "bilinear", "align_corners": True}
    return net.result(net.add("upsample", arguments, [x]))


# Pooling of regions


def region_pooling(net: CaffeContext) -> list[Blob]:
    """Numbers for one region: how many there are is not in the file."""
    x, param = net.value(), net.param("roi_pooling_param")
    sizes = (param.integer("pooled_h"), param.integer("pooled_w"))
    return unstated_regions(x, Shape((x.shape.channels, *sizes)))


def position_sensitive_pooling(net: CaffeContext) -> list[Blob]:
    x, param = net.value(), net.param("psroi_pooling_param")
    size = param.integer("group_size")
    return unstated_regions(x, Shape((param.integer("output_dim"), size, size)))


def unstated_regions(x: SketchValue, shape: Shape) -> list[Blob]:
    if min(shape) < 1:
        raise InvalidModelFile("a pooling of regions has no size")
    raise UnstatedCaffeLayer("pooling of regions, here of one", shape, [x])


FUNCTIONS = {
    "Convolution": convolution,
    **dict.fromkeys(DEPTHWISE, convolution),
    "Deconvolution": deconvolution,
    "Im2col": unfolded,
    "Pooling": pooling,
    "SPP": pyramid_pooling,
    "Upsample": unpooling,
    "Interp": interpolation,
    "ROIPooling": region_pooling,
    "ROIAlign": region_pooling,
    "PSROIPooling": position_sensitive_pooling,
}

"""Operators with a window, and those that resize maps."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from ...axes import TensorView
from ...builder import LayerArguments
from ...errors import InvalidModelFile, Unsupported
from ...rewrites import compact
from ..context import TfliteContext, channels_last
from ..dilation import DILATED_END, DILATED_PAD
from ..fusing import BIAS_END
from .elementwise import activated, number_of_axes

SAME = 0


def window(net: TfliteContext, kernel: Sequence[int]) -> LayerArguments:
    """Kernel, stride, padding and dilation.  Raises InvalidModelFile for a stride of 0."""
    option = net.operator.option
    names = ("d", "h", "w")[-len(kernel) :]
    stride = tuple(option(f"stride_{name}") for name in names)
    dilation = tuple(option(f"dilation_{name}", 1) for name in names)
    if min((*kernel, *stride, *dilation)) < 1:
        raise InvalidModelFile(f"{net.operator.kind} has an invalid window")
    arguments: LayerArguments = {"kernel": compact(tuple(kernel)), "stride": compact(stride)}
    if option("padding") == SAME and max(*kernel, *stride) > 1:
        arguments["padding"] = "same"
    if max(dilation) > 1:
        arguments["dilation"] = compact(dilation)
    return arguments


def convolution(net: TfliteContext) -> list[TensorView]:
    """CONV_2D and CONV_3D: the filter has the output channels first (2D) or last (3D)."""
    axes = 2 if net.operator.kind == "CONV_2D" else 3
    x, filters = net.map_of(), net.sizes(1)
    if len(filters) != axes + 2 or len(x.shape) != axes + 1 or min(filters) < 1:
        raise InvalidModelFile(f"{net.operator.kind} has a filter of {len(filters)} axes")
    if axes == 2:
        out, kernel, inner = filters[0], filters[1:3], filters[3]
    else:
        out, kernel, inner = filters[4], filters[:3], filters[3]
    arguments = {"out": out, **window(net, kernel), "bias": net.number(2) >= 0}
    groups = x.shape.channels // inner
    if groups > 1:
        arguments["groups"] = groups
    macs = prod(net.output().sizes[1:]) * prod(kernel) * inner
    return filtered(net, "conv", arguments, x, macs)


def depthwise(net: TfliteContext) -> list[TensorView]:
    """The filter has one row for each channel of the output."""
    x, filters = net.map_of(), net.sizes(1)
    if len(filters) != 4 or len(x.shape) != 3 or min(filters) < 1:
        raise InvalidModelFile("DEPTHWISE_CONV_2D has an invalid filter")
    arguments = {**window(net, filters[1:3]), "bias": net.number(2) >= 0}
    multiplier = filters[3] // x.shape.channels
    if multiplier > 1:
        arguments["multiplier"] = multiplier
    macs = prod(net.output().sizes[1:]) * prod(filters[1:3])
    return filtered(net, "depthwise", arguments, x, macs)


def filtered(
    net: TfliteContext, kind: str, arguments: LayerArguments, x: TensorView, macs: int
) -> list[TensorView]:
    value = net.add(kind, arguments, [x.value], net.owned((1, 2)), macs)
    return [activated(net, TensorView(value, channels_last(x.rank)))]


def transposed_convolution(net: TfliteContext) -> list[TensorView]:
    """TRANSPOSE_CONV: the output sizes are an input, and the padding follows from them."""
    x, filters = net.map_of(2), net.sizes(1)
    wanted = net.output().sizes
    if len(filters) != 4 or len(wanted) != 4 or len(x.shape) != 3:
        raise InvalidModelFile("TRANSPOSE_CONV has an invalid filter")
    option = net.operator.option
    stride = (option("stride_h"), option("stride_w"))
    padding, added = [], []
    sizes = zip(x.shape.spatial, filters[1:3], stride, wanted[1:3], strict=True)
    for size, kernel, step, size_after in sizes:
        full = (size - 1) * step + kernel
        before = max(-(-(full - size_after) // 2), 0)
        padding.append(before)
        added.append(size_after - full + 2 * before)
    arguments: LayerArguments = {
        "out": filters[0],
        "kernel": compact(filters[1:3]),
        "stride": compact(stride),
        "padding": compact(tuple(padding)),
        "output_padding": compact(tuple(added)),
        "bias": net.number(3) >= 0,
    }
    macs = x.shape.elements * prod(filters[:3])
    value = net.add("conv_transpose", arguments, [x.value], net.owned((1, 3)), macs)
    return [activated(net, TensorView(value, channels_last(4)))]


def pooling(net: TfliteContext) -> list[TensorView]:
    """A window as large as the map is global pooling."""
    x = net.map_of()
    option = net.operator.option
    kernel = (option("filter_h"), option("filter_w"))
    arguments = window(net, kernel)
    is_mean = net.operator.kind == "AVERAGE_POOL_2D"
    kind = "avgpool" if is_mean else "maxpool"
    if kernel == x.shape.spatial and net.output().sizes[1:3] == (1, 1):
        kind, arguments = f"global_{kind}", {}
    elif is_mean and "padding" in arguments:
        arguments["count_include_pad"] = False
    return [activated(net, net.applied(kind, arguments, x))]


def pad(net: TfliteContext) -> list[TensorView]:
    """PAD, PADV2 and MIRROR_PAD: pairs of numbers for each axis."""
    view, given = net.view(), net.integers(1)
    if len(given) != 2 * view.rank:
        raise InvalidModelFile(f"{net.operator.kind} has {len(given)} numbers")
    return [padded(net, view, given)]


def pad_of_dilated(net: TfliteContext) -> list[TensorView]:
    return [padded(net, net.view(), (0, 0, *map(int, net.operator.options.values()), 0, 0))]


def only_activation(net: TfliteContext) -> list[TensorView]:
    return [activated(net, net.view())]


def padded(net: TfliteContext, view: TensorView, given: Sequence[int]) -> TensorView:
    begin: dict[int, int] = {}
    end: dict[int, int] = {}
    for axis in range(view.rank):
        pair = given[2 * axis : 2 * axis + 2]
        if any(pair):
            own = view.axis(axis)
            begin[own], end[own] = pair
    if not begin:
        return view
    axes = sorted(begin)
    arguments: LayerArguments = {"begin": compact(tuple(begin[axis] for axis in axes))}
    last = compact(tuple(end[axis] for axis in axes))
    if last != arguments["begin"]:
        arguments["end"] = last
    if axes != list(range(1, len(view.shape))):
        arguments["axis"] = axes[0] if len(axes) == 1 else tuple(axes)
    return net.applied("pad", arguments, view)


def resize(net: TfliteContext) -> list[TensorView]:
    x = net.map_of()
    sizes = net.output().sizes[1:3]
    if len(sizes) != len(x.shape.spatial):
        raise InvalidModelFile(f"{net.operator.kind} resizes {len(x.shape.spatial)} axes")
    is_linear = net.operator.kind == "RESIZE_BILINEAR"
    factors = {after // before for before, after in zip(x.shape.spatial, sizes, strict=True)}
    is_whole = all(
        after % before == 0 for before, after in zip(x.shape.spatial, sizes, strict=True)
    )
    arguments: LayerArguments = {"size": compact(sizes)}
    if is_whole and len(factors) == 1:
        arguments = {"factor": factors.pop()}
    if is_linear:
        arguments["mode"] = "bilinear"
    if net.operator.option("align_corners"):
        arguments["align_corners"] = True
    return [net.applied("upsample", arguments, x)]


def blocks(net: TfliteContext) -> list[TensorView]:
    """SPACE_TO_DEPTH and DEPTH_TO_SPACE."""
    is_down = net.operator.kind == "SPACE_TO_DEPTH"
    kind = "pixel_unshuffle" if is_down else "pixel_shuffle"
    return [net.applied(kind, {"factor": net.operator.option("block_size")}, net.map_of())]


def response_norm(net: TfliteContext) -> list[TensorView]:
    radius = net.operator.option("radius")
    return [net.applied("lrn", {"size": 2 * radius + 1}, net.map_of())]


def unit_length(net: TfliteContext) -> list[TensorView]:
    view = net.map_of() if number_of_axes(net) > 2 else net.view()
    return [activated(net, net.applied("l2norm", {}, view))]


def unsupported_pooling(net: TfliteContext) -> list[TensorView]:
    raise Unsupported("the root of the mean of squares under a window")


FUNCTIONS = {
    "CONV_2D": convolution,
    "CONV_3D": convolution,
    "DEPTHWISE_CONV_2D": depthwise,
    "TRANSPOSE_CONV": transposed_convolution,
    "AVERAGE_POOL_2D": pooling,
    "MAX_POOL_2D": pooling,
    "L2_POOL_2D": unsupported_pooling,
    **dict.fromkeys(("PAD", "PADV2", "MIRROR_PAD"), pad),
    DILATED_PAD: pad_of_dilated,
    **dict.fromkeys((DILATED_END, BIAS_END), only_activation),
    **dict.fromkeys(("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"), resize),
    **dict.fromkeys(("SPACE_TO_DEPTH", "DEPTH_TO_SPACE"), blocks),
    "LOCAL_RESPONSE_NORMALIZATION": response_norm,
    "L2_NORMALIZATION": unit_length,
}

"""Padding, interpolation, and operators that move positions to channels and back."""

from __future__ import annotations

from math import floor, prod

from ....shape import AxisWindow
from ...errors import Unsupported
from ...program import TensorRef, TensorSizes
from ..writer import ProgramWriter, Results
from .call import OperatorCall, OperatorRule, OperatorTable, OutputSizes, Translation


def pads_of(call: OperatorCall) -> list[tuple[int, int]]:
    """What is added before and after each axis."""
    rank = call.rank()
    given = call.integers("pads", 1) or call.integers("paddings")
    if given is None or len(given) % 2:
        raise Unsupported("pads that are not known")
    axes = list(range(rank))
    if call.has(3):
        axes = [int(axis) % rank for axis in call.numbers(3)]
    count = len(given) // 2
    if len(axes) != count:
        raise Unsupported("pads that do not fit the axes")
    found = [(0, 0)] * rank
    for axis, before, after in zip(axes, given[:count], given[count:], strict=True):
        found[axis] = (before, after)
    return found


def padded_sizes(call: OperatorCall) -> OutputSizes:
    pairs = zip(call.sizes(), pads_of(call), strict=True)
    sizes = tuple(size + before + after for size, (before, after) in pairs)
    if min(sizes, default=1) < 1:
        raise Unsupported("nothing is left")
    return [sizes]


def padded(w: ProgramWriter, call: OperatorCall) -> Results:
    x, pairs = w.tensor(call.name()), pads_of(call)
    if not any(map(any, pairs)):
        return [x]
    last_first = tuple(number for pair in reversed(pairs) for number in pair)
    return [w.emit("pad", x, last_first, sizes=padded_sizes(call)[0])]


def unfolded_sizes(call: OperatorCall) -> OutputSizes:
    batch, channels, *spatial = call.sizes()
    names = ("kernel", "stride", "padding", "padding", "dilation")
    columns = zip(spatial, *(call.attribute(name) for name in names), strict=True)
    counts = [AxisWindow(*column).output_size() for column in columns]
    return [(batch, channels * prod(call.attribute("kernel")), prod(counts))]


def unfolded(w: ProgramWriter, call: OperatorCall) -> Results:
    arguments = [call.attribute(name) for name in ("kernel", "dilation", "padding", "stride")]
    sizes = unfolded_sizes(call)[0]
    return [w.emit(UNFOLD, w.tensor(call.name()), *arguments, sizes=sizes)]


UNFOLD = "unfold"
"""The elements under each window as channels."""

# Interpolation

MODES = {
    ("nearest", 1): "nearest",
    ("nearest", 2): "nearest",
    ("nearest", 3): "nearest",
    ("linear", 1): "linear",
    ("linear", 2): "bilinear",
    ("linear", 3): "trilinear",
    ("cubic", 2): "bicubic",
}
"""The mode in PyTorch by that of ONNX and the number of spatial axes."""

ROUNDING = 1e-6


def resized_sizes(call: OperatorCall) -> OutputSizes:
    """The sizes that are given, or the own ones times the scales.

    Upsample and the first version of Resize have no region as an input, which is the second one
    of later versions.
    """
    own = call.sizes()
    is_later = call.node.operator == "Resize" and len(call.node.inputs) > 2
    wanted = numbers_of(call, 3 if is_later else 9)
    scales = call.attribute("scales") or numbers_of(call, 2 if is_later else 1)
    axes = call.integers("axes") or range(len(own))
    if wanted:
        targets = dict(zip(axes, map(int, wanted), strict=True))
    elif scales:
        pairs = zip(axes, scales, strict=True)
        targets = {axis: floor(own[axis] * scale + ROUNDING) for axis, scale in pairs}
    else:
        raise Unsupported("sizes that are not known")
    return [tuple(targets.get(axis, size) for axis, size in enumerate(own))]


def numbers_of(call: OperatorCall, index: int) -> tuple[int | float, ...]:
    """The numbers of an input; none if it is omitted or empty."""
    if not call.has(index) or not call.tensor(index).elements:
        return ()
    return call.numbers(index)


def resized(w: ProgramWriter, call: OperatorCall) -> Results:
    """Resize; of a map whose channels are the last axis, with these first."""
    x, sizes = w.tensor(call.name()), resized_sizes(call)[0]
    rank = len(sizes)
    if x.sizes == sizes:
        return [x]
    if x.sizes[:2] == sizes[:2]:
        return [interpolated(w, call, x, sizes)]
    if x.sizes[0] != sizes[0] or x.sizes[-1] != sizes[-1]:
        raise Unsupported("an interpolation of channels")
    first, back = (0, rank - 1, *range(1, rank - 1)), (0, *range(2, rank), 1)
    turned = w.emit("permute", x, first, sizes=in_order(x.sizes, first))
    result = interpolated(w, call, turned, in_order(sizes, first))
    return [w.emit("permute", result, back, sizes=sizes)]


def in_order(sizes: TensorSizes, order: tuple[int, ...]) -> TensorSizes:
    return tuple(sizes[axis] for axis in order)


def interpolated(
    w: ProgramWriter, call: OperatorCall, x: TensorRef, sizes: TensorSizes
) -> TensorRef:
    """An interpolation of space, with a factor if it is a whole one along all axes."""
    mode = MODES.get((str(call.attribute("mode", "nearest")), len(sizes) - 2))
    if mode is None:
        raise Unsupported("an interpolation of so many axes")
    ratios = {after / before for before, after in zip(x.sizes[2:], sizes[2:], strict=True)}
    factor = ratios.pop() if len(ratios) == 1 else 0.0
    is_whole = factor >= 1 and factor.is_integer()
    return w.emit(
        "interpolate",
        sizes=sizes,
        input=x,
        size=None if is_whole else sizes[2:],
        scale_factor=int(factor) if is_whole else None,
        mode=mode,
        align_corners=call.attribute("coordinate_transformation_mode") == "align_corners",
    )


# Positions and channels


def shuffled_sizes(call: OperatorCall) -> OutputSizes:
    block = int(call.attribute("blocksize", 1))
    batch, channels, height, width = four(call)
    if block < 1 or channels % block**2:
        raise Unsupported("channels that do not fit the block")
    return [(batch, channels // block**2, height * block, width * block)]


def unshuffled_sizes(call: OperatorCall) -> OutputSizes:
    block = int(call.attribute("blocksize", 1))
    batch, channels, height, width = four(call)
    if block < 1 or height % block or width % block:
        raise Unsupported("positions that do not fit the block")
    return [(batch, channels * block**2, height // block, width // block)]


def four(call: OperatorCall) -> TensorSizes:
    if call.rank() != 4:
        raise Unsupported("other than an image")
    return call.sizes()


def moved(function: str) -> Translation:
    def translation(w: ProgramWriter, call: OperatorCall) -> Results:
        rule = shuffled_sizes if function == "pixel_shuffle" else unshuffled_sizes
        block = int(call.attribute("blocksize", 1))
        return [w.emit(function, w.tensor(call.name()), block, sizes=rule(call)[0])]

    return translation


def sampled_sizes(call: OperatorCall) -> OutputSizes:
    return [(*call.sizes()[:2], *call.sizes(1)[1:-1])]


def sampled(w: ProgramWriter, call: OperatorCall) -> Results:
    refs = [w.tensor(call.name(0)), w.tensor(call.name(1))]
    return [w.emit("grid_sample", *refs, sizes=sampled_sizes(call)[0])]


def aligned_sizes(call: OperatorCall) -> OutputSizes:
    sizes = (call.attribute("output_height", 1), call.attribute("output_width", 1))
    return [(call.sizes(1)[0], call.sizes()[1], *sizes)]


def aligned(w: ProgramWriter, call: OperatorCall) -> Results:
    refs = [w.tensor(call.name(index)) for index in range(2)]
    return [w.emit("roi_align", *refs, sizes=aligned_sizes(call)[0])]


OPERATORS: OperatorTable = {
    UNFOLD: OperatorRule(unfolded_sizes, unfolded),
    "Pad": OperatorRule(padded_sizes, padded),
    **dict.fromkeys(("Resize", "Upsample"), OperatorRule(resized_sizes, resized)),
    "DepthToSpace": OperatorRule(shuffled_sizes, moved("pixel_shuffle")),
    "SpaceToDepth": OperatorRule(unshuffled_sizes, moved("pixel_unshuffle")),
    "GridSample": OperatorRule(sampled_sizes, sampled),
    "RoiAlign": OperatorRule(aligned_sizes, aligned),
}

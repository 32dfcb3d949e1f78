"""Convolutions, also with quantized weights."""

from __future__ import annotations

from collections.abc import Sequence

from ....shape import effective_kernel
from ...errors import Unsupported
from ...program import TensorRef
from ..writer import ProgramWriter, Results
from .call import OperatorCall, OperatorRule, OperatorTable, OutputSizes, SizesRule, Translation
from .windows import Windows, positions_of, windows_of

PLAIN, QUANTIZED, WHOLE = (0, 1, 2), (0, 3, 8), (0, 1)
"""Where the input, the weights and the bias are: in Conv, QLinearConv and ConvInteger."""


def of_inputs(call: OperatorCall, places: Sequence[int]) -> OperatorCall:
    """A call with the input, the weights and the bias as its inputs, as those of Conv are.

    `places` are where they are among those of the operator.
    """
    if places is PLAIN:
        return call
    names, tensors = call.node.inputs, call.inputs
    kept = [place for place in places if place < len(tensors)]
    node = call.node._replace(inputs=tuple(names[place] for place in kept))
    return call._replace(node=node, inputs=tuple(tensors[place] for place in kept))


def convolution_windows(call: OperatorCall) -> Windows:
    sizes, weights = call.sizes(), call.sizes(1)
    if len(sizes) < 3 or len(weights) != len(sizes):
        raise Unsupported("a convolution whose weights do not fit its input")
    return windows_of(call, weights[2:])


def convolution_sizes(places: Sequence[int]) -> SizesRule:
    def sizes(call: OperatorCall) -> OutputSizes:
        call = of_inputs(call, places)
        positions = positions_of(convolution_windows(call), call.sizes()[2:])
        return [(call.sizes()[0], call.sizes(1)[0], *positions)]

    return sizes


def convolution(places: Sequence[int]) -> Translation:
    def translation(w: ProgramWriter, call: OperatorCall) -> Results:
        sizes = w.tensors[call.node.outputs[0]].sizes
        call = of_inputs(call, places)
        windows = convolution_windows(call)
        result = w.emit(
            f"conv{call.rank() - 2}d",
            sizes=sizes,
            input=w.tensor(call.name()),
            weight=w.weight(call.name(1)),
            bias=bias_of(w, call),
            dilation=windows.dilation,
            groups=call.attribute("group", 1),
            **windows.keywords(),
        )
        return [activated(w, call, result)]

    return translation


def bias_of(w: ProgramWriter, call: OperatorCall) -> TensorRef | None:
    return w.weight(call.name(2)) if call.has(2) else None


def activated(w: ProgramWriter, call: OperatorCall, x: TensorRef) -> TensorRef:
    """The result after the activation that is an argument of FusedConv, if there is one."""
    activation = str(call.attribute("activation", "")).lower()
    return w.emit(activation, x, sizes=x.sizes) if activation else x


def transposed_paddings(call: OperatorCall) -> tuple[Windows, tuple[int, ...]]:
    """The windows of a transposed convolution, and how much each axis grows at its end.

    `output_shape` and `auto_pad` state the sizes that the paddings are chosen for.
    """
    windows = convolution_windows(without_padding(call))
    spatial = call.sizes()[2:]
    axes = len(spatial)
    given = call.integers("output_padding") or (0,) * axes
    wanted = call.integers("output_shape")
    automatic = call.attribute("auto_pad", "NOTSET")
    if wanted is None and automatic not in ("SAME_UPPER", "SAME_LOWER"):
        pads = call.integers("pads") or (0,) * (2 * axes)
        return windows._replace(begin=pads[:axes], end=pads[axes:]), given
    if wanted is None:
        wanted = tuple(size * step for size, step in zip(spatial, windows.stride, strict=True))
    totals = []
    columns = zip(full_sizes(spatial, windows), given, wanted[-axes:], strict=True)
    for full, extra, size in columns:
        totals.append(full + extra - size)
    first = tuple(max(0, -(-total // 2)) for total in totals)
    grown = tuple(
        2 * begin - total + extra for begin, total, extra in zip(first, totals, given, strict=True)
    )
    return windows._replace(begin=first, end=first), grown


def without_padding(call: OperatorCall) -> OperatorCall:
    attributes = {**call.node.attributes, "pads": None, "auto_pad": "NOTSET"}
    return call._replace(node=call.node._replace(attributes=attributes))


def full_sizes(spatial: Sequence[int], windows: Windows) -> list[int]:
    """The sizes of a transposed convolution before anything is cut off."""
    columns = zip(spatial, windows.stride, windows.kernel, windows.dilation, strict=True)
    return [
        (size - 1) * stride + effective_kernel(kernel, dilation)
        for size, stride, kernel, dilation in columns
    ]


def transposed_sizes(call: OperatorCall) -> OutputSizes:
    windows, grown = transposed_paddings(call)
    columns = zip(
        full_sizes(call.sizes()[2:], windows), windows.begin, windows.end, grown, strict=True
    )
    positions = [full - begin - end + extra for full, begin, end, extra in columns]
    if min(positions) < 1:
        raise Unsupported("a window that does not fit its input")
    channels = call.sizes(1)[1] * call.attribute("group", 1)
    return [(call.sizes()[0], channels, *positions)]


def transposed(w: ProgramWriter, call: OperatorCall) -> Results:
    """ConvTranspose; what the end cuts off more than the beginning is a negative growth."""
    windows, grown = transposed_paddings(call)
    growth = tuple(
        extra + begin - end
        for extra, begin, end in zip(grown, windows.begin, windows.end, strict=True)
    )
    result = w.emit(
        f"conv_transpose{call.rank() - 2}d",
        sizes=transposed_sizes(call)[0],
        input=w.tensor(call.name()),
        weight=w.weight(call.name(1)),
        bias=bias_of(w, call),
        stride=windows.stride,
        padding=windows.begin,
        output_padding=growth,
        dilation=windows.dilation,
        groups=call.attribute("group", 1),
    )
    return [result]


def deformable(w: ProgramWriter, call: OperatorCall) -> Results:
    """DeformConv with the arguments of torchvision's operator.

    Raises Unsupported if the two ends of an axis are padded differently.
    """
    windows = convolution_windows(call)
    if windows.begin != windows.end or len(windows.kernel) != 2:
        raise Unsupported("a deformable convolution of other than images, padded alike")
    numbers = [*windows.stride, *windows.begin, *windows.dilation]
    has_mask = call.has(4)
    result = w.emit(
        "deform_conv2d",
        w.tensor(call.name()),
        w.weight(call.name(1)),
        w.tensor(call.name(2)),
        w.tensor(call.name(4)) if has_mask else None,
        w.weight(call.name(3)) if call.has(3) else None,
        *numbers,
        call.attribute("group", 1),
        call.attribute("offset_group", 1),
        has_mask,
        sizes=convolution_sizes(PLAIN)(call)[0],
    )
    return [result]


OPERATORS: OperatorTable = {
    **dict.fromkeys(
        ("Conv", "com.microsoft.FusedConv"),
        OperatorRule(convolution_sizes(PLAIN), convolution(PLAIN)),
    ),
    "QLinearConv": OperatorRule(convolution_sizes(QUANTIZED), convolution(QUANTIZED)),
    "ConvInteger": OperatorRule(convolution_sizes(WHOLE), convolution(WHOLE)),
    "ConvTranspose": OperatorRule(transposed_sizes, transposed),
    "DeformConv": OperatorRule(convolution_sizes(PLAIN), deformable),
}

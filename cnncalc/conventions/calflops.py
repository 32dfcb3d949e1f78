"""calflops 0.3.2, https://github.com/MrYxJ/calculate-flops.pytorch: the functions that modules call; it reports two numbers."""

from __future__ import annotations

from math import prod
from typing import Any

from ..problem import Refusal
from ..shape import AxisWindow, Shape
from .convention import Convention, CountRule, each
from .pytorch import (
    ALWAYS,
    CELLS,
    ESTIMATED_NORMS,
    FOLDED_NORM,
    POOLS,
    RESPONSE,
    attended,
    biases,
    elements,
    macs,
    params,
    pooled,
    scores,
    trained_params,
    units,
)


def convolution(layer: Any, x: Shape) -> int:
    return 2 * macs(layer, x) + biases(layer, x)


def transposed_macs(layer: Any, x: Shape) -> int:
    """The filters are divided by the groups twice."""
    return x.elements * int(layer.out // layer.groups // layer.groups * prod(layer.kernel))


def transposed(layer: Any, x: Shape) -> int:
    """The bias is added at the places that a convolution would have, which may be less than none."""
    axes = zip(
        x.spatial,
        layer.kernel,
        layer.stride,
        layer.padding,
        layer.padding,
        layer.dilation,
        strict=True,
    )
    positions = prod(AxisWindow(*axis).output_size() for axis in axes)
    bias = layer.out // layer.groups * positions if layer.bias else 0
    return 2 * transposed_macs(layer, x) + int(bias)


def products(layer: Any, *inputs: Shape) -> int:
    return 2 * macs(layer, *inputs)


def recurrent(layer: Any, x: Shape) -> int:
    matrices = sum(int(shape.elements) for shape in layer.weights(x).values() if len(shape) == 2)
    cell = CELLS[layer.kind] - 2 * int(layer.gates)
    return (params(layer, x) + matrices + cell * units(layer)) * x.positions


def projections(layer: Any, *inputs: Shape) -> int:
    query, key = attended(layer, *inputs)
    return 2 * (query.elements + key.elements) * query.channels


def attention(layer: Any, *inputs: Shape) -> int:
    return 2 * projections(layer, *inputs) + scores(layer, *attended(layer, *inputs))


def upsample(layer: Any, x: Shape) -> int:
    inner = x.elements if layer.mode == "area" else 0
    if layer.size is not None:
        return inner + int(layer.output(x).positions)
    if len(set(layer.factor)) > 1:
        raise Refusal("calflops fails where the factors of an upsample differ")
    return inner + x.elements


def upsample_alone(layer: Any, x: Shape) -> int:
    """0, but where the tool fails."""
    upsample(layer, x)
    return 0


FLOPS = Convention(
    name="calflops-flops",
    version="0.3.2",
    unit="FLOPs",
    beside="flops",
    about="2 for each multiply-accumulate, biases of convolutions; and elements of norms, activations and poolings",
    rules={
        **each(
            "conv depthwise",
            "2 for each multiply-accumulate, and one for each output element with a bias",
            convolution,
        ),
        "conv_transpose": CountRule(
            "2 for each product, the filters divided by the groups twice, and a bias where a convolution would have its places",
            transposed,
        ),
        **each("linear matmul", "2 for each multiply-accumulate, without the bias", products),
        "attention": CountRule(
            "2 for each multiply-accumulate of the projections, and 1 for each score: the softmax",
            attention,
        ),
        **each(
            "lstm gru rnn",
            "for every time step 2 for each weight, less 2 for each gate; the biases; and 1, 7 or 10 for each unit of an "
            "rnn, gru or lstm",
            recurrent,
        ),
        **FOLDED_NORM,
        **ESTIMATED_NORMS,
        **RESPONSE,
        **each("relu leaky_relu elu silu gelu prelu softmax", "1 for each element", elements),
        **each(POOLS, "1 for each element of the input", pooled),
        "upsample": CountRule(
            "1 for each element that enters, or for each position of a size that is given; area one more for each that enters",
            upsample,
        ),
        **ALWAYS,
    },
    otherwise="0: no function that it knows",
    params=trained_params,
)
MACS = Convention(
    name="calflops",
    version=FLOPS.version,
    unit="MACs",
    beside="macs",
    about="multiply-accumulates of convolutions, dense layers and projections",
    rules={
        **each("conv depthwise linear matmul", "the multiply-accumulates", macs),
        "conv_transpose": CountRule(
            "the products, the filters divided by the groups twice", transposed_macs
        ),
        "attention": CountRule("the projections", projections),
        "upsample": CountRule("0: nothing is multiplied and added", upsample_alone),
        **ALWAYS,
    },
    otherwise="0: no function that multiplies and adds",
    params=trained_params,
)

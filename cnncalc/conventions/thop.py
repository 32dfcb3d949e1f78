"""thop 0.1.1.post2209072238: the modules that it supports.

https://github.com/Lyken17/pytorch-OpCounter
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from ..engine.aggregation import stored
from ..engine.analysis import Analysis
from ..shape import Shape
from .convention import Convention, CountRule, rules_for
from .pytorch import (
    COMMON_RULES,
    check_written,
    hidden_units,
    input_elements,
    macs,
    output_elements,
    params,
    uncounted_attention,
)

if TYPE_CHECKING:
    from ..layers.activation import Softmax
    from ..layers.layer import Layer
    from ..layers.normalization import AffineNorm
    from ..layers.recurrent import Recurrent
    from ..layers.resize import Upsample
    from ..layers.transposed_convolution import ConvTranspose

KINDS_WITH_PARAMS = (
    *("conv", "depthwise", "conv_transpose", "linear"),
    *("lstm", "gru", "rnn"),
    *("bn", "layernorm", "instancenorm", "prelu"),
)
"""The layer kinds whose parameters the tool reports."""


def transposed_convolution(layer: ConvTranspose, x: Shape) -> int:
    channels = x.channels // layer.groups
    return output_elements(layer, x) * channels * prod(layer.kernel)


def recurrent(layer: Recurrent, x: Shape) -> int:
    if getattr(layer, "proj", None):  # the tool does not know it
        layer = type(layer)(**(layer.__dict__ | {"proj": None}))
    cell = layer.gates + {"rnn": 0, "gru": 4, "lstm": 4}[layer.kind]
    return (params(layer, x) + cell * hidden_units(layer)) * x.positions


def norm(layer: AffineNorm, x: Shape) -> int:
    return (4 if layer.affine else 2) * x.elements


def softmax(layer: Softmax, x: Shape) -> int:
    size = x[layer.axis]
    return x.elements // size * (3 * size - 1)


def adaptive_pooling(layer: Layer, x: Shape) -> int:
    """Uses floating point as the tool does, because the result is truncated to an integer."""
    out = layer.output(x)
    kernel = prod(before / after for before, after in zip(x.spatial, out.spatial, strict=True))
    return int((kernel + 1) * out.elements)


def upsample(layer: Upsample, x: Shape) -> int:
    per_element = {"nearest": 1, "linear": 5, "bilinear": 11, "bicubic": 259}.get(layer.mode, 0)
    return per_element * output_elements(layer, x)


def reported_params(analysis: Analysis) -> int:
    """The parameters of the supported modules that run at inference."""
    return stored(
        layer
        for layer in analysis.layers
        if layer.node.layer.kind in KINDS_WITH_PARAMS and not layer.node.training_only
    )[0]


CONVENTION = Convention(
    name="thop",
    version="0.1.1.post2209072238",
    unit="MACs",
    quantity="macs",
    about="multiply-accumulates, without biases, plus elements of normalization, average pooling "
    "and upsampling layers",
    rules={
        **rules_for("conv depthwise linear", "multiply-accumulates, without the bias", macs),
        "conv_transpose": CountRule(
            "one kernel of products per output element, although the kernel slides over the input, "
            "without the bias",
            transposed_convolution,
        ),
        **rules_for(
            "lstm gru rnn",
            "weights and biases, as if there were no projection, once per time step, plus 1 per "
            "unit of an rnn, 7 of a gru, 8 of an lstm",
            recurrent,
        ),
        **rules_for("bn layernorm instancenorm", "4 per element (2 without weight and bias)", norm),
        "prelu": CountRule("1 per element", input_elements),
        "softmax": CountRule(
            "an exponential and a division per element, and the additions of the sum", softmax
        ),
        "avgpool": CountRule("1 per output element", output_elements),
        **rules_for(
            "adaptive_avgpool global_avgpool",
            "1 per input element and 1 per output element",
            adaptive_pooling,
        ),
        "upsample": CountRule(
            "per output element: nearest 1, linear 5, bilinear 11, bicubic 259, other modes 0",
            upsample,
        ),
        "attention": CountRule("0: not a supported module", uncounted_attention),
        **COMMON_RULES,
    },
    default="0: not a supported module",
    params=reported_params,
    check=check_written,
)

"""thop 0.1.1.post2209072238, https://github.com/Lyken17/pytorch-OpCounter: the modules that it knows."""

from __future__ import annotations

from math import prod
from typing import Any

from ..engine.aggregation import stored
from ..engine.analysis import Analysis
from ..shape import Shape
from .convention import Convention, CountRule, each
from .pytorch import ALWAYS, attention_alone, elements, macs, outputs, params, units

OWNERS = frozenset(
    (
        "conv",
        "depthwise",
        "conv_transpose",
        "linear",
        "lstm",
        "gru",
        "rnn",
        "bn",
        "layernorm",
        "instancenorm",
        "prelu",
    )
)
"""The kinds whose parameters it sees."""


def transposed(layer: Any, x: Shape) -> int:
    return outputs(layer, x) * (x.channels // int(layer.groups)) * int(prod(layer.kernel))


def recurrent(layer: Any, x: Shape) -> int:
    cell = int(layer.gates) + {"rnn": 0, "gru": 4, "lstm": 4}[layer.kind]
    return (params(layer, x) + cell * units(layer)) * x.positions


def norm(layer: Any, x: Shape) -> int:
    return (4 if layer.affine else 2) * x.elements


def softmax(layer: Any, x: Shape) -> int:
    size = int(x[layer.axis])
    return x.elements // size * (3 * size - 1)


def adaptive(layer: Any, x: Shape) -> int:
    """In the floating point numbers of the tool, whose last digit decides what is cut off."""
    out = layer.output(x)
    kernel = prod(before / after for before, after in zip(x.spatial, out.spatial, strict=True))
    return int((kernel + 1) * out.elements)


def upsample(layer: Any, x: Shape) -> int:
    return {"nearest": 1, "linear": 5, "bilinear": 11, "bicubic": 259}.get(layer.mode, 0) * outputs(
        layer, x
    )


def seen_params(report: Analysis) -> int:
    """The parameters of the modules that it knows, as far as they run."""
    return stored(
        layer
        for layer in report.layers
        if layer.node.layer.kind in OWNERS and not layer.node.training_only
    )[0]


CONVENTION = Convention(
    name="thop",
    version="0.1.1.post2209072238",
    unit="MACs",
    beside="macs",
    about="multiply-accumulates, biases left out; and elements of norms, average poolings and resizings",
    rules={
        **each("conv depthwise linear", "the multiply-accumulates, without the bias", macs),
        "conv_transpose": CountRule(
            "one window of products for each output element, though the window moves over the input; no bias",
            transposed,
        ),
        **each(
            "lstm gru rnn",
            "weights and biases, each once for every time step, and 1, 7 or 8 for each unit of an rnn, gru or lstm",
            recurrent,
        ),
        **each("bn layernorm instancenorm", "4 for each element, 2 without weight and bias", norm),
        "prelu": CountRule("1 for each element", elements),
        "softmax": CountRule(
            "an exponential and a quotient for each element, and the additions between", softmax
        ),
        "avgpool": CountRule("1 for each element that comes out", outputs),
        **each(
            "adaptive_avgpool global_avgpool",
            "1 for each element that enters, and for each that comes out",
            adaptive,
        ),
        "upsample": CountRule(
            "1 for each element that comes out, linear 5, bilinear 11, bicubic 259, all else 0",
            upsample,
        ),
        "attention": CountRule("0: no module that it knows", attention_alone),
        **ALWAYS,
    },
    otherwise="0: no module that it counts",
    params=seen_params,
)

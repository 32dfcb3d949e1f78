"""fvcore 0.1.5.post20221221, https://github.com/facebookresearch/fvcore: the operators of a traced network that it supports."""

from __future__ import annotations

from typing import Any

from ..shape import Shape
from .convention import Convention, CountRule, each
from .pytorch import ALWAYS, ESTIMATED_NORMS, FOLDED_NORM, all_params, attended, macs, outputs


def attention(layer: Any, *inputs: Shape) -> int:
    attended(layer, *inputs)
    return macs(layer, *inputs)


def adaptive(layer: Any, x: Shape) -> int:
    return x.elements if len(x.spatial) == 2 else 0


def upsample(layer: Any, x: Shape) -> int:
    if len(x.spatial) != 2:
        return 0
    if layer.mode == "area":
        return x.elements
    return {"nearest": 1, "bilinear": 4}.get(layer.mode, 0) * outputs(layer, x)


CONVENTION = Convention(
    name="fvcore",
    version="0.1.5.post20221221",
    unit="flops",
    beside="macs",
    about="one for each multiply-accumulate, biases left out; and elements of some norms, poolings and resizings",
    rules={
        **each(
            "conv depthwise conv_transpose linear",
            "the multiply-accumulates, without the bias",
            macs,
        ),
        "matmul": CountRule("the multiply-accumulates", macs),
        "attention": CountRule(
            "the projections and the two products of the scores, without biases and softmax",
            attention,
        ),
        **FOLDED_NORM,
        **ESTIMATED_NORMS,
        **each(
            "adaptive_avgpool global_avgpool",
            "1 for each element of the input of an image, 0 of any other",
            adaptive,
        ),
        "upsample": CountRule(
            "for images 1 for each element that comes out, bilinear 4, area 1 for each that enters; all else 0",
            upsample,
        ),
        **ALWAYS,
    },
    otherwise="0: no operator that it supports",
    params=all_params,
    traces=True,
)

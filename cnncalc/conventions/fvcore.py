"""fvcore 0.1.5.post20221221: the operators of a traced network that it supports.

https://github.com/facebookresearch/fvcore
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..shape import Shape
from .convention import Convention, CountRule, rules_for
from .pytorch import (
    BATCH_NORM_RULE,
    COMMON_RULES,
    NORM_RULES,
    all_params,
    check_written,
    macs,
    output_elements,
    query_and_key,
)

if TYPE_CHECKING:
    from ..layers.attention import Attention
    from ..layers.layer import Layer
    from ..layers.resize import Upsample
    from ..layers.sampling import GridSample


def attention(layer: Attention, *inputs: Shape) -> int:
    query_and_key(layer, *inputs)
    return macs(layer, *inputs)


def adaptive_pooling(layer: Layer, x: Shape) -> int:
    return x.elements if len(x.spatial) == 2 else 0


def upsample(layer: Upsample, x: Shape) -> int:
    if len(x.spatial) != 2:
        return 0
    if layer.mode == "area":
        return x.elements
    return {"nearest": 1, "bilinear": 4}.get(layer.mode, 0) * output_elements(layer, x)


def sample(layer: GridSample, *inputs: Shape) -> int:
    return 4 * output_elements(layer, *inputs)


CONVENTION = Convention(
    name="fvcore",
    version="0.1.5.post20221221",
    unit="flops",
    quantity="macs",
    about="1 per multiply-accumulate, without biases, plus elements of some normalization, pooling "
    "and upsampling layers",
    rules={
        **rules_for(
            "conv depthwise conv_transpose linear",
            "multiply-accumulates, without the bias",
            macs,
        ),
        "matmul": CountRule("multiply-accumulates", macs),
        "attention": CountRule(
            "the projections and the two matrix products of the attention, without biases and "
            "softmax",
            attention,
        ),
        **BATCH_NORM_RULE,
        **NORM_RULES,
        **rules_for(
            "adaptive_avgpool global_avgpool",
            "1 per input element of a 2D feature map, otherwise 0",
            adaptive_pooling,
        ),
        "upsample": CountRule(
            "for 2D feature maps: nearest 1 and bilinear 4 per output element, area 1 per input "
            "element; otherwise 0",
            upsample,
        ),
        "sample": CountRule("4 per output element, whatever its mode", sample),
        **COMMON_RULES,
    },
    default="0: not a supported operator",
    params=all_params,
    check=check_written,
    traces=True,
)

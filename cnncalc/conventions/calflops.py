"""calflops 0.3.2: the functions that modules call. The tool reports MACs and FLOPs.

https://github.com/MrYxJ/calculate-flops.pytorch
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from ..problem import Refusal
from ..shape import AxisWindow, Shape
from .convention import Convention, CountRule, rules_for
from .pytorch import (
    BATCH_NORM_RULE,
    CELL_OPERATIONS,
    COMMON_RULES,
    LRN_RULE,
    NORM_RULES,
    POOLING_KINDS,
    bias_additions,
    cell_weights,
    check_written,
    hidden_units,
    input_elements,
    macs,
    pooling_elements,
    query_and_key,
    score_elements,
    stated,
    trainable_params,
)

if TYPE_CHECKING:
    from ..layers.attention import Attention
    from ..layers.convolution import Convolution
    from ..layers.layer import Layer
    from ..layers.recurrent import Recurrent
    from ..layers.resize import Upsample
    from ..layers.transposed_convolution import ConvTranspose


def convolution(layer: Convolution, x: Shape) -> int:
    return 2 * macs(layer, x) + bias_additions(layer, x)


def transposed_convolution_macs(layer: ConvTranspose, x: Shape) -> int:
    """The tool divides the number of filters by the groups twice."""
    filters = layer.out // layer.groups // layer.groups
    return x.elements * filters * prod(layer.kernel)


def transposed_convolution(layer: ConvTranspose, x: Shape) -> int:
    """The tool counts the bias at the output size of a convolution, which may be negative."""
    products = 2 * transposed_convolution_macs(layer, x)
    if not layer.bias:
        return products
    windows = (layer.kernel, layer.stride, layer.padding, layer.padding, layer.dilation)
    axes = zip(x.spatial, *windows, strict=True)
    positions = prod(AxisWindow(*axis).output_size() for axis in axes)
    return products + layer.out // layer.groups * positions


def matrix_products(layer: Layer, *inputs: Shape) -> int:
    return 2 * macs(layer, *inputs)


def recurrent(layer: Recurrent, x: Shape) -> int:
    weights = cell_weights(layer, x)
    matrices = sum(shape.elements for shape in weights if len(shape) == 2)
    cell = CELL_OPERATIONS[layer.kind] - 2 * layer.gates
    params = sum(shape.elements for shape in weights)
    return (params + matrices + cell * hidden_units(layer)) * x.positions


def projections(layer: Attention, *inputs: Shape) -> int:
    query, key = query_and_key(layer, *inputs)
    return 2 * (query.elements + key.elements) * query.channels


def attention(layer: Attention, *inputs: Shape) -> int:
    query, key = query_and_key(layer, *inputs)
    return 2 * projections(layer, *inputs) + score_elements(layer, query, key)


def upsample(layer: Upsample, x: Shape) -> int:
    """Raises Refusal if the factors differ, because the tool fails then."""
    area = x.elements if layer.mode == "area" else 0
    if layer.size is not None:
        return area + layer.output(x).positions
    if len(set(layer.factor or ())) > 1:
        raise Refusal("calflops fails if the factors of an upsample layer differ")
    return area + x.elements


def upsample_macs(layer: Upsample, x: Shape) -> int:
    """Always 0. Raises Refusal where the tool fails."""
    upsample(layer, x)
    return 0


FLOPS = Convention(
    name="calflops-flops",
    version="0.3.2",
    unit="FLOPs",
    quantity="flops",
    about="2 per multiply-accumulate, plus biases of convolutions and elements of normalization, "
    "activation and pooling layers",
    rules={
        **rules_for(
            "conv depthwise",
            "2 per multiply-accumulate, plus 1 per output element with a bias",
            convolution,
        ),
        "conv_transpose": CountRule(
            "2 per product, with the filters divided by the groups twice, plus a bias per output "
            "position of a convolution with the same arguments",
            transposed_convolution,
        ),
        **rules_for(
            "linear matmul", "2 per multiply-accumulate, without the bias", matrix_products
        ),
        "attention": CountRule(
            "2 per multiply-accumulate of the projections, plus 1 per score for the softmax",
            attention,
        ),
        **rules_for(
            "lstm gru rnn",
            "per time step: 2 per weight less 2 per gate, without projections, the biases, and 1 "
            "per unit of an rnn, 7 of a gru, 10 of an lstm",
            recurrent,
        ),
        **BATCH_NORM_RULE,
        **NORM_RULES,
        **LRN_RULE,
        **rules_for("relu leaky_relu elu silu gelu prelu softmax", "1 per element", input_elements),
        **rules_for(POOLING_KINDS, "1 per input element", pooling_elements),
        "upsample": CountRule(
            "1 per input element, or per output position if `size` is given (area: 1 more per "
            "input element)",
            upsample,
        ),
        **COMMON_RULES,
        "custom": stated("flops"),
    },
    default="0: not a supported function",
    params=trainable_params,
    check=check_written,
)
MACS = Convention(
    name="calflops",
    version=FLOPS.version,
    unit="MACs",
    quantity="macs",
    about="multiply-accumulates of convolutions, dense layers and projections",
    rules={
        **rules_for("conv depthwise linear matmul", "multiply-accumulates", macs),
        "conv_transpose": CountRule(
            "products, with the filters divided by the groups twice", transposed_convolution_macs
        ),
        "attention": CountRule("multiply-accumulates of the projections", projections),
        "upsample": CountRule("0: it multiplies and adds nothing", upsample_macs),
        **COMMON_RULES,
    },
    default="0: not a function that multiplies and adds",
    params=trainable_params,
    check=check_written,
)

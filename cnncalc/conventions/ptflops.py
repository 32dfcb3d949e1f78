"""ptflops 0.7.5, its PyTorch backend: modules, and the functions that the modules call.

An operation that the tool supports both as a module and as a function is counted twice.
https://github.com/sovrasov/flops-counter.pytorch
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from ..shape import Shape
from .convention import Amount, Convention, CountRule, rules_for
from .pytorch import (
    CELL_OPERATIONS,
    COMMON_RULES,
    LRN_RULE,
    POOLING_KINDS,
    bias_additions,
    cell_weights,
    check_written,
    hidden_units,
    input_elements,
    macs,
    output_elements,
    pooling_elements,
    query_and_key,
    score_elements,
    trainable_params,
)

if TYPE_CHECKING:
    from ..layers.attention import Attention
    from ..layers.layer import Layer
    from ..layers.normalization import AffineNorm
    from ..layers.recurrent import Recurrent
    from ..layers.resize import Upsample
    from .pytorch import WithBias


def macs_and_bias(layer: WithBias, *inputs: Shape) -> int:
    return macs(layer, *inputs) + bias_additions(layer, *inputs)


def activation(layer: Layer, x: Shape) -> int:
    return 2 * x.elements


def pooling(layer: Layer, x: Shape) -> int:
    return 2 * pooling_elements(layer, x)


def norm(layer: AffineNorm, x: Shape) -> int:
    return (2 if layer.affine else 1) * x.elements


def upsample(layer: Upsample, x: Shape) -> Amount:
    """The module counts the output elements; the function, the input elements times the factors."""
    out = output_elements(layer, x)
    area = x.elements if layer.mode == "area" else 0
    if layer.size is not None:
        return 2 * out + area
    given = layer.factor or ()
    factors = {float(factor) for factor in given}
    times = factors.pop() ** len(x.spatial) if len(factors) == 1 else prod(map(int, given))
    return out + area + x.elements * times


def recurrent(layer: Recurrent, x: Shape) -> int:
    weights = sum(shape.elements for shape in cell_weights(layer, x))
    return (weights + CELL_OPERATIONS[layer.kind] * hidden_units(layer)) * x.positions


def attention(layer: Attention, *inputs: Shape) -> int:
    """The module, plus the matrix products and the softmax that it calls as functions.

    The module counts its output projection as if it were as wide as the values.
    """
    query, key = query_and_key(layer, *inputs)
    dim, source = query.channels, key.channels
    queries, keys = query.positions, key.positions
    scaling = queries * dim
    projections = queries * dim * dim + 2 * keys * source * source
    biases = (queries + 2 * keys) * dim * layer.bias
    scores = score_elements(layer, query, key)
    heads = scores * (dim // layer.heads + 1 + source // layer.heads)
    output_projection = queries * source * (source + 1)
    functions = 2 * queries * keys * dim + scores
    return scaling + projections + biases + heads + output_projection + functions


CONVENTION = Convention(
    name="ptflops",
    version="0.7.5",
    unit="MACs",
    quantity="macs",
    about="multiply-accumulates and biases, plus elements of normalization layers, and of "
    "activations and pooling layers, most of which count twice",
    rules={
        **rules_for(
            "conv depthwise conv_transpose linear",
            "multiply-accumulates, plus 1 per output element with a bias",
            macs_and_bias,
        ),
        "matmul": CountRule("multiply-accumulates", macs),
        "attention": CountRule(
            "projections, scaling, softmax and matrix products of the attention, plus the matrix "
            "products and the softmax again, as functions",
            attention,
        ),
        **rules_for(
            "lstm gru rnn",
            "weights and biases, without projections, once per time step, plus 1 per unit of an "
            "rnn, 7 of a gru, 10 of an lstm",
            recurrent,
        ),
        **rules_for("bn groupnorm instancenorm", "2 per element (1 without weight and bias)", norm),
        "layernorm": CountRule("1 per element", input_elements),
        **LRN_RULE,
        **rules_for(
            "relu elu gelu prelu",
            "2 per element: once for the module, once for the function that it calls",
            activation,
        ),
        **rules_for("relu6 leaky_relu", "1 per element, for the module", input_elements),
        **rules_for("silu softmax", "1 per element, for the function", input_elements),
        **rules_for(
            POOLING_KINDS,
            "2 per input element: once for the module, once for the function that it calls",
            pooling,
        ),
        "upsample": CountRule(
            "1 per output element, plus the input elements times the factors (area: 1 more per "
            "input element)",
            upsample,
        ),
        **COMMON_RULES,
    },
    default="0: not a supported module or function",
    params=trainable_params,
    check=check_written,
)

"""ptflops 0.7.5, https://github.com/sovrasov/flops-counter.pytorch, its backend for PyTorch.

It counts a module, and the function that the module calls: what is known as both counts twice.
"""

from __future__ import annotations

from math import prod
from typing import Any

from ..shape import Shape
from .convention import Amount, Convention, CountRule, each
from .pytorch import (
    ALWAYS,
    CELLS,
    POOLS,
    RESPONSE,
    attended,
    biases,
    elements,
    macs,
    outputs,
    params,
    pooled,
    scores,
    trained_params,
    units,
)


def with_bias(layer: Any, *inputs: Shape) -> int:
    return macs(layer, *inputs) + biases(layer, *inputs)


def twice(layer: Any, x: Shape) -> int:
    return 2 * x.elements


def pool(layer: Any, x: Shape) -> int:
    return 2 * pooled(layer, x)


def norm(layer: Any, x: Shape) -> int:
    return (2 if layer.affine else 1) * x.elements


def upsample(layer: Any, x: Shape) -> Amount:
    """The module gives the elements that come out; the function multiplies those that enter by the factors."""
    out = outputs(layer, x)
    inner = x.elements if layer.mode == "area" else 0
    if layer.size is not None:
        return 2 * out + inner
    factors = {float(factor) for factor in layer.factor}
    times = factors.pop() ** len(x.spatial) if len(factors) == 1 else prod(map(int, layer.factor))
    return out + inner + x.elements * times


def recurrent(layer: Any, x: Shape) -> int:
    return (params(layer, x) + CELLS[layer.kind] * units(layer)) * x.positions


def attention(layer: Any, *inputs: Shape) -> int:
    """The module, in which the last projection is as wide as the values, and the products of the scores by their functions."""
    query, key = attended(layer, *inputs)
    dim, source = query.channels, key.channels
    asked, given = query.positions, key.positions
    projections = (
        asked * dim * dim + 2 * given * source * source + (asked + 2 * given) * dim * layer.bias
    )
    seen = scores(layer, query, key)
    heads = seen * (dim // layer.heads + 1 + source // layer.heads)
    functions = 2 * asked * given * dim + seen
    return int(asked * dim + projections + heads + asked * source * (source + 1) + functions)


CONVENTION = Convention(
    name="ptflops",
    version="0.7.5",
    unit="MACs",
    beside="macs",
    about="multiply-accumulates and biases; elements of norms; and those of activations and poolings, most of them twice",
    rules={
        **each(
            "conv depthwise conv_transpose linear",
            "the multiply-accumulates, and one for each output element with a bias",
            with_bias,
        ),
        "matmul": CountRule("the multiply-accumulates", macs),
        "attention": CountRule(
            "projections, scaling, softmax and the products of the scores, and these and the softmax once more, as functions",
            attention,
        ),
        **each(
            "lstm gru rnn",
            "weights and biases, each once for every time step, and 1, 7 or 10 for each unit of an rnn, gru or lstm",
            recurrent,
        ),
        **each("bn groupnorm instancenorm", "2 for each element, 1 without weight and bias", norm),
        "layernorm": CountRule("1 for each element", elements),
        **RESPONSE,
        **each(
            "relu elu gelu prelu",
            "2 for each element: once the module, once the function that it calls",
            twice,
        ),
        **each("relu6 leaky_relu", "1 for each element: the module", elements),
        **each("silu softmax", "1 for each element: the function", elements),
        **each(
            POOLS,
            "2 for each element of the input: once the module, once the function that it calls",
            pool,
        ),
        "upsample": CountRule(
            "1 for each element that comes out, and those that enter times the factors; area one more for each that enters",
            upsample,
        ),
        **ALWAYS,
    },
    otherwise="0: no module or function that it knows",
    params=trained_params,
)

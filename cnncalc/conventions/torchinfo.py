"""torchinfo 1.8.0, https://github.com/TylerYep/torchinfo: parameters, times how often the layer uses them."""

from __future__ import annotations

from typing import Any

from ..shape import Shape
from .convention import Convention, CountRule, each, nothing
from .pytorch import ALWAYS, all_params, attention_alone, params


def places(layer: Any, *inputs: Shape) -> int:
    return params(layer, *inputs) * int(layer.output(*inputs).positions)


def steps(layer: Any, x: Shape) -> int:
    return params(layer, x) * x.positions


CONVENTION = Convention(
    name="torchinfo",
    version="1.8.0",
    unit="mult-adds",
    beside="macs",
    about="parameters, times the output positions of a convolution or the time steps of a recurrent layer",
    rules={
        **each("conv depthwise", "weights and biases, each once for every output position", places),
        "conv_transpose": CountRule(
            "weights and biases, each once for every output position, though the window moves over the input",
            places,
        ),
        "linear": CountRule(
            "weights and biases, each once, also where there are many positions", params
        ),
        "embedding": CountRule(
            "every number of the table, though looking one up multiplies nothing", params
        ),
        **each("lstm gru rnn", "weights and biases, each once for every time step", steps),
        **each(
            "bn layernorm groupnorm instancenorm rmsnorm",
            "one for each parameter, not for each element",
            params,
        ),
        "prelu": CountRule("one for each slope, not for each element", params),
        "attention": CountRule(
            "0: only modules without modules inside count, and nn.MultiheadAttention has one",
            attention_alone,
        ),
        **each("scale weight grn", "0: the parameters belong to no module of their own", nothing),
        **ALWAYS,
    },
    otherwise="0: there are no parameters",
    params=all_params,
)

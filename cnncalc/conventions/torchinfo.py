"""torchinfo 1.8.0: the parameters of each module, multiplied by how often the layer uses them.

https://github.com/TylerYep/torchinfo
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..shape import Shape
from .convention import Convention, CountRule, rules_for, zero
from .pytorch import COMMON_RULES, all_params, check_written, params, uncounted_attention

if TYPE_CHECKING:
    from ..layers.layer import Layer


def per_output_position(layer: Layer, *inputs: Shape) -> int:
    return params(layer, *inputs) * layer.output(*inputs).positions


def per_time_step(layer: Layer, x: Shape) -> int:
    return params(layer, x) * x.positions


CONVENTION = Convention(
    name="torchinfo",
    version="1.8.0",
    unit="mult-adds",
    quantity="macs",
    about="parameters, multiplied by the output positions of a convolution or by the time steps of "
    "a recurrent layer",
    rules={
        **rules_for(
            "conv depthwise", "weights and biases, once per output position", per_output_position
        ),
        "conv_transpose": CountRule(
            "weights and biases, once per output position, although the kernel slides over the "
            "input",
            per_output_position,
        ),
        "linear": CountRule("weights and biases, once, even at several positions", params),
        "embedding": CountRule(
            "all elements of the table, although a lookup multiplies nothing", params
        ),
        **rules_for("lstm gru rnn", "weights and biases, once per time step", per_time_step),
        **rules_for(
            "bn layernorm groupnorm instancenorm rmsnorm",
            "1 per parameter, not per element",
            params,
        ),
        "prelu": CountRule("1 per slope, not per element", params),
        "attention": CountRule(
            "0: only modules without submodules are counted, and nn.MultiheadAttention has one",
            uncounted_attention,
        ),
        **rules_for(
            "scale weight grn", "0: the parameters do not belong to a module of their own", zero
        ),
        **COMMON_RULES,
    },
    default="0: the layer has no parameters",
    params=all_params,
    check=check_written,
)

"""Keras 3.15.1: the parameters in the summary of a model, with the statistics of normalization.

Keras counts no operations. It counts all weights that a model stores, and calls those that are not
trained non-trainable: frozen weights, and the running mean and variance of batch normalization.
https://keras.io/api/models/model/#summary-method
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..engine.analysis import Analysis
from ..shape import Shape
from .convention import Convention, rules_for
from .pytorch import params

if TYPE_CHECKING:
    from ..layers.layer import Layer


def stored_elements(layer: Layer, *inputs: Shape) -> int:
    return params(layer, *inputs) + layer.buffers(*inputs)


def check_nothing(layer: Layer) -> None:
    """Every layer has its weights, whether Keras has the layer or not."""


def trainable_params(analysis: Analysis) -> int:
    return analysis.totals.trainable_params


CONVENTION = Convention(
    name="keras",
    version="3.15.1",
    unit="params",
    quantity="params",
    about="all stored weights, with the mean and variance of batch normalization",
    rules={
        **rules_for(
            "conv depthwise local_conv conv_transpose linear embedding lstm gru rnn conv_lstm "
            "attention layernorm groupnorm instancenorm rmsnorm grn prelu scale weight deform_conv",
            "weights and biases",
            stored_elements,
        ),
        **rules_for("bn", "weight, bias, running mean and variance", stored_elements),
        **rules_for("constant", "the elements, with `buffer`", stored_elements),
        **rules_for("custom", "weights and buffers that the file states", stored_elements),
    },
    default="0: no weights",
    params=trainable_params,
    check=check_nothing,
)

"""The kinds of layers by family, and the class of a kind.

A family is imported when a file first names one of its layers: making all classes would cost more
start-up time than calculating most networks.
"""

from __future__ import annotations

from functools import cache

from .layer import Layer

FAMILIES = {
    "convolution": ("conv", "depthwise", "local_conv"),
    "transposed_convolution": ("conv_transpose",),
    "dense": ("linear", "embedding"),
    "recurrent": ("lstm", "gru", "rnn"),
    "recurrent_convolution": ("conv_lstm",),
    "attention": ("attention",),
    "pooling": (
        "maxpool",
        "avgpool",
        "adaptive_avgpool",
        "adaptive_maxpool",
        "global_avgpool",
        "global_maxpool",
        "unpool",
    ),
    "normalization": (
        "bn",
        "layernorm",
        "groupnorm",
        "instancenorm",
        "rmsnorm",
        "grn",
        "lrn",
        "l2norm",
    ),
    "activation": (
        "relu",
        "relu6",
        "leaky_relu",
        "elu",
        "selu",
        "sigmoid",
        "hardsigmoid",
        "tanh",
        "hardtanh",
        "silu",
        "hardswish",
        "gelu",
        "mish",
        "softplus",
        "softmax",
        "log_softmax",
        "squash",
        "abs",
        "elementwise",
        "glu",
        "prelu",
    ),
    "regularization": ("dropout", "droppath", "identity"),
    "learned": ("scale", "weight", "constant"),
    "rearrange": (
        "flatten",
        "tokens",
        "reshape",
        "permute",
        "slice",
        "select",
        "chunk",
    ),
    "shuffle": ("roll", "channel_shuffle"),
    "resize": ("pad", "crop", "unfold", "upsample"),
    "space_to_depth": ("pixel_shuffle", "pixel_unshuffle"),
    "reduce": ("reduce_sum", "reduce_mean", "reduce_max", "reduce_std", "reduce_var"),
    "sampling": ("deform_conv", "sample", "gather", "expand"),
    "custom": ("custom",),
    "join": ("concat", "add", "sub", "mul", "div", "max"),
    "product": ("matmul", "correlation"),
}
"""The kinds of each family, by the name of its module."""

LAYERS = {kind: family for family, kinds in FAMILIES.items() for kind in kinds}
JOINS = frozenset(FAMILIES["join"] + FAMILIES["product"])


@cache
def layer_class(kind: str) -> type[Layer]:
    """The class of a kind of layer.  Raises KeyError if there is no such kind."""
    module = __import__(f"{__name__}.{LAYERS[kind]}", fromlist=["*"])
    return next(
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Layer) and value.kind == kind
    )

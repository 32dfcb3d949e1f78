"""The names that other frameworks have for our kinds of layers and their arguments."""

from __future__ import annotations

import re
from collections.abc import Collection

from . import LAYERS

KIND_ALIASES = {
    "conv": "convolution",
    "depthwise": "depthwiseconv depthwiseconvolution dwconv",
    "conv_transpose": (
        "convtranspose convolutiontranspose transposedconv transposeconv "
        "deconv deconvolution upconv"
    ),
    "local_conv": "locallyconnected",
    "linear": "dense fc fullyconnected innerproduct affine gemm",
    "bn": "batchnorm batchnormalization syncbatchnorm",
    "layernorm": "layernormalization ln",
    "groupnorm": "groupnormalization gn",
    "instancenorm": "instancenormalization",
    "lrn": "localresponsenorm localresponsenormalization",
    "maxpool": "maxpooling",
    "avgpool": "averagepooling averagepool avgpooling meanpool",
    "global_avgpool": "globalaveragepooling globalaveragepool globalavgpooling gap",
    "global_maxpool": "globalmaxpooling gmp",
    "adaptive_avgpool": "adaptiveaveragepool",
    "pad": "zeropadding zeropad constantpad padding",
    "crop": "cropping centercrop",
    "upsample": "upsampling interpolate resize",
    "pixel_shuffle": "depthtospace",
    "pixel_unshuffle": "spacetodepth",
    "concat": "concatenate cat",
    "add": "residual shortcut skip eltwise addition",
    "mul": "multiply",
    "sub": "subtract",
    "matmul": "dot bmm",
    "silu": "swish",
    "hardswish": "hswish",
    "hardsigmoid": "hsigmoid",
    "leaky_relu": "lrelu",
    "dropout": "spatialdropout alphadropout featuredropout",
    "droppath": "stochasticdepth dropconnect",
    "attention": "multiheadattention mha selfattention",
    "permute": "transpose",
    "reshape": "view",
    "chunk": "split",
    "reduce_mean": "mean",
    "layers": "sequential",
}
"""The names of our kinds in PyTorch, Keras, Caffe, ONNX and papers.

They are in lower case, without `_` and without the number of axes.
"""

ARGUMENT_ALIASES = {
    "out": "filters out_channels out_features units num_output",
    "kernel": "pool_size kernel_shape",
    "padding": "pad pads",
    "stride": "subsample",
    "bias": "use_bias bias_term",
    "factor": "scale_factor upscale_factor",
    "size": "places",
    "groups": "group",
    "heads": "num_heads",
    "dim": "embed_dim",
    "ceil": "ceil_mode",
}


def argument_for(name: str, known: Collection[str]) -> str:
    """The name of ours that an argument of another framework has, if it is known; else empty.

    >>> argument_for("filters", ["out", "kernel"]), argument_for("filters", ["size"])
    ('out', '')
    """
    for argument, aliases in ARGUMENT_ALIASES.items():
        if argument in known and name in aliases.split():
            return argument
    return ""


def kind_for(word: str) -> str:
    """The kind of ours that a layer of another framework is; empty if there is none.

    >>> kind_for("nn.BatchNorm2d"), kind_for("Conv2DTranspose"), kind_for("deconv")
    ('bn', 'conv_transpose', 'conv_transpose')
    >>> kind_for("AvgPool1d"), kind_for("convnet")
    ('avgpool', '')
    """
    plain = re.sub(r"^(torch\.)?nn\.|_|[123]d|layer$", "", word[:60].lower())
    for kind, aliases in KIND_ALIASES.items():
        if plain in aliases.split():
            return kind
    return next((kind for kind in LAYERS if kind.replace("_", "") == plain), "")

"""What other frameworks call our layers and their arguments."""

from __future__ import annotations

import re
from collections.abc import Collection

from . import LAYERS

LAYERS_OF_OTHERS = {
    "conv": "convolution",
    "depthwise": "depthwiseconv depthwiseconvolution dwconv",
    "conv_transpose": "convtranspose convolutiontranspose transposedconv transposeconv deconv deconvolution upconv",
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
"""What PyTorch, Keras, Caffe, ONNX and papers call our layers, in small letters, without `_` and without how many axes."""

ARGUMENTS_OF_OTHERS = {
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


def argument_of_others(name: str, known: Collection[str]) -> str:
    """What an argument of another name is called here; empty where it is not known."""
    return next(
        (
            ours
            for ours, names in ARGUMENTS_OF_OTHERS.items()
            if ours in known and name in names.split()
        ),
        "",
    )


def ours(word: str) -> str:
    """What a layer of another name is called here; empty where it is not known.

    >>> ours("nn.BatchNorm2d"), ours("Conv2DTranspose"), ours("deconv"), ours("AvgPool1d"), ours("convnet")
    ('bn', 'conv_transpose', 'conv_transpose', 'avgpool', '')
    """
    plain = re.sub(r"^(torch\.)?nn\.|_|[123]d|layer$", "", word[:60].lower())
    known = (kind for kind in LAYERS if kind.replace("_", "") == plain)
    return next(
        (kind for kind, names in LAYERS_OF_OTHERS.items() if plain in names.split()), None
    ) or next(known, "")

"""The names of layer kinds and their arguments in PyTorch, Keras and ONNX.

`FRAMEWORKS` has the exact names.  Hints for unknown words use them too, in any spelling, together
with the names of other frameworks and of papers.

Sources: PyTorch 2 (torch.nn), Keras 3 (keras.layers), ONNX operator set 24.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache

from ..named_tuple import NamedTuple
from . import LAYERS


class Alias(NamedTuple):
    """The names of a kind of layer in a framework.

    `names` are classes or operators.  `arguments` has for each of our arguments the one of the
    framework; those without a counterpart, and those that mean something else, are not there.
    """

    names: tuple[str, ...]
    arguments: Mapping[str, str]


def alias(names: str, arguments: str = "") -> Alias:
    """An alias from words; `out=filters` is an argument, and `bias` one of the same name."""
    pairs = (word.partition("=") for word in arguments.split())
    return Alias(tuple(names.split()), {ours: theirs or ours for ours, _, theirs in pairs})


TORCH_WINDOW = "kernel=kernel_size stride padding dilation"
TORCH_CONV = f"out=out_channels {TORCH_WINDOW} groups bias"
TORCH_RECURRENT = "hidden=hidden_size layers=num_layers bidirectional bias"
KERAS_CONV = "out=filters kernel=kernel_size stride=strides padding dilation=dilation_rate"
KERAS_POOL = "kernel=pool_size stride=strides padding"
ONNX_WINDOW = "kernel=kernel_shape stride=strides padding=pads dilation=dilations"
ONNX_RECURRENT = "hidden=hidden_size bidirectional=direction"

PYTORCH = {
    "conv": alias("Conv1d Conv2d Conv3d", TORCH_CONV),
    "conv_transpose": alias(
        "ConvTranspose1d ConvTranspose2d ConvTranspose3d", f"{TORCH_CONV} output_padding"
    ),
    "linear": alias("Linear", "out=out_features bias"),
    "embedding": alias("Embedding", "vocab=num_embeddings dim=embedding_dim"),
    "lstm": alias("LSTM", f"{TORCH_RECURRENT} proj=proj_size"),
    "gru": alias("GRU", TORCH_RECURRENT),
    "rnn": alias("RNN", TORCH_RECURRENT),
    "attention": alias("MultiheadAttention", "heads=num_heads dim=embed_dim bias"),
    "maxpool": alias("MaxPool1d MaxPool2d MaxPool3d", f"{TORCH_WINDOW} ceil=ceil_mode"),
    "avgpool": alias(
        "AvgPool1d AvgPool2d AvgPool3d",
        "kernel=kernel_size stride padding ceil=ceil_mode count_include_pad",
    ),
    "adaptive_avgpool": alias(
        "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d", "size=output_size"
    ),
    "adaptive_maxpool": alias(
        "AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d", "size=output_size"
    ),
    "unpool": alias("MaxUnpool1d MaxUnpool2d MaxUnpool3d", "kernel=kernel_size stride"),
    "bn": alias("BatchNorm1d BatchNorm2d BatchNorm3d SyncBatchNorm", "affine eps momentum"),
    "layernorm": alias("LayerNorm", "affine=elementwise_affine shift=bias eps"),
    "groupnorm": alias("GroupNorm", "groups=num_groups affine eps"),
    "instancenorm": alias("InstanceNorm1d InstanceNorm2d InstanceNorm3d", "affine eps momentum"),
    "rmsnorm": alias("RMSNorm", "eps"),
    "lrn": alias("LocalResponseNorm", "size alpha beta k"),
    "relu": alias("ReLU"),
    "relu6": alias("ReLU6"),
    "leaky_relu": alias("LeakyReLU", "slope=negative_slope"),
    "elu": alias("ELU", "alpha"),
    "selu": alias("SELU"),
    "sigmoid": alias("Sigmoid"),
    "hardsigmoid": alias("Hardsigmoid"),
    "tanh": alias("Tanh"),
    "hardtanh": alias("Hardtanh", "min=min_val max=max_val"),
    "silu": alias("SiLU"),
    "hardswish": alias("Hardswish"),
    "gelu": alias("GELU", "approximate"),
    "mish": alias("Mish"),
    "softplus": alias("Softplus", "beta threshold"),
    "softmax": alias("Softmax Softmax2d", "axis=dim"),
    "log_softmax": alias("LogSoftmax", "axis=dim"),
    "glu": alias("GLU"),
    "prelu": alias("PReLU"),
    "dropout": alias("Dropout Dropout1d Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout", "p"),
    "identity": alias("Identity"),
    "flatten": alias("Flatten"),
    "channel_shuffle": alias("ChannelShuffle", "groups"),
    "pad": alias(
        "ZeroPad1d ZeroPad2d ZeroPad3d ConstantPad1d ConstantPad2d ConstantPad3d", "begin=padding"
    ),
    "unfold": alias("Unfold", TORCH_WINDOW),
    "upsample": alias("Upsample", "factor=scale_factor size mode align_corners"),
    "pixel_shuffle": alias("PixelShuffle", "factor=upscale_factor"),
    "pixel_unshuffle": alias("PixelUnshuffle", "factor=downscale_factor"),
    "layers": alias("Sequential"),
}
"""Modules of torch.nn."""

PYTORCH_FUNCTIONS = {
    **{kind: kind for kind in ("relu", "relu6", "sigmoid", "hardsigmoid", "tanh", "silu")},
    **{kind: kind for kind in ("hardswish", "mish", "selu", "abs", "softplus")},
}
"""Functions of torch that are one layer without arguments."""

KERAS = {
    "conv": alias("Conv1D Conv2D Conv3D", f"{KERAS_CONV} groups bias=use_bias"),
    "depthwise": alias(
        "DepthwiseConv1D DepthwiseConv2D",
        "kernel=kernel_size stride=strides padding multiplier=depth_multiplier "
        "dilation=dilation_rate bias=use_bias",
    ),
    "conv_transpose": alias(
        "Conv1DTranspose Conv2DTranspose Conv3DTranspose",
        f"{KERAS_CONV} output_padding bias=use_bias",
    ),
    "linear": alias("Dense", "out=units bias=use_bias"),
    "embedding": alias("Embedding", "vocab=input_dim dim=output_dim"),
    "lstm": alias("LSTM", "hidden=units bias=use_bias"),
    "gru": alias("GRU", "hidden=units bias=use_bias"),
    "rnn": alias("SimpleRNN", "hidden=units bias=use_bias"),
    "conv_lstm": alias("ConvLSTM1D ConvLSTM2D ConvLSTM3D", f"{KERAS_CONV} bias=use_bias"),
    "attention": alias(
        "MultiHeadAttention GroupQueryAttention",
        "heads=num_heads kv_heads=num_key_value_heads bias=use_bias",
    ),
    "maxpool": alias("MaxPooling1D MaxPooling2D MaxPooling3D", KERAS_POOL),
    "avgpool": alias("AveragePooling1D AveragePooling2D AveragePooling3D", KERAS_POOL),
    "adaptive_avgpool": alias(
        "AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D",
        "size=output_size",
    ),
    "adaptive_maxpool": alias(
        "AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D", "size=output_size"
    ),
    "global_avgpool": alias("GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D"),
    "global_maxpool": alias("GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D"),
    "bn": alias("BatchNormalization", "scale shift=center eps=epsilon momentum"),
    "layernorm": alias("LayerNormalization", "axis scale shift=center eps=epsilon"),
    "groupnorm": alias("GroupNormalization", "groups scale shift=center eps=epsilon"),
    "rmsnorm": alias("RMSNormalization", "eps=epsilon"),
    "l2norm": alias("UnitNormalization"),
    "relu": alias("ReLU"),
    "leaky_relu": alias("LeakyReLU", "slope=negative_slope"),
    "elu": alias("ELU", "alpha"),
    "softmax": alias("Softmax", "axis"),
    "prelu": alias("PReLU"),
    "dropout": alias(
        "Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D AlphaDropout", "p=rate"
    ),
    "identity": alias("Identity"),
    "flatten": alias("Flatten"),
    "reshape": alias("Reshape", "shape=target_shape"),
    "permute": alias("Permute", "order=dims"),
    "pad": alias("ZeroPadding1D ZeroPadding2D ZeroPadding3D", "begin=padding"),
    "crop": alias("Cropping1D Cropping2D Cropping3D CenterCrop"),
    "upsample": alias("UpSampling1D UpSampling2D UpSampling3D", "factor=size mode=interpolation"),
    "concat": alias("Concatenate", "axis"),
    "add": alias("Add"),
    "sub": alias("Subtract"),
    "mul": alias("Multiply"),
    "max": alias("Maximum"),
    "matmul": alias("Dot"),
    "layers": alias("Sequential"),
}
"""Classes of keras.layers."""

KERAS_FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    **{kind: (kind,) for kind in ("relu", "relu6", "sigmoid", "tanh", "selu", "softplus", "mish")},
    "silu": ("silu", "swish"),
    "hardsigmoid": ("hard_sigmoid",),
    "hardswish": ("hard_silu", "hard_swish"),
    "hardtanh": ("hard_tanh",),
    "abs": ("abs", "absolute"),
}
"""Functions of keras.activations that are one layer without arguments; the first is the usual."""

ONNX = {
    "conv": alias("Conv", f"{ONNX_WINDOW} groups=group"),
    "conv_transpose": alias("ConvTranspose", f"{ONNX_WINDOW} output_padding groups=group"),
    "linear": alias("Gemm"),
    "gather": alias("GatherElements", "axis"),
    "sample": alias("GridSample", "mode"),
    "expand": alias("Expand"),
    "constant": alias("Constant"),
    "deform_conv": alias("DeformConv", f"{ONNX_WINDOW} groups=group"),
    "lstm": alias("LSTM", ONNX_RECURRENT),
    "gru": alias("GRU", ONNX_RECURRENT),
    "rnn": alias("RNN", ONNX_RECURRENT),
    "attention": alias("Attention", "heads=q_num_heads kv_heads=kv_num_heads"),
    "maxpool": alias("MaxPool", f"{ONNX_WINDOW} ceil=ceil_mode"),
    "avgpool": alias(
        "AveragePool",
        "kernel=kernel_shape stride=strides padding=pads ceil=ceil_mode count_include_pad",
    ),
    "global_avgpool": alias("GlobalAveragePool"),
    "global_maxpool": alias("GlobalMaxPool"),
    "unpool": alias("MaxUnpool", "kernel=kernel_shape stride=strides"),
    "bn": alias("BatchNormalization", "eps=epsilon momentum"),
    "layernorm": alias("LayerNormalization", "eps=epsilon"),
    "groupnorm": alias("GroupNormalization", "groups=num_groups eps=epsilon"),
    "instancenorm": alias("InstanceNormalization", "eps=epsilon"),
    "rmsnorm": alias("RMSNormalization", "eps=epsilon"),
    "lrn": alias("LRN", "size alpha beta k=bias"),
    "l2norm": alias("LpNormalization"),
    "relu": alias("Relu"),
    "leaky_relu": alias("LeakyRelu", "slope=alpha"),
    "elu": alias("Elu", "alpha"),
    "selu": alias("Selu"),
    "sigmoid": alias("Sigmoid"),
    "hardsigmoid": alias("HardSigmoid"),
    "tanh": alias("Tanh"),
    "hardtanh": alias("Clip", "min max"),
    "silu": alias("Swish"),
    "hardswish": alias("HardSwish"),
    "gelu": alias("Gelu", "approximate"),
    "mish": alias("Mish"),
    "softplus": alias("Softplus"),
    "softmax": alias("Softmax", "axis"),
    "log_softmax": alias("LogSoftmax", "axis"),
    "abs": alias("Abs"),
    "elementwise": alias(
        "Sqrt Reciprocal Pow Exp Log Sin Cos Tan Asin Acos Atan Sinh Cosh Erf Neg Sign Floor Ceil "
        "Round"
    ),
    "prelu": alias("PRelu"),
    "dropout": alias("Dropout", "p=ratio"),
    "identity": alias("Identity"),
    "flatten": alias("Flatten"),
    "reshape": alias("Reshape", "shape"),
    "permute": alias("Transpose", "order=perm"),
    "slice": alias("Slice"),
    "chunk": alias("Split", "parts=num_outputs axis"),
    "pad": alias("Pad", "begin=pads"),
    "crop": alias("CenterCropPad"),
    "upsample": alias("Resize Upsample", "factor=scales size=sizes mode"),
    "pixel_shuffle": alias("DepthToSpace", "factor=blocksize"),
    "pixel_unshuffle": alias("SpaceToDepth", "factor=blocksize"),
    "reduce_sum": alias("ReduceSum", "axis=axes keep=keepdims"),
    "reduce_mean": alias("ReduceMean", "axis=axes keep=keepdims"),
    "reduce_max": alias("ReduceMax", "axis=axes keep=keepdims"),
    "concat": alias("Concat", "axis"),
    "add": alias("Add Sum"),
    "sub": alias("Sub"),
    "mul": alias("Mul"),
    "div": alias("Div"),
    "max": alias("Max"),
    "matmul": alias("MatMul"),
}
"""Operators of the default domain."""

FRAMEWORKS: Mapping[str, Mapping[str, Alias]] = {"pytorch": PYTORCH, "keras": KERAS, "onnx": ONNX}
"""The aliases of each framework by our kind; `layers` is the group."""

OTHER_NAMES = {
    "conv": "convolution",
    "depthwise": "depthwiseconv depthwiseconvolution dwconv",
    "conv_transpose": "convolutiontranspose transposedconv transposeconv deconv deconvolution "
    "upconv",
    "local_conv": "locallyconnected",
    "linear": "fc fullyconnected innerproduct affine",
    "layernorm": "ln",
    "groupnorm": "gn",
    "instancenorm": "instancenormalization",
    "lrn": "localresponsenormalization",
    "avgpool": "avgpooling meanpool",
    "global_avgpool": "globalavgpooling gap",
    "global_maxpool": "gmp",
    "adaptive_avgpool": "adaptiveaveragepool",
    "pad": "padding",
    "upsample": "interpolate",
    "concat": "cat",
    "add": "residual shortcut skip eltwise addition",
    "matmul": "bmm",
    "hardswish": "hswish",
    "hardsigmoid": "hsigmoid",
    "leaky_relu": "lrelu leaky",
    "pixel_unshuffle": "reorg focus",
    "l2norm": "normalize",
    "dropout": "featuredropout",
    "droppath": "stochasticdepth dropconnect",
    "attention": "mha selfattention",
    "reshape": "view",
    "reduce_mean": "mean",
    "reduce_std": "std",
    "reduce_var": "var variance",
    "conv_lstm": "convlstmcell",
    "deform_conv": "deformableconv deformableconvolution dcn dcnv2",
    "sample": "gridsample warp",
    "gather": "takealongaxis indexselect",
    "expand": "broadcastto expandas tile",
    "constant": "registerbuffer",
}
"""The names of our kinds in functions, other frameworks and papers, as `plain_name` spells them."""

OTHER_ARGUMENTS = {
    "out": "num_output",
    "padding": "pad",
    "stride": "subsample",
    "bias": "bias_term",
    "size": "output_size",
}
"""The names of our arguments in other frameworks."""


def argument_for(name: str, known: Collection[str]) -> str:
    """Which of the `known` arguments of a layer has another name elsewhere; empty if none.

    >>> argument_for("out_channels", ["out", "kernel"]), argument_for("kernel", ["out"])
    ('out', '')
    """
    return next((ours for ours in known if name in argument_names().get(ours, ())), "")


def kind_for(word: str) -> str:
    """The kind of layer that has another name elsewhere; empty if there is none.

    >>> kind_for("nn.BatchNorm2d"), kind_for("Conv2DTranspose"), kind_for("deconv")
    ('bn', 'conv_transpose', 'conv_transpose')
    >>> kind_for("AvgPool1d"), kind_for("convnet")
    ('avgpool', '')
    """
    return layer_names().get(plain_name(word), "")


def plain_name(word: str) -> str:
    """A name without case, module, underscores, and number of axes.

    >>> plain_name("torch.nn.Conv2d"), plain_name("ReluLayer"), plain_name("DROP_OUT")
    ('conv', 'relu', 'dropout')
    """
    return re.sub(r"^(torch\.)?nn\.|_|[123]d|layer$", "", word[:60].lower())


@cache
def layer_names() -> dict[str, str]:
    """Our kinds by the plain names that they have elsewhere, and by their own."""
    found = {kind.replace("_", ""): kind for kind in LAYERS}
    for kind, name in all_names():
        found.setdefault(plain_name(name), kind)
    return found


def all_names() -> Iterator[tuple[str, str]]:
    """Each kind with each of its names."""
    for kind, names in OTHER_NAMES.items():
        yield from ((kind, name) for name in names.split())
    for aliases in FRAMEWORKS.values():
        for kind, entry in aliases.items():
            yield from ((kind, name) for name in entry.names)


@cache
def argument_names() -> dict[str, frozenset[str]]:
    """The names that our arguments have elsewhere."""
    found: dict[str, set[str]] = {
        ours: set(names.split()) for ours, names in OTHER_ARGUMENTS.items()
    }
    for aliases in FRAMEWORKS.values():
        for entry in aliases.values():
            for ours, theirs in entry.arguments.items():
                if theirs != ours:
                    found.setdefault(ours, set()).add(theirs)
    return {ours: frozenset(names) for ours, names in found.items()}

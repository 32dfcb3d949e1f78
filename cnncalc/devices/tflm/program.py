"""TensorFlow Lite Micro: the operators that the TensorFlow Lite converter makes of a network.

Convolutions and dense layers include the batch normalization and the relu or relu6 that alone read
their output; sums, products and pools include the activation.  Padding that is not
TensorFlow's SAME is an operator of its own.

Source: the converter's files of bundled networks, as the recording allocator of TensorFlow Lite
Micro sees them; the kernels in tensorflow/lite/micro/kernels of tensorflow/tflite-micro.
"""

from __future__ import annotations

from ...engine.flash import PASSING
from ...network import Network
from ..builder import OperatorBuilder
from ..operators import DeviceProgram
from .elementwise import function, gated, hardsigmoid, hardtanh, join, norm, scale, silu
from .rearranging import (
    channel_shuffle,
    concatenation,
    constant,
    pad,
    passing,
    reshape,
    resize,
    select,
    split,
)
from .support import (
    LoweringRule,
    UnsupportedLayer,
    UnsupportedOnDevice,
    cannot_run,
    in_float,
    plain,
    unsupported,
)
from .windows import (
    adaptive_average,
    convolution,
    dense,
    mean,
    pool,
    reduced,
    transposed_convolution,
)

TYPES = ("int8", "int16", "float32")


def tflm_program(network: Network) -> DeviceProgram:
    """The operators of a network.  Raises UnsupportedOnDevice."""
    check_types(network)
    builder = OperatorBuilder(network)
    lacking = []
    for step in builder.steps:
        if step in builder.done:
            continue
        try:
            lower(builder, step)
        except UnsupportedLayer as error:
            lacking.append(error)
            builder.emit(UNKNOWN, [step], builder.inputs(step))  # for the layers that read it
    if lacking:
        raise cannot_run(lacking)
    return builder.program()


UNKNOWN = "?"
"""The name of the operator of a layer that cannot be executed."""


def lower(builder: OperatorBuilder, step: int) -> None:
    """Add the operators of a layer.  Raises UnsupportedLayer."""
    kind = builder.node(step).layer.kind
    rule = RULES.get(kind)
    if rule is None:
        raise unsupported(builder, step, MISSING.get(kind, ""))
    rule(builder, step)


def check_types(network: Network) -> None:
    """Raise UnsupportedOnDevice unless all tensors are of one of TYPES."""
    found = dict.fromkeys([network.types, *(node.dtype for node in network.nodes)])
    if len(found) > 1 or network.dtype not in TYPES:
        *others, last = TYPES
        types = f"{', '.join(others)} and {last}"
        not_run = "; ".join(one.text for one in found)
        raise UnsupportedOnDevice(f"TensorFlow Lite Micro runs {types}, not {not_run}")


RULES: dict[str, LoweringRule] = {
    "conv": convolution,
    "depthwise": convolution,
    "conv_transpose": transposed_convolution,
    "linear": dense,
    "maxpool": pool,
    "avgpool": pool,
    "adaptive_avgpool": adaptive_average,
    "global_avgpool": mean,
    "global_maxpool": reduced("REDUCE_MAX"),
    "bn": norm,
    "scale": scale,
    "l2norm": plain("L2_NORMALIZATION"),
    "relu": plain("RELU"),
    "relu6": plain("RELU6"),
    "leaky_relu": plain("LEAKY_RELU"),
    "elu": in_float("ELU"),
    "prelu": plain("PRELU", constants=1),
    "sigmoid": plain("LOGISTIC"),
    "hardsigmoid": hardsigmoid,
    "tanh": plain("TANH"),
    "hardtanh": hardtanh,
    "silu": silu,
    "hardswish": plain("HARD_SWISH"),
    "softmax": plain("SOFTMAX"),
    "log_softmax": plain("LOG_SOFTMAX"),
    "abs": plain("ABS"),
    "elementwise": function,
    "glu": gated,
    **dict.fromkeys(PASSING, passing),
    **dict.fromkeys(("weight", "constant"), constant),
    **dict.fromkeys(("flatten", "reshape", "tokens"), reshape),
    "permute": plain("TRANSPOSE", constants=1),
    "slice": plain("STRIDED_SLICE", constants=3),
    "crop": plain("STRIDED_SLICE", constants=3),
    "select": select,
    "chunk": split,
    "channel_shuffle": channel_shuffle,
    "pad": pad,
    "upsample": resize,
    "pixel_shuffle": plain("DEPTH_TO_SPACE"),
    "pixel_unshuffle": plain("SPACE_TO_DEPTH"),
    "expand": plain("BROADCAST_TO", constants=1),
    "reduce_sum": reduced("SUM"),
    "reduce_mean": reduced("MEAN"),
    "reduce_max": reduced("REDUCE_MAX"),
    "concat": concatenation,
    **dict.fromkeys(("add", "sub", "mul", "div", "max"), join),
}
"""The rule of each kind of layer that can be executed."""

MISSING = {
    "gelu": "GELU",
    "lrn": "LOCAL_RESPONSE_NORMALIZATION",
    "unpool": "for unpooling",
    "adaptive_maxpool": "for adaptive pooling",
    "selu": "SELU",
    "local_conv": "for weights of each position",
    "deform_conv": "for deformable convolution",
    "sample": "for sampling on a grid",
    "correlation": "for correlation",
    "conv_lstm": "for convolutional recurrent layers",
    "gru": "GRU",
    "rnn": "UNIDIRECTIONAL_SEQUENCE_RNN",
}
"""What is missing for others; how the remaining ones are converted is not known."""

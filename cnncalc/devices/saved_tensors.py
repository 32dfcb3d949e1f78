"""Saved tensors: what PyTorch keeps of each kind of layer until its backward pass.

Source: tools/autograd/derivatives.yaml and torch/nn/functional.py of PyTorch; for automatic mixed
precision, torch.amp, "CUDA Op-Specific Behavior".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, cast

from ..layers.layer import Layer
from ..named_tuple import NamedTuple
from ..shape import Shape
from .sequence_tensors import is_fused

if TYPE_CHECKING:
    from ..layers.activation import Elementwise
    from ..layers.join import ElementWise
    from ..layers.normalization import GroupNorm, LayerNorm, LocalResponseNorm
    from ..layers.rearrange import Select
    from ..layers.regularization import Dropout
    from ..layers.resize import Upsample
    from ..layers.stored_weight import StoredWeight
    from ..layers.window import Windowed

Precision = Literal["half", "float", "widest"]
"""The type of a layer under mixed precision: 16 bits, 32 bits, or the widest of its inputs."""


class SavedTensors(NamedTuple):
    """What is kept of one layer for one sample.

    `inputs` are the positions of inputs that are kept, `for_weights` of those that are kept if the
    layer's weights are trained, and `for_others` of those that are kept if another input has a
    gradient; `output` is whether the output is kept.  Of tensors that no other layer sees, the
    elements are counted: `values` have the type of the layer, `floats` 4 bytes and `indices` 8
    bytes each, `statistics` 4 bytes for the whole batch, and `mask` 1 byte.
    """

    inputs: tuple[int, ...] = ()
    for_weights: tuple[int, ...] = ()
    for_others: tuple[int, ...] = ()
    output: bool = False
    values: int = 0
    floats: int = 0
    statistics: int = 0
    indices: int = 0
    mask: int = 0


SavedRule = Callable[[Layer, tuple[Shape, ...]], SavedTensors | None]
NOTHING = SavedTensors()
INPUT = SavedTensors(inputs=(0,))
OUTPUT = SavedTensors(output=True)


def saved_tensors(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors | None:
    """What is kept of a layer with these inputs; None if that is not known."""
    rule = RULES.get(layer.kind)
    return rule(layer, inputs) if rule else None


def always(saved: SavedTensors) -> SavedRule:
    """The rule of a kind of which the same is kept whatever its arguments."""
    return lambda layer, inputs: saved


# Layers with weights


def convolution(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors | None:
    """The input, and a weight that is a value; also if the weights are not trained."""
    if not weight_is_plain(layer):
        return None
    copied = padded_copy(layer, inputs[0])
    return SavedTensors(inputs=tuple(range(1 if copied else 0, len(inputs))), values=copied)


def padded_copy(layer: Layer, x: Shape) -> int:
    """The elements of the input with its padding, if there is more at one end of an axis; else 0.

    PyTorch pads both ends equally, and otherwise a copy of the input.
    """
    windows = cast("Windowed", layer).axis_windows(x)
    if all(window.before == window.after for window in windows):
        return 0
    return Shape((x.channels, *(window.padded_size for window in windows))).elements


def transposed_convolution(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors | None:
    is_plain = weight_is_plain(layer)
    return SavedTensors(inputs=tuple(range(len(inputs)))) if is_plain else None


def dense(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors | None:
    if not weight_is_plain(layer):
        return None
    return SavedTensors(for_weights=(0,), for_others=tuple(range(len(inputs))))


def weight_is_plain(layer: Layer) -> bool:
    """Whether a weight is used as it is stored: neither pruned nor normalized."""
    weight = cast("StoredWeight", layer)
    return not weight.weight_norm and weight.density == 1


def deformable(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors:
    return SavedTensors(inputs=tuple(range(len(inputs))))


def attention(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors | None:
    """What it keeps are tensors of its own; known of what has fused kernels."""
    return NOTHING if is_fused(layer) else None


def recurrent(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors | None:
    """The input of a series; it is not known what is copied of a map for series along its axis."""
    return SavedTensors(for_weights=(0,)) if len(inputs[0]) == 2 else None


def embedding(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors:
    """The tokens, as integers."""
    return SavedTensors(indices=inputs[0].elements)


# Norms


def batch_norm(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors:
    """The input, and the mean and the deviation of each channel."""
    return SavedTensors(inputs=(0,), statistics=2 * inputs[0].channels)


def layer_norm(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors:
    """The input, and the mean and the deviation at each position of the other axes."""
    x, axes = inputs[0], cast("LayerNorm", layer).axis
    normalized = Shape(x[axis] for axis in axes).elements
    return SavedTensors(inputs=(0,), floats=2 * (x.elements // normalized))


def group_norm(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors:
    return SavedTensors(inputs=(0,), floats=2 * cast("GroupNorm", layer).groups)


def instance_norm(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors:
    """It is a batch normalization of all channels of the batch, with a copy of the weight each."""
    x = inputs[0]
    copies = x.channels if layer.weights(x) else 0
    return SavedTensors(inputs=(0,), floats=2 * x.channels + copies)


def rms_norm(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors:
    return SavedTensors(inputs=(0,), floats=inputs[0].positions)


def local_response_norm(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors:
    """The input, its squares with padding, and a base and its power for each element."""
    x = inputs[0]
    padded = x.with_channels(x.channels + cast("LocalResponseNorm", layer).size - 1)
    return SavedTensors(inputs=(0,), values=padded.elements, floats=2 * x.elements)


def l2_norm(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors:
    """The input, and the norm of each position before and after it is bounded."""
    return SavedTensors(inputs=(0,), floats=2 * inputs[0].positions)


# Pooling


def max_pool(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors:
    """The input, and the index of each maximum."""
    return pool(layer, inputs)._replace(indices=layer.output(*inputs).elements)


def pool(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors:
    copied = padded_copy(layer, inputs[0])
    return SavedTensors(values=copied) if copied else INPUT


def adaptive_max_pool(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors:
    return SavedTensors(inputs=(0,), indices=layer.output(*inputs).elements)


def adaptive_average(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors:
    """Nothing of a mean over all positions, which needs only their number."""
    return NOTHING if layer.output(*inputs).positions == 1 else INPUT


def resize(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors:
    """Nothing, as interpolation is linear; mode `area` is adaptive pooling."""
    return INPUT if cast("Upsample", layer).mode == "area" else NOTHING


# Element by element

OUTPUT_FUNCTIONS = ("sqrt", "rsqrt", "reciprocal", "exp", "expm1", "tan")
CONSTANT_FUNCTIONS = ("neg", "sign", "floor", "ceil", "round")
"""Functions whose derivative is calculated from their value, or is a constant."""


def elementwise(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors:
    function = cast("Elementwise", layer).function
    if function in CONSTANT_FUNCTIONS:
        return NOTHING
    return OUTPUT if function in OUTPUT_FUNCTIONS else INPUT


def product(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors:
    """The operands, and each product of several before the last."""
    return SavedTensors(
        for_others=tuple(range(len(inputs))),
        values=between(inputs) * layer.output(*inputs).elements,
    )


def maximum(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors:
    """The operands, and each maximum of several before the last."""
    return SavedTensors(
        inputs=tuple(range(len(inputs))),
        values=between(inputs) * layer.output(*inputs).elements,
    )


def between(inputs: tuple[Shape, ...]) -> int:
    """The results between those of a chain of operations on two operands each."""
    return max(0, len(inputs) - 2)


def quotient(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors:
    """The divisor, and the dividend if the divisor has a gradient.

    Division by a number needs neither, a number divided by a value is a multiple of its reciprocal.
    """
    constants = cast("ElementWise", layer).constants
    if not constants:
        return SavedTensors(inputs=(1,), for_others=(0,))
    [(position, _)] = constants
    return NOTHING if position == 1 else SavedTensors(values=inputs[0].elements)


def dropout(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors:
    """The factors of the elements: a mask, or values if it works in place."""
    elements = inputs[0].elements
    if cast("Dropout", layer).inplace:
        return SavedTensors(values=elements)
    return SavedTensors(mask=elements)


def select(layer: Layer, inputs: tuple[Shape, ...]) -> SavedTensors:
    """Nothing of a view; a list of indices, of 8 bytes each, is kept for the whole batch."""
    indices = cast("Select", layer).index
    return SavedTensors(statistics=2 * len(indices)) if isinstance(indices, tuple) else NOTHING


RULES: dict[str, SavedRule] = {
    **dict.fromkeys(("conv", "depthwise"), convolution),
    "conv_transpose": transposed_convolution,
    "linear": dense,
    "deform_conv": deformable,
    "attention": attention,
    "embedding": embedding,
    **dict.fromkeys(("lstm", "gru", "rnn"), recurrent),
    "bn": batch_norm,
    "layernorm": layer_norm,
    "groupnorm": group_norm,
    "instancenorm": instance_norm,
    "rmsnorm": rms_norm,
    "lrn": local_response_norm,
    "l2norm": l2_norm,
    "maxpool": max_pool,
    "avgpool": pool,
    **dict.fromkeys(("adaptive_maxpool", "global_maxpool"), adaptive_max_pool),
    "adaptive_avgpool": adaptive_average,
    "global_avgpool": always(NOTHING),
    **dict.fromkeys(("relu", "sigmoid", "tanh", "softmax", "log_softmax"), always(OUTPUT)),
    **dict.fromkeys(
        (
            *("relu6", "leaky_relu", "elu", "selu", "hardsigmoid", "hardtanh", "silu", "hardswish"),
            *("gelu", "mish", "softplus", "abs", "glu", "prelu"),
        ),
        always(INPUT),
    ),
    "elementwise": elementwise,
    "scale": always(SavedTensors(for_weights=(0,))),
    "dropout": dropout,
    **dict.fromkeys(
        (
            *("identity", "droppath", "flatten", "tokens", "reshape", "permute", "slice"),
            *("chunk", "roll", "channel_shuffle", "pad", "crop", "unfold", "expand"),
            *("pixel_shuffle", "pixel_unshuffle", "weight", "constant", "concat", "add", "sub"),
            *("reduce_sum", "reduce_mean"),
        ),
        always(NOTHING),
    ),
    "select": select,
    "upsample": resize,
    "reduce_max": always(SavedTensors(inputs=(0,), output=True)),
    "reduce_var": always(INPUT),
    "reduce_std": always(SavedTensors(inputs=(0,), output=True)),
    "mul": product,
    "matmul": product,
    "max": maximum,
    "div": quotient,
    "sample": always(SavedTensors(inputs=(0, 1))),
}
"""The rule of each kind of which it is known; of others, several functions are in use."""

VIEWS = frozenset(
    (
        *("identity", "droppath", "flatten", "tokens", "reshape", "permute", "slice", "select"),
        *("chunk", "crop", "expand"),
    )
)
"""Kinds whose outputs share the storage of the input."""


def is_view(layer: Layer) -> bool:
    """Whether the outputs of a layer share the storage of its input."""
    is_copy = layer.kind == "select" and isinstance(cast("Select", layer).index, tuple)
    return layer.kind in VIEWS and not is_copy


STORED = ("weight", "constant")
"""Kinds whose outputs are stored whether or not a layer keeps them."""

HALF = (
    *("conv", "depthwise", "conv_transpose", "linear", "matmul", "prelu"),
    *("attention", "lstm", "gru", "rnn"),
)
FLOAT = (
    *("layernorm", "groupnorm", "rmsnorm", "softmax", "log_softmax", "softplus", "l2norm"),
    *("deform_conv", "lrn", "scale"),
)
WIDENED = ("lrn", "scale", "l2norm")
"""Kinds of FLOAT that do not convert their input: weights or results in between have 32 bits."""

FLOAT_FUNCTIONS = (
    *("acos", "asin", "cosh", "exp", "expm1", "log", "log1p", "log2", "log10", "pow"),
    *("reciprocal", "rsqrt", "sinh", "tan"),
)
"""Functions of `elementwise` that are calculated in 32 bits under mixed precision."""


def precision(layer: Layer) -> Precision:
    """The type of a layer under automatic mixed precision."""
    if layer.kind in HALF:
        return "half"
    in_float = layer.kind == "elementwise" and (
        cast("Elementwise", layer).function in FLOAT_FUNCTIONS
    )
    return "float" if in_float or layer.kind in FLOAT else "widest"


def converts(layer: Layer) -> bool:
    """Whether a layer converts its inputs to its type under mixed precision, and keeps those."""
    is_fixed = precision(layer) != "widest" and layer.kind not in WIDENED
    return is_fixed or layer.kind == "sample"

"""PyTorch's modules and functions for our layers (see torch_networks.py)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from cnncalc.layers.layer import Layer
    from cnncalc.shape import Shape

Function = Callable[..., Any]
Made = tuple[nn.Module | None, Function]
"""A module (None for a plain function), and how it is called."""


class Unwritten(Exception):
    """PyTorch has no such layer."""


def of_rank(name: str, x: Shape) -> Any:
    """A class of torch.nn for the number of spatial axes: Conv -> Conv2d."""
    return getattr(nn, f"{name}{len(x.spatial)}d")


def called(module: nn.Module) -> Made:
    return module, module


def last(module: nn.Module) -> Made:
    """A module that works on the last axis, applied to the channels."""
    return module, lambda x: module(x.movedim(1, -1)).movedim(-1, 1)


def pads(before: Any, after: Any) -> list[int]:
    return [pad for axis in reversed(range(len(before))) for pad in (before[axis], after[axis])]


def windowed(layer: Layer, module: Callable[..., nn.Module], value: float = 0.0) -> Made:
    """A module with padding; asymmetric padding is applied before it."""
    if layer.padding == layer.padding_end:
        return called(module(layer.padding))
    made = module((0,) * len(layer.padding))
    around = pads(layer.padding, layer.padding_end)
    return made, lambda x: made(functional.pad(x, around, value=value))


def convolution(layer: Layer, x: Shape) -> Made:
    out, groups = layer.filters(x), layer.group_count(x)
    sizes = layer.kernel, layer.stride
    rest = {"dilation": layer.dilation, "groups": groups, "bias": layer.bias}
    return windowed(
        layer, lambda padding: of_rank("Conv", x)(x.channels, out, *sizes, padding, **rest)
    )


def conv_transpose(layer: Layer, x: Shape) -> Made:
    sizes = layer.kernel, layer.stride, layer.padding, layer.output_padding
    rest = {"groups": layer.groups, "bias": layer.bias, "dilation": layer.dilation}
    return called(of_rank("ConvTranspose", x)(x.channels, layer.out, *sizes, **rest))


def maxpool(layer: Layer, x: Shape) -> Made:
    made = lambda padding: of_rank("MaxPool", x)(
        layer.kernel, layer.stride, padding, layer.dilation, ceil_mode=layer.ceil
    )
    return windowed(layer, made, -1e30)


def avgpool(layer: Layer, x: Shape) -> Made:
    return windowed(
        layer,
        lambda padding: of_rank("AvgPool", x)(layer.kernel, layer.stride, padding, layer.ceil),
    )


def linear(layer: Layer, x: Shape) -> Made:
    module = nn.Linear(layer.inputs(x), layer.out, layer.bias)
    if layer.axis is not None:
        axis = layer.axis + 1
        return module, lambda value: module(value.movedim(axis, -1)).movedim(-1, axis)
    return (
        last(module) if x.positions > 1 else (module, lambda entering: module(entering.flatten(1)))
    )


def embedding(module: nn.Module) -> Made:
    return module, lambda words: module(words.long()).transpose(1, 2)


def recurrent(layer: Layer, x: Shape) -> Made:
    rest = {"bias": layer.bias, "bidirectional": layer.bidirectional, "batch_first": True}
    if layer.biases == 1:
        raise Unwritten("PyTorch's recurrent layers have two biases")
    if getattr(layer, "proj", None):
        rest["proj_size"] = layer.proj
    module = getattr(nn, layer.kind.upper())(x.channels, layer.hidden, layer.layers, **rest)
    return module, lambda entering: module(entering.transpose(1, 2))[0].transpose(1, 2)


def attention(layer: Layer, x: Shape, source: Shape | None = None) -> Made:
    whole = layer.axes == "all" or sorted(layer.axes) == list(range(1, len(x)))
    if (
        layer.window
        or not whole
        or layer.rel_bias
        or layer.bias != layer.out_bias
        or layer.dim != x.channels
        or layer.value_dim != layer.dim
        or layer.kv_heads != layer.heads
    ):
        raise Unwritten("nn.MultiheadAttention has no window, axes, width or biases of its own")
    others = {} if source is None else {"kdim": source.channels, "vdim": source.channels}
    module = nn.MultiheadAttention(
        x.channels, layer.heads, bias=layer.bias, batch_first=True, **others
    )

    def attend(entering: Any, other: Any = None) -> Any:
        query = entering.flatten(2).transpose(1, 2)
        key = query if other is None else other.flatten(2).transpose(1, 2)
        return module(query, key, key)[0].transpose(1, 2).reshape(entering.shape)

    return module, attend


def bn(layer: Layer, x: Shape) -> Made:
    rank = len(x.spatial)
    module = (nn.BatchNorm1d if rank in (0, 1) or rank > 3 else of_rank("BatchNorm", x))(
        x.channels, affine=layer.affine
    )
    partly_learned(module, layer)
    return (
        (module, lambda entering: module(entering.flatten(2)).reshape(entering.shape))
        if rank > 3
        else called(module)
    )


def partly_learned(module: nn.Module, layer: Layer) -> nn.Module:
    """A normalization without its weight or its bias."""
    if not layer.scale:
        module.weight = None
    if not layer.shift:
        module.bias = None
    return module


def layernorm(layer: Layer, x: Shape) -> Made:
    """A norm of trailing axes; PyTorch has no other ones but the channels, moved to the end."""
    axes = list(layer.axis)
    trailing = axes == list(range(len(x) - len(axes), len(x)))
    if not trailing and axes != [0]:
        raise Unwritten("nn.LayerNorm is over trailing axes")
    module = nn.LayerNorm([x[axis] for axis in axes], elementwise_affine=layer.affine)
    partly_learned(module, layer)
    return called(module) if trailing else last(module)


def prelu(layer: Layer, x: Shape) -> Made:
    if layer.per_element:
        raise Unwritten("nn.PReLU has one slope, or one per channel")
    return called(nn.PReLU(x.channels if layer.per_channel else 1))


def lrn(layer: Layer, x: Shape) -> Made:
    module = nn.LocalResponseNorm(layer.size)
    return (
        called(module)
        if x.spatial
        else (module, lambda entering: module(entering[..., None])[..., 0])
    )


def upsample(layer: Layer, x: Shape) -> Made:
    how: dict[str, Any] = {"mode": layer.mode.replace("_", "-")}
    if layer.align_corners is not None:
        how["align_corners"] = layer.align_corners
    if layer.size is not None:
        return called(nn.Upsample(size=tuple(layer.size), **how))
    factor = tuple(map(float, layer.factor))
    return called(nn.Upsample(scale_factor=factor[0] if len(set(factor)) == 1 else factor, **how))


def unpool(layer: Layer, x: Shape) -> Made:
    module = of_rank("MaxUnpool", x)(layer.kernel, layer.stride)
    size = layer.output(x)
    return module, lambda entering: module(
        entering, torch.zeros(entering.shape, dtype=torch.int64), (1, *size)
    )


def squash(x: Any) -> Any:
    length = x.norm(dim=1, keepdim=True)
    return x * (length / (1 + length**2))


def operator(function: Function, constants: tuple[tuple[int, float], ...]) -> Function:
    """An operator between operands, values and numbers."""

    def run(*values: Any) -> Any:
        axes = max(value.dim() for value in values)
        operands = [
            value.reshape(*value.shape, *(1,) * (axes - 2)) if value.dim() == 2 else value
            for value in values
        ]
        for position, number in constants:
            operands.insert(position, torch.tensor(float(number)))
        found, *others = operands
        for other in others:
            found = function(found, other)
        return found

    return run


OPERATORS: dict[str, Function] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "max": lambda a, b: torch.maximum(a, b if isinstance(b, torch.Tensor) else torch.tensor(b)),
}
ACTIVATIONS: dict[str, Callable[..., nn.Module]] = {
    "relu": nn.ReLU,
    "relu6": nn.ReLU6,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "selu": nn.SELU,
    "sigmoid": nn.Sigmoid,
    "hardsigmoid": nn.Hardsigmoid,
    "tanh": nn.Tanh,
    "hardtanh": nn.Hardtanh,
    "silu": nn.SiLU,
    "hardswish": nn.Hardswish,
    "gelu": nn.GELU,
    "mish": nn.Mish,
    "softplus": nn.Softplus,
    "identity": nn.Identity,
    "dropout": nn.Dropout,
}
MODULES: dict[str, Callable[..., Made]] = {
    "conv": convolution,
    "depthwise": convolution,
    "conv_transpose": conv_transpose,
    "maxpool": maxpool,
    "avgpool": avgpool,
    "linear": linear,
    "lstm": recurrent,
    "gru": recurrent,
    "rnn": recurrent,
    "attention": attention,
    "bn": bn,
    "lrn": lrn,
    "flatten": lambda layer, x: called(nn.Flatten()),
    "upsample": upsample,
    "unpool": unpool,
    "embedding": lambda layer, x: embedding(nn.Embedding(layer.vocab, layer.dim)),
    "adaptive_avgpool": lambda layer, x: called(of_rank("AdaptiveAvgPool", x)(layer.size)),
    "adaptive_maxpool": lambda layer, x: called(of_rank("AdaptiveMaxPool", x)(layer.size)),
    "global_avgpool": lambda layer, x: called(of_rank("AdaptiveAvgPool", x)(1)),
    "global_maxpool": lambda layer, x: called(of_rank("AdaptiveMaxPool", x)(1)),
    "layernorm": layernorm,
    "groupnorm": lambda layer, x: called(
        partly_learned(nn.GroupNorm(layer.groups, x.channels, affine=layer.affine), layer)
    ),
    "instancenorm": lambda layer, x: called(
        of_rank("InstanceNorm", x)(x.channels, affine=layer.affine)
    ),
    "rmsnorm": lambda layer, x: last(nn.RMSNorm(x.channels)),
    "softmax": lambda layer, x: called(nn.Softmax(layer.axis + 1)),
    "log_softmax": lambda layer, x: called(nn.LogSoftmax(layer.axis + 1)),
    "glu": lambda layer, x: called(nn.GLU(1)),
    "prelu": prelu,
}
FUNCTIONS: dict[str, Callable[..., Function]] = {
    "l2norm": lambda layer, x: lambda value: functional.normalize(value, dim=1),
    "squash": lambda layer, x: squash,
    "abs": lambda layer, x: torch.abs,
    "elementwise": lambda layer, x: elementwise(layer),
    "droppath": lambda layer, x: lambda value: value,
    "tokens": lambda layer, x: lambda value: value.flatten(2),
    "reshape": lambda layer, x: lambda value: value.reshape(1, *layer.output(x)),
    "permute": lambda layer, x: lambda value: value.permute(0, *(axis + 1 for axis in layer.order)),
    "slice": lambda layer, x: (
        lambda value: value[
            (slice(None),) * (layer.axis + 1) + (slice(*layer.bounds(x), layer.step),)
        ]
    ),
    "select": lambda layer, x: selected(layer),
    "chunk": lambda layer, x: lambda value: value.split(list(layer.part_sizes(x)), layer.axis + 1),
    "roll": lambda layer, x: lambda value: torch.roll(value, 1, 1),
    "channel_shuffle": lambda layer, x: (
        lambda value: (
            value.reshape(1, layer.groups, -1, *x.spatial).transpose(1, 2).reshape(value.shape)
        )
    ),
    "pad": lambda layer, x: padded(layer, x),
    "crop": lambda layer, x: cropped(layer),
    "reduce_sum": lambda layer, x: reduction(layer, torch.sum),
    "reduce_mean": lambda layer, x: reduction(layer, torch.mean),
    "reduce_max": lambda layer, x: reduction(layer, torch.amax),
    "reduce_std": lambda layer, x: reduction(layer, torch.std),
    "reduce_var": lambda layer, x: reduction(layer, torch.var),
    "sample": lambda layer, *xs: (
        lambda value, grid: functional.grid_sample(
            value, grid.movedim(1, -1), mode=layer.mode, align_corners=False
        )
    ),
    "gather": lambda layer, *xs: (
        lambda value, indices: value.gather(layer.axis + 1, indices.long())
    ),
    "expand": lambda layer, x: (
        lambda value: value.reshape(
            *value.shape, *(1,) * (len(layer.shape) + 1 - value.dim())
        ).expand(1, *layer.shape)
    ),
    "constant": lambda layer: lambda: torch.zeros(1, *layer.shape),
    "concat": lambda layer, *xs: lambda *values: torch.cat(values, layer.axis + 1),
    "matmul": lambda layer, *xs: lambda left, right: torch.matmul(left, right),
    **{
        kind: lambda layer, *xs, run=run: operator(run, layer.constants)
        for kind, run in OPERATORS.items()
    },
}


def reduction(layer: Layer, function: Function) -> Function:
    axes = [axis + 1 for axis in layer.axis]
    return lambda value: function(value, axes, keepdim=layer.keep)


def elementwise(layer: Layer) -> Function:
    function = getattr(torch, layer.function)
    exponent = [] if layer.exponent is None else [layer.exponent]
    return lambda value: function(value, *exponent)


def cropped(layer: Layer) -> Function:
    place = (
        ...,
        *(slice(start, start + size) for start, size in zip(layer.offset, layer.size, strict=True)),
    )
    return lambda value: value[place]


def selected(layer: Layer) -> Function:
    if isinstance(layer.index, tuple):
        return lambda value: value.index_select(
            layer.axis + 1, torch.tensor(layer.index) % value.shape[layer.axis + 1]
        )
    return lambda value: value.select(layer.axis + 1, layer.index)


def padded(layer: Layer, x: Shape) -> Function:
    amounts = layer.amounts(x)
    ends = [amounts.get(axis, (0, 0)) for axis in range(len(x))]
    return lambda value: functional.pad(
        value, pads([one for one, _ in ends], [two for _, two in ends])
    )


def shuffled(layer: Layer, x: Shape) -> Made:
    """Unfold and the pixel shuffles: modules for images, else a reshape of as many elements."""
    out = layer.output(x)
    if len(x.spatial) == 2 and layer.kind == "unfold":
        return called(nn.Unfold(layer.kernel, layer.dilation, layer.padding, layer.stride))
    if len(x.spatial) == 2:
        return called(
            (nn.PixelShuffle if layer.kind == "pixel_shuffle" else nn.PixelUnshuffle)(layer.factor)
        )
    return None, (lambda value: value.new_zeros(1, *out)) if layer.kind == "unfold" else (
        lambda value: value.reshape(1, *out)
    )


def each(parameter: Any, value: Any) -> Any:
    """One number per channel, broadcast over a value."""
    return parameter.reshape(-1, *(1,) * (value.dim() - 2))


def scale(own: list[Any]) -> Function:
    return lambda value: value * each(own[0], value) + (each(own[1], value) if len(own) > 1 else 0)


def grn(own: list[Any]) -> Function:
    def run(value: Any) -> Any:
        size = value.flatten(2).norm(dim=2).reshape(*value.shape[:2], *(1,) * (value.dim() - 2))
        normal = value * (size / (size.mean(1, keepdim=True) + 1e-6))
        return each(own[0], value) * normal + each(own[1], value) + value

    return run

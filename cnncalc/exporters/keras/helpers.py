"""Layers and functions that Keras does not have: those that a network uses are before its own.

They are laid out as `ruff format` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..python.helper_functions import MAKE_DIVISIBLE

PAD_FOR_MAX = '''\
def pad_for_max(x, amounts):
    """A border that is never the largest value: Keras pads with zeros."""
    rank = len(x.shape) - 2
    if isinstance(amounts, int):
        amounts = ((amounts, amounts),) * rank
    elif isinstance(amounts[0], int):
        amounts = tuple((one, one) for one in amounts)
    return ops.pad(x, ((0, 0), *amounts, (0, 0)), constant_values=float("-inf"))
'''

PAD_CHANNELS = '''\
def pad_channels(x, before, after=None):
    """Channels of zeros before and after those of a map."""
    around = (before, before if after is None else after)
    return ops.pad(x, (*((0, 0),) * (len(x.shape) - 1), around))
'''

SPLIT = '''\
def split(x, sizes, axis=-1):
    """Parts of some sizes."""
    ends = [sum(sizes[: index + 1]) for index in range(len(sizes) - 1)]
    return ops.split(x, ends, axis=axis)
'''

CROP_LIKE = '''\
def crop_like(x, size, offset, name):
    """The part of a map, from an offset on, that has a size."""
    pairs = zip(x.shape[1:-1], size)
    ends = tuple((offset, full - offset - part) for full, part in pairs)
    return layers.Cropping2D(ends, name=name)(x)
'''

CHANNEL_SHUFFLE = '''\
def channel_shuffle(x, groups, name):
    """The channels of all groups by turns."""
    *sizes, channels = x.shape[1:]
    rank = len(sizes)
    x = layers.Reshape((*sizes, groups, channels // groups), name=f"{name}_split")(x)
    order = (*range(1, rank + 1), rank + 2, rank + 1)
    x = layers.Permute(order, name=f"{name}_swap")(x)
    return layers.Reshape((*sizes, channels), name=name)(x)
'''

PIXEL_SHUFFLE = '''\
def pixel_shuffle(x, factor, name):
    """Channels as positions, in the order of PyTorch."""
    height, width, channels = x.shape[1:]
    channels //= factor**2
    sizes = (height, width, channels, factor, factor)
    x = layers.Reshape(sizes, name=f"{name}_split")(x)
    x = layers.Permute((1, 4, 2, 5, 3), name=f"{name}_swap")(x)
    return layers.Reshape((height * factor, width * factor, channels), name=name)(x)
'''

PIXEL_UNSHUFFLE = '''\
def pixel_unshuffle(x, factor, name):
    """Positions as channels, in the order of PyTorch."""
    height, width, channels = x.shape[1:]
    height, width = height // factor, width // factor
    sizes = (height, factor, width, factor, channels)
    x = layers.Reshape(sizes, name=f"{name}_split")(x)
    x = layers.Permute((1, 3, 5, 2, 4), name=f"{name}_swap")(x)
    return layers.Reshape((height, width, channels * factor**2), name=name)(x)
'''

SQUASH = '''\
def squash(x):
    """Vectors along the channels, with lengths from 0 to 1."""
    square = ops.sum(ops.square(x), axis=-1, keepdims=True)
    return x * ops.sqrt(square) / (1 + square)
'''

LOCAL_RESPONSE_NORM = '''\
def local_response_norm(x, size, alpha=1e-4, beta=0.75, k=1.0):
    """Division by a power of the mean square of neighboring channels."""
    before = size // 2
    around = ((0, 0),) * (len(x.shape) - 1) + ((before, size - 1 - before),)
    squares = ops.pad(ops.square(x), around)
    channels = x.shape[-1]
    total = sum(squares[..., start : start + channels] for start in range(size))
    return x / (k + alpha / size * total) ** beta
'''

LAYER_SCALE = '''\
class LayerScale(layers.Layer):
    """A learned factor for each channel, and perhaps a summand."""

    def __init__(self, use_bias=False, **options):
        super().__init__(**options)
        self.use_bias = use_bias

    def build(self, shape):
        self.gamma = self.add_weight(shape=shape[-1:], initializer="ones", name="gamma")
        if self.use_bias:
            self.beta = self.add_weight(
                shape=shape[-1:], initializer="zeros", name="beta"
            )

    def call(self, x):
        x = x * self.gamma
        return x + self.beta if self.use_bias else x

    def get_config(self):
        return {**super().get_config(), "use_bias": self.use_bias}
'''

LEARNED_TENSOR = '''\
class LearnedTensor(layers.Layer):
    """A learned tensor, once for each sample of its input."""

    def __init__(self, shape, **options):
        super().__init__(**options)
        self.shape = tuple(shape)

    def build(self, shape):
        self.tensor = self.add_weight(
            shape=self.shape,
            initializer="zeros",
            name="tensor",
            trainable=self.trainable,
        )

    def call(self, x):
        return ops.broadcast_to(self.tensor, (ops.shape(x)[0], *self.shape))

    def get_config(self):
        return {**super().get_config(), "shape": self.shape}
'''

GLOBAL_RESPONSE_NORM = '''\
class GlobalResponseNorm(layers.Layer):
    """The norm of each channel, relative to those of the others (ConvNeXt V2)."""

    def __init__(self, epsilon=1e-6, **options):
        super().__init__(**options)
        self.epsilon = epsilon

    def build(self, shape):
        self.gamma = self.add_weight(
            shape=shape[-1:], initializer="zeros", name="gamma"
        )
        self.beta = self.add_weight(shape=shape[-1:], initializer="zeros", name="beta")

    def call(self, x):
        axes = tuple(range(1, len(x.shape) - 1))
        norm = ops.sqrt(ops.sum(ops.square(x), axis=axes, keepdims=True))
        norm = norm / (ops.mean(norm, axis=-1, keepdims=True) + self.epsilon)
        return x + self.gamma * (x * norm) + self.beta

    def get_config(self):
        return {**super().get_config(), "epsilon": self.epsilon}
'''

HELPERS: dict[str, str] = {
    "make_divisible": MAKE_DIVISIBLE,
    "pad_for_max": PAD_FOR_MAX,
    "pad_channels": PAD_CHANNELS,
    "split": SPLIT,
    "crop_like": CROP_LIKE,
    "channel_shuffle": CHANNEL_SHUFFLE,
    "pixel_shuffle": PIXEL_SHUFFLE,
    "pixel_unshuffle": PIXEL_UNSHUFFLE,
    "squash": SQUASH,
    "local_response_norm": LOCAL_RESPONSE_NORM,
    "LayerScale": LAYER_SCALE,
    "LearnedTensor": LEARNED_TENSOR,
    "GlobalResponseNorm": GLOBAL_RESPONSE_NORM,
}
"""The source of each by its name."""


def needed(code: str) -> Iterator[str]:
    """The sources of those that code calls."""
    for name, source in HELPERS.items():
        if re.search(rf"(?<![\w.]){name}\(", code):
            yield source

"""Classes that torch.nn does not have: those that a network uses are written before its own.

They are laid out as `ruff format` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..python.helper_functions import MAKE_DIVISIBLE
from .helper_attention import (
    ATTENTION,
    AXIAL_ATTENTION,
    BASES,
    DOT_PRODUCT_ATTENTION,
    WINDOW_ATTENTION,
)
from .helper_windows import (
    AXIS_SERIES,
    CONV_LSTM,
    DEFORM_CONV,
    LOCAL_CONV,
    PAD_SAME,
    SAME_CONV,
    SAME_MAX_POOL,
    SERIES,
    UNPOOL,
)

CENTER_CROP = '''\
def center_crop(x, size):
    """The middle of a map."""
    starts = [(full - part) // 2 for full, part in zip(x.shape[2:], size)]
    return x[(..., *(slice(start, start + part) for start, part in zip(starts, size)))]
'''

CROP = '''\
class Crop(nn.Module):
    """A part of a map: its middle, unless there is an offset."""

    def __init__(self, size, offset=None):
        super().__init__()
        self.size = size
        self.offset = offset

    def forward(self, x):
        if self.offset is None:
            return center_crop(x, self.size)
        pairs = zip(self.offset, self.size)
        return x[(..., *(slice(start, start + part) for start, part in pairs))]
'''

CROP_LIKE = '''\
class CropLike(nn.Module):
    """The part of a map, from an offset on, that has the size of another one."""

    def __init__(self, offset):
        super().__init__()
        self.offset = offset

    def forward(self, x, other):
        sizes = other.shape[2:]
        return x[(..., *(slice(self.offset, self.offset + size) for size in sizes))]
'''

SELECT = '''\
class Select(nn.Module):
    """Some channels."""

    def __init__(self, channels):
        super().__init__()
        self.channels = list(channels)

    def forward(self, x):
        return x[:, self.channels]
'''

RESHAPE = '''\
class Reshape(nn.Module):
    """The elements of each sample under other sizes."""

    def __init__(self, sizes):
        super().__init__()
        self.sizes = sizes

    def forward(self, x):
        return x.reshape(len(x), *self.sizes)
'''

ROLL = '''\
class Roll(nn.Module):
    """Elements moved along axes; those that leave enter at the other end."""

    def __init__(self, shifts, dims):
        super().__init__()
        self.shifts, self.dims = shifts, dims

    def forward(self, x):
        return torch.roll(x, self.shifts, dims=self.dims)
'''

SPLIT = '''\
class Split(nn.Module):
    """Parts of some sizes along an axis."""

    def __init__(self, sizes, dim=1):
        super().__init__()
        self.sizes = sizes
        self.dim = dim

    def forward(self, x):
        return x.split(self.sizes, dim=self.dim)
'''

CHANNEL_PAD = '''\
class ChannelPad(nn.Module):
    """Channels of zeros before and after those of a map."""

    def __init__(self, before, after=None):
        super().__init__()
        self.before = before
        self.after = before if after is None else after

    def forward(self, x):
        return F.pad(x, (0, 0) * (x.dim() - 2) + (self.before, self.after))
'''

CHANNEL_LINEAR = '''\
class ChannelLinear(nn.Linear):
    """A linear layer over the channels of every position."""

    def forward(self, x):
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)
'''

AXIS_LINEAR = '''\
class AxisLinear(nn.Linear):
    """A linear layer along one axis."""

    def __init__(self, axis, in_features, out_features, bias=True):
        super().__init__(in_features, out_features, bias)
        self.axis = axis

    def forward(self, x):
        return super().forward(x.movedim(self.axis, -1)).movedim(-1, self.axis)
'''

TOKEN_EMBEDDING = '''\
class TokenEmbedding(nn.Embedding):
    """A vector for each token, with the channels first."""

    def forward(self, x):
        return super().forward(x.long()).transpose(1, 2)
'''

CHANNEL_LAYER_NORM = '''\
class ChannelLayerNorm(nn.LayerNorm):
    """Layer normalization over the channels of every position."""

    def forward(self, x):
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)
'''

AXES_LAYER_NORM = '''\
class AxesLayerNorm(nn.LayerNorm):
    """Layer normalization over some axes."""

    def __init__(self, axes, *sizes, **options):
        super().__init__(*sizes, **options)
        self.axes = axes

    def forward(self, x):
        last = tuple(range(-len(self.axes), 0))
        return super().forward(x.movedim(self.axes, last)).movedim(last, self.axes)
'''

CHANNEL_RMS_NORM = '''\
class ChannelRMSNorm(nn.RMSNorm):
    """Division by the root mean square over the channels of every position."""

    def forward(self, x):
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)
'''

GLOBAL_RESPONSE_NORM = '''\
class GlobalResponseNorm(nn.Module):
    """The norm of each channel, relative to those of the others."""

    def __init__(self, channels, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.eps = eps

    def forward(self, x):
        last = x.movedim(1, -1)
        norm = last.norm(dim=tuple(range(1, last.dim() - 1)), keepdim=True)
        relative = norm / (norm.mean(dim=-1, keepdim=True) + self.eps)
        return (last + self.weight * last * relative + self.bias).movedim(-1, 1)
'''

PARTIAL_NORM = '''\
class {name}({base}):
    """A norm that learns no {missing}."""

    def __init__(self, *sizes, **options):
        super().__init__(*sizes, **options)
{lines}
'''

SQUASH = '''\
class Squash(nn.Module):
    """The length of each capsule scaled to below 1."""

    def forward(self, x):
        length = x.norm(dim=1, keepdim=True)
        return x * length / (1 + length**2)
'''

ELEMENT_PRELU = '''\
class ElementPReLU(nn.Module):
    """A leaky ReLU with a learned slope for each element."""

    def __init__(self, *sizes):
        super().__init__()
        self.weight = nn.Parameter(torch.full(sizes, 0.25))

    def forward(self, x):
        return torch.where(x > 0, x, self.weight * x)
'''

SCALE = '''\
class Scale(nn.Module):
    """A learned factor, and perhaps a summand, for each channel."""

    def __init__(self, channels, axes=2, bias=False):
        super().__init__()
        shape = (channels,) + (1,) * axes
        self.weight = nn.Parameter(torch.ones(shape))
        self.bias = nn.Parameter(torch.zeros(shape)) if bias else None

    def forward(self, x):
        x = x * self.weight
        return x if self.bias is None else x + self.bias
'''

DROP_PATH = '''\
class DropPath(nn.Module):
    """Zeroes some of the samples while training."""

    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training or self.p == 0:
            return x
        kept = torch.rand(len(x), *(1,) * (x.dim() - 1), device=x.device) >= self.p
        return x * kept / (1 - self.p)
'''

CORRELATION = '''\
class Correlation(nn.Module):
    """The mean products of each position of a map with those around it in another."""

    def __init__(self, displacement, step=1):
        super().__init__()
        self.displacement, self.step = displacement, step

    def forward(self, x, other):
        most, step = self.displacement, self.step
        height, width = x.shape[2:]
        other = F.pad(other, (most,) * 4)
        moves = range(most % step, 2 * most + 1, step)
        found = []
        for row in moves:
            for column in moves:
                moved = other[:, :, row : row + height, column : column + width]
                found.append(torch.einsum("bchw,bchw->bhw", x, moved))
        return torch.stack(found, dim=1) / x.shape[1]
'''

CLASSES: dict[str, str] = {
    "Crop": CROP,
    "CropLike": CROP_LIKE,
    "Select": SELECT,
    "Reshape": RESHAPE,
    "Roll": ROLL,
    "Split": SPLIT,
    "ChannelPad": CHANNEL_PAD,
    "ChannelLinear": CHANNEL_LINEAR,
    "AxisLinear": AXIS_LINEAR,
    "TokenEmbedding": TOKEN_EMBEDDING,
    "Attention": ATTENTION,
    "DotProductAttention": DOT_PRODUCT_ATTENTION,
    "WindowAttention": WINDOW_ATTENTION,
    "AxialAttention": AXIAL_ATTENTION,
    "LocalConv": LOCAL_CONV,
    "DeformConv2d": DEFORM_CONV,
    "Unpool": UNPOOL,
    "ChannelLayerNorm": CHANNEL_LAYER_NORM,
    "AxesLayerNorm": AXES_LAYER_NORM,
    "ChannelRMSNorm": CHANNEL_RMS_NORM,
    "GlobalResponseNorm": GLOBAL_RESPONSE_NORM,
    "Squash": SQUASH,
    "ElementPReLU": ELEMENT_PRELU,
    "Scale": SCALE,
    "DropPath": DROP_PATH,
    "Correlation": CORRELATION,
    **{f"Series{name}": SERIES.format(name=name) for name in ("LSTM", "GRU", "RNN")},
    **{f"Axis{name}": AXIS_SERIES.format(name=name) for name in ("LSTM", "GRU", "RNN")},
    **{f"SameConv{rank}d": SAME_CONV.format(rank=rank) for rank in (1, 2, 3)},
    **{f"SameMaxPool{rank}d": SAME_MAX_POOL.format(rank=rank) for rank in (1, 2, 3)},
    **{f"ConvLSTM{rank}d": CONV_LSTM.format(rank=rank) for rank in (1, 2, 3)},
}
"""The source of each class by its name."""

MISSING = {"Weight": ("weight",), "Bias": ("bias",), "Both": ("weight", "bias")}


def partial_norm(base: str, missing: str) -> tuple[str, str]:
    """The name and the source of a norm without its weight or its bias."""
    parts = MISSING[missing]
    name = f"{base.removeprefix('nn.')}Without{'And'.join(part.title() for part in parts)}"
    lines = "\n".join(f'        self.register_parameter("{part}", None)' for part in parts)
    missing_text = " and no ".join(parts)
    return name, PARTIAL_NORM.format(name=name, base=base, missing=missing_text, lines=lines)


FUNCTIONS = {"make_divisible": MAKE_DIVISIBLE, "center_crop": CENTER_CROP, "pad_same": PAD_SAME}
"""The source of each function by its name."""


def with_bases(name: str) -> Iterator[str]:
    """The names of a class of CLASSES and of those that it is derived from, the first ones first.

    >>> list(with_bases("WindowAttention"))
    ['DotProductAttention', 'WindowAttention']
    """
    if name in BASES:
        yield from with_bases(BASES[name])
    yield name


def needed(code: str, classes: dict[str, str]) -> Iterator[str]:
    """The sources of the functions that code calls, then of those of the classes that it makes."""
    called = set(re.findall(r"(?<![\w.])\w+(?=\()", code))
    used = {base for name in called & set(classes) for base in with_bases(name)}
    made = [source for name, source in classes.items() if name in used]
    everything = "\n".join([code, *made])
    for name, source in FUNCTIONS.items():
        if f"{name}(" in everything:
            yield source
    yield from made

"""Classes of attention over channels-first values.

`Attention` is nn.MultiheadAttention; what that cannot be is built on `DotProductAttention`.
"""

from __future__ import annotations

ATTENTION = '''\
class Attention(nn.MultiheadAttention):
    """Attention between the positions of a value, or from them to those of another."""

    def __init__(self, embed_dim, num_heads, **options):
        super().__init__(embed_dim, num_heads, batch_first=True, **options)

    def forward(self, x, source=None):
        query = x.flatten(2).transpose(1, 2)
        key = query if source is None else source.flatten(2).transpose(1, 2)
        found, _ = super().forward(query, key, key, need_weights=False)
        return found.transpose(1, 2).reshape(x.shape)
'''

DOT_PRODUCT_ATTENTION = '''\
class DotProductAttention(nn.Module):
    """Multi-head attention between all positions, or from them to those of a source."""

    def __init__(
        self,
        channels,
        heads,
        dim=None,
        value_dim=None,
        kv_heads=None,
        source_channels=None,
        bias=True,
        out_bias=True,
    ):
        super().__init__()
        dim = dim or channels
        value_dim = value_dim or dim
        source_channels = source_channels or channels
        self.heads, self.kv_heads = heads, kv_heads or heads
        self.query = nn.Linear(channels, dim, bias)
        self.key = nn.Linear(source_channels, dim // heads * self.kv_heads, bias)
        self.value = nn.Linear(
            source_channels, value_dim // heads * self.kv_heads, bias
        )
        self.out = nn.Linear(value_dim, channels, out_bias)

    def forward(self, x, source=None):
        tokens = x.flatten(2).transpose(1, 2)
        source = tokens if source is None else source.flatten(2).transpose(1, 2)
        return self.attend(tokens, source).transpose(1, 2).reshape(x.shape)

    def attend(self, tokens, source, bias=None):
        query = self.query(tokens).unflatten(2, (self.heads, -1)).transpose(1, 2)
        key = self.key(source).unflatten(2, (self.kv_heads, -1)).transpose(1, 2)
        value = self.value(source).unflatten(2, (self.kv_heads, -1)).transpose(1, 2)
        is_grouped = self.kv_heads != self.heads
        found = F.scaled_dot_product_attention(
            query, key, value, bias, enable_gqa=is_grouped
        )
        return self.out(found.transpose(1, 2).flatten(2))
'''

WINDOW_ATTENTION = '''\
class WindowAttention(DotProductAttention):
    """Attention within windows, with a learned bias for each offset between two positions."""

    def __init__(self, channels, heads, window, rel_bias=False, **options):
        super().__init__(channels, heads, **options)
        self.window = (window, window) if isinstance(window, int) else window
        h, w = self.window
        shape = (heads, 2 * h - 1, 2 * w - 1)
        self.rel_bias = nn.Parameter(torch.zeros(shape)) if rel_bias else None

    def forward(self, x):
        h, w = self.window
        windows = x.unflatten(3, (-1, w)).unflatten(2, (-1, h))
        windows = windows.permute(0, 2, 4, 3, 5, 1)
        tokens = windows.flatten(3, 4).flatten(0, 2)
        tokens = self.attend(tokens, tokens, self.offset_bias())
        windows = tokens.reshape(windows.shape).permute(0, 5, 1, 3, 2, 4)
        return windows.reshape(x.shape)

    def offset_bias(self):
        """What is added to the score of each query (row) and key (column) of a window."""
        if self.rel_bias is None:
            return None
        h, w = self.window
        bias = self.rel_bias.unfold(1, h, 1).unfold(2, w, 1)  # [head, i + k, j + l]
        return bias.flip(1, 2).flatten(3).flatten(1, 2)
'''

AXIAL_ATTENTION = '''\
class AxialAttention(DotProductAttention):
    """Attention along some axes, separately at each position of the others."""

    def __init__(self, channels, heads, axes, **options):
        super().__init__(channels, heads, **options)
        self.axes = (*axes, 1)

    def forward(self, x):
        last = tuple(range(-len(self.axes), 0))
        moved = x.movedim(self.axes, last)
        tokens = moved.flatten(last[0], -2).flatten(0, -3)
        tokens = self.attend(tokens, tokens)
        return tokens.reshape(moved.shape).movedim(last, self.axes)
'''

BASES = {
    "WindowAttention": "DotProductAttention",
    "AxialAttention": "DotProductAttention",
}
"""The class of the code itself that a class is derived from."""

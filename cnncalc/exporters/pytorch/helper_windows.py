"""Classes with windows or states that torch.nn does not have."""

from __future__ import annotations

PAD_SAME = '''\
def pad_same(x, kernel, stride, dilation, value=0.0):
    """Zeros around a map, so that its size is divided by the stride, rounded up."""
    amounts = []
    sizes = zip(x.shape[2:], kernel, stride, dilation)
    for size, k, s, d in reversed(list(sizes)):
        total = max(0, (-(-size // s) - 1) * s + d * (k - 1) + 1 - size)
        amounts += [total // 2, total - total // 2]
    return F.pad(x, amounts, value=value)
'''

SAME_CONV = '''\
class SameConv{rank}d(nn.Conv{rank}d):
    """A convolution whose output size is that of its input over the stride, rounded up."""

    def forward(self, x):
        x = pad_same(x, self.kernel_size, self.stride, self.dilation)
        return super().forward(x)
'''

SAME_MAX_POOL = '''\
class SameMaxPool{rank}d(nn.MaxPool{rank}d):
    """The maximum, with an output size of that of the input over the stride, rounded up."""

    def forward(self, x):
        kernel, stride, dilation = (
            (size,) * {rank} if isinstance(size, int) else size
            for size in (self.kernel_size, self.stride, self.dilation)
        )
        x = pad_same(x, kernel, stride, dilation, -float("inf"))
        return super().forward(x)
'''

LOCAL_CONV = '''\
class LocalConv(nn.Module):
    """A convolution with weights and a bias of its own at every output position."""

    def __init__(
        self, in_channels, out_channels, kernel, size, stride=None, groups=1, bias=True
    ):
        super().__init__()
        self.kernel, self.size, self.groups = kernel, size, groups
        self.stride = stride or (1,) * len(kernel)
        shape = (out_channels, in_channels // groups, *kernel, *size)
        self.weight = nn.Parameter(torch.zeros(shape))
        self.bias = nn.Parameter(torch.zeros(out_channels, *size)) if bias else None

    def forward(self, x):
        rank, groups = len(self.kernel), self.groups
        for axis in range(rank):
            x = x.unfold(axis + 2, self.kernel[axis], self.stride[axis])
        x = x.flatten(2 + rank).flatten(2, 1 + rank).unflatten(1, (groups, -1))
        weight = self.weight.flatten(2 + rank).flatten(2, 1 + rank)
        weight = weight.unflatten(0, (groups, -1))
        x = torch.einsum("bgcpk,gockp->bgop", x, weight).flatten(1, 2)
        x = x.unflatten(2, self.size)
        return x if self.bias is None else x + self.bias
'''

DEFORM_CONV = '''\
class DeformConv2d(nn.Module):
    """A convolution that reads its input at places that offsets move."""

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel,
        stride=(1, 1),
        padding=(0, 0),
        dilation=(1, 1),
        groups=1,
        bias=True,
    ):
        super().__init__()
        self.kernel, self.stride, self.padding = kernel, stride, padding
        self.dilation, self.groups = dilation, groups
        shape = (out_channels, in_channels // groups, *kernel)
        self.weight = nn.Parameter(torch.zeros(shape))
        self.bias = nn.Parameter(torch.zeros(out_channels)) if bias else None

    def forward(self, x, offsets, mask=None):
        batch, channels, height, width = x.shape
        rows, columns = offsets.shape[2:]
        taps = self.kernel[0] * self.kernel[1]
        parts = offsets.shape[1] // (2 * taps)
        y = self.positions(0, rows, x)[:, None, :, None]
        x_ = self.positions(1, columns, x)[None, :, None, :]
        moved = offsets.reshape(batch, parts, *self.kernel, 2, rows, columns)
        y = (y + moved[:, :, :, :, 0] + 0.5) * 2 / height - 1
        x_ = (x_ + moved[:, :, :, :, 1] + 0.5) * 2 / width - 1
        grid = torch.stack([x_, y], dim=-1).reshape(batch * parts, -1, columns, 2)
        x = x.reshape(batch * parts, channels // parts, height, width)
        x = F.grid_sample(x, grid, align_corners=False)
        x = x.reshape(batch, parts, channels // parts, taps, rows, columns)
        if mask is not None:
            x = x * mask.reshape(batch, parts, 1, taps, rows, columns)
        x = x.reshape(batch, self.groups, -1, rows * columns)
        weight = self.weight.reshape(self.groups, -1, x.shape[2])
        x = (weight @ x).reshape(batch, -1, rows, columns)
        return x if self.bias is None else x + self.bias[:, None, None]

    def positions(self, axis, size, x):
        """The first places that the kernel reads along an axis, by tap and position."""
        taps = torch.arange(self.kernel[axis], device=x.device) * self.dilation[axis]
        starts = torch.arange(size, device=x.device) * self.stride[axis]
        return taps[:, None] + starts - self.padding[axis]
'''

CONV_LSTM = '''\
class ConvLSTM{rank}d(nn.Module):
    """An LSTM whose matrices are convolutions, along axis 2."""

    def __init__(self, in_channels, out_channels, kernel_size, bias=True):
        super().__init__()
        self.input = nn.Conv{rank}d(
            in_channels, 4 * out_channels, kernel_size, padding="same", bias=bias
        )
        self.state = nn.Conv{rank}d(
            out_channels, 4 * out_channels, kernel_size, padding="same", bias=False
        )

    def forward(self, x):
        states = []
        hidden = cell = None
        for step in x.unbind(2):
            gates = self.input(step)
            if hidden is None:
                hidden = cell = torch.zeros_like(gates.chunk(4, dim=1)[0])
            gates = gates + self.state(hidden)
            enter, forget, new, out = gates.chunk(4, dim=1)
            cell = forget.sigmoid() * cell + enter.sigmoid() * new.tanh()
            hidden = out.sigmoid() * cell.tanh()
            states.append(hidden)
        return torch.stack(states, dim=2)
'''

SERIES = '''\
class Series{name}(nn.{name}):
    """A recurrent layer over a series of channels first: the states of all steps."""

    def __init__(self, input_size, hidden_size, **options):
        super().__init__(input_size, hidden_size, batch_first=True, **options)

    def forward(self, x):
        return super().forward(x.transpose(1, 2))[0].transpose(1, 2)
'''

AXIS_SERIES = '''\
class Axis{name}(nn.{name}):
    """A recurrent layer along one axis of a map: each position of the others is a series."""

    def __init__(self, axis, input_size, hidden_size, **options):
        super().__init__(input_size, hidden_size, batch_first=True, **options)
        self.axis = axis

    def forward(self, x):
        x = x.movedim((self.axis, 1), (-2, -1))
        states = super().forward(x.flatten(0, -3))[0]
        return states.unflatten(0, x.shape[:-2]).movedim((-2, -1), (self.axis, 1))
'''

UNPOOL = '''\
class Unpool(nn.Module):
    """Each value at the first position of its window, with zeros elsewhere."""

    def __init__(self, size, stride):
        super().__init__()
        self.size, self.stride = size, stride

    def forward(self, x):
        found = x.new_zeros(*x.shape[:2], *self.size)
        steps = zip(x.shape[2:], self.stride)
        found[(..., *(slice(0, (n - 1) * step + 1, step) for n, step in steps))] = x
        return found
'''

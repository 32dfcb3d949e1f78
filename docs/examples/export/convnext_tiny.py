import torch
from torch import nn


class ChannelLayerNorm(nn.LayerNorm):
    """Layer normalization over the channels of every position."""

    def forward(self, x):
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


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


class Downsample(nn.Sequential):
    """96x56x56 -> 192x28x28, the first of 3."""

    def __init__(self, in_channels, dim):
        super().__init__(
            ChannelLayerNorm(in_channels), nn.Conv2d(in_channels, dim, 2, stride=2)
        )


class Convnext(nn.Module):
    """96x56x56 -> 96x56x56, the first of 18."""

    def __init__(self, dim):
        super().__init__()
        self.residual = nn.Sequential(
            nn.Conv2d(dim, dim, 7, padding=3, groups=dim),
            ChannelLayerNorm(dim),
            nn.Conv2d(dim, 4 * dim, 1),
            nn.GELU(),
            nn.Conv2d(4 * dim, dim, 1),
            Scale(dim),
        )

    def forward(self, x):
        return self.residual(x) + x


class ConvNeXtTiny(nn.Module):
    """ConvNeXt (convnext_tiny): 3x224x224 -> 1000.

    Liu et al., A ConvNet for the 2020s, CVPR 2022, Table 9
    (https://arxiv.org/abs/2201.03545)

    28,589,128 parameters, 4,455,531,264 multiply-accumulates.
    """

    def __init__(self, widths=(96, 192, 384, 768), depths=(3, 3, 9, 3), classes=1000):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, widths[0], 4, stride=4), ChannelLayerNorm(widths[0])
        )
        stages = []
        channels = widths[0]
        for dim, depth in zip(widths, depths):
            blocks = []
            if channels != dim:
                blocks.append(Downsample(channels, dim))
            blocks += [Convnext(dim) for _ in range(depth)]
            stages.append(nn.Sequential(*blocks))
            channels = dim
        self.stages = nn.Sequential(*stages)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.layernorm = ChannelLayerNorm(channels)
        self.flatten = nn.Flatten()
        self.classifier = nn.Linear(channels, classes)

    def forward(self, x):
        x = self.stem(x)
        x = self.stages(x)
        x = self.avgpool(x)
        x = self.layernorm(x)
        x = self.flatten(x)
        return self.classifier(x)

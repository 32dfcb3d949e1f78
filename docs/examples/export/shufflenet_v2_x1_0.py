import torch
from torch import nn


class ConvBn(nn.Sequential):
    """3x224x224 -> 24x112x112, the first of 37."""

    def __init__(self, in_channels, out, kernel=1, stride=1):
        super().__init__(
            nn.Conv2d(
                in_channels, out, kernel, stride=stride, padding=kernel // 2, bias=False
            ),
            nn.BatchNorm2d(out),
        )


class DepthwiseBn(nn.Sequential):
    """24x56x56 -> 24x28x28, the first of 19."""

    def __init__(self, in_channels, stride):
        super().__init__(
            nn.Conv2d(
                in_channels,
                in_channels,
                3,
                stride=stride,
                padding=1,
                groups=in_channels,
                bias=False,
            ),
            nn.BatchNorm2d(in_channels),
        )


class Branch(nn.Sequential):
    """24x56x56 -> 58x28x28, the first of 16."""

    def __init__(self, in_channels, out, stride=1):
        super().__init__(
            ConvBn(in_channels, out),
            nn.ReLU(),
            DepthwiseBn(out, stride),
            ConvBn(out, out),
            nn.ReLU(),
        )


class Downsampling(nn.Module):
    """24x56x56 -> 116x28x28, the first of 3."""

    def __init__(self, in_channels, out):
        super().__init__()
        self.branch1 = nn.Sequential(
            DepthwiseBn(in_channels, 2), ConvBn(in_channels, out // 2), nn.ReLU()
        )
        self.branch2 = Branch(in_channels, out // 2, 2)
        self.channel_shuffle = nn.ChannelShuffle(2)

    def forward(self, x):
        x = torch.cat([self.branch1(x), self.branch2(x)], dim=1)
        return self.channel_shuffle(x)


class Unit(nn.Module):
    """116x28x28 -> 116x28x28, the first of 13."""

    def __init__(self, in_channels):
        super().__init__()
        self.branch = Branch(in_channels // 2, in_channels // 2)
        self.channel_shuffle = nn.ChannelShuffle(2)

    def forward(self, x):
        half_0, half_1 = x.chunk(2, dim=1)
        x = torch.cat([half_0, self.branch(half_1)], dim=1)
        return self.channel_shuffle(x)


class ShuffleNetV2X10(nn.Module):
    """ShuffleNet V2 (shufflenet_v2_x1_0): 3x224x224 -> 1000.

    Ma et al., ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture
    Design, ECCV 2018, Table 5 (https://arxiv.org/abs/1807.11164)

    2,278,604 parameters, 144,907,992 multiply-accumulates.
    """

    def __init__(self, widths=(116, 232, 464), last=1024, classes=1000):
        super().__init__()
        self.conv1 = ConvBn(3, 24, 3, 2)
        self.relu1 = nn.ReLU()
        self.pool = nn.MaxPool2d(3, stride=2, padding=1)
        stages = []
        channels = 24
        for out, depth in zip(widths, (4, 8, 4)):
            stages.append(
                nn.Sequential(
                    Downsampling(channels, out),
                    *[Unit(2 * (out // 2)) for _ in range(depth - 1)],
                )
            )
            channels = 2 * (out // 2)
        self.stages = nn.Sequential(*stages)
        self.conv5 = ConvBn(channels, last)
        self.relu2 = nn.ReLU()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.classifier = nn.Linear(last, classes)

    def forward(self, x):
        x = self.conv1(x)
        x = self.relu1(x)
        x = self.pool(x)
        x = self.stages(x)
        x = self.conv5(x)
        x = self.relu2(x)
        x = self.avgpool(x)
        x = self.flatten(x)
        return self.classifier(x)

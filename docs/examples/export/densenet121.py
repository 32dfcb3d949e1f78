import math

import torch
from torch import nn


class Imagenet(nn.Sequential):
    """3x224x224 -> 64x56x56."""

    def __init__(self, in_channels, *, growth):
        super().__init__(
            nn.Conv2d(in_channels, 2 * growth, 7, stride=2, padding=3, bias=False),
            nn.BatchNorm2d(2 * growth),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2, padding=1),
        )


class Bottleneck(nn.Module):
    """64x56x56 -> 96x56x56, the first of 58."""

    def __init__(self, in_channels, *, growth):
        super().__init__()
        self.branch = nn.Sequential(
            nn.BatchNorm2d(in_channels),
            nn.ReLU(),
            nn.Conv2d(in_channels, 4 * growth, 1, bias=False),
            nn.BatchNorm2d(4 * growth),
            nn.ReLU(),
            nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False),
        )

    def forward(self, x):
        return torch.cat([x, self.branch(x)], dim=1)


class DenseBlock(nn.Sequential):
    """64x56x56 -> 256x56x56, the first of 4."""

    def __init__(self, in_channels, depth, *, growth):
        layers = []
        channels = in_channels
        for _ in range(depth):
            layers.append(Bottleneck(channels, growth=growth))
            channels += growth
        super().__init__(*layers)
        self.out_channels = channels


class Transition(nn.Sequential):
    """256x56x56 -> 128x28x28, the first of 3."""

    def __init__(self, in_channels, *, compression):
        super().__init__(
            nn.BatchNorm2d(in_channels),
            nn.ReLU(),
            nn.Conv2d(
                in_channels, math.floor(compression * in_channels), 1, bias=False
            ),
            nn.AvgPool2d(2),
        )
        self.out_channels = math.floor(compression * in_channels)


class DenseNet121(nn.Module):
    """DenseNet (densenet121): 3x224x224 -> 1000.

    Huang et al., Densely Connected Convolutional Networks, CVPR 2017, Table 1
    (https://arxiv.org/abs/1608.06993)

    7,978,856 parameters, 2,834,161,664 multiply-accumulates.
    """

    def __init__(
        self, growth=32, depths=(6, 12, 24, 16), compression=0.5, classes=1000
    ):
        super().__init__()
        self.first = Imagenet(3, growth=growth)
        self.block1 = DenseBlock(2 * growth, depths[0], growth=growth)
        self.transition1 = Transition(self.block1.out_channels, compression=compression)
        self.block2 = DenseBlock(
            self.transition1.out_channels, depths[1], growth=growth
        )
        self.transition2 = Transition(self.block2.out_channels, compression=compression)
        self.block3 = DenseBlock(
            self.transition2.out_channels, depths[2], growth=growth
        )
        self.transition3 = Transition(self.block3.out_channels, compression=compression)
        self.block4 = DenseBlock(
            self.transition3.out_channels, depths[3], growth=growth
        )
        self.bn = nn.BatchNorm2d(self.block4.out_channels)
        self.relu = nn.ReLU()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.classifier = nn.Linear(self.block4.out_channels, classes)

    def forward(self, x):
        x = self.first(x)
        x = self.block1(x)
        x = self.transition1(x)
        x = self.block2(x)
        x = self.transition2(x)
        x = self.block3(x)
        x = self.transition3(x)
        x = self.block4(x)
        x = self.bn(x)
        x = self.relu(x)
        x = self.avgpool(x)
        x = self.flatten(x)
        return self.classifier(x)

from torch import nn


class ConvBn(nn.Sequential):
    """3x224x224 -> 48x112x112, the first of 44."""

    def __init__(self, in_channels, out, kernel, stride, groups):
        super().__init__(
            nn.Conv2d(
                in_channels,
                int(out),
                kernel,
                stride=stride,
                padding=kernel // 2,
                groups=groups,
                bias=False,
            ),
            nn.BatchNorm2d(int(out)),
        )


class RepvggBlock(nn.Module):
    """3x224x224 -> 48x112x112, the first of 22."""

    def __init__(self, in_channels, out, stride=1, groups=1):
        super().__init__()
        self.branch2 = ConvBn(in_channels, out, 1, stride, groups)
        self.branch3 = ConvBn(in_channels, out, 3, stride, groups)
        self.use_bn = stride == 1 and in_channels == out
        if self.use_bn:
            self.bn = nn.BatchNorm2d(in_channels)
        self.relu = nn.ReLU()

    def forward(self, x):
        y = self.branch2(x) + self.branch3(x)
        if self.use_bn:
            y = y + self.bn(x)
        return self.relu(y)


class RepVGGA0(nn.Module):
    """RepVGG (repvgg_a0): 3x224x224 -> 1000.

    Ding et al., RepVGG: Making VGG-style ConvNets Great Again, CVPR 2021, Tables 2
    to 4 (https://arxiv.org/abs/2101.03697)

    9,108,968 parameters, 1,512,581,120 multiply-accumulates.
    """

    def __init__(self, depths=(2, 4, 14, 1), a=0.75, b=2.5, groups=1, classes=1000):
        super().__init__()
        self.stem = RepvggBlock(3, min(64, 64 * a), 2)
        stages = []
        channels = int(min(64, 64 * a))
        for width, depth in zip((64 * a, 128 * a, 256 * a, 512 * b), depths):
            blocks = []
            for i in range(depth):
                blocks.append(
                    RepvggBlock(
                        channels, width, 2 if i == 0 else 1, groups if i % 2 == 1 else 1
                    )
                )
                channels = int(width)
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.Sequential(*stages)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.classifier = nn.Linear(channels, classes)

    def forward(self, x):
        x = self.stem(x)
        x = self.stages(x)
        x = self.avgpool(x)
        x = self.flatten(x)
        return self.classifier(x)

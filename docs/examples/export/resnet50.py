from torch import nn


class ConvBn(nn.Sequential):
    """3x224x224 -> 64x112x112, the first of 53."""

    def __init__(self, in_channels, out, kernel=1, stride=1, groups=1):
        super().__init__(
            nn.Conv2d(
                in_channels,
                out,
                kernel,
                stride=stride,
                padding=kernel // 2,
                groups=groups,
                bias=False,
            ),
            nn.BatchNorm2d(out),
        )


class Bottleneck(nn.Module):
    """64x56x56 -> 256x56x56, the first of 16."""

    def __init__(
        self, in_channels, planes, stride=1, *, groups, stride_first, base_width
    ):
        super().__init__()
        width = planes * base_width // 64 * groups
        out = planes * 4
        first = stride if stride_first else 1
        self.residual = nn.Sequential(
            ConvBn(in_channels, width, stride=first),
            nn.ReLU(),
            ConvBn(width, width, 3, stride // first, groups),
            nn.ReLU(),
            ConvBn(width, out),
        )
        self.shortcut = (
            ConvBn(in_channels, out, stride=stride)
            if stride != 1 or in_channels != out
            else nn.Identity()
        )
        self.relu = nn.ReLU()

    def forward(self, x):
        x = self.residual(x) + self.shortcut(x)
        return self.relu(x)


class ResNet50(nn.Module):
    """ResNet (resnet50): 3x224x224 -> 1000.

    He et al., Deep Residual Learning for Image Recognition, CVPR 2016, Table 1
    (https://arxiv.org/abs/1512.03385)

    25,557,032 parameters, 4,089,184,256 multiply-accumulates.
    """

    def __init__(
        self,
        depths=(3, 4, 6, 3),
        groups=1,
        base_width=64,
        stride_first=False,
        classes=1000,
    ):
        super().__init__()
        self.stem = ConvBn(3, 64, 7, 2)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        stages = []
        channels = 64
        for planes, depth, first in zip((64, 128, 256, 512), depths, (1, 2, 2, 2)):
            blocks = []
            for i in range(depth):
                blocks.append(
                    Bottleneck(
                        channels,
                        planes,
                        first if i == 0 else 1,
                        groups=groups,
                        stride_first=stride_first,
                        base_width=base_width,
                    )
                )
                channels = planes * 4
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.Sequential(*stages)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.classifier = nn.Linear(channels, classes)

    def forward(self, x):
        x = self.stem(x)
        x = self.relu(x)
        x = self.maxpool(x)
        x = self.stages(x)
        x = self.avgpool(x)
        x = self.flatten(x)
        return self.classifier(x)

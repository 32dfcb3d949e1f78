import math

from torch import nn


def make_divisible(value, divisor=8, min_value=None):
    """The multiple of the divisor nearest to a value, but not less than 90 % of it."""
    if min_value is None:
        min_value = divisor
    result = max(min_value, int(value + divisor / 2) // divisor * divisor)
    return result + divisor if result < 0.9 * value else result


class ConvBn(nn.Sequential):
    """3x224x224 -> 32x112x112, the first of 33."""

    def __init__(self, in_channels, out, kernel=1, stride=1):
        super().__init__(
            nn.Conv2d(
                in_channels, out, kernel, stride=stride, padding=kernel // 2, bias=False
            ),
            nn.BatchNorm2d(out),
        )


class SqueezeExcite(nn.Module):
    """32x112x112 -> 32x112x112, the first of 16."""

    def __init__(self, in_channels, reduced):
        super().__init__()
        self.gate = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(in_channels, reduced, 1),
            nn.SiLU(),
            nn.Conv2d(reduced, in_channels, 1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return x * self.gate(x)


class Mbconv(nn.Module):
    """32x112x112 -> 16x112x112, the first of 16."""

    def __init__(self, in_channels, out, expand, kernel, stride):
        super().__init__()
        expanded = expand * in_channels
        reduced = in_channels // 4
        layers = []
        if expand != 1:
            layers += [ConvBn(in_channels, expanded), nn.SiLU()]
        layers += [
            nn.Conv2d(
                expanded,
                expanded,
                kernel,
                stride=stride,
                padding=kernel // 2,
                groups=expanded,
                bias=False,
            ),
            nn.BatchNorm2d(expanded),
            nn.SiLU(),
            SqueezeExcite(expanded, reduced),
            ConvBn(expanded, out),
        ]
        self.layers = nn.Sequential(*layers)
        self.residual = stride == 1 and in_channels == out

    def forward(self, x):
        y = self.layers(x)
        if self.residual:
            y = x + y
        return y


class Stage(nn.Sequential):
    """32x112x112 -> 16x112x112, the first of 7."""

    def __init__(
        self, in_channels, expand, kernel, stride, out, blocks, *, depth, width
    ):
        widened = make_divisible(width * out)
        layers = []
        channels = in_channels
        for i in range(math.ceil(depth * blocks)):
            layers.append(
                Mbconv(channels, widened, expand, kernel, stride if i == 0 else 1)
            )
            channels = widened
        super().__init__(*layers)
        self.out_channels = channels


class EfficientNetB0(nn.Module):
    """EfficientNet (efficientnet_b0): 3x224x224 -> 1000.

    Tan and Le, EfficientNet: Rethinking Model Scaling for Convolutional Neural
    Networks, ICML 2019, Table 1 (https://arxiv.org/abs/1905.11946)

    5,288,548 parameters, 385,814,752 multiply-accumulates.
    """

    def __init__(self, width=1.0, depth=1.0, dropout=0.2, classes=1000):
        super().__init__()
        self.stage1 = ConvBn(3, make_divisible(width * 32), 3, 2)
        self.silu1 = nn.SiLU()
        self.stage2 = Stage(
            make_divisible(width * 32), 1, 3, 1, 16, 1, depth=depth, width=width
        )
        self.stage3 = Stage(
            self.stage2.out_channels, 6, 3, 2, 24, 2, depth=depth, width=width
        )
        self.stage4 = Stage(
            self.stage3.out_channels, 6, 5, 2, 40, 2, depth=depth, width=width
        )
        self.stage5 = Stage(
            self.stage4.out_channels, 6, 3, 2, 80, 3, depth=depth, width=width
        )
        self.stage6 = Stage(
            self.stage5.out_channels, 6, 5, 1, 112, 3, depth=depth, width=width
        )
        self.stage7 = Stage(
            self.stage6.out_channels, 6, 5, 2, 192, 4, depth=depth, width=width
        )
        self.stage8 = Stage(
            self.stage7.out_channels, 6, 3, 1, 320, 1, depth=depth, width=width
        )
        self.stage9 = ConvBn(self.stage8.out_channels, make_divisible(width * 1280))
        self.silu2 = nn.SiLU()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(dropout, inplace=True)
        self.flatten = nn.Flatten()
        self.classifier = nn.Linear(make_divisible(width * 1280), classes)

    def forward(self, x):
        x = self.stage1(x)
        x = self.silu1(x)
        x = self.stage2(x)
        x = self.stage3(x)
        x = self.stage4(x)
        x = self.stage5(x)
        x = self.stage6(x)
        x = self.stage7(x)
        x = self.stage8(x)
        x = self.stage9(x)
        x = self.silu2(x)
        x = self.avgpool(x)
        x = self.dropout(x)
        x = self.flatten(x)
        return self.classifier(x)

from torch import nn


def make_divisible(value, divisor=8, min_value=None):
    """The multiple of the divisor nearest to a value, but not less than 90 % of it."""
    if min_value is None:
        min_value = divisor
    result = max(min_value, int(value + divisor / 2) // divisor * divisor)
    return result + divisor if result < 0.9 * value else result


class ConvBn(nn.Sequential):
    """3x224x224 -> 16x112x112, the first of 31."""

    def __init__(self, in_channels, out, kernel=1, stride=1):
        super().__init__(
            nn.Conv2d(
                in_channels, out, kernel, stride=stride, padding=kernel // 2, bias=False
            ),
            nn.BatchNorm2d(out),
        )
        self.out_channels = out


class SqueezeExcite(nn.Module):
    """72x28x28 -> 72x28x28, the first of 8."""

    def __init__(self, in_channels):
        super().__init__()
        reduced = make_divisible(in_channels // 4)
        self.gate = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(in_channels, reduced, 1),
            nn.ReLU(),
            nn.Conv2d(reduced, in_channels, 1),
            nn.Hardsigmoid(),
        )

    def forward(self, x):
        return x * self.gate(x)


class Bneck(nn.Module):
    """16x112x112 -> 16x112x112, the first of 15."""

    def __init__(
        self,
        in_channels,
        input_channels,
        kernel,
        exp_size,
        output_channels,
        se,
        nl,
        stride,
        *,
        width,
    ):
        super().__init__()
        expanded = make_divisible(in_channels * exp_size / input_channels)
        out = make_divisible(width * output_channels)
        widens = expanded != in_channels
        layers = []
        if widens:
            layers += [ConvBn(in_channels, expanded), nl()]
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
            nl(),
        ]
        if se:
            layers.append(SqueezeExcite(expanded))
        layers.append(ConvBn(expanded, out))
        self.layers = nn.Sequential(*layers)
        self.residual = stride == 1 and in_channels == out

    def forward(self, x):
        y = self.layers(x)
        if self.residual:
            y = x + y
        return y


class Large(nn.Sequential):
    """16x112x112 -> 160x7x7."""

    def __init__(self, in_channels, *, width):
        super().__init__(
            Bneck(in_channels, 16, 3, 16, 16, False, nn.ReLU, 1, width=width),
            Bneck(
                make_divisible(width * 16),
                16,
                3,
                64,
                24,
                False,
                nn.ReLU,
                2,
                width=width,
            ),
            Bneck(
                make_divisible(width * 24),
                24,
                3,
                72,
                24,
                False,
                nn.ReLU,
                1,
                width=width,
            ),
            Bneck(
                make_divisible(width * 24), 24, 5, 72, 40, True, nn.ReLU, 2, width=width
            ),
            Bneck(
                make_divisible(width * 40),
                40,
                5,
                120,
                40,
                True,
                nn.ReLU,
                1,
                width=width,
            ),
            Bneck(
                make_divisible(width * 40),
                40,
                5,
                120,
                40,
                True,
                nn.ReLU,
                1,
                width=width,
            ),
            Bneck(
                make_divisible(width * 40),
                40,
                3,
                240,
                80,
                False,
                nn.Hardswish,
                2,
                width=width,
            ),
            Bneck(
                make_divisible(width * 80),
                80,
                3,
                200,
                80,
                False,
                nn.Hardswish,
                1,
                width=width,
            ),
            Bneck(
                make_divisible(width * 80),
                80,
                3,
                184,
                80,
                False,
                nn.Hardswish,
                1,
                width=width,
            ),
            Bneck(
                make_divisible(width * 80),
                80,
                3,
                184,
                80,
                False,
                nn.Hardswish,
                1,
                width=width,
            ),
            Bneck(
                make_divisible(width * 80),
                80,
                3,
                480,
                112,
                True,
                nn.Hardswish,
                1,
                width=width,
            ),
            Bneck(
                make_divisible(width * 112),
                112,
                3,
                672,
                112,
                True,
                nn.Hardswish,
                1,
                width=width,
            ),
            Bneck(
                make_divisible(width * 112),
                112,
                5,
                672,
                160,
                True,
                nn.Hardswish,
                2,
                width=width,
            ),
            Bneck(
                make_divisible(width * 160),
                160,
                5,
                960,
                160,
                True,
                nn.Hardswish,
                1,
                width=width,
            ),
            Bneck(
                make_divisible(width * 160),
                160,
                5,
                960,
                160,
                True,
                nn.Hardswish,
                1,
                width=width,
            ),
        )


class MobileNetV3Large(nn.Module):
    """MobileNetV3 (mobilenet_v3_large): 3x224x224 -> 1000.

    Howard et al., Searching for MobileNetV3, ICCV 2019, Tables 1 and 2
    (https://arxiv.org/abs/1905.02244)

    5,483,032 parameters, 216,589,760 multiply-accumulates.
    """

    def __init__(self, width=1.0, last=1280, classes=1000):
        super().__init__()
        self.stem = ConvBn(3, make_divisible(width * 16), 3, 2)
        self.act1 = nn.Hardswish()
        self.body = Large(make_divisible(width * 16), width=width)
        self.head = ConvBn(make_divisible(width * 160), 6 * make_divisible(width * 160))
        self.act2 = nn.Hardswish()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.last = nn.Linear(self.head.out_channels, last)
        self.act3 = nn.Hardswish()
        self.dropout = nn.Dropout(0.2, inplace=True)
        self.classifier = nn.Linear(last, classes)

    def forward(self, x):
        x = self.stem(x)
        x = self.act1(x)
        x = self.body(x)
        x = self.head(x)
        x = self.act2(x)
        x = self.avgpool(x)
        x = self.flatten(x)
        x = self.last(x)
        x = self.act3(x)
        x = self.dropout(x)
        return self.classifier(x)

import torch
import torch.nn.functional as F
from torch import nn


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


class Reshape(nn.Module):
    """The elements of each sample under other sizes."""

    def __init__(self, sizes):
        super().__init__()
        self.sizes = sizes

    def forward(self, x):
        return x.reshape(len(x), *self.sizes)


class Convs(nn.Sequential):
    """3x300x300 -> 64x300x300, the first of 5."""

    def __init__(self, in_channels, out, count):
        layers = []
        channels = in_channels
        for _ in range(count):
            layers += [nn.Conv2d(channels, out, 3, padding=1), nn.ReLU()]
            channels = out
        super().__init__(*layers)
        self.out_channels = channels


class PredictMap(nn.Module):
    """512x38x38 -> 4x5776, the first of 12."""

    def __init__(self, in_channels, count, values):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, count * values, 3, padding=1)
        self.reshape1 = Reshape((count, values, -1))
        self.reshape2 = Reshape((values, -1))

    def forward(self, x):
        x = self.conv(x)
        x = self.reshape1(x)
        x = x.permute(0, 2, 3, 1)
        return self.reshape2(x)


class Predict(nn.Module):
    """512x38x38, ..., 256x1x1 (6) -> 4x8732, the first of 2."""

    def __init__(self, maps_channels, values, *, boxes):
        super().__init__()
        self.branches = nn.ModuleList(
            [
                PredictMap(in_channels, box, values)
                for in_channels, box in zip(maps_channels, boxes)
            ]
        )

    def forward(self, *maps):
        return torch.cat([branch(x) for branch, x in zip(self.branches, maps)], dim=2)


class SSD300(nn.Module):
    """SSD (ssd300): 3x300x300 -> 21x8732, 4x8732.

    Liu et al., SSD: Single Shot MultiBox Detector, ECCV 2016, Figure 2
    (https://arxiv.org/abs/1512.02325)

    26,285,486 parameters, 31,373,537,792 multiply-accumulates.
    """

    def __init__(
        self,
        classes=21,
        boxes=(4, 6, 6, 6, 4, 4),
        kernels=(3, 3, 3, 3),
        strides=(2, 2, 1, 1),
        paddings=(1, 1, 0, 0),
    ):
        super().__init__()
        self.conv1 = Convs(3, 64, 2)
        self.maxpool1 = nn.MaxPool2d(2)
        self.conv2 = Convs(self.conv1.out_channels, 128, 2)
        self.maxpool2 = nn.MaxPool2d(2)
        self.conv3 = Convs(self.conv2.out_channels, 256, 3)
        self.maxpool3 = nn.MaxPool2d(2, ceil_mode=True)
        self.conv4 = Convs(self.conv3.out_channels, 512, 3)
        self.scale = Scale(self.conv4.out_channels)
        self.maxpool4 = nn.MaxPool2d(2)
        self.conv5 = Convs(self.conv4.out_channels, 512, 3)
        self.maxpool5 = nn.MaxPool2d(3, stride=1, padding=1)
        self.conv6 = nn.Sequential(
            nn.Conv2d(self.conv5.out_channels, 1024, 3, padding=6, dilation=6),
            nn.ReLU(),
        )
        self.conv7 = nn.Sequential(nn.Conv2d(1024, 1024, 1), nn.ReLU())
        extras = []
        channels = 1024
        for k, kernel, stride, padding in zip(
            range(len(strides)), kernels, strides, paddings
        ):
            extras.append(
                nn.Sequential(
                    nn.Conv2d(channels, 256 if k == 0 else 128, 1),
                    nn.ReLU(),
                    nn.Conv2d(
                        256 if k == 0 else 128,
                        512 if k == 0 else 256,
                        kernel,
                        stride=stride,
                        padding=padding,
                    ),
                    nn.ReLU(),
                )
            )
            channels = 512 if k == 0 else 256
        self.extras = nn.ModuleList(extras)
        self.predict = Predict(
            (self.conv4.out_channels, 1024, 512, 256, 256, 256), 4, boxes=boxes
        )
        self.scores = Predict(
            (self.conv4.out_channels, 1024, 512, 256, 256, 256), classes, boxes=boxes
        )

    def forward(self, x):
        x = self.conv1(x)
        x = self.maxpool1(x)
        x = self.conv2(x)
        x = self.maxpool2(x)
        x = self.conv3(x)
        x = self.maxpool3(x)
        conv4 = self.conv4(x)
        x = F.normalize(conv4, dim=1)
        x = self.scale(x)
        maxpool = self.maxpool4(conv4)
        conv5 = self.conv5(maxpool)
        maxpool = self.maxpool5(conv5)
        conv6 = self.conv6(maxpool)
        conv7 = self.conv7(conv6)
        extras = []
        y = conv7
        for extra in self.extras:
            y = extra(y)
            extras.append(y)
        coordinates = self.predict(x, conv7, *extras)
        x = self.scores(x, conv7, *extras)
        return x, coordinates

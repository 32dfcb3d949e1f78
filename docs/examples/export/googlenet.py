import torch
from torch import nn


class Unit(nn.Sequential):
    """3x224x224 -> 64x112x112, the first of 59."""

    def __init__(self, in_channels, out, kernel=1, stride=1):
        super().__init__(
            nn.Conv2d(in_channels, out, kernel, stride=stride, padding=kernel // 2),
            nn.ReLU(),
        )


class Inception(nn.Module):
    """192x28x28 -> 256x28x28, the first of 9."""

    def __init__(
        self, in_channels, c1, c3_reduce, c3, c5_reduce, c5, pool_proj, *, large
    ):
        super().__init__()
        self.branch_1x1 = Unit(in_channels, c1)
        self.branch_3x3 = nn.Sequential(
            Unit(in_channels, c3_reduce), Unit(c3_reduce, c3, 3)
        )
        self.branch_5x5 = nn.Sequential(
            Unit(in_channels, c5_reduce), Unit(c5_reduce, c5, large)
        )
        self.pool = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1, ceil_mode=True),
            Unit(in_channels, pool_proj),
        )

    def forward(self, x):
        return torch.cat(
            [self.branch_1x1(x), self.branch_3x3(x), self.branch_5x5(x), self.pool(x)],
            dim=1,
        )


class Auxiliary(nn.Sequential):
    """512x14x14 -> 1000, the first of 2."""

    def __init__(self, in_channels, *, classes):
        super().__init__(
            nn.AvgPool2d(5, stride=3),
            Unit(in_channels, 128),
            nn.Flatten(),
            nn.Linear(128 * 4 * 4, 1024),
            nn.ReLU(),
            nn.Dropout(0.7),
            nn.Linear(1024, classes),
        )


class GoogLeNet(nn.Module):
    """GoogLeNet (googlenet): 3x224x224 -> 1000.

    Szegedy et al., Going Deeper with Convolutions, CVPR 2015, Table 1
    (https://arxiv.org/abs/1409.4842)

    6,998,552 parameters, 1,582,671,872 multiply-accumulates.
    """

    def __init__(self, classes=1000, large=5, dropout=0.4):
        super().__init__()
        self.conv1 = Unit(3, 64, 7, 2)
        self.maxpool1 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.lrn1 = nn.LocalResponseNorm(5)
        self.conv2_reduce = Unit(64, 64)
        self.conv2 = Unit(64, 192, 3)
        self.lrn2 = nn.LocalResponseNorm(5)
        self.maxpool2 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception_3a = Inception(192, 64, 96, 128, 16, 32, 32, large=large)
        self.inception_3b = Inception(256, 128, 128, 192, 32, 96, 64, large=large)
        self.maxpool3 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception_4a = Inception(480, 192, 96, 208, 16, 48, 64, large=large)
        self.aux1 = Auxiliary(512, classes=classes)
        self.inception_4b = Inception(512, 160, 112, 224, 24, 64, 64, large=large)
        self.inception_4c = Inception(512, 128, 128, 256, 24, 64, 64, large=large)
        self.inception_4d = Inception(512, 112, 144, 288, 32, 64, 64, large=large)
        self.aux2 = Auxiliary(528, classes=classes)
        self.inception_4e = Inception(528, 256, 160, 320, 32, 128, 128, large=large)
        self.maxpool4 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception_5a = Inception(832, 256, 160, 320, 32, 128, 128, large=large)
        self.inception_5b = Inception(832, 384, 192, 384, 48, 128, 128, large=large)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(dropout)
        self.flatten = nn.Flatten()
        self.classifier = nn.Linear(1024, classes)

    def forward(self, x):
        x = self.conv1(x)
        x = self.maxpool1(x)
        x = self.lrn1(x)
        x = self.conv2_reduce(x)
        x = self.conv2(x)
        x = self.lrn2(x)
        x = self.maxpool2(x)
        x = self.inception_3a(x)
        x = self.inception_3b(x)
        x = self.maxpool3(x)
        x = self.inception_4a(x)
        if self.training:
            aux1 = self.aux1(x)
        x = self.inception_4b(x)
        x = self.inception_4c(x)
        x = self.inception_4d(x)
        if self.training:
            aux2 = self.aux2(x)
        x = self.inception_4e(x)
        x = self.maxpool4(x)
        x = self.inception_5a(x)
        x = self.inception_5b(x)
        x = self.avgpool(x)
        x = self.dropout(x)
        x = self.flatten(x)
        x = self.classifier(x)
        if self.training:
            return x, aux1, aux2
        return x

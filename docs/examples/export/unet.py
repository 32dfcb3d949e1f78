import torch
from torch import nn


def center_crop(x, size):
    """The middle of a map."""
    starts = [(full - part) // 2 for full, part in zip(x.shape[2:], size)]
    return x[(..., *(slice(start, start + part) for start, part in zip(starts, size)))]


class Convs(nn.Sequential):
    """1x572x572 -> 64x568x568, the first of 9."""

    def __init__(self, in_channels, out, middle=None):
        if middle is None:
            middle = out
        super().__init__(
            nn.Conv2d(in_channels, middle, 3),
            nn.ReLU(),
            nn.Conv2d(middle, out, 3),
            nn.ReLU(),
        )


class Down(nn.Module):
    """1x572x572 -> 64x284x284, the first of 4."""

    def __init__(self, in_channels, out):
        super().__init__()
        self.features = Convs(in_channels, out)
        self.pool = nn.MaxPool2d(2)

    def forward(self, x):
        x = self.features(x)
        pool = self.pool(x)
        return pool, x


class Up(nn.Module):
    """1024x28x28 -> 512x52x52, the first of 4."""

    def __init__(self, in_channels, out):
        super().__init__()
        self.upconv = nn.ConvTranspose2d(in_channels, out, 2, stride=2)
        self.features = Convs(2 * out, out, out)

    def forward(self, x, features):
        x = self.upconv(x)
        x = torch.cat([center_crop(features, x.shape[2:]), x], dim=1)
        return self.features(x)


class UNet(nn.Module):
    """U-Net (unet): 1x572x572 -> 2x388x388.

    Ronneberger et al., U-Net: Convolutional Networks for Biomedical Image
    Segmentation, MICCAI 2015, Figure 1 (https://arxiv.org/abs/1505.04597)

    31,030,658 parameters, 150,428,424,448 multiply-accumulates.
    """

    def __init__(self, classes=2):
        super().__init__()
        downs = []
        channels = 1
        for out in (64, 128, 256, 512):
            downs.append(Down(channels, out))
            channels = out
        self.downs = nn.ModuleList(downs)
        self.bottom = Convs(channels, 1024)
        ups = []
        channels = 1024
        for out in (512, 256, 128, 64):
            ups.append(Up(channels, out))
            channels = out
        self.ups = nn.ModuleList(ups)
        self.classifier = nn.Conv2d(channels, classes, 1)

    def forward(self, x):
        all_features = []
        for down in self.downs:
            x, features = down(x)
            all_features.append(features)
        x = self.bottom(x)
        for up, level in zip(self.ups, (3, 2, 1, 0)):
            x = up(x, all_features[level])
        return self.classifier(x)

"""Small models as people write them, for `programs.py`."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional


class TwoInputs(nn.Module):
    """An image and a mask, each with a stem of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.image_stem = nn.Conv2d(1, 16, 3, padding=1)
        self.mask_stem = nn.Conv2d(1, 8, 5, padding=2)
        self.body = nn.Sequential(nn.Conv2d(24, 32, 3, stride=2), nn.BatchNorm2d(32), nn.ReLU())
        self.fc = nn.Linear(32, 10)

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        x = torch.cat([self.image_stem(image), self.mask_stem(mask)], dim=1)
        return self.fc(self.body(x).mean((2, 3)))


class SharedWeights(nn.Module):
    """A Siamese network: one encoder for both inputs, the distance of its outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(32 * 14 * 14, 64),
        )
        self.out = nn.Linear(64, 1)

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        return torch.sigmoid(self.out(torch.abs(self.encoder(left) - self.encoder(right))))


class DictionaryOfOutputs(nn.Module):
    """A class and a mask from one backbone."""

    def __init__(self) -> None:
        super().__init__()
        layers = []
        width = 3
        for out in (16, 32, 64):
            layers += [nn.Conv2d(width, out, 3, 2, 1, bias=False), nn.BatchNorm2d(out), nn.SiLU()]
            width = out
        self.backbone = nn.Sequential(*layers)
        self.classifier = nn.Linear(64, 5)
        self.mask = nn.ConvTranspose2d(64, 1, 8, stride=8)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        features = self.backbone(x)
        label = self.classifier(functional.adaptive_avg_pool2d(features, 1).flatten(1))
        return {"label": label, "mask": self.mask(features)}


class ConvUnit(nn.Module):
    """Convolution, batch norm and activation."""

    def __init__(self, inputs: int, out: int, kernel: int = 3, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, out, kernel, stride, kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(out)

    def forward(self, x: Tensor) -> Tensor:
        return functional.leaky_relu(self.norm(self.conv(x)), 0.1)


class DetectionHead(nn.Module):
    """A feature pyramid of three levels with one head for each."""

    def __init__(self, classes: int = 3) -> None:
        super().__init__()
        widths = (32, 64, 128)
        self.stem = ConvUnit(3, 16, stride=2)
        self.stages = nn.ModuleList(
            ConvUnit(i, o, stride=2) for i, o in zip((16, *widths), widths, strict=False)
        )
        self.laterals = nn.ModuleList(nn.Conv2d(width, 32, 1) for width in widths)
        self.heads = nn.ModuleList(
            nn.Sequential(ConvUnit(32, 32), nn.Conv2d(32, 3 * (5 + classes), 1)) for _ in widths
        )

    def forward(self, x: Tensor) -> list[Tensor]:
        x = self.stem(x)
        features = []
        for stage in self.stages:
            x = stage(x)
            features.append(x)
        top = self.laterals[-1](features[-1])
        levels = [top]
        for lateral, feature in zip(self.laterals[-2::-1], features[-2::-1], strict=True):
            top = lateral(feature) + functional.interpolate(top, scale_factor=2)
            levels.append(top)
        return [head(level) for head, level in zip(self.heads, levels[::-1], strict=True)]


class Series(nn.Module):
    """A temporal convolution network: dilated causal convolutions with residuals."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            nn.Conv1d(4 if level == 0 else 16, 16, 3, dilation=2**level) for level in range(4)
        )
        self.out = nn.Conv1d(16, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        for level, block in enumerate(self.blocks):
            y = torch.relu(block(functional.pad(x, (2 * 2**level, 0))))
            x = x + y if x.shape == y.shape else y
        return self.out(x)


class Volume(nn.Module):
    """Convolutions in three dimensions with group norm."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv3d(1, 8, 3, padding=1),
            nn.GroupNorm(4, 8),
            nn.ReLU(),
            nn.MaxPool3d((1, 2, 2)),
            nn.Conv3d(8, 16, (3, 1, 1)),
            nn.InstanceNorm3d(16, affine=True),
            nn.ELU(),
            nn.AdaptiveAvgPool3d(1),
        )
        self.fc = nn.Linear(16, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.layers(x).flatten(1))


class Generator(nn.Module):
    """The generator of DCGAN for images of 64x64."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.ConvTranspose2d(100, 8 * width, 4, 1, 0, bias=False)]
        for inputs, out in ((8, 4), (4, 2), (2, 1)):
            layers += [
                nn.BatchNorm2d(inputs * width),
                nn.ReLU(True),
                nn.ConvTranspose2d(inputs * width, out * width, 4, 2, 1, bias=False),
            ]
        layers += [nn.BatchNorm2d(width), nn.ReLU(True)]
        layers += [nn.ConvTranspose2d(width, 3, 4, 2, 1, bias=False), nn.Tanh()]
        self.main = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.main(x)


class RecurrentAfterConvolutions(nn.Module):
    """A map read column by column by an LSTM, as CRNN does."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 32, (32, 3), padding=(0, 1))
        self.rnn = nn.LSTM(32, 24, num_layers=2, bidirectional=True, batch_first=True)
        self.fc = nn.Linear(48, 11)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.conv(x)).squeeze(2).transpose(1, 2)
        x, _ = self.rnn(x)
        return self.fc(x)


class SelfAttention(nn.Module):
    """Patches, two encoder layers of PyTorch, and the mean of all positions."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 32, 4, stride=4)
        self.positions = nn.Parameter(torch.zeros(1, 64, 32))
        self.attention = nn.ModuleList(
            nn.MultiheadAttention(32, 4, batch_first=True) for _ in range(2)
        )
        self.norms = nn.ModuleList(nn.LayerNorm(32) for _ in range(2))
        self.head = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.patches(x).flatten(2).transpose(1, 2) + self.positions
        for attention, norm in zip(self.attention, self.norms, strict=True):
            y = norm(x)
            x = x + attention(y, y, y, need_weights=False)[0]
        return self.head(x.mean(1))


class DoubleConv(nn.Module):
    """Two convolutions with batch norm."""

    def __init__(self, inputs: int, out: int) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(inputs, out, 3, padding=1, bias=False),
            nn.BatchNorm2d(out),
            nn.ReLU(inplace=True),
            nn.Conv2d(out, out, 3, padding=1, bias=False),
            nn.BatchNorm2d(out),
            nn.ReLU(inplace=True),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class Up(nn.Module):
    """Upsampling, and a convolution of what it gives with the skip connection."""

    def __init__(self, inputs: int, out: int) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(inputs, inputs // 2, 2, stride=2)
        self.conv = DoubleConv(inputs, out)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        return self.conv(torch.cat([skip, self.up(x)], dim=1))


class UNet(nn.Module):
    """U-Net with three levels."""

    def __init__(self, widths: tuple[int, ...] = (16, 32, 64)) -> None:
        super().__init__()
        pairs = list(pairwise(widths))
        self.start = DoubleConv(3, widths[0])
        self.downs = nn.ModuleList(nn.Sequential(nn.MaxPool2d(2), DoubleConv(*p)) for p in pairs)
        self.ups = nn.ModuleList(Up(out, inputs) for inputs, out in reversed(pairs))
        self.out = nn.Conv2d(widths[0], 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        skips = [self.start(x)]
        for down in self.downs:
            skips.append(down(skips[-1]))
        x = skips.pop()
        for up in self.ups:
            x = up(x, skips.pop())
        return self.out(x)

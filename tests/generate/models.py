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


class MaskedConvolution(nn.Conv2d):
    """A convolution that does not see the pixels after the current one (PixelCNN)."""

    def __init__(self, inputs: int, out: int) -> None:
        super().__init__(inputs, out, 3, padding=1)
        mask = torch.ones_like(self.weight)
        mask[:, :, 1, 2:] = 0
        mask[:, :, 2:] = 0
        self.register_buffer("mask", mask)

    def forward(self, input: Tensor) -> Tensor:
        return functional.conv2d(input, self.weight * self.mask, self.bias, padding=1)


class ComputedWeights(nn.Module):
    """Masked, spectrally normalized and weight-normalized layers, with two gates of a map."""

    def __init__(self) -> None:
        super().__init__()
        self.convs = nn.ModuleList(MaskedConvolution(1 if n == 0 else 8, 16) for n in range(3))
        self.critic = nn.utils.spectral_norm(nn.Conv2d(8, 8, 3))
        self.pooled = nn.utils.parametrizations.spectral_norm(nn.Conv2d(8, 8, 3))
        self.norm = nn.InstanceNorm2d(8, affine=True, track_running_stats=True)
        self.fc = nn.utils.parametrizations.weight_norm(nn.Linear(8, 5))

    def forward(self, x: Tensor) -> Tensor:
        for conv in self.convs:
            first, second = conv(x).chunk(2, dim=1)
            x = torch.tanh(first) * torch.sigmoid(second)
        x = self.norm(self.pooled(self.critic(x)))
        return self.fc(torch.max(torch.max(x, dim=3)[0], dim=2)[0])


class Conditioned(nn.Module):
    """A layer whose scale and shift are computed from another input."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.InstanceNorm2d(8)
        self.affine = nn.Linear(16, 16)

    def forward(self, input: Tensor, scale: Tensor) -> Tensor:
        factor, summand = self.affine(scale)[:, :, None, None].chunk(2, 1)
        return self.norm(input) * (1 + factor) + summand


class ConditionalGenerator(nn.Module):
    """Noise and a class label in a mapping, which is how training loops pass batches on."""

    def __init__(self) -> None:
        super().__init__()
        self.labels = nn.Embedding(10, 16)
        self.start = nn.Linear(24, 8 * 16)
        self.conditioned = nn.ModuleList(Conditioned() for _ in range(2))
        self.out = nn.Conv2d(8, 3, 3, padding=1)

    def forward(self, batch: dict[str, Tensor]) -> Tensor:
        label = self.labels(batch["label"])
        x = self.start(torch.cat([batch["noise"], label], 1)).view(-1, 8, 4, 4)
        for layer in self.conditioned:
            x = functional.interpolate(layer(x, label), scale_factor=2)
        return self.out(x + torch.randn_like(x))


class BoxDecoder(nn.Module):
    """Boxes of a grid as YOLO decodes them: a grid on the CPU, and assignments to slices."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3, stride=4, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv(x).permute(0, 2, 3, 1)
        axes = [torch.arange(size) for size in y.shape[2:0:-1]]
        grid = torch.stack(torch.meshgrid(*axes, indexing="xy"), -1).float()
        y[..., :2] = (y[..., :2].sigmoid() + grid) * 4
        y[..., 2:4] = y[..., 2:4].exp() * 4
        y[:, 0, -1] = 0
        return y.flatten(1, 2)


class EncoderDecoder(nn.Module):
    """Unpooling to where the maxima were (SegNet), and channels of zeros (ENet)."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Conv2d(3, 8, 3, padding=1)
        self.up = nn.Conv2d(16, 4, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        y, positions = functional.max_pool2d(self.down(x), 2, return_indices=True)
        y = torch.cat([y, torch.zeros_like(y)], 1)
        positions = torch.cat([positions, positions], 1)
        return self.up(functional.max_unpool2d(y, positions, 2, output_size=x.shape[-2:]))


class Warped(nn.Module):
    """Features sampled at computed places, after a row that is repeated."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Conv2d(3, 8, 3, padding=1)
        self.flow = nn.Conv2d(8, 2, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.features(x)
        grid = self.flow(x).tanh().permute(0, 2, 3, 1)
        row = x[:, :, :1].expand(-1, -1, x.shape[2], -1)
        return functional.grid_sample(torch.cat([x, row], 1), grid, align_corners=False)


class PartsInPlace(nn.Module):
    """Parts of a tensor that are changed in place, before the whole is read."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Conv2d(3, 8, 3, padding=1)
        self.gate = nn.Conv2d(3, 2, 3, padding=1)
        self.head = nn.Conv2d(8, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        y, gate = self.features(x), self.gate(x)
        y[:, :2].mul_(gate)
        y.narrow(1, 2, 2)[:, 0].add_(gate[:, 1])
        return self.head(y)


class TransposedInPlace(PartsInPlace):
    """A view of another order that is changed in place, which no layers state."""

    def forward(self, x: Tensor) -> Tensor:
        y = self.features(x)
        y.transpose(2, 3).sigmoid_()
        return self.head(y)


class ClassToken(nn.Module):
    """A learned token that is added to a part of the input and is one more part of it (CaiT)."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 4, stride=4)
        self.token = nn.Parameter(torch.zeros(1, 1, 8))
        self.head = nn.Linear(8, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.patches(x).flatten(2).transpose(1, 2)
        token = self.token.expand(x.shape[0], -1, -1)
        x = torch.cat([token, x], dim=1)
        return self.head(x[:, 0] + self.token[:, 0])


class LastState(nn.Module):
    """The last state of a GRU, before layers with one matrix, which the last one has transposed."""

    def __init__(self) -> None:
        super().__init__()
        self.gru = nn.GRU(12, 16, batch_first=True)
        self.tied = nn.Linear(16, 24, bias=False)
        self.other = nn.Linear(16, 24, bias=False)
        self.other.weight = self.tied.weight
        self.series = nn.LSTM(8, 8, num_layers=2, batch_first=True)
        self.last = nn.LazyLinear(5)

    def forward(self, x: Tensor) -> Tensor:
        _, state = self.gru(x)
        x = self.tied(state[-1]) + self.other(state.squeeze(0))
        x = functional.linear(x, self.tied.weight.t()).view(-1, 2, 8)
        _, (state, _) = self.series(x)
        return self.last(state[-1])


class TiedAutoencoder(nn.Module):
    """A decoder with the filters of the encoder, and frames that are pooled in the batch."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Conv2d(3, 8, 4, stride=2, padding=1)
        self.decoder = nn.ConvTranspose2d(8, 3, 4, stride=2, padding=1)
        self.decoder.weight = self.encoder.weight
        self.lstm = nn.LSTM(8, 6, batch_first=True, bidirectional=True)

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        x = self.encoder(frames.flatten(0, 1))
        pooled = functional.adaptive_avg_pool2d(functional.max_pool2d(x, 3, 2, 1), 1)
        _, (state, _) = self.lstm(pooled.view(*frames.shape[:2], 8))
        images = self.decoder(x).unflatten(0, frames.shape[:2])
        return images, torch.cat([state[0], state[1]], 1)


class RowsAndColumns(nn.Module):
    """Recurrent layers along both axes of a map, whose other axis is in the batch: before the
    time, and after it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.columns = nn.LSTM(8, 5, batch_first=True, bidirectional=True)
        self.rows = nn.GRU(8, 4)
        self.mix = nn.Linear(14, 8)
        self.summary = nn.LSTM(8, 6, batch_first=True)
        self.head = nn.Conv1d(6, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x).permute(0, 2, 3, 1)
        batch, height, width, channels = x.shape
        columns, _ = self.columns(x.permute(0, 2, 1, 3).reshape(-1, height, channels))
        columns = columns.reshape(batch, width, height, -1).permute(0, 2, 1, 3)
        rows, _ = self.rows(x.permute(2, 0, 1, 3).reshape(width, -1, channels))
        rows = rows.reshape(width, batch, height, -1).permute(1, 2, 0, 3)
        x = self.mix(torch.cat([columns, rows], dim=-1))
        _, (state, _) = self.summary(x.flatten(0, 1))
        return self.head(state[-1].reshape(batch, height, -1).transpose(1, 2))


class AxialAttention(nn.Module):
    """Attention within each row: the rows are in the batch."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(16, 4, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        y = torch.einsum("bchw->bhwc", x).flatten(0, 1)
        y = self.attention(y, y, y, need_weights=False)[0]
        return y.unflatten(0, x.shape[:1] + x.shape[2:3]).permute(0, 3, 1, 2)

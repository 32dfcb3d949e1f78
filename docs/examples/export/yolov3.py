import torch
from torch import nn


class Unit(nn.Sequential):
    """3x416x416 -> 32x416x416, the first of 72."""

    def __init__(self, in_channels, out, kernel=1, stride=1):
        super().__init__(
            nn.Conv2d(
                in_channels, out, kernel, stride=stride, padding=kernel // 2, bias=False
            ),
            nn.BatchNorm2d(out),
            nn.LeakyReLU(0.1),
        )


class Residual(nn.Module):
    """64x208x208 -> 64x208x208, the first of 23."""

    def __init__(self, maps):
        super().__init__()
        self.residual = nn.Sequential(Unit(maps, maps // 2), Unit(maps // 2, maps, 3))

    def forward(self, x):
        return self.residual(x) + x


class Neck(nn.Sequential):
    """1024x13x13 -> 512x13x13, the first of 3."""

    def __init__(self, in_channels, maps):
        super().__init__(
            Unit(in_channels, maps),
            Unit(maps, 2 * maps, 3),
            Unit(2 * maps, maps),
            Unit(maps, 2 * maps, 3),
            Unit(2 * maps, maps),
        )


class Head(nn.Sequential):
    """512x13x13 -> 255x13x13, the first of 3."""

    def __init__(self, in_channels, *, boxes, classes):
        super().__init__(
            Unit(in_channels, 2 * in_channels, 3),
            nn.Conv2d(2 * in_channels, boxes * (5 + classes), 1),
        )


class Up(nn.Sequential):
    """512x13x13 -> 256x26x26, the first of 2."""

    def __init__(self, in_channels, maps):
        super().__init__(Unit(in_channels, maps), nn.Upsample(scale_factor=2))


class YOLOv3(nn.Module):
    """YOLOv3 (yolov3): 3x416x416 -> 255x52x52, 255x13x13, 255x26x26.

    Redmon & Farhadi, YOLOv3: An Incremental Improvement, 2018
    (https://arxiv.org/abs/1804.02767), and the authors' darknet, cfg/yolov3.cfg

    61,949,149 parameters, 32,932,037,632 multiply-accumulates.
    """

    def __init__(self, classes=80, boxes=3):
        super().__init__()
        self.stem = Unit(3, 32, 3)
        stages = []
        channels = 32
        for maps, depth in zip((64, 128, 256, 512, 1024), (1, 2, 8, 8, 4)):
            stages.append(
                nn.Sequential(
                    Unit(channels, maps, 3, 2), *[Residual(maps) for _ in range(depth)]
                )
            )
            channels = maps
        self.stages = nn.ModuleList(stages)
        self.neck32 = Neck(channels, 512)
        self.head32 = Head(512, boxes=boxes, classes=classes)
        self.up16 = Up(512, 256)
        self.neck16 = Neck(768, 256)
        self.head16 = Head(256, boxes=boxes, classes=classes)
        self.up8 = Up(256, 128)
        self.neck8 = Neck(384, 128)
        self.head8 = Head(128, boxes=boxes, classes=classes)

    def forward(self, x):
        x = self.stem(x)
        stages = []
        for stage in self.stages:
            x = stage(x)
            stages.append(x)
        x = self.neck32(x)
        head32 = self.head32(x)
        x = torch.cat([self.up16(x), stages[3]], dim=1)
        x = self.neck16(x)
        head16 = self.head16(x)
        x = torch.cat([self.up8(x), stages[2]], dim=1)
        x = self.neck8(x)
        x = self.head8(x)
        return x, head32, head16

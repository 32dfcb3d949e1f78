"""Configurations of Darknet, written section by section."""

from __future__ import annotations


def section(kind: str, **options: object) -> str:
    lines = [f"[{kind}]", *(f"{name}={value}" for name, value in options.items())]
    return "\n".join(lines) + "\n\n"


def network(width: int, height: int) -> str:
    return section("net", batch=1, width=width, height=height, channels=3)


def unit(filters: int, size: int = 1, stride: int = 1) -> str:
    """A convolution with a norm and a leaky relu."""
    window = {"filters": filters, "size": size, "stride": stride, "pad": 1}
    return section("convolutional", batch_normalize=1, **window, activation="leaky")


def stage(filters: int, depth: int) -> str:
    """A convolution of stride 2, and residual blocks."""
    block = unit(filters // 2) + unit(filters, 3) + section("shortcut", **{"from": -3})
    return unit(filters, 3, 2) + block * depth


def head(filters: int) -> str:
    """The last two convolutions of a scale, for 80 classes and three boxes."""
    last = section("convolutional", filters=255, size=1, stride=1, pad=1, activation="linear")
    return unit(filters, 3) + last + section("yolo", mask="0,1,2", num=9, classes=80)


def scale(filters: int, skipped: int) -> str:
    """What follows a head: back to its input, twice the size, with an earlier layer."""
    back, joined = section("route", layers=-4), section("route", layers=f"-1, {skipped}")
    return back + unit(filters) + section("upsample", stride=2) + joined


def neck(filters: int) -> str:
    return (unit(filters) + unit(2 * filters, 3)) * 2 + unit(filters)


def yolov3() -> str:
    """Redmon and Farhadi, arXiv:1804.02767, with the layers that its routes refer to."""
    stages = zip((64, 128, 256, 512, 1024), (1, 2, 8, 8, 4), strict=True)
    backbone = unit(32, 3) + "".join(stage(*sizes) for sizes in stages)
    large = neck(512) + head(1024)
    middle = scale(256, 61) + neck(256) + head(512)
    small = scale(128, 36) + neck(128) + head(256)
    return network(416, 416) + backbone + large + middle + small

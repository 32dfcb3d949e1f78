"""Random cases for layer_cases.py: what its families share."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn import functional

RANDOM = random.Random(20261124)
Case = tuple[str, dict[str, Any], list[list[int]], Callable[..., Any]]
"""A kind, its arguments, the input shapes, and a function that makes a layer and its call."""


def pick(*choices: Any) -> Any:
    return RANDOM.choice(choices)


def sizes(rank: int, low: int, high: int) -> list[int]:
    return [RANDOM.randint(low, high) for _ in range(rank)]


def module(name: str, rank: int) -> Any:
    return getattr(nn, f"{name}{rank}d")


def padded(
    x: torch.Tensor, before: list[int], after: list[int], value: float = 0.0
) -> torch.Tensor:
    """Asymmetric padding, which PyTorch's layers do not have."""
    pads = [pad for axis in reversed(range(len(before))) for pad in (before[axis], after[axis])]
    return functional.pad(x, pads, value=value)


def same(size: int, kernel: int, stride: int, dilation: int) -> tuple[int, int]:
    """Source: TensorFlow's notes on SAME padding."""
    out = (size + stride - 1) // stride
    total = max((out - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2


def plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of tensors as a layer without parameters."""
    return lambda *tensors: (nn.Identity(), lambda: function(*tensors))

"""Writes docs/examples/regnet_500.csv: 500 networks of RegNetX of 360M to 400M MACs.

Source: Radosavovic et al., Designing Network Design Spaces, CVPR 2020: the parameters of section
3.3 (d < 64; w_0, w_a < 256; 1.5 <= w_m <= 3, no bottleneck, groups of 1 to 32 channels), which are
drawn log-uniformly.  Networks have four stages of up to 16 blocks each.

    python -m tests.generate.regnet_space
"""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Iterator
from math import exp, log
from pathlib import Path

TARGET = Path(__file__).resolve().parents[2] / "docs" / "examples" / "regnet_500.csv"
COUNT, LEAST, MOST = 500, 360_000_000, 400_000_000
STAGES, MAX_DEPTH, MULTIPLE = 4, 16, 8

RegNetStages = tuple[list[int], list[int], int]
"""The depths and the widths of stages, and the channels of a group."""


def log_uniform(chances: random.Random, low: float, high: float) -> float:
    return exp(chances.uniform(log(low), log(high)))


def drawn(chances: random.Random) -> RegNetStages | None:
    """One draw of the parameters; None if it has not four stages, or one that is too deep."""
    depth = round(log_uniform(chances, STAGES, 63))
    first = round(log_uniform(chances, 8, 255) / MULTIPLE) * MULTIPLE
    slope, factor = log_uniform(chances, 8, 255), chances.uniform(1.5, 3.0)
    group = 2 ** chances.randint(0, 5)
    found = Counter(quantized(first, slope, factor, index, group) for index in range(depth))
    is_usual = len(found) == STAGES and max(found.values()) <= MAX_DEPTH
    return (list(found.values()), list(found), group) if is_usual else None


def quantized(first: int, slope: float, factor: float, index: int, group: int) -> int:
    """The width of a block: on the line, to a power of the factor, then to whole groups."""
    exponent = round(log((first + slope * index) / first) / log(factor))
    width = round(first * factor**exponent / MULTIPLE) * MULTIPLE
    return max(group, round(width / group) * group)


def macs_of(depths: list[int], widths: list[int], group: int) -> int:
    """The multiply-accumulates of a RegNetX for 224x224 pixels, counted by hand.

    >>> macs_of([1, 2, 7, 12], [32, 64, 160, 400], 16)  # RegNetX-400MF
    413812608
    """
    size, channels = 112, 32
    found = 3 * channels * 9 * size**2
    for depth, width in zip(depths, widths, strict=True):
        for index in range(depth):
            before, size = size, size if index else size // 2
            found += channels * width * before**2
            found += (9 * group * width + width * width) * size**2
            found += channels * width * size**2 if index == 0 else 0
            channels = width
    return found + channels * 1000


def networks() -> Iterator[RegNetStages]:
    chances = random.Random(2020)
    while True:
        stages = drawn(chances)
        if stages is not None and LEAST <= macs_of(*stages) <= MOST:
            yield stages


def main() -> None:
    with TARGET.open("w", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["depths", "widths", "group_width"])
        for _, stages in zip(range(COUNT), networks(), strict=False):
            lines.writerow(stages)


if __name__ == "__main__":
    main()

"""Lines across the front of boxes and swatches, by which classes differ in gray."""

from __future__ import annotations

from collections.abc import Iterator

from .geometry import Stroke

HATCHES = {"pool": "/", "dense": "-", "memory": "x", "norm": "\\"}
"""The lines of classes; others have none."""
APART = 5


def hatching(kind: str, left: float, top: float, width: float, height: float) -> Iterator[Stroke]:
    """The lines of a class in a rectangle."""
    marks = {"x": "/\\"}.get(HATCHES.get(kind, ""), HATCHES.get(kind, ""))
    for mark in marks:
        if mark == "-":
            for step in steps(height):
                yield Stroke(((left, top + step), (left + width, top + step)))
        else:
            for first, last in diagonals(width, height):
                if mark == "\\":
                    first, last = (width - first[0], first[1]), (width - last[0], last[1])
                points = ((left + first[0], top + first[1]), (left + last[0], top + last[1]))
                yield Stroke(points)


def steps(length: float) -> Iterator[float]:
    """Places inside of a length."""
    step = APART / 2
    while step < length:
        yield step
        step += APART


def diagonals(
    width: float, height: float
) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """The ends of lines that rise to the right by 45 degrees, in a rectangle at (0, 0)."""
    for step in steps(width + height):
        yield (
            (max(0.0, step - height), min(step, height)),
            (min(step, width), max(0.0, step - width)),
        )

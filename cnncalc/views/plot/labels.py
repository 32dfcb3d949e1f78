"""Labels next to the points of a plot: none overlaps another one, or covers a point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...named_tuple import NamedTuple

DIRECTIONS = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1))
"""Where a label is tried: right, left, above and below its point, then between these."""


class LabelBox(NamedTuple):
    """A rectangle, from its left and its top edge on; y counts downwards."""

    left: float
    top: float
    width: float
    height: float

    @property
    def center(self) -> tuple[float, float]:
        return self.left + self.width / 2, self.top + self.height / 2

    def overlaps(self, other: LabelBox) -> bool:
        return (
            self.left < other.left + other.width
            and other.left < self.left + self.width
            and self.top < other.top + other.height
            and other.top < self.top + self.height
        )

    def contains(self, other: LabelBox) -> bool:
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.left + other.width <= self.left + self.width
            and other.top + other.height <= self.top + self.height
        )


def placed_labels(
    marks: Sequence[LabelBox],
    sizes: Sequence[tuple[float, float] | None],
    bounds: LabelBox,
    distances: Sequence[float],
    obstacles: Sequence[LabelBox] = (),
) -> list[LabelBox | None]:
    """A box within the bounds for the label of each mark, in order; None where there is no space.

    `sizes` are the widths and heights of the labels, None for a mark without one; `distances` are
    tried from the first on; no label covers an obstacle either.

    >>> marks = [LabelBox(0, 0, 1, 1), LabelBox(1, 0, 1, 1)]
    >>> placed_labels(marks, [(3, 1), (3, 1)], LabelBox(0, 0, 9, 3), [0])
    [LabelBox(left=1, top=1, width=3, height=1), LabelBox(left=2, top=0, width=3, height=1)]
    """
    found: list[LabelBox | None] = []
    taken = [*marks, *obstacles]
    for mark, size in zip(marks, sizes, strict=True):
        box = None
        if size is not None:
            tried = (box for far in distances for box in boxes_around(mark, size, far))
            box = next((one for one in tried if is_free(one, bounds, taken)), None)
        if box is not None:
            taken.append(box)
        found.append(box)
    return found


def is_free(box: LabelBox, bounds: LabelBox, taken: Sequence[LabelBox]) -> bool:
    return bounds.contains(box) and not any(box.overlaps(other) for other in taken)


def boxes_around(mark: LabelBox, size: tuple[float, float], distance: float) -> Iterator[LabelBox]:
    """The boxes of a size at a distance from a mark, in each direction."""
    width, height = size
    for across, down in DIRECTIONS:
        yield LabelBox(
            next_to(mark.left, mark.width, width, across, distance),
            next_to(mark.top, mark.height, height, down, distance),
            width,
            height,
        )


def next_to(start: float, extent: float, size: float, direction: int, distance: float) -> float:
    """The start of a label along an axis: centered, or before or after the mark.

    >>> next_to(10, 1, 5, 1, 0), next_to(10, 1, 5, -1, 2), next_to(10, 1, 5, 0, 2)
    (11, 3, 8)
    """
    if direction > 0:
        return start + extent + distance
    if direction < 0:
        return start - size - distance
    return start + (extent - size) // 2

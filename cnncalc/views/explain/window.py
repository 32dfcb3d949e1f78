"""A small picture of a window at the edges of an axis: where it begins, how it moves, and what it leaves over."""

from __future__ import annotations

from collections.abc import Iterator

from ...shape import AxisWindow

WIDEST = 16  # a window, in positions
EDGE = 28  # positions that are drawn at either edge, where there is room
BESIDE = 20  # columns besides them: what is set in, the gap and the number of a place


def window_picture(
    axis: str, along: AxisWindow, places: int, width: int | None = None
) -> list[str]:
    """The axis as a line of positions, and below it the first two places of the window and the last.

    `.` is padding, `o` input, `x` input that no window reaches, `#` what the kernel takes, `-` what a dilated one
    skips.  Nothing where there is nothing to see (a window of 1 that moves by 1) or the window is too wide to draw.

    >>> print("\\n".join(window_picture("width", AxisWindow(7, 3, 2, 1, 1), 4)))
    width 7, kernel 3, stride 2, padding 1 and 1
      .ooooooo.
      ###        place 1
        ###      place 2
            ###  place 4
    """
    size, kernel, stride, before, after, dilation = along
    span = along.effective_kernel
    if span > WIDEST or (span == 1 and stride == 1) or max(before, after) > WIDEST:
        return []
    over = along.unread
    strip = "." * before + "o" * (size - over) + "x" * over + "." * after
    window = ("#" + "-" * (dilation - 1)) * (kernel - 1) + "#"
    length = max(len(strip), (places - 1) * stride + span)
    edge = EDGE if width is None else min(EDGE, max(span, (width - BESIDE) // 2))
    shown = list(pictured(length, edge))
    lines = [
        title(axis, along, over),
        "  " + "".join(cell(strip, index) for index in shown).rstrip(),
    ]
    for place in sorted({0, 1, places - 1} & set(range(places))):
        placed = " " * (place * stride) + window
        row = "".join(cell(placed, index) for index in shown)
        if row.strip(" "):
            lines.append(f"  {row}  place {place + 1}")
    return lines


def title(axis: str, along: AxisWindow, over: int) -> str:
    size, kernel, stride, before, after, dilation = along
    padding = f", padding {before} and {after}" if before or after else ""
    dilated = f", dilation {dilation}" if dilation > 1 else ""
    rest = f", {over} left over (x)" if over else ""
    return f"{axis} {size}, kernel {kernel}{dilated}, stride {stride}{padding}{rest}"


def pictured(length: int, edge: int) -> Iterator[int]:
    """The positions that are drawn: all of a short axis, else both edges, with a gap (-1) between them."""
    if length <= 2 * edge + 3:
        yield from range(length)
        return
    yield from range(edge)
    yield from (-1, -1, -1)
    yield from range(length - edge, length)


def cell(line: str, index: int) -> str:
    return line[index] if 0 <= index < len(line) else " "

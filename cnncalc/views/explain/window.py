"""A small picture of a window on an axis: its start, its moves, and positions that are unread."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...shape import AxisWindow

MAX_WINDOW = 16  # positions; a wider window is not drawn
EDGE = 28  # positions drawn at each end of an axis, if the terminal is wide enough
MARGINS = 20  # columns that the indent, the gap and the labels of the picture take


def window_picture(
    axis: str, window: AxisWindow, positions: int, width: int | None = None
) -> list[str]:
    """The axis as a line, and below it the window at its first two positions and its last.

    `.` is padding, `o` input, `x` input that is never read, `#` the kernel, `-` what a dilated
    kernel skips.  Empty for a window of 1 with stride 1, and for one that is too wide to draw.

    >>> print("\\n".join(window_picture("width", AxisWindow(7, 3, 2, 1, 1), 4)))
    width 7, kernel 3, stride 2, padding 1 and 1
      .ooooooo.
      ###        position 1
        ###      position 2
            ###  position 4
    """
    size, kernel, stride, before, after, dilation = window
    span = window.effective_kernel
    if span > MAX_WINDOW or (span == 1 and stride == 1) or max(before, after) > MAX_WINDOW:
        return []
    rest = window.unread
    shape = ("#" + "-" * (dilation - 1)) * (kernel - 1) + "#"
    length = max(before + size + after, (positions - 1) * stride + span)
    edge = EDGE if width is None else min(EDGE, max(span, (width - MARGINS) // 2))
    shown = list(shown_indices(length, edge))
    lines = [
        *titles(title(axis, window, rest), width),
        "  " + drawn(axis_marks(window, rest), shown).rstrip(),
    ]
    for position in sorted({0, min(1, positions - 1), positions - 1}):
        row = drawn(kernel_marks(shape, position * stride), shown)
        if row.strip(" "):
            lines.append(f"  {row}  position {position + 1}")
    return lines


def axis_marks(window: AxisWindow, rest: int) -> Callable[[int], str]:
    """What is drawn at each index of an axis: long axes are never drawn as a whole."""
    size, before, after = window.size, window.before, window.after
    ends = ((before, "."), (before + size - rest, "o"), (before + size, "x"))

    def mark(index: int) -> str:
        outside = "." if index < before + size + after else " "
        return next((mark for end, mark in ends if index < end), outside)

    return mark


def kernel_marks(shape: str, start: int) -> Callable[[int], str]:
    """What is drawn of a kernel at each index, where it begins at `start`."""
    return lambda index: shape[index - start] if 0 <= index - start < len(shape) else " "


def titles(text: str, width: int | None) -> list[str]:
    """The title of a picture, whose indent is 2, in as many lines as it takes."""
    if width is None or len(text) + 2 <= width:
        return [text]
    from textwrap import wrap

    return wrap(text, max(20, width - 2), subsequent_indent="  ")


def title(axis: str, window: AxisWindow, rest: int) -> str:
    size, kernel, stride, before, after, dilation = window
    padding = f", padding {before} and {after}" if before or after else ""
    dilated = f", dilation {dilation}" if dilation > 1 else ""
    never_read = f", {rest} never read (x)" if rest else ""
    return f"{axis} {size}, kernel {kernel}{dilated}, stride {stride}{padding}{never_read}"


def shown_indices(length: int, edge: int) -> Iterator[int]:
    """The indices that are drawn: all of a short axis, else both ends and a gap (-1) between."""
    if length <= 2 * edge + 3:
        yield from range(length)
        return
    yield from range(edge)
    yield from (-1, -1, -1)
    yield from range(length - edge, length)


def drawn(mark: Callable[[int], str], indices: list[int]) -> str:
    return "".join(mark(index) if index >= 0 else " " for index in indices)

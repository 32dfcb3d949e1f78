"""SVG elements: lines, faces, arrows and text, one per line.  Lengths are in pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..escape import xml

LINES = "#57606a"
SIZE = 10  # of the font
Point = tuple[float, float]


def text(
    x: float,
    y: float,
    words: str,
    anchor: str = "middle",
    bold: bool = False,
    pale: bool = False,
    size: float = SIZE,
) -> str:
    """Text that starts, ends or is centered at a point; default attributes are omitted."""
    style = {
        "text-anchor": anchor if anchor != "start" else "",
        "font-weight": "bold" if bold else "",
        "fill": LINES if pale else "",
        "font-size": number(size) if size != SIZE else "",
    }
    attributes = "".join(f' {name}="{value}"' for name, value in style.items() if value)
    return f'<text x="{number(x)}" y="{number(y)}"{attributes}>{xml(words)}</text>'


def polygon(points: Sequence[Point], fill: str, stroke: str) -> str:
    return f'<polygon points="{joined(points)}" fill="{fill}" stroke="{stroke}"/>'


def path(points: Sequence[Point], stroke: str, width: float = 1) -> str:
    line = f'stroke="{stroke}" stroke-width="{number(width)}"'
    return f'<polyline points="{joined(points)}" fill="none" {line}/>'


def arrow(points: Sequence[Point]) -> Iterator[str]:
    """A line with an arrow head at its end."""
    line, head = arrow_parts(points)
    yield path(line, LINES)
    yield f'<polygon points="{joined(head)}" fill="{LINES}"/>'


def arrow_parts(points: Sequence[Point]) -> tuple[list[Point], list[Point]]:
    """The line of an arrow, to where its head begins, and the head, a triangle."""
    (x1, y1), (x, y) = points[-2:]
    along = ((x > x1) - (x < x1), (y > y1) - (y < y1))
    base = (x - 5 * along[0], y - 5 * along[1])
    across = (2.5 * along[1], 2.5 * along[0])
    head = [
        (x, y),
        (base[0] + across[0], base[1] + across[1]),
        (base[0] - across[0], base[1] - across[1]),
    ]
    return [*points[:-1], base], head


def joined(points: Sequence[Point]) -> str:
    return " ".join(f"{number(x)},{number(y)}" for x, y in points)


def number(value: float) -> str:
    """A length to a tenth of a pixel."""
    return f"{round(value, 1):g}"


def mixed(color: str, light: int) -> str:
    """A lighter color for the top of a box, or a darker one for its side."""
    parts = (int(color[start : start + 2], 16) for start in (1, 3, 5))
    return "#" + "".join(f"{(part + 255) // 2 if light else part * 7 // 8:02x}" for part in parts)

"""Generates docs/alexnet.svg: the terminal output of `cnncalc show alexnet`, light and dark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from cnncalc.engine import analyse
from cnncalc.parser import Request, parse
from cnncalc.sources.resolve import load
from cnncalc.views.layout import width_of
from cnncalc.views.show.table import show_table
from cnncalc.views.style import Style

WIDTH = 92  # columns of the terminal
COLUMN, LINE, MARGIN = 8, 18, 16  # pixels
CLASSES = {"1": "bold", "2": "dim", "36": "cyan", "35": "magenta", "34": "blue", "33": "yellow"}
STYLE = """\
text { font: 13px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace }
text { fill: #24292f; white-space: pre }
rect { fill: #ffffff; stroke: #d0d7de }
.bold { font-weight: 600 } .dim { fill: #6e7781 } .cyan { fill: #0b6b78 }
.magenta { fill: #8250df } .blue { fill: #0969da } .yellow { fill: #9a6700 }
@media (prefers-color-scheme: dark) {
text { fill: #d1d7e0 } rect { fill: #0d1117; stroke: #3d444d }
.dim { fill: #9198a1 } .cyan { fill: #56d4dd } .magenta { fill: #c297ff }
.blue { fill: #58a6ff } .yellow { fill: #d29922 }
}"""


def picture() -> str:
    source = load("alexnet")
    network = parse(source.data, source.name, Request(source.variant)).network
    assert network is not None
    text = "$ cnncalc show alexnet\n\n" + show_table(
        analyse(network), Style(WIDTH, color=True, bars=True)
    )
    lines = text.rstrip("\n").split("\n")
    width, height = WIDTH * COLUMN + 2 * MARGIN, len(lines) * LINE + 2 * MARGIN
    drawn = [
        f'<text y="{MARGIN + (row + 1) * LINE - 5}">{"".join(spans(line))}</text>'
        for row, line in enumerate(lines)
        if line
    ]
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
    title = "<title>Output of cnncalc show alexnet</title>"
    frame = f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"/>'
    return "\n".join([head, title, f"<style>\n{STYLE}\n</style>", frame, *drawn, "</svg>"]) + "\n"


def spans(line: str) -> Iterator[str]:
    """The words of a line, each placed at its column, so that they align in any font."""
    column, color = 0, ""
    for part in re.split(r"(\x1b\[\d*m)", line):
        if part.startswith("\x1b"):
            color = CLASSES.get(part[2:-1], "")
            continue
        for word in re.finditer(r"\S+(?: \S+)*", part):
            x = MARGIN + (column + width_of(part[: word.start()])) * COLUMN
            length = width_of(word.group()) * COLUMN
            named = f' class="{color}"' if color else ""
            text = escape(word.group())
            yield f'<tspan x="{x}" textLength="{length}"{named}>{text}</tspan>'
        column += width_of(part)

"""Generates the figures of docs/graph.md and docs/figures.md: outputs of `cnncalc graph`."""

from __future__ import annotations

import re
from pathlib import Path

from cnncalc.catalogue import entries
from cnncalc.devices.catalogue import bundled_device
from cnncalc.devices.roofline import roofline
from cnncalc.engine import analyse
from cnncalc.engine.analysis import Analysis
from cnncalc.escape import xml
from cnncalc.parser import Request, parse
from cnncalc.sources.resolve import load
from cnncalc.views.graph.figure.details import figure_graph
from cnncalc.views.graph.figure.styles import DEFAULTS, FigureOptions
from cnncalc.views.graph.figure.svg import graph_svg
from cnncalc.views.graph.roofline import roofline_svg

EXAMPLES = Path(__file__).parent / "examples"
SHOWN = {
    "alexnet": "alexnet",
    "googlenet": "googlenet",
    "resnet50": "resnet50",
    "unet": "unet",
    "densenet121": "densenet121",
    "siamese": str(EXAMPLES / "siamese.yaml"),
    "inception": str(EXAMPLES / "inception.yaml"),
    "yolov3": "yolov3",
}
"""The networks of docs/figures.md, by the names of their files in docs/figures."""
DEPTHS = {SHOWN["siamese"]: 2}
COLUMNS, COLUMN, SPACE, HEADING = 2, 540, 14, 16  # of the sheet, in pixels
SIZE = re.compile(r'viewBox="0 0 (\S+) (\S+)" width="\S+" height="\S+"')


def figure(name: str, options: FigureOptions = DEFAULTS) -> str:
    analysis = analysis_of(name)
    return graph_svg(figure_graph(analysis, DEPTHS.get(name)), analysis, options)


def gray_figure(name: str) -> str:
    return figure(name, FigureOptions(palette="gray"))


def roofline_figure(name: str, device_name: str) -> str:
    analysis, device = analysis_of(name), bundled_device(device_name)
    return roofline_svg(roofline(analysis, device), analysis, device.name)


def analysis_of(name: str) -> Analysis:
    source = load(name)
    network = parse(source.data, source.name, Request(source.variant)).network
    assert network is not None
    return analyse(network)


# The sheet of all families


def sheet() -> str:
    """The figure of the first network of every bundled file, in columns."""
    first: dict[str, str] = {}
    for entry in entries():
        first.setdefault(entry.file, entry.name)
    bottoms = [0.0] * COLUMNS
    lines = []
    for name in first.values():
        column = bottoms.index(min(bottoms))
        x, y = column * (COLUMN + SPACE), bottoms[column]
        drawn, height = nested(figure(name, FigureOptions(style="flat")), x, y + HEADING)
        lines.append(f'<text x="{x}" y="{y + HEADING - 4:g}" font-weight="bold">{xml(name)}</text>')
        lines += drawn
        bottoms[column] = round(y + HEADING + height + SPACE)
    width, height = COLUMNS * (COLUMN + SPACE) - SPACE, max(bottoms)
    size = f'viewBox="0 0 {width} {height:g}" width="{width}" height="{height:g}"'
    font = 'font-family="Helvetica, Arial, sans-serif" font-size="12"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" {font}>'
    title = "<title>The figures of all bundled families</title>"
    ground = f'<rect width="{width}" height="{height:g}" fill="#ffffff"/>'
    return "\n".join([head, title, ground, *lines, "</svg>"]) + "\n"


def nested(text: str, x: float, y: float) -> tuple[list[str], float]:
    """A figure inside of another one, at most as wide as a column, and its height."""
    found = SIZE.search(text)
    assert found
    width, height = float(found[1]), float(found[2])
    by = min(1, COLUMN / width)
    place = f'x="{x:g}" y="{y:g}" width="{width * by:.1f}" height="{height * by:.1f}"'
    head = f'<svg {place} viewBox="0 0 {found[1]} {found[2]}">'
    body = re.sub(r"<g><title>.*</title>", "<g>", text).split("\n")[4:]
    return [head, *body], height * by

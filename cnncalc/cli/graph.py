"""`cnncalc graph`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from ..engine.analysis import Analysis
from ..engine.calculation import analyse
from ..sources.files import write
from ..sources.resolve import load
from .completers import complete_networks
from .loading import complain, parsed
from .options import Depth, batch_option, network_options

if TYPE_CHECKING:
    from ..views.graph.graph import Graph

EPILOG = """\b
Examples:
  cnncalc graph googlenet --depth 2              Mermaid, for a Markdown file
  cnncalc graph alexnet -o alexnet.svg           the figure of a paper
  cnncalc graph unet --depth 2 --format dot | dot -Tpdf -o unet.pdf

cnncalc help graph has a page on it.
"""
FORMATS = ("mermaid", "dot", "svg")
SUFFIXES = {".mmd": "mermaid", ".mermaid": "mermaid", ".dot": "dot", ".gv": "dot", ".svg": "svg"}


class Wish(NamedTuple):
    """How the picture is wanted; None is what suits the format."""

    depth: int | None
    direction: str | None
    width: int | None
    exact: bool


@click.command(
    epilog=EPILOG,
    help="Draw NET: a flowchart for Markdown (Mermaid) or Graphviz, or a figure for a paper (SVG).",
)
@click.argument("net", shell_complete=complete_networks)
@network_options
@batch_option
@click.option(
    "--depth",
    type=Depth(),
    metavar="N",
    help="Open groups to this depth (or all); else to 1 for svg, to 40 boxes for others.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="How to draw it; else as FILE ends, or mermaid.",
)
@click.option(
    "--direction",
    type=click.Choice(["down", "right"]),
    help="Where a flowchart goes: down, unless this says.",
)
@click.option(
    "--width",
    type=click.IntRange(100, 100_000),
    metavar="PIXELS",
    help="How wide a figure may be: 1100, if not said.",
)
@click.option("--exact", is_flag=True, help="All digits of every number.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Write it here, whole or not at all.",
)
def command(
    net: str,
    settings: Sequence[str],
    inputs: Sequence[str],
    dtype: str | None,
    batch: int,
    depth: int | None,
    form: str | None,
    direction: str | None,
    width: int | None,
    exact: bool,
    output: str | None,
) -> None:
    form = form or SUFFIXES.get(os.path.splitext(output or "")[1].lower(), "mermaid")
    wish = Wish(depth, direction, width, exact)
    check_wish(form, wish)
    source = load(net)
    found = parsed(source, settings, inputs, dtype)
    text = DRAWERS[form](analyse(complain(found, source), batch), wish)
    if output is None or output == "-":
        sys.stdout.write(text)
    else:
        write(output, text.encode("utf-8", "backslashreplace"))


def check_wish(form: str, wish: Wish) -> None:
    """Raise UsageError where an option is not one of the format."""
    for option, value, forms in (
        ("--direction", wish.direction, ("mermaid", "dot")),
        ("--exact", wish.exact, ("mermaid", "dot")),
        ("--width", wish.width, ("svg",)),
    ):
        if value and form not in forms:
            raise click.UsageError(f"{option} is for {' and '.join(forms)}, not for {form}")


def folded(report: Analysis, depth: int | None) -> Graph:
    from ..views.graph.graph import folded_graph

    return folded_graph(report, depth)


def mermaid(report: Analysis, wish: Wish) -> str:
    from ..views.graph.mermaid import graph_mermaid, too_large

    graph = folded(report, wish.depth)
    text = graph_mermaid(graph, report, wish.direction or "down", wish.exact)
    if remark := too_large(graph, text):
        click.echo(f"cnncalc: {remark}: --depth 1 folds the most", err=True)
    return text


def dot(report: Analysis, wish: Wish) -> str:
    from ..views.graph.dot import graph_dot

    return graph_dot(folded(report, wish.depth), report, wish.direction or "down", wish.exact)


def svg(report: Analysis, wish: Wish) -> str:
    from ..views.graph.figure.svg import WIDTH, TooLarge, graph_svg

    try:
        return graph_svg(folded(report, wish.depth or 1), report, wish.width or WIDTH)
    except TooLarge as error:
        raise click.UsageError(
            f"{error}: --depth 1 folds the most, and --format dot has no limit"
        ) from None


DRAWERS: dict[str, Callable[[Analysis, Wish], str]] = {"mermaid": mermaid, "dot": dot, "svg": svg}

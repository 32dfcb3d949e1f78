"""`cnncalc graph`."""

from __future__ import annotations

import click

from ..problem import Error
from ..views.graph.formats import FORMATS, OPTION_FORMATS, GraphRequest, render
from .completers import complete_networks
from .loading import load_analysis
from .options import (
    NetworkOptions,
    OnceCommand,
    check_options,
    chosen_format,
    depth_option,
    exact_option,
    format_option,
    network_options,
    output_option,
)
from .terminal import complain, write_output

EPILOG = """\b
Examples:
  cnncalc graph googlenet --depth 2              Mermaid, for a Markdown file
  cnncalc graph alexnet -o alexnet.svg           a figure for a paper
  cnncalc graph unet --depth 2 --format dot | dot -Tpdf -o unet.pdf

cnncalc help graph describes the formats.
"""


@click.command(
    cls=OnceCommand,
    epilog=EPILOG,
    help="Draw NET: a flowchart for Markdown (Mermaid) or Graphviz, or a figure for a paper (SVG).",
)
@click.argument("net", shell_complete=complete_networks)
@network_options
@depth_option("1 for svg, else as deep as fits in 40 boxes")
@format_option(FORMATS, "mermaid")
@click.option(
    "--direction",
    type=click.Choice(["down", "right"]),
    help="Direction of a flowchart (default: down).",
)
@click.option(
    "--width",
    type=click.IntRange(100, 100_000),
    metavar="PIXELS",
    help="Maximum width of a figure (default: 1100).",
)
@exact_option
@output_option
def command(
    net: str,
    options: NetworkOptions,
    depth: int | None,
    form: str | None,
    direction: str | None,
    width: int | None,
    exact: bool,
    output: str | None,
) -> None:
    form = chosen_format(form, output, FORMATS, "mermaid")
    given = {"--direction": direction, "--width": width, "--exact": exact}
    check_options(form, OPTION_FORMATS, given)
    if options.dtype is not None:
        raise click.UsageError("--dtype has no effect on a graph, which shows no bytes")
    request = GraphRequest(load_analysis(net, options), depth, direction, width, exact)
    try:
        drawing = render(form, request)
    except Error as error:  # the graph is too large for the format
        advice = "--depth 1 collapses all groups, and --format dot has no limit"
        raise click.UsageError(f"{error}: {advice}") from None
    if drawing.remark:
        complain(f"{drawing.remark}: --depth 1 collapses all groups")
    write_output(drawing.text, form, output)

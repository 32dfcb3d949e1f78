"""`cnncalc graph`."""

from __future__ import annotations

import click

from ..escape import safe
from ..problem import Error
from ..views.conversion import CONVERSIONS, drawn_as
from ..views.graph.formats import FORMATS, OPTION_FORMATS, GraphRequest, RenderedGraph, render
from .completers import complete_networks
from .device import complete_devices, device_called
from .drawing import check_drawing, write_drawing
from .loading import load_analysis
from .options import (
    NetworkOptions,
    check_options,
    chosen_format,
    depth_option,
    exact_option,
    format_option,
    network_options,
    output_option,
)
from .terminal import complain
from .watch import WatchableCommand

EPILOG = """\b
Examples:
  cnncalc graph googlenet --depth 2              Mermaid, for a Markdown file
  cnncalc graph alexnet -o alexnet.svg           a figure for a paper
  cnncalc graph alexnet -o alexnet.tex           the same in TikZ
  cnncalc graph unet --depth 2 --format dot | dot -Tpdf -o unet.pdf
  cnncalc graph resnet50 --roofline rtx-4090 -o roofline.svg

cnncalc help graph describes the formats.
"""


@click.command(
    cls=WatchableCommand,
    epilog=EPILOG,
    help="Draw NET: a flowchart for Markdown (Mermaid) or Graphviz, or a figure for a paper (SVG,"
    " TikZ).",
)
@click.argument("net", shell_complete=complete_networks)
@network_options
@depth_option("1 for svg and tikz, else as deep as fits in 40 boxes")
@format_option((*FORMATS, *CONVERSIONS), "mermaid")
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
@click.option(
    "--roofline",
    metavar="DEVICE",
    shell_complete=complete_devices,
    help="Draw what limits the layers on a device: a name of cnncalc devices, or a device file.",
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
    roofline: str | None,
    exact: bool,
    output: str | None,
) -> None:
    formats = {**FORMATS, **CONVERSIONS}
    form = chosen_format(form, output, formats, "mermaid" if roofline is None else "svg")
    given = {"--direction": direction, "--width": width, "--exact": exact, "--roofline": roofline}
    check_options(form, OPTION_FORMATS, given)
    check_drawing(form, output)
    if roofline is not None and depth is not None:
        raise click.UsageError("--depth has no effect on a roofline, which has a dot per layer")
    if roofline is None and options.dtype is not None:
        raise click.UsageError("--dtype has no effect on a graph, which shows no bytes")
    device = None if roofline is None else device_called(roofline)
    if device is not None:
        options = options._replace(usual_dtype=device.dtype)
    request = GraphRequest(load_analysis(net, options), depth, direction, width, exact, device)
    drawing = rendered(drawn_as(form), request)
    if drawing.remark:
        complain(f"{drawing.remark}: --depth 1 collapses all groups")
    write_drawing(drawing.text, form, output)


def rendered(form: str, request: GraphRequest) -> RenderedGraph:
    """The drawing.  Raises UsageError if the format cannot show it."""
    try:
        return render(form, request)
    except Error as error:
        if request.roofline is not None:  # a number of the device is missing
            raise click.UsageError(safe(str(error))) from None
        advice = "--depth 1 collapses all groups, and --format dot has no limit"
        raise click.UsageError(f"{error}: {advice}") from None

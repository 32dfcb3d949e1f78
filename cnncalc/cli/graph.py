"""`cnncalc graph`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from ..escape import safe
from ..problem import Error
from ..views.conversion import CONVERSIONS, drawn_as
from ..views.graph.figure.styles import FLOWS, STYLES
from ..views.graph.formats import (
    FORMATS,
    NOT_OF_A_ROOFLINE,
    OPTION_FORMATS,
    GraphRequest,
    RenderedGraph,
    render,
)
from ..views.palette import PALETTES
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
  cnncalc graph unet --style flat --palette gray -o unet.svg
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
    type=click.Choice(FLOWS),
    help="Direction (default: down; of a figure: right, or a U for an encoder and decoder).",
)
@click.option(
    "--style",
    type=click.Choice(STYLES),
    help="Feature maps of a figure as boxes, or as flat rectangles (default: boxes).",
)
@click.option(
    "--palette",
    type=click.Choice(list(PALETTES)),
    help="Colors, or gray for print (default: color).",
)
@click.option("--caption", metavar="TEXT", help="Text below a figure.")
@click.option(
    "--width",
    type=click.IntRange(100, 100_000),
    metavar="PIXELS",
    help="Maximum width of a figure (default: 1100, 600 in TikZ).",
)
@click.option(
    "--roofline",
    metavar="DEVICE",
    shell_complete=complete_devices,
    help="Draw what limits the layers on a device: a name that cnncalc devices lists, or a file.",
)
@exact_option
@output_option
def command(
    net: str,
    options: NetworkOptions,
    form: str | None,
    roofline: str | None,
    exact: bool,
    output: str | None,
    **look: Any,
) -> None:
    formats = {**FORMATS, **CONVERSIONS}
    form = chosen_format(form, output, formats, "mermaid" if roofline is None else "svg")
    given = {f"--{name}": value for name, value in look.items()}
    given |= {"--exact": exact, "--roofline": roofline}
    check_options(form, OPTION_FORMATS, given)
    check_effects(drawn_as(form), given)
    check_drawing(form, output)
    if roofline is None and options.dtype is not None:
        raise click.UsageError("--dtype has no effect on a graph, which shows no bytes")
    device = None if roofline is None else device_called(roofline)
    if device is not None:
        options = options._replace(usual_dtype=device.dtype)
    request = GraphRequest(load_analysis(net, options), exact=exact, roofline=device, **look)
    drawing = rendered(drawn_as(form), request)
    if drawing.remark:
        complain(f"{drawing.remark}: --depth 1 collapses all groups")
    write_drawing(drawing.text, form, output)


def check_effects(form: str, given: Mapping[str, object]) -> None:
    """Raise UsageError for options that have no effect together."""
    if given["--roofline"] is not None:
        for option in NOT_OF_A_ROOFLINE:
            if given[option] is not None:
                raise click.UsageError(f"{option} has no effect on a roofline")
    if form in ("svg", "tikz") and given["--direction"] == "down" and given["--width"] is not None:
        raise click.UsageError("--width has no effect on a figure that goes down")
    if given["--caption"] == "":
        raise click.UsageError("--caption is empty")


def rendered(form: str, request: GraphRequest) -> RenderedGraph:
    """The drawing.  Raises UsageError if the format cannot show it."""
    try:
        return render(form, request)
    except Error as error:
        if request.roofline is not None:  # a number of the device is missing
            raise click.UsageError(safe(str(error))) from None
        advice = "--depth 1 collapses all groups, and --format dot has no limit"
        raise click.UsageError(f"{error}: {advice}") from None

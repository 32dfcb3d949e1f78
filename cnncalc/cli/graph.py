"""`cnncalc graph`."""

from __future__ import annotations

import click

from ..escape import safe
from ..problem import Error
from ..views.endings import WrongEnding, check_ending, format_for
from ..views.graph.formats import FORMATS, OPTION_FORMATS, GraphRequest, render
from .completers import complete_networks
from .loading import load_analysis
from .options import (
    NetworkOptions,
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
    epilog=EPILOG,
    help="Draw NET: a flowchart for Markdown (Mermaid) or Graphviz, or a figure for a paper (SVG).",
)
@click.argument("net", shell_complete=complete_networks)
@network_options
@depth_option("1 for svg, else as deep as fits in 40 boxes")
@format_option(FORMATS, None, "Output format (default: from the ending of FILE, or mermaid).")
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
    form = format_of(output, form)
    check_options(form, {"--direction": direction, "--width": width, "--exact": exact})
    request = GraphRequest(load_analysis(net, options), depth, direction, width, exact)
    try:
        drawing = render(form, request)
    except Error as error:  # the graph is too large for the format
        advice = "--depth 1 collapses all groups, and --format dot has no limit"
        raise click.UsageError(f"{error}: {advice}") from None
    if drawing.remark:
        complain(f"{drawing.remark}: --depth 1 collapses all groups")
    write_output(drawing.text, form, output)


def format_of(output: str | None, form: str | None) -> str:
    """The format of `--format`, or else of the file's ending.

    Raises UsageError if the ending does not fit.
    """
    try:
        if form is None:
            return format_for(output, FORMATS, "mermaid")
        check_ending(output, form)
        return form
    except WrongEnding as error:
        raise click.UsageError(f"-o {safe(output or '')}: {safe(str(error))}") from None


def check_options(form: str, options: dict[str, object]) -> None:
    """Raise UsageError if an option does not apply to the format."""
    for option, value in options.items():
        forms = OPTION_FORMATS[option]
        if value and form not in forms:
            raise click.UsageError(f"{option} is for {' and '.join(forms)}, not for {form}")

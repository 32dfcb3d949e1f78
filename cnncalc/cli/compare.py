"""`cnncalc compare`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from ..views.grid.formats import FORMATS, render
from .completers import complete_networks
from .convention import convention_option, with_convention
from .loading import load_analysis
from .options import (
    NetworkOptions,
    color_option,
    exact_option,
    format_option,
    network_options,
)
from .terminal import style, write

EPILOG = """\b
Examples:
  cnncalc compare resnet50 mobilenet_v2 efficientnet_b0
  cnncalc compare vgg16 mynet.yaml@small --relative
  cnncalc compare resnet50 mobilenet_v2 --convention fvcore
  cnncalc compare resnet18 resnet34 --input 3x160x160 --dtype int8 --format markdown
"""


@click.command(
    epilog=EPILOG,
    help="Compare networks, one row each; `*` marks the smallest value of a column.",
)
@click.argument("nets", nargs=-1, required=True, metavar="NET...", shell_complete=complete_networks)
@network_options
@convention_option
@click.option("--relative", is_flag=True, help="Show the other networks as multiples of the first.")
@exact_option
@format_option(FORMATS, "table")
@color_option
def command(
    nets: Sequence[str],
    options: NetworkOptions,
    convention: str | None,
    relative: bool,
    exact: bool,
    form: str,
    color: str,
) -> None:
    from ..views.grid.compare import compare_grid

    analyses = [with_convention(load_analysis(net, options), convention) for net in nets]
    grid = compare_grid(analyses, nets, relative)
    write(render(form, grid, style(color, exact), "cnncalc/compare/1"), form)

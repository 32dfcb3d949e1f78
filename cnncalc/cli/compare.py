"""`cnncalc compare`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from ..engine.calculation import analyse
from ..sources.resolve import load
from .completers import complete_networks
from .convention import convention_option, recounted
from .loading import FORMATS, complain, parsed
from .options import batch_option, color_option, network_options
from .terminal import style

EPILOG = """\b
Examples:
  cnncalc compare resnet50 mobilenet_v2 efficientnet_b0
  cnncalc compare vgg16 mynet.yaml@small --relative
  cnncalc compare resnet50 mobilenet_v2 --convention fvcore
  cnncalc compare resnet18 resnet34 --input 3x160x160 --dtype int8 --format markdown
"""


@click.command(
    epilog=EPILOG, help="Put networks side by side, a row each; a star marks the least of a column."
)
@click.argument("nets", nargs=-1, required=True, metavar="NET...", shell_complete=complete_networks)
@network_options
@batch_option
@convention_option
@click.option(
    "--relative", is_flag=True, help="The numbers of the others as multiples of those of the first."
)
@click.option("--exact", is_flag=True, help="All digits of every number.")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", help="How to print it."
)
@color_option("table")
def command(
    nets: Sequence[str],
    settings: Sequence[str],
    inputs: Sequence[str],
    dtype: str | None,
    batch: int,
    convention: str | None,
    relative: bool,
    exact: bool,
    form: str,
    color: str,
) -> None:
    from ..views.grid.compare import compare_grid
    from ..views.grid.grid import grid_text

    reports = []
    for net in nets:
        source = load(net)
        reports.append(
            recounted(
                analyse(complain(parsed(source, settings, inputs, dtype), source), batch),
                convention,
            )
        )
    sys.stdout.write(
        grid_text(
            compare_grid(reports, nets, relative), form, style(color, exact), "cnncalc/compare/1"
        )
    )

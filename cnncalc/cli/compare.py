"""`cnncalc compare`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from ..views.compare.formats import FORMATS, OPTION_FORMATS, PLOTS
from ..views.conversion import CONVERSIONS, drawn_as
from ..views.grid.breakdown import BREAKDOWNS
from .completers import complete_networks, complete_numbers
from .convention import convention_option
from .device import DeviceOptions, device_options
from .drawing import check_drawing, write_drawing
from .options import (
    SORT_HELP,
    NetworkOptions,
    check_options,
    chosen_format,
    color_option,
    colors,
    exact_option,
    format_option,
    network_options,
    output_option,
)
from .sweep_problems import reported_problems
from .terminal import style
from .training import TrainingOptions, training_options
from .watch import WatchableCommand

EPILOG = """\b
Examples:
  cnncalc compare resnet50 mobilenet_v2 efficientnet_b0
  cnncalc compare vgg16 mynet.yaml@small --relative
  cnncalc compare 'resnet@*' --columns name,params,macs,peak_bytes --sort macs
  cnncalc compare 'resnet@*' 'mobilenet_v2@*' --plot macs,top1
  cnncalc compare 'nets.yaml@*' --join results.csv --pareto 'min macs, max top1'
  cnncalc compare resnet50 mobilenet_v2 --convention fvcore
  cnncalc compare resnet18 resnet34 --input 3x160x160 --dtype int8 --format markdown
  cnncalc compare visual_wake_words resnet8 --device stm32f746
  cnncalc compare resnet50 convnext_tiny --training --batch 32 --optimizer adamw
"""


@click.command(
    cls=WatchableCommand,
    epilog=EPILOG,
    help="Compare networks, one row each; `*` marks the best value of a column."
    "  FILE@* is every variant of a file.",
)
@click.argument("nets", nargs=-1, required=True, metavar="NET...", shell_complete=complete_networks)
@network_options
@device_options
@training_options
@convention_option
@click.option("--relative", is_flag=True, help="Show the other networks as multiples of the first.")
@click.option(
    "--columns",
    metavar="NAME,...",
    shell_complete=complete_numbers,
    help="Columns to print; +NAME adds to the default ones.",
)
@click.option(
    "--by", type=click.Choice(BREAKDOWNS), help="One row for each class or type of layers instead."
)
@click.option("--join", metavar="FILE", help="Add columns of a CSV file, such as latency.")
@click.option(
    "--pareto",
    metavar="OBJECTIVES",
    help="Keep the networks on the Pareto front: 'min macs, max top1'.",
)
@click.option("--sort", metavar="COLUMN", help=f"{SORT_HELP}.")
@click.option("--plot", metavar="X,Y", help="Draw two columns, or the distribution of one.")
@exact_option
@format_option((*FORMATS, *CONVERSIONS), "table")
@output_option
@color_option
def command(
    nets: Sequence[str],
    options: NetworkOptions,
    target: DeviceOptions,
    training: TrainingOptions,
    convention: str | None,
    exact: bool,
    form: str | None,
    output: str | None,
    color: str,
    **words: Any,
) -> None:
    from ..views.grid.compare import known_columns
    from .compare_columns import ColumnChoice
    from .compare_networks import compared_networks
    from .compare_rows import CompareWords, compared_rows, joined

    asked = CompareWords(**words)
    formats = {**FORMATS, **CONVERSIONS}
    form = chosen_format(form, output, formats, "table" if asked.plot is None else "plot")
    check_options(form, OPTION_FORMATS, {**colors(color), **asked.limited(exact)})
    check_drawing(form, output)
    asked.check()
    networks = list(compared_networks(nets, options, target, training, convention))
    if asked.relative and len(networks) < 2:
        raise click.UsageError("--relative compares with the first network: name another one")
    with reported_problems():
        networks = joined(asked, networks)
        choice = ColumnChoice(known_columns(networks), target)
        found = compared_rows(asked, networks, choice, is_plot=drawn_as(form) in PLOTS)
        request = found._replace(style=style(color, exact, output))
        write_drawing(FORMATS[drawn_as(form)](request), form, output)

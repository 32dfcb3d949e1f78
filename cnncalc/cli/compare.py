"""`cnncalc compare`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from ..views.grid.formats import FORMATS, OPTION_FORMATS, GridRequest, render
from .completers import complete_networks, complete_numbers
from .convention import convention_option
from .device import DeviceOptions, device_options
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
from .terminal import style, write_output
from .training import TrainingOptions, training_options
from .watch import WatchableCommand

EPILOG = """\b
Examples:
  cnncalc compare resnet50 mobilenet_v2 efficientnet_b0
  cnncalc compare vgg16 mynet.yaml@small --relative
  cnncalc compare 'resnet@*' --columns name,params,macs,peak_bytes --sort macs
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
@exact_option
@click.option("--sort", metavar="COLUMN", help=f"{SORT_HELP}.")
@format_option(FORMATS, "table")
@output_option
@color_option
def command(
    nets: Sequence[str],
    options: NetworkOptions,
    target: DeviceOptions,
    training: TrainingOptions,
    convention: str | None,
    relative: bool,
    columns: str | None,
    exact: bool,
    sort: str | None,
    form: str | None,
    output: str | None,
    color: str,
) -> None:
    from ..views.grid.compare import compare_grid, known_columns, relative_to
    from .compare_columns import ColumnChoice
    from .compare_networks import compared_networks

    form = chosen_format(form, output, FORMATS, "table")
    check_options(form, OPTION_FORMATS, colors(color))
    networks = list(compared_networks(nets, options, target, training, convention))
    if relative and len(networks) < 2:
        raise click.UsageError("--relative compares with the first network: name another one")
    choice = ColumnChoice(known_columns(networks), target)
    shown = choice.shown(columns)
    backwards, sorting = choice.sorting(sort)
    grid = compare_grid(networks, list(choice.in_use(shown, sorting)))
    first = grid.rows[0]
    if sorting is not None:
        grid = grid.sorted_by([column.name for column in grid.columns].index(sorting), backwards)
    if relative:
        grid = relative_to(first, grid)
    grid = grid.selected(shown)._replace(is_chosen=columns is not None)
    request = GridRequest(grid, style(color, exact, output), "cnncalc/compare/1")
    write_output(render(form, request), form, output)

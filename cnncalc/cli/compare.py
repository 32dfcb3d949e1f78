"""`cnncalc compare`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from ..engine.analysis import Analysis
from ..views.grid.formats import FORMATS, OPTION_FORMATS, GridRequest, render
from .completers import complete_networks
from .convention import convention_option, with_convention
from .device import DeviceOptions, device_options, with_deployment
from .loading import load_analysis
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
from .sorting import sorted_grid
from .terminal import style, write_output
from .training import TrainingOptions, training_options, with_training
from .watch import WatchableCommand

EPILOG = """\b
Examples:
  cnncalc compare resnet50 mobilenet_v2 efficientnet_b0
  cnncalc compare vgg16 mynet.yaml@small --relative
  cnncalc compare resnet50 mobilenet_v2 --convention fvcore
  cnncalc compare resnet18 resnet34 --input 3x160x160 --dtype int8 --format markdown
  cnncalc compare visual_wake_words resnet8 --device stm32f746
  cnncalc compare resnet50 convnext_tiny --training --batch 32 --optimizer adamw
"""


@click.command(
    cls=WatchableCommand,
    epilog=EPILOG,
    help="Compare networks, one row each; `*` marks the smallest value of a column.",
)
@click.argument("nets", nargs=-1, required=True, metavar="NET...", shell_complete=complete_networks)
@network_options
@device_options
@training_options
@convention_option
@click.option("--relative", is_flag=True, help="Show the other networks as multiples of the first.")
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
    exact: bool,
    sort: str | None,
    form: str | None,
    output: str | None,
    color: str,
) -> None:
    from ..views.grid.compare import compare_grid, relative_to

    form = chosen_format(form, output, FORMATS, "table")
    check_options(form, OPTION_FORMATS, colors(color))
    if relative and len(nets) < 2:
        raise click.UsageError("--relative compares with the first network: name another one")
    analyses = [analysis_of(net, options, target, training) for net in nets]
    analyses = [with_convention(analysis, convention) for analysis in analyses]
    grid = compare_grid(analyses, nets)
    first, grid = grid.rows[0], sorted_grid(grid, sort)
    if relative:
        grid = relative_to(first, grid)
    request = GridRequest(grid, style(color, exact, output), "cnncalc/compare/1")
    write_output(render(form, request), form, output)


def analysis_of(
    net: str, options: NetworkOptions, target: DeviceOptions, training: TrainingOptions
) -> Analysis:
    """The numbers of a network, with those on the device and in training if they are asked for."""
    analysis, trained = with_deployment(load_analysis(net, options), target), None
    if training.is_asked and target.device is not None:
        trained = load_analysis(net, options._replace(usual_dtype="float32"))
    return with_training(analysis, training, None, trained)

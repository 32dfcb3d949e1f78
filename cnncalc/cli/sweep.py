"""`cnncalc sweep`."""

from __future__ import annotations

from typing import Any

import click

from ..escape import safe
from ..views.grid.formats import FORMATS, OPTION_FORMATS
from .completers import complete_networks
from .device import DeviceOptions, device_options
from .options import (
    SORT_HELP,
    NetworkOptions,
    OnceCommand,
    check_options,
    chosen_format,
    color_option,
    colors,
    exact_option,
    format_option,
    network_options,
    output_option,
)
from .terminal import style

EPILOG = """\b
Examples:
  cnncalc sweep mobilenet_v2 --over width=0.25..1:0.25 --over resolution=96..224:32
  cnncalc sweep resnet50 --over 'depths[*]=2,3,4' --where 'macs < 3G' --sort params --top 5
  cnncalc sweep net.yaml --over width=0.1..2:0.01 --over resolution=32..256:16 -o sweep.csv --jobs 2
  cnncalc sweep mcunet.yaml --over width=0.5..1:0.1 --device stm32f746 --where 'ram <= 256KiB'
  cnncalc sweep net.yaml --over width=0.5..2.0 --sample 1000 --pareto 'min macs, max params'
"""


@click.command(
    cls=OnceCommand,
    epilog=EPILOG,
    help="Calculate the totals of many variants of a network: one row for each combination of"
    " values. VALUES are 3,5,7 or 1..8 or 96..224:16 or 16..1024:*2; VAR is a variable of the file,"
    " an entry of one (`depths[0]`, `depths[*]`), `resolution` or `variant`.",
)
@click.argument("net", shell_complete=complete_networks)
@click.option("--over", multiple=True, metavar="VAR=VALUES", help="Vary a variable.")
@click.option("--from", "points", metavar="FILE", help="Vary what a CSV file has in columns.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Draw N of the variants.")
@click.option("--seed", type=int, metavar="S", help="The sample to draw (default: 0).")
@network_options
@device_options
@click.option("--where", multiple=True, metavar="CONDITION", help="Keep rows: 'macs <= 600M'.")
@click.option("--pareto", metavar="OBJECTIVES", help="Keep a front: 'min macs, max params'.")
@click.option("--sort", metavar="COLUMN", help=f"{SORT_HELP}.")
@click.option("--top", type=click.IntRange(1), metavar="N", help="Keep the first N rows of --sort.")
@click.option("--per", metavar="VAR,...", help="Statistics for each value of some variables.")
@click.option("--columns", metavar="NAME,...", help="The numbers of each row.")
@click.option("--jobs", type=click.IntRange(1), default=1, metavar="N", help="Use N processes.")
@click.option("--restart", is_flag=True, help="Begin anew instead of resuming -o FILE.")
@click.option("--quiet", is_flag=True, help="Print no progress and no summary.")
@exact_option
@format_option(FORMATS, "table")
@output_option
@color_option
def command(
    net: str,
    options: NetworkOptions,
    target: DeviceOptions,
    exact: bool,
    form: str | None,
    output: str | None,
    color: str,
    jobs: int,
    restart: bool,
    quiet: bool,
    **words: Any,
) -> None:
    from ..sweep.errors import InvalidSweep
    from .sweep_job import SweepWords, sweep_of
    from .sweep_run import Output, run_sweep

    form = chosen_format(form, output, FORMATS, "table")
    check_options(form, OPTION_FORMATS, colors(color))
    try:
        sweep = sweep_of(net, SweepWords(**words), options, target)
        to = Output(form, output, style(color, exact, output), restart, quiet)
        run_sweep(sweep, to, jobs)
    except InvalidSweep as error:
        raise click.UsageError(safe(str(error))) from None

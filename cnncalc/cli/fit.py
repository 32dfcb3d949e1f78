"""`cnncalc fit`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from ..views.grid.formats import FORMATS, OPTION_FORMATS
from .completers import complete_networks
from .device import DeviceOptions, device_options
from .options import (
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
from .sweep_problems import reported_problems
from .sweep_workers import workers_of, workers_options
from .terminal import style

EPILOG = """\b
Examples:
  cnncalc fit mobilenet_v2 --vary width=0.25..2:0.05 --vary resolution=96..224:16 --under macs=100M
  cnncalc fit mynet.yaml --vary 'depths[*]=1..4' --under params=500k --under peak_bytes=256KiB
  cnncalc fit visual_wake_words --vary resolution=48..128:8 --under ram=80KiB --device stm32f746
  cnncalc fit mobilenet_v2 --vary width=0.1..2.0 --under params=3M --maximize macs
  cnncalc fit net.yaml --vary width=0.5..2:0.1 --under macs=300M --join results.csv --maximize top1
"""


@click.command(
    cls=OnceCommand,
    epilog=EPILOG,
    help="Find the largest variants of a network within limits. VAR=VALUES are as in `cnncalc"
    " sweep`; a range of decimals without a step, such as width=0.1..2.0, is searched.",
)
@click.argument("net", shell_complete=complete_networks)
@click.option("--vary", multiple=True, metavar="VAR=VALUES", help="Vary a variable.")
@click.option(
    "--under",
    multiple=True,
    metavar="NUMBER=FIGURE",
    help="A limit: macs=300M, peak_bytes=256KiB; separate several with commas.",
)
@click.option(
    "--maximize",
    default="params",
    metavar="NUMBER",
    help="The number to maximize (default: params).",
)
@click.option("--join", metavar="FILE", help="Add columns of a CSV file, such as accuracy.")
@click.option(
    "--top",
    type=click.IntRange(1, 1000),
    default=5,
    metavar="N",
    help="Number of rows (default: 5).",
)
@click.option(
    "--sample",
    type=click.IntRange(1, 1_000_000),
    metavar="N",
    help="Examine N random variants, and their neighbors.",
)
@click.option("--seed", type=int, metavar="S", help="Random seed of the sample (default: 0).")
@network_options
@device_options
@workers_options
@click.option("--quiet", is_flag=True, help="Print no progress.")
@exact_option
@format_option(FORMATS, "table")
@output_option
@color_option
def command(
    net: str,
    vary: Sequence[str],
    under: Sequence[str],
    maximize: str,
    join: str | None,
    top: int,
    sample: int | None,
    seed: int | None,
    options: NetworkOptions,
    target: DeviceOptions,
    jobs: int | None,
    executor: str | None,
    quiet: bool,
    exact: bool,
    form: str | None,
    output: str | None,
    color: str,
) -> None:
    from .fit_run import FitWords, run_fit
    from .sweep_output import Output

    form = chosen_format(form, output, FORMATS, "table")
    check_options(form, OPTION_FORMATS, colors(color))
    words = FitWords(vary, under, maximize, top, sample, seed, join)
    to = Output(form, output, style(color, exact, output), quiet=quiet)
    with reported_problems():
        is_found = run_fit(net, words, options, target, to, workers_of(jobs, executor))
    if not is_found:
        raise click.exceptions.Exit(1)

"""`cnncalc sweep`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from ..escape import safe
from ..views.conversion import CONVERSIONS, drawn_as
from ..views.sweep.formats import FORMATS, OPTION_FORMATS, PLOTS
from .completers import complete_networks
from .device import DeviceOptions, device_options
from .drawing import check_drawing
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
from .sweep_problems import reported_problems
from .sweep_workers import workers_of, workers_options
from .terminal import style

EPILOG = """\b
Examples:
  cnncalc sweep mobilenet_v2 --over width=0.25..1:0.25 --over resolution=96..224:32
  cnncalc sweep resnet50 --over 'depths[*]=2,3,4' --where 'macs < 3G' --sort params --top 5
  cnncalc sweep net.yaml --over width=0.1..2:0.01 --over resolution=32..256:16 -o sweep.csv --jobs 2
  cnncalc sweep mcunet.yaml --over width=0.5..1:0.1 --device stm32f746 --where 'ram <= 256KiB'
  cnncalc sweep net.yaml --over width=0.5..2.0 --sample 1000 --pareto 'min macs, max params'
  cnncalc sweep net.yaml --over width=0.5..2:0.1 --join results.csv --pareto 'min macs, max top1'
  cnncalc sweep net.yaml --over width=0.5..2.0 --sample 500 --plot macs,params
  cnncalc sweep net.yaml --over width=0.1..2:0.01 --shard 3/16 -o part-3.csv
  cnncalc sweep --merge part-*.csv -o sweep.csv
"""


@click.command(
    cls=OnceCommand,
    epilog=EPILOG,
    help="Calculate the totals of many variants of a network: one row for each combination of"
    " values. VALUES are 3,5,7 or 1..8 or 96..224:16 or 16..1024:*2; VAR is a variable of the file,"
    " an entry of one (`depths[0]`, `depths[*]`), `resolution` or `variant`.",
)
@click.argument("nets", nargs=-1, required=True, metavar="NET", shell_complete=complete_networks)
@click.option("--over", multiple=True, metavar="VAR=VALUES", help="Vary a variable.")
@click.option("--from", "points", metavar="FILE", help="Vary the columns of a CSV file.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Draw N variants at random.")
@click.option("--seed", type=int, metavar="S", help="Random seed of the sample (default: 0).")
@network_options
@device_options
@click.option("--join", metavar="FILE", help="Add columns of a CSV file, such as accuracy.")
@click.option(
    "--where",
    multiple=True,
    metavar="CONDITION",
    help="Keep rows that meet a condition: 'macs <= 600M'.",
)
@click.option("--pareto", metavar="OBJECTIVES", help="Keep the front: 'min macs, max params'.")
@click.option("--sort", metavar="COLUMN", help=f"{SORT_HELP}.")
@click.option("--top", type=click.IntRange(1), metavar="N", help="Keep the first N rows of --sort.")
@click.option("--per", metavar="VAR,...", help="Statistics for each value of some variables.")
@click.option("--columns", metavar="NAME,...", help="Columns to print.")
@click.option("--plot", metavar="X,Y", help="Draw two columns, or the distribution of one.")
@workers_options
@click.option("--shard", metavar="I/N", help="Calculate part I of N, for --merge: 3/16.")
@click.option("--merge", is_flag=True, help="Merge the files of all shards, instead of NET.")
@click.option("--restart", is_flag=True, help="Start again instead of continuing -o FILE.")
@click.option("--quiet", is_flag=True, help="Print no progress and no summary.")
@exact_option
@format_option((*FORMATS, *CONVERSIONS), "table")
@output_option
@color_option
def command(
    nets: Sequence[str],
    options: NetworkOptions,
    target: DeviceOptions,
    exact: bool,
    form: str | None,
    output: str | None,
    color: str,
    restart: bool,
    quiet: bool,
    merge: bool,
    shard: str | None,
    jobs: int | None,
    executor: str | None,
    plot: str | None,
    **words: Any,
) -> None:
    from ..sweep.shard import parse_shard
    from .sweep_job import SweepWords, sweep_of
    from .sweep_merge import run_merge
    from .sweep_output import Output
    from .sweep_run import run_sweep

    formats = {**FORMATS, **CONVERSIONS}
    form = chosen_format(form, output, formats, "table" if plot is None else "plot")
    check_options(form, OPTION_FORMATS, {**colors(color), **limited(plot, exact, words)})
    check_drawing(form, output)
    to = Output(form, output, style(color, exact, output), restart, quiet, plot)
    with reported_problems():
        if merge:
            refuse_with_merge()
            run_merge(nets, to)
            return
        if len(nets) > 1:
            raise click.UsageError(f"sweep takes one network, found {safe(', '.join(nets))}")
        part = parse_shard(shard) if shard is not None else None
        asked = SweepWords(**words, plot=plot, is_plotted=drawn_as(form) in PLOTS)
        sweep = sweep_of(nets[0], asked, options, target)
        run_sweep(sweep, to, workers_of(jobs, executor), part)


def limited(plot: str | None, exact: bool, words: Mapping[str, Any]) -> dict[str, object]:
    """The options that apply to some formats only, with what is given of them."""
    limited_words = {f"--{name}": words[name] for name in ("columns", "sort", "top", "per")}
    return {"--plot": plot, "--exact": exact, **limited_words}


WITH_MERGE = {"nets", "merge", "exact", "form", "output", "color", "restart", "quiet", "plot"}


def refuse_with_merge() -> None:
    """Raise UsageError for an option whose effect the shards have already."""
    context = click.get_current_context()
    for option in context.command.params:
        source = context.get_parameter_source(option.name or "")
        if source is click.core.ParameterSource.COMMANDLINE and option.name not in WITH_MERGE:
            raise click.UsageError(
                f"{option.opts[-1]} has no effect with --merge: the shards were calculated with it"
            )

"""`cnncalc show`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from ..engine import analyse
from ..engine.analysis import Analysis
from ..parser import Parsed
from ..sources.resolve import load
from ..views.show.formats import FORMATS, ShowRequest, render
from .completers import complete_columns, complete_networks
from .convention import convention_option, with_convention
from .loading import checked_network, parse_source
from .options import (
    ALL,
    NetworkOptions,
    color_option,
    depth_option,
    exact_option,
    format_option,
    network_options,
)
from .terminal import style, write, write_parts

if TYPE_CHECKING:
    from ..problem import Problem
    from ..views.show.options import TableOptions

EPILOG = """\b
Examples:
  cnncalc show alexnet
  cnncalc show architectures/googlenet.yaml@googlenet_bn --depth 2
  cnncalc show mynet.yaml --set classes=10 --input 3x64x64
  cnncalc show resnet50 --layers 'stage.3.*' --columns layer,output,receptive_field
  cnncalc show vgg16 --sort params --format markdown
  cnncalc show resnet50 --format json | jq .totals
  cnncalc show resnet50 --convention torchinfo

cnncalc help columns lists the columns.
"""


@click.command(
    epilog=EPILOG,
    help="Show the output shape and cost of each layer of NET, with totals and a breakdown.",
)
@click.argument("net", shell_complete=complete_networks)
@network_options
@convention_option
@depth_option("as deep as fits in 40 rows")
@click.option(
    "--layers",
    multiple=True,
    metavar="PATTERN",
    help="Show only these layers: a path, with * and ?, or a type.",
)
@click.option(
    "--columns",
    metavar="NAME,...",
    shell_complete=complete_columns,
    help="Columns to print; +NAME adds to the default ones.",
)
@click.option(
    "--sort",
    metavar="COLUMN",
    shell_complete=complete_columns,
    help="Sort by a column, largest first.",
)
@exact_option
@click.option("--totals-only", is_flag=True, help="Print only the totals.")
@format_option(FORMATS, "table")
@color_option
def command(
    net: str,
    options: NetworkOptions,
    convention: str | None,
    depth: int | None,
    layers: tuple[str, ...],
    columns: str | None,
    sort: str | None,
    exact: bool,
    totals_only: bool,
    form: str,
    color: str,
) -> None:
    from ..views.show.options import TableOptions

    shown = TableOptions(depth, (), sort, layers, totals_only)
    if form != "json":
        shown = with_columns(shown, columns, form == "csv", convention)
    source = load(net)
    parsed = parse_source(source, options)
    if parsed.network is None and form == "table":
        print_partial(parsed, color)
    analysis = with_convention(analyse(checked_network(parsed), options.batch), convention)
    request = ShowRequest(analysis, shown, style(color, exact))
    if form == "table":
        unmet = () if options.changes_network else unmet_expectations(analysis)
        variants = () if source.variant else parsed.variants
        request = request._replace(unmet=unmet, variants=variants)
    write_parts(render(form, request), form)


def with_columns(
    shown: TableOptions, columns: str | None, is_csv: bool, convention: str | None
) -> TableOptions:
    """The options with the columns of `--columns`; CSV has all layers unless a depth is given.

    Raises UsageError if a column does not exist, or needs a convention.
    """
    from ..views.show.columns import COLUMNS, default_columns

    names = [name.strip() for name in columns.lstrip("+").split(",")] if columns else []
    if columns and columns.startswith("+"):
        default = default_columns(is_csv, ["convention"] if convention else [])
        names = [*default, *(name for name in names if name not in default)]
    for name in (*names, *([shown.sort] if shown.sort else [])):
        if name not in COLUMNS:
            raise unknown_column(name, COLUMNS)
        if name.startswith("convention") and convention is None:
            raise click.UsageError(f"column {name} needs --convention")
    depth = ALL if shown.depth is None and is_csv else shown.depth
    return shown._replace(depth=depth, columns=tuple(names))


def unknown_column(name: str, known: Iterable[str]) -> click.UsageError:
    from ..escape import safe
    from ..problem import nearest

    hint = nearest(name, known) or "cnncalc help columns lists them"
    return click.UsageError(f"there is no column {safe(name) or '``'}: {hint}")


def unmet_expectations(analysis: Analysis) -> list[Problem]:
    from ..check.expect import check_expect

    return check_expect(analysis)


def print_partial(parsed: Parsed, color: str) -> None:
    """Print the layers before the step that failed."""
    if parsed.partial is None or not parsed.partial.nodes:
        return
    from ..views.show.table import rows_table

    write(rows_table(analyse(parsed.partial), style(color)) + "\n")

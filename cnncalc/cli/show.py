"""`cnncalc show`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import click

from ..engine.analysis import Analysis
from ..engine.calculation import analyse
from ..parser.parsing import Parsed
from ..sources.resolve import Source, load
from .completers import complete_columns, complete_networks
from .convention import convention_option, recounted
from .loading import FORMATS, complain, parsed
from .options import ALL, Depth, batch_option, color_option, network_options
from .terminal import style

if TYPE_CHECKING:
    from ..views.show.table import TableOptions

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
    help="Show what every layer of NET puts out and costs, with totals and a breakdown.",
)
@click.argument("net", shell_complete=complete_networks)
@network_options
@batch_option
@convention_option
@click.option(
    "--depth",
    type=Depth(),
    metavar="N",
    help="Open groups to this depth (or all); else as far as 40 rows allow.",
)
@click.option(
    "--layers",
    multiple=True,
    metavar="PATTERN",
    help="Only these layers: a path, with * and ?, or a type.",
)
@click.option(
    "--columns",
    metavar="NAME,...",
    shell_complete=complete_columns,
    help="These columns; +NAME adds to the usual.",
)
@click.option(
    "--sort",
    metavar="COLUMN",
    shell_complete=complete_columns,
    help="In the order of a column, largest first.",
)
@click.option("--exact", is_flag=True, help="All digits of every number.")
@click.option("--totals-only", is_flag=True, help="Leave the layers out.")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", help="How to print it."
)
@color_option("table")
def command(
    net: str,
    settings: Sequence[str],
    inputs: Sequence[str],
    dtype: str | None,
    batch: int,
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
    chosen = (
        None
        if form == "json"
        else choice(form, depth, columns, sort, layers, totals_only, convention)
    )
    source = load(net)
    found = parsed(source, settings, inputs, dtype)
    if found.network is None and form == "table":
        show_rows(found, source, color)
    report = recounted(analyse(complain(found, source), batch), convention)
    if chosen is None:
        write(json_lines(report, totals_only))
    elif form == "table":
        from ..check.expect import check_expect
        from ..views.show.table import show_table
        from ..views.text import for_log

        broken = () if settings or inputs else check_expect(report)
        variants = () if source.variant else found.variants
        sys.stdout.write(for_log(show_table(report, style(color, exact), chosen, broken, variants)))
    else:
        write(PRINTERS[form](report, chosen, exact))


def choice(
    form: str,
    depth: int | None,
    columns: str | None,
    sort: str | None,
    layers: tuple[str, ...],
    totals_only: bool,
    convention: str | None,
) -> TableOptions:
    """Which rows and columns are wanted.  Raises UsageError where a column is not known, or has nothing to hold."""
    from ..views.show.columns import COLUMNS, default_columns
    from ..views.show.table import TableOptions

    names = [name.strip() for name in columns.lstrip("+").split(",")] if columns else []
    if columns and columns.startswith("+"):
        before = default_columns(form == "csv", ["convention"] if convention else [])
        names = [*before, *(name for name in names if name not in before)]
    for name in (*names, *([sort] if sort else [])):
        if name not in COLUMNS:
            raise unknown_column(name, COLUMNS)
        if name.startswith("convention") and convention is None:
            raise click.UsageError(f"column {name} needs --convention")
    return TableOptions(
        ALL if depth is None and form == "csv" else depth, tuple(names), sort, layers, totals_only
    )


def unknown_column(name: str, known: Iterable[str]) -> click.UsageError:
    from ..problem import nearest
    from ..views.text import safe

    hint = nearest(name, known) or "cnncalc help columns lists them"
    return click.UsageError(f"there is no column {safe(name) or '``'}: {hint}")


def show_rows(found: Parsed, source: Source, color: str) -> None:
    """The rows before the step that failed."""
    if found.partial is None or not found.partial.nodes:
        return
    from ..views.show.table import rows_table

    sys.stdout.write(rows_table(analyse(found.partial), style(color, False)) + "\n")


# Formats that are the same wherever they go


def write(parts: Iterable[str]) -> None:
    """Print text in few writes: an output may be unbuffered."""
    parts = iter(parts)
    while part := "".join(islice(parts, 1000)):
        sys.stdout.write(part)


def json_lines(report: Analysis, totals_only: bool) -> Iterable[str]:
    from ..views.show.json import show_json

    return (line + "\n" for line in show_json(report, totals_only))


def csv(report: Analysis, choice: TableOptions, exact: bool) -> Iterable[str]:
    from ..views.show.csv import show_csv, totals_csv
    from ..views.show.table import selected_rows

    if choice.totals_only:
        return totals_csv(report)
    rows = [row for row in selected_rows(report, choice) if not row.heading]
    return show_csv(report, rows, choice.columns)


def markdown(report: Analysis, choice: TableOptions, exact: bool) -> Iterable[str]:
    from ..views.show.markdown import show_markdown
    from ..views.show.table import selected_rows

    return [
        show_markdown(
            report, selected_rows(report, choice), choice.columns, exact, choice.totals_only
        )
    ]


def latex(report: Analysis, choice: TableOptions, exact: bool) -> Iterable[str]:
    from ..views.show.latex import show_latex, totals_latex
    from ..views.show.table import selected_rows

    if choice.totals_only:
        return [totals_latex(report, exact)]
    return [
        show_latex(
            report, selected_rows(report, choice), choice.columns, exact, whole=not choice.layers
        )
    ]


PRINTERS: dict[str, Callable[[Analysis, TableOptions, bool], Iterable[str]]] = {
    "csv": csv,
    "markdown": markdown,
    "latex": latex,
}

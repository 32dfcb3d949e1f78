"""`cnncalc show`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from ..engine import analyse
from ..engine.analysis import Analysis
from ..escape import safe
from ..named_tuple import NamedTuple
from ..parser import Parsed
from ..views.show.formats import FORMATS, OPTION_FORMATS, ShowRequest, render
from .completers import complete_columns, complete_networks
from .convention import convention_option, with_convention
from .device import DeviceOptions, device_options, with_deployment
from .loading import checked_network, load, parse_source
from .options import (
    ALL,
    SORT_HELP,
    NetworkOptions,
    OnceCommand,
    check_options,
    chosen_format,
    color_option,
    colors,
    depth_option,
    exact_option,
    format_option,
    network_options,
    output_option,
    sort_order,
)
from .selection import chosen_layers
from .show_source import source_option
from .terminal import style, write, write_output, write_parts

if TYPE_CHECKING:
    from ..problem import Problem
    from ..views.show.options import TableOptions
    from ..views.style import Style

EPILOG = """\b
Examples:
  cnncalc show alexnet
  cnncalc show architectures/googlenet.yaml@googlenet_bn --depth 2
  cnncalc show model.pt2                       a model file
  cnncalc show mynet.yaml --set classes=10 --input 3x64x64
  cnncalc show resnet50 --layers 'stage.3.*' --columns layer,output,receptive_field
  cnncalc show vgg16 --sort params --format markdown
  cnncalc show resnet50 --format json | jq .totals
  cnncalc show resnet50 --convention torchinfo
  cnncalc show visual_wake_words --device stm32h743   flash, RAM and time there
  cnncalc show visual_wake_words --device stm32h743 --memory   where its buffers are
  cnncalc show resnet50 --source               the architecture file itself

cnncalc help columns lists the columns.
"""


@click.command(
    cls=OnceCommand,
    epilog=EPILOG,
    help="Show the output shape and cost of each layer of NET, with totals and a breakdown.  NET is"
    " a bundled name, an architecture file, a model file, or REV:PATH of a file in git.",
)
@click.argument("net", shell_complete=complete_networks)
@network_options
@device_options
@convention_option
@depth_option("as deep as fits in 40 rows")
@click.option(
    "--layers",
    multiple=True,
    metavar="PATTERN",
    help="Show only these layers: a path or its end, with * and ?, or a kind of layer.",
)
@click.option(
    "--columns",
    metavar="NAME,...",
    shell_complete=complete_columns,
    help="Columns to print, by name or title; +NAME adds to the default ones.",
)
@click.option("--sort", metavar="COLUMN", shell_complete=complete_columns, help=f"{SORT_HELP}.")
@click.option(
    "--memory",
    is_flag=True,
    help="Show the memory plan of TensorFlow Lite Micro instead: one row per buffer.",
)
@exact_option
@click.option("--totals-only", is_flag=True, help="Print only the totals.")
@format_option(FORMATS, "table")
@output_option
@color_option
@source_option
def command(
    net: str,
    options: NetworkOptions,
    target: DeviceOptions,
    convention: str | None,
    depth: int | None,
    layers: tuple[str, ...],
    columns: str | None,
    sort: str | None,
    memory: bool,
    exact: bool,
    totals_only: bool,
    form: str | None,
    output: str | None,
    color: str,
) -> None:
    form = chosen_format(form, output, FORMATS, "table")
    of_rows = {"--columns": columns, "--sort": sort, "--layers": layers, "--depth": depth}
    needs_table = {"--runtime": target.runtime and not (totals_only or memory)}
    of_plan = {"--memory": memory}
    check_options(form, OPTION_FORMATS, {**of_rows, **needs_table, **of_plan, **colors(color)})
    check_combination({**of_rows, "--convention": memory and convention}, totals_only, memory)
    shown = table_options(
        RowOptions(depth, columns, sort, form == "csv"), convention, target.device is not None
    )
    source = load(net, options.inputs)
    parsed = parse_source(source, options)
    if parsed.network is None and form == "table" and output is None:
        print_partial(parsed, color)
    analysis = with_convention(analyse(checked_network(parsed), options.batch), convention)
    analysis = with_deployment(analysis, target)
    if memory:
        write_output(memory_text(analysis, form, style(color, exact, output)), form, output)
        return
    shown = shown._replace(
        layers=tuple(chosen_layers(analysis, layers)) if layers else (), totals_only=totals_only
    )
    request = ShowRequest(analysis, shown, style(color, exact, output))
    if form == "table":
        unmet = () if options.changes_network else unmet_expectations(analysis)
        variants = () if source.variant else parsed.variants
        request = request._replace(unmet=unmet, variants=variants)
    write_parts(render(form, request), form, output)


def check_combination(of_rows: Mapping[str, object], totals_only: bool, memory: bool) -> None:
    """Raise UsageError for options that would have no effect together."""
    given = [option for option, value in of_rows.items() if value]
    if memory and (given or totals_only):
        others = [*given, "--totals-only"]
        raise click.UsageError(f"--memory shows no layers, so {others[0]} has no effect")
    if totals_only and given:
        raise click.UsageError(f"--totals-only omits the rows, so {given[0]} has no effect")
    if {"--layers", "--depth"} <= set(given):
        raise click.UsageError("--layers selects layers, not groups, so --depth has no effect")


def memory_text(analysis: Analysis, form: str, style: Style) -> str:
    """The memory plan in a format.  Raises UsageError if the runtime has none."""
    from ..devices.deployment import Deployment
    from ..views.grid.formats import GridRequest, render
    from ..views.grid.memory import memory_grid

    found = analysis.supplement(Deployment)
    if found is None or found.plan is None:
        message = "--memory shows the plan of TensorFlow Lite Micro: name a device that runs it"
        raise click.UsageError(f"{message}, or use --runtime tflm")
    return render(form, GridRequest(memory_grid(found.plan), style, ""))


class RowOptions(NamedTuple):
    """The options on rows and columns as they are given."""

    depth: int | None
    columns: str | None
    sort: str | None
    is_csv: bool


def table_options(given: RowOptions, convention: str | None, has_device: bool) -> TableOptions:
    """The columns and their order; CSV has all layers unless a depth is given.

    Raises UsageError if a column does not exist, or needs a convention or a device.
    """
    from ..views.show.options import TableOptions

    depth, columns, sort, is_csv = given
    texts = columns.lstrip("+").split(",") if columns is not None else []
    names = [column_named(text, convention, has_device) for text in texts]
    if columns is not None and columns.startswith("+"):
        from ..views.show.columns import default_columns

        default = default_columns(is_csv, ["convention"] if convention else [], has_device)
        names = [*default, *(name for name in names if name not in default)]
    backwards, sorting = sort_order(sort)
    by = column_named(sorting, convention, has_device) if sorting is not None else None
    return TableOptions(ALL if depth is None and is_csv else depth, tuple(names), by, backwards)


def column_named(text: str, convention: str | None, has_device: bool) -> str:
    """The name of the column that a name or a printed title refers to.  Raises UsageError."""
    from ..problem import nearest
    from ..views.show.columns import COLUMNS, TIMED, columns_called

    if convention is not None and text.strip().lower() == convention:
        text = "convention_count"
    found = [column.name for column in columns_called(text)]
    if len(found) > 1:
        raise click.UsageError(f"{safe(text)} is the title of {' and of '.join(found)}: name one")
    if not found:
        hint = nearest(text, COLUMNS) or "cnncalc help columns lists them"
        raise click.UsageError(f"there is no column {safe(text) or '``'}: {hint}")
    if found[0].startswith("convention") and convention is None:
        raise click.UsageError(f"column {found[0]} needs --convention")
    if found[0] in TIMED and not has_device:
        message = f"column {found[0]} needs --device NAME; cnncalc devices lists the names"
        raise click.UsageError(message)
    return found[0]


def unmet_expectations(analysis: Analysis) -> list[Problem]:
    from ..check.expect import check_expect

    return check_expect(analysis)


def print_partial(parsed: Parsed, color: str) -> None:
    """Print the layers before the step that failed."""
    if parsed.partial is None or not parsed.partial.nodes:
        return
    from ..views.show.table import rows_table

    write(rows_table(analyse(parsed.partial), style(color)) + "\n")

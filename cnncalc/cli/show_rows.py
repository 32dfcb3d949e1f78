"""The options of `cnncalc show` on what it prints: rows, columns, totals or the memory plan."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from ..escape import safe
from ..named_tuple import NamedTuple
from .completers import complete_columns
from .options import ALL, SORT_HELP, Command, depth_option, sort_order

if TYPE_CHECKING:
    from ..views.show.options import TableOptions


class RowOptions(NamedTuple):
    """`--depth`, `--layers`, `--columns`, `--sort`, `--memory` and `--totals-only`."""

    depth: int | None
    layers: tuple[str, ...]
    columns: str | None
    sort: str | None
    memory: bool
    totals_only: bool

    def of_rows(self) -> dict[str, object]:
        """The options on rows, and whether each is given."""
        return {
            "--columns": self.columns,
            "--sort": self.sort,
            "--layers": self.layers,
            "--depth": self.depth,
        }

    def given(self, of_totals: Mapping[str, object]) -> dict[str, object]:
        """The options that are for some formats, `of_totals` if the rows are shown."""
        is_on_rows = not (self.totals_only or self.memory)
        return {**self.of_rows(), "--memory": self.memory, **(of_totals if is_on_rows else {})}


def row_options(function: Command) -> Command:
    """The options of RowOptions, which the command gets as `rows`."""

    @functools.wraps(function)
    def command(
        *,
        depth: int | None,
        layers: tuple[str, ...],
        columns: str | None,
        sort: str | None,
        memory: bool,
        totals_only: bool,
        **others: Any,
    ) -> Any:
        rows = RowOptions(depth, layers, columns, sort, memory, totals_only)
        return function(rows=rows, **others)

    return depth_option("as deep as fits in 40 rows")(
        layers_option(columns_option(sort_option(memory_option(totals_option(command)))))
    )


layers_option = click.option(
    "--layers",
    multiple=True,
    metavar="PATTERN",
    help="Show only these layers: a path or its end, with * and ?, or a kind of layer.",
)
columns_option = click.option(
    "--columns",
    metavar="NAME,...",
    shell_complete=complete_columns,
    help="Columns to print, by name or title; +NAME adds to the default ones.",
)
sort_option = click.option(
    "--sort", metavar="COLUMN", shell_complete=complete_columns, help=f"{SORT_HELP}."
)
memory_option = click.option(
    "--memory",
    is_flag=True,
    help="Show the memory plan of TensorFlow Lite Micro instead: one row per buffer.",
)
totals_option = click.option("--totals-only", is_flag=True, help="Print only the totals.")


def check_combination(rows: RowOptions, of_layers: Mapping[str, object]) -> None:
    """Raise UsageError for options that would have no effect together."""
    given = [option for option, value in rows.of_rows().items() if value]
    others = {"--totals-only": rows.totals_only, **of_layers}
    without_effect = [*given, *(option for option, value in others.items() if value)]
    if rows.memory and without_effect:
        message = f"--memory shows no layers, so {without_effect[0]} has no effect"
        raise click.UsageError(message)
    if rows.totals_only and given:
        raise click.UsageError(f"--totals-only omits the rows, so {given[0]} has no effect")
    if {"--layers", "--depth"} <= set(given):
        raise click.UsageError("--layers selects layers, not groups, so --depth has no effect")


def table_options(
    rows: RowOptions, form: str, convention: str | None, further: Sequence[str]
) -> TableOptions:
    """The columns and their order; CSV has all layers unless a depth is given.

    `further` are the columns that a device or a training step adds.  Raises UsageError if a column
    does not exist, or needs another option.
    """
    from ..views.show.options import TableOptions

    columns = rows.columns
    texts = columns.lstrip("+").split(",") if columns is not None else []
    names = [column_named(text, convention, further) for text in texts]
    if columns is not None and columns.startswith("+"):
        from ..views.show.columns import default_columns

        default = default_columns(form, ["convention"] if convention else [], further)
        names = [*default, *(name for name in names if name not in default)]
    backwards, sorting = sort_order(rows.sort)
    by = column_named(sorting, convention, further) if sorting is not None else None
    depth = ALL if rows.depth is None and form == "csv" else rows.depth
    return TableOptions(depth, tuple(names), by, backwards, totals_only=rows.totals_only)


def column_named(text: str, convention: str | None, further: Sequence[str]) -> str:
    """The name of the column that a name or a printed title refers to.  Raises UsageError."""
    from ..problem import nearest
    from ..views.show.columns import COLUMNS, NEEDS, columns_called

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
    if found[0] in NEEDS and found[0] not in further:
        raise click.UsageError(f"column {found[0]} needs {NEEDS[found[0]]}")
    return found[0]

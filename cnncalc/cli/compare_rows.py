"""What the options of `compare` make of the networks: rows of a table, or points of a plot."""

from __future__ import annotations

from collections.abc import Sequence

import click

from ..escape import safe
from ..named_tuple import NamedTuple
from ..views.grid.breakdown import breakdown_grid
from ..views.grid.compare import NamedAnalysis, compare_grid, relative_to
from ..views.grid.formats import GridRequest
from ..views.grid.grid import Grid
from ..views.style import Style
from .compare_columns import ColumnChoice
from .compare_join import joined_networks
from .compare_plot import front_networks, plot_of
from .sorting import sorted_grid

SCHEMA = "cnncalc/compare/1"


class CompareWords(NamedTuple):
    """What the command line says of columns, of rows and of a plot."""

    columns: str | None = None
    join: str | None = None
    pareto: str | None = None
    sort: str | None = None
    plot: str | None = None
    relative: bool = False
    by: str | None = None

    def limited(self, exact: bool) -> dict[str, object]:
        """The options that apply to some formats only, with what is given of them."""
        return {
            "--plot": self.plot,
            "--exact": exact,
            "--columns": self.columns,
            "--sort": self.sort,
            "--relative": self.relative,
            "--by": self.by,
        }

    def check(self) -> None:
        """Raise UsageError for options that would have no effect together."""
        given = {"--relative": self.relative, "--join": self.join}
        for option in [name for name, value in given.items() if value and self.by]:
            raise click.UsageError(f"--by has one row per class or type, so {option} has no effect")


def joined(words: CompareWords, networks: list[NamedAnalysis]) -> list[NamedAnalysis]:
    """The networks with the columns of `--join`.  Raises InvalidSweep."""
    return networks if words.join is None else joined_networks(words.join, networks)


def compared_rows(
    words: CompareWords, networks: Sequence[NamedAnalysis], choice: ColumnChoice, is_plot: bool
) -> GridRequest:
    """The rows of the networks, or with a plot all of their columns.

    Raises InvalidSweep or UsageError.
    """
    if is_plot:
        plot = plot_of(words.plot, words.pareto, networks, choice)
        grid = compare_grid(networks, list(choice.known.values()))
        title = f"{plot.y.title} over {plot.x.title}"
        return GridRequest(grid._replace(title=title), Style(), SCHEMA, plot=plot)
    first = networks[0]
    if words.pareto is not None:
        networks = front_networks(words.pareto, networks, choice)
    if words.by is not None:
        return GridRequest(breakdown_of(words, networks), Style(), SCHEMA, "breakdown")
    return GridRequest(table_of(words, networks, first, choice), Style(), SCHEMA)


def breakdown_of(words: CompareWords, networks: Sequence[NamedAnalysis]) -> Grid:
    """The rows of `--by`, with the columns and in the order that are asked for."""
    grid = sorted_grid(breakdown_grid(networks, words.by or ""), words.sort)
    if words.columns is None:
        return grid
    names = [column_of(grid, text) for text in words.columns.split(",")]
    return grid.selected(list(dict.fromkeys(names)))._replace(is_chosen=True)


def column_of(grid: Grid, text: str) -> str:
    """The name of the column that is called so.  Raises UsageError."""
    position = grid.position_of(text)
    if position is None:
        names = ", ".join(column.name for column in grid.columns)
        raise click.UsageError(f"--columns with --by takes {names}; found {safe(text) or '``'}")
    return grid.columns[position].name


def table_of(
    words: CompareWords,
    networks: Sequence[NamedAnalysis],
    first: NamedAnalysis,
    choice: ColumnChoice,
) -> Grid:
    """The rows in their order; `first` is the network that others are multiples of."""
    shown = choice.shown(words.columns)
    backwards, sorting = choice.sorting(words.sort)
    columns = list(choice.in_use(shown, sorting))
    grid = compare_grid(networks, columns)
    is_shown = networks[0] is first
    whole = grid.rows[0] if is_shown else tuple([column.value(first) for column in columns])
    if sorting is not None:
        grid = grid.sorted_by([column.name for column in columns].index(sorting), backwards)
    if words.relative:
        grid = relative_to(whole, grid)
    return grid.selected(shown)._replace(is_chosen=words.columns is not None)

"""The formats of `cnncalc show`.  Each imports its view when it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from ...engine.analysis import Analysis
from ...named_tuple import NamedTuple
from ...problem import Problem
from ..style import Style

if TYPE_CHECKING:
    from .options import TableOptions


class ShowRequest(NamedTuple):
    """A network and how it is shown.

    `unmet` are the expectations of its file that it does not meet, `variants` the variants that
    the file has.
    """

    analysis: Analysis
    options: TableOptions
    style: Style
    unmet: Sequence[Problem] = ()
    variants: Sequence[str] = ()


def render(form: str, request: ShowRequest) -> Iterable[str]:
    """A network in a format, as parts of a text."""
    return FORMATS[form](request)


def as_table(request: ShowRequest) -> Iterable[str]:

    from .table import show_table

    analysis, options, style, unmet, variants = request
    yield show_table(analysis, style, options, unmet, variants)


def as_json(request: ShowRequest) -> Iterable[str]:
    from .json import show_json

    for line in show_json(request.analysis, request.options.totals_only):
        yield line + "\n"


def as_csv(request: ShowRequest) -> Iterable[str]:
    from .csv import show_csv, totals_csv
    from .table import selected_rows

    analysis, options = request.analysis, request.options
    if options.totals_only:
        return totals_csv(analysis)
    rows = [row for row in selected_rows(analysis, options) if not row.heading]
    return show_csv(analysis, rows, options.columns)


def as_markdown(request: ShowRequest) -> Iterable[str]:
    from .markdown import show_markdown
    from .table import selected_rows

    analysis, options, exact = request.analysis, request.options, request.style.exact
    rows = selected_rows(analysis, options)
    yield show_markdown(analysis, rows, options.columns, exact, options.totals_only)


def as_latex(request: ShowRequest) -> Iterable[str]:
    from .latex import ROWS, show_latex, totals_latex
    from .table import selected_rows

    analysis, options, exact = request.analysis, request.options, request.style.exact
    if options.totals_only:
        yield totals_latex(analysis, exact)
        return
    rows = selected_rows(analysis, options, ROWS)
    yield show_latex(analysis, rows, options.columns, exact, whole=not options.layers)


FORMATS: dict[str, Callable[[ShowRequest], Iterable[str]]] = {
    "table": as_table,
    "json": as_json,
    "csv": as_csv,
    "markdown": as_markdown,
    "latex": as_latex,
}
OPTION_FORMATS = {
    **dict.fromkeys(
        ("--columns", "--sort", "--layers", "--depth"), ("table", "csv", "markdown", "latex")
    ),
    "--color": ("table",),
    **dict.fromkeys(("--runtime", "--optimizer"), ("table", "json", "markdown")),
    "--memory": ("table", "csv", "markdown", "latex"),
}
"""The formats that an option applies to; an option that is not here applies to all."""

"""`cnncalc list`."""

from __future__ import annotations

import click

from ..catalogue import CatalogueFilter, entries
from ..problem import count
from ..views.grid.formats import FORMATS, OPTION_FORMATS, GridRequest, render
from .options import (
    SORT_HELP,
    FigureType,
    OnceCommand,
    check_options,
    chosen_format,
    color_option,
    colors,
    exact_option,
    format_option,
    output_option,
)
from .sorting import sorted_grid
from .terminal import complain, style, write_output

EPILOG = """\b
Examples:
  cnncalc list                                  one row per family
  cnncalc list resnet                           the networks that match a word
  cnncalc list --max-params 5M --sort macs
  cnncalc list --task segmentation --format csv
"""


@click.command(
    "list",
    cls=OnceCommand,
    epilog=EPILOG,
    help="List the bundled architectures by family; with WORD or a limit, the matching networks.",
)
@click.argument("word", required=False, default="")
@click.option(
    "--task", default="", metavar="WORDS", help="Only networks whose task contains WORDS."
)
@click.option("--max-params", type=FigureType(), metavar="N", help="At most N parameters, e.g. 5M.")
@click.option("--max-macs", type=FigureType(), metavar="N", help="At most N MACs, e.g. 600M.")
@click.option("--sort", metavar="COLUMN", help=f"{SORT_HELP}.")
@click.option("--variants", is_flag=True, help="List networks, one row each, instead of families.")
@exact_option
@format_option(FORMATS, "table")
@output_option
@color_option
def command(
    word: str,
    task: str,
    max_params: int | None,
    max_macs: int | None,
    sort: str | None,
    variants: bool,
    exact: bool,
    form: str | None,
    output: str | None,
    color: str,
) -> None:
    from ..views.grid.catalogue import families_grid, networks_grid

    form = chosen_format(form, output, FORMATS, "table")
    check_options(form, OPTION_FORMATS, colors(color))
    wanted = CatalogueFilter(word, task, max_params, max_macs)
    found = [entry for entry in entries() if wanted.accepts(entry)]
    if not found:
        complain("no bundled architecture matches")
        raise click.exceptions.Exit(1)
    for_programs = form in ("json", "csv")
    if variants or for_programs or sort or wanted != CatalogueFilter("", "", None, None):
        grid = networks_grid(found, brief=not for_programs)
    else:
        grid = families_grid(found, exact)
    request = GridRequest(sorted_grid(grid, sort), style(color, exact, output), "cnncalc/list/1")
    text = render(form, request)
    if form == "table":
        files = count(len({entry.file for entry in found}), "file")
        text += f"\n{count(len(found), 'network')} in {files}\n"
    write_output(text, form, output)

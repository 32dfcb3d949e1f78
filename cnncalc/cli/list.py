"""`cnncalc list`."""

from __future__ import annotations

import sys

import click

from ..catalogue import CatalogueEntry, entries
from ..problem import count
from .loading import FORMATS
from .options import Amount, color_option
from .terminal import style

EPILOG = """\b
Examples:
  cnncalc list                                  a family a row
  cnncalc list resnet                           the networks with that word
  cnncalc list --max-params 5M --sort macs
  cnncalc list --task segmentation --format csv
"""


@click.command(
    "list",
    epilog=EPILOG,
    help="List the bundled architectures; with WORD, or a limit, the networks that fit.",
)
@click.argument("word", required=False, default="")
@click.option(
    "--task",
    default="",
    metavar="WORDS",
    help="Only networks for this task, or a part of its name.",
)
@click.option(
    "--max-params",
    type=Amount(),
    metavar="N",
    help="Only networks with at most so many parameters, as in 5M.",
)
@click.option(
    "--max-macs",
    type=Amount(),
    metavar="N",
    help="Only networks with at most so many MACs, as in 600M.",
)
@click.option(
    "--sort", type=click.Choice(["name", "year", "params", "macs"]), help="In this order."
)
@click.option("--variants", is_flag=True, help="A network a row, also without a word or a limit.")
@click.option("--exact", is_flag=True, help="All digits of every number.")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", help="How to print it."
)
@color_option("table")
def command(
    word: str,
    task: str,
    max_params: int | None,
    max_macs: int | None,
    sort: str | None,
    variants: bool,
    exact: bool,
    form: str,
    color: str,
) -> None:
    from ..views.grid.catalogue import families_grid, networks_grid
    from ..views.grid.grid import grid_text

    found = [
        entry
        for entry in entries()
        if has(entry, word)
        and task.lower() in entry.task.lower()
        and (max_params is None or entry.params <= max_params)
        and (max_macs is None or entry.macs <= max_macs)
    ]
    if sort is not None:
        found.sort(key=lambda entry: getattr(entry, sort) or 0)
    if not found:
        click.echo("cnncalc: no bundled architecture fits", err=True)
        raise click.exceptions.Exit(1)
    each = (
        variants
        or form in ("json", "csv")
        or bool(word or task or sort)
        or max_params is not None
        or max_macs is not None
    )
    grid = networks_grid(found, brief=form not in ("json", "csv")) if each else families_grid(found)
    sys.stdout.write(grid_text(grid, form, style(color, exact), "cnncalc/list/1"))
    if form == "table":
        files = count(len({entry.file for entry in found}), "file")
        sys.stdout.write(f"\n{count(len(found), 'network')} in {files}\n")


def has(entry: CatalogueEntry, word: str) -> bool:
    """Whether a word stands in what a network is called, or in its source."""
    return any(
        word.lower() in text.lower() for text in (entry.name, entry.file, entry.title, entry.source)
    )

"""`cnncalc show`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING

import click

from ..engine import analyse
from ..parser import Parsed
from .files import Source, load
from .outcome import can_unicode, complain, network_options, parsed, terminal_width, wants_colour

if TYPE_CHECKING:
    from ..views.table import Style

EPILOG = """\b
Examples:
  cnncalc show alexnet
  cnncalc show architectures/googlenet.yaml@googlenet_bn --depth 2
  cnncalc show mynet.yaml --set classes=10 --input 3x64x64
  cnncalc show resnet50 --format json | jq .totals
"""


class Depth(click.ParamType):  # type: ignore[type-arg]
    """A number of levels, 1 or more, or `all`."""

    name = "depth"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if value == "all":
            return 10**6
        if not (value.isascii() and value.isdigit() and int(value[:7]) >= 1):
            self.fail(f"{value!r} is no depth: 1 or more, or all", param, ctx)
        return int(value[:7])


@click.command(epilog=EPILOG, help="Show what every layer of NET puts out and costs, with totals and a breakdown.")
@click.argument("net")
@network_options
@click.option("--batch", type=click.IntRange(1, 10**9), default=1, metavar="N", help="Count for N samples at once.")
@click.option("--depth", type=Depth(), metavar="N", help="Open groups to this depth (or all); else as far as 40 rows allow.")
@click.option("--exact", is_flag=True, help="All digits of every number.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help="How to print it.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colour in the table.")
def command(
    net: str,
    settings: Sequence[str],
    inputs: Sequence[str],
    dtype: str | None,
    batch: int,
    depth: int | None,
    exact: bool,
    form: str,
    color: str,
) -> None:
    source = load(net)
    found = parsed(source, settings, inputs, dtype)
    if found.network is None and form == "table":
        show_rows(found, source, color)
    network = complain(found, source)
    report = analyse(network, batch)
    if form == "json":
        from ..views.show_json import show_json

        lines = show_json(report)
        while part := "".join(line + "\n" for line in islice(lines, 1000)):  # in few writes: an output may be unbuffered
            sys.stdout.write(part)
        return
    from ..checks.expect import check_expect
    from ..views.table import show_table

    changed = settings or inputs
    sys.stdout.write(show_table(report, style(color, exact), depth, () if changed else check_expect(report)))


def show_rows(found: Parsed, source: Source, color: str) -> None:
    """The rows before the step that failed."""
    if found.rows is None or not found.rows.nodes:
        return
    from ..views.table import rows_table

    sys.stdout.write(rows_table(analyse(found.rows), style(color, False)) + "\n")


def style(color: str, exact: bool) -> Style:
    from ..views.table import Style

    width = terminal_width()
    return Style(width, wants_colour(color), width is not None, can_unicode(), exact)

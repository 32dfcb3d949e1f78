"""`cnncalc devices`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from ..escape import safe
from ..sources.files import is_present, read_file
from ..views.grid.formats import FORMATS, OPTION_FORMATS, GridRequest, render
from .completers import items
from .options import (
    SORT_HELP,
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
from .terminal import note, style, write_output

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from ..devices.device import Device

EPILOG = """\b
Examples:
  cnncalc devices                    one row per device
  cnncalc devices stm32h743          its numbers, and where each is from
  cnncalc devices board.yaml         the same of a file of your own
  cnncalc devices --sort ram --format csv

cnncalc help devices describes the files.
"""


def complete_devices(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    from ..devices.catalogue import device_names

    names = [name for name in device_names() if name.startswith(incomplete)]
    return items(names) if names else items([incomplete], type="file")


@click.command(
    cls=OnceCommand,
    epilog=EPILOG,
    help="List the devices; with NAME or a file, show its numbers and their sources.",
)
@click.argument("name", required=False, shell_complete=complete_devices)
@click.option("--sort", metavar="COLUMN", help=f"{SORT_HELP}.")
@exact_option
@format_option(FORMATS, "table")
@output_option
@color_option
def command(
    name: str | None,
    sort: str | None,
    exact: bool,
    form: str | None,
    output: str | None,
    color: str,
) -> None:
    from ..devices.catalogue import bundled_device, device_names
    from ..views.grid.devices import device_grid, devices_grid

    form = chosen_format(form, output, FORMATS, "table")
    check_options(form, OPTION_FORMATS, colors(color))
    if name is None:
        grid, key = devices_grid([bundled_device(one) for one in device_names()]), "devices"
    else:
        grid, key = device_grid(device_called(name)), "numbers"
    shown = style(color, exact, output)
    request = GridRequest(sorted_grid(grid, sort), shown, f"cnncalc/{key}/1", key)
    write_output(render(form, request), form, output)


def device_called(name: str) -> Device:
    """The device with a name, or of a file.  Raises UsageError for any other name."""
    from ..devices.catalogue import UnknownDevice, bundled_device

    if name.endswith((".yaml", ".yml")) or is_present(name):
        return device_of_file(name)
    try:
        return bundled_device(name)
    except UnknownDevice as error:
        raise click.UsageError(safe(str(error))) from None


def device_of_file(path: str) -> Device:
    """The device of a file; if it has errors, print them and exit with 1."""
    from ..devices.reading import read_device
    from ..views.problems import problem_text

    stem = os.path.splitext(os.path.basename(path))[0]
    read = read_device(read_file(path, named=True), stem)
    for problem in read.problems:
        note(problem_text(problem, path, read.lines))
    if read.device is None:
        raise click.exceptions.Exit(1)
    return read.device

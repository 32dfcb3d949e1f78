"""`cnncalc devices`."""

from __future__ import annotations

import click

from ..views.grid.formats import FORMATS, OPTION_FORMATS, GridRequest, render
from .device import complete_devices, device_called
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
from .terminal import style, write_output

EPILOG = """\b
Examples:
  cnncalc devices                    one row per device
  cnncalc devices stm32h743          its numbers, and where each is from
  cnncalc devices board.yaml         the same for your own device file
  cnncalc devices --sort ram --format csv

cnncalc help devices describes the files.
"""


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

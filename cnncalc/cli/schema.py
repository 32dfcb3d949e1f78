"""`cnncalc schema`."""

from __future__ import annotations

import sys

import click

from ..sources.files import write

EPILOG = """\b
Examples:
  cnncalc schema -o architecture.schema.json
  cnncalc schema | jq '.["$defs"].conv'

cnncalc help schema says how to point an editor at it.
"""


@click.command(
    epilog=EPILOG, help="Print the JSON Schema (2020-12) of architecture files, for editors."
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Write it here, whole or not at all.",
)
def command(output: str | None) -> None:
    from ..schema.text import schema_text

    if output is None or output == "-":
        sys.stdout.write(schema_text())
    else:
        write(output, schema_text().encode())

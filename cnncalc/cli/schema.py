"""`cnncalc schema`."""

from __future__ import annotations

import sys

import click

from ..sources.files import write_file
from .options import output_option

EPILOG = """\b
Examples:
  cnncalc schema -o architecture.schema.json
  cnncalc schema | jq '.["$defs"].conv'

cnncalc help schema describes how to set up an editor.
"""


@click.command(
    epilog=EPILOG, help="Print the JSON Schema (2020-12) of architecture files, for editors."
)
@output_option
def command(output: str | None) -> None:
    from ..schema import schema_text

    if output is None or output == "-":
        sys.stdout.write(schema_text())
    else:
        write_file(output, schema_text().encode())

"""`cnncalc schema`."""

from __future__ import annotations

import click

from .options import OnceCommand, chosen_format, output_option
from .terminal import write_output

EPILOG = """\b
Examples:
  cnncalc schema -o architecture.schema.json
  cnncalc schema | jq '.["$defs"].conv'

cnncalc help schema describes how to set up an editor.
"""


@click.command(
    cls=OnceCommand,
    epilog=EPILOG,
    help="Print the JSON Schema (2020-12) of architecture files, for editors.",
)
@output_option
def command(output: str | None) -> None:
    from ..schema import schema_text

    chosen_format("json", output, {}, "json")
    write_output(schema_text(), "json", output)

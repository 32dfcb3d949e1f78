"""`cnncalc schema`."""

from __future__ import annotations

import click

from ..escape import safe
from .options import OnceCommand, output_option
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
    from ..views.endings import WrongEnding, check_ending

    try:
        check_ending(output, "json")
    except WrongEnding as error:
        raise click.UsageError(f"-o {safe(output or '')}: {safe(str(error))}") from None
    write_output(schema_text(), "json", output)

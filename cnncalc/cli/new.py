"""`cnncalc new`."""

from __future__ import annotations

import os
import shlex

import click

from ..sources.files import UnreadableFile, write
from ..views.text import safe
from .completers import complete_bundled

SUFFIX = ".cnn.yaml"

EPILOG = """\b
Examples:
  cnncalc new mynet                      mynet.cnn.yaml, with comments that explain it
  cnncalc new mynet --like resnet50      a copy of a bundled architecture to change
"""


@click.command(
    epilog=EPILOG,
    help="Write NAME.cnn.yaml: a commented starter file, or a copy of a bundled architecture.",
)
@click.argument("name")
@click.option(
    "--like",
    metavar="NET",
    shell_complete=complete_bundled,
    help="The bundled architecture to begin with.",
)
@click.option("--force", is_flag=True, help="Replace the file that stands there.")
def command(name: str, like: str | None, force: bool) -> None:
    from ..sources.starter import SCHEMA, copy, starter

    path = name if name.endswith((".yaml", ".yml")) else name + SUFFIX
    title = os.path.basename(path).removesuffix(SUFFIX).removesuffix(".yaml").removesuffix(".yml")
    if not title or not title.isprintable():
        raise click.UsageError(f"{safe(name) or '``'} cannot be the name of a file")
    if os.path.lexists(path) and not force:
        raise UnreadableFile(f"{path} is there already: --force replaces it")
    write(path, (copy(like) if like else starter(title)).encode())
    click.echo(f"{safe(path)} is written.  Next:")
    schema = os.path.join(os.path.dirname(path), SCHEMA)
    steps = {f"cnncalc show {shlex.quote(path)}": "what every layer puts out and costs"}
    if not os.path.exists(schema):
        steps[f"cnncalc schema -o {shlex.quote(schema)}"] = "completion and checks in editors"
    width = max(map(len, steps))
    for step, what in steps.items():
        click.echo(f"  {safe(step):<{width}}  {what}")

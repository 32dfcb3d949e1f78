"""`cnncalc new`."""

from __future__ import annotations

import os
import shlex

import click

from ..escape import safe
from ..sources.files import UnreadableFile, write_file
from .completers import complete_networks
from .options import OnceCommand
from .terminal import write

SUFFIX = ".cnn.yaml"

EPILOG = """\b
Examples:
  cnncalc new mynet                      mynet.cnn.yaml, with comments that explain it
  cnncalc new mynet --like resnet50      a copy of a bundled architecture, to modify
  cnncalc new small --like net.yaml@small     one variant of a file, as a file of its own
"""


@click.command(
    cls=OnceCommand,
    epilog=EPILOG,
    help="Write NAME.cnn.yaml: a commented starter file, or a copy of a network.",
)
@click.argument("name")
@click.option(
    "--like",
    metavar="NET",
    shell_complete=complete_networks,
    help="Copy this network: a file, FILE@VARIANT, a model file, or a bundled architecture.",
)
@click.option("--force", is_flag=True, help="Replace an existing file.")
def command(name: str, like: str | None, force: bool) -> None:
    from ..sources.starter import starter

    path = name if name.endswith((".yaml", ".yml")) else name + SUFFIX
    title = os.path.basename(path).removesuffix(SUFFIX).removesuffix(".yaml").removesuffix(".yml")
    if not title or not title.isprintable():
        raise click.UsageError(f"{safe(name) or '``'} cannot be the name of a file")
    if os.path.lexists(path) and not force:
        raise UnreadableFile(f"{path} exists already: --force replaces it")
    write_file(path, (copied(like) if like else starter(title)).encode())
    write(f"Wrote {safe(path)}.  Next:\n")
    print_next_steps(path)


def copied(target: str) -> str:
    """The file of a network, as the only one in it; errors in it are printed, and exit with 1."""
    from ..check.copies import UncopiedFile, copy_of
    from .loading import checked_network, load, parse_source
    from .options import NetworkOptions

    source = load(target)
    checked_network(parse_source(source, NetworkOptions()))
    try:
        return copy_of(source)
    except UncopiedFile as error:
        raise click.UsageError(safe(str(error))) from None


def print_next_steps(path: str) -> None:
    """The commands to continue with."""
    from ..sources.starter import SCHEMA

    schema = os.path.join(os.path.dirname(path), SCHEMA)
    steps = {f"cnncalc show {shlex.quote(path)}": "each layer's output shape and cost"}
    if not os.path.exists(schema):
        steps[f"cnncalc schema -o {shlex.quote(schema)}"] = "completion and checks in editors"
    width = max(map(len, steps))
    for step, purpose in steps.items():
        write(f"  {safe(step):<{width}}  {purpose}\n")

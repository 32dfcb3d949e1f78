"""`cnncalc completion`."""

from __future__ import annotations

import click

EPILOG = """\b
For this shell alone, or in its start-up file:
  bash:  eval "$(cnncalc completion bash)"
  zsh:   eval "$(cnncalc completion zsh)"
  fish:  cnncalc completion fish | source
"""


@click.command(epilog=EPILOG, help="Print the script that completes commands, options, names and variants in SHELL.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    from click.shell_completion import get_completion_class

    from . import main

    completion = get_completion_class(shell)
    assert completion is not None  # click knows these three
    if shell == "bash":  # else it takes `resnet@resnet50` for three words
        click.echo("COMP_WORDBREAKS=${COMP_WORDBREAKS//@/}")
    click.echo(completion(main, {}, "cnncalc", "_CNNCALC_COMPLETE").source())

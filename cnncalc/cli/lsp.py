"""`cnncalc lsp`."""

from __future__ import annotations

import click

from .. import __version__
from .options import OnceCommand

EPILOG = """\b
Editors start it: cnncalc help editors has the settings of VS Code, Neovim, Helix, Zed and Emacs.
"""
MISSING = "cnncalc lsp needs pygls: pip install 'cnncalc[lsp]'"
SWITCH_SECONDS = 0.0005
"""How long a check may keep the interpreter from a request; the usual 5 ms add up."""


@click.command(
    cls=OnceCommand,
    epilog=EPILOG,
    help="Run the language server for editors, on standard input and output.",
)
def command() -> None:
    try:
        from ..language_server.features import make_server
    except ImportError as error:
        raise click.UsageError(MISSING) from error
    import gc
    import os
    import sys

    gc.enable()  # the command line disables it, and a server runs for long
    sys.setswitchinterval(SWITCH_SECONDS)
    end_when_interrupted()
    # pygls closes what it writes to.
    with open(os.dup(sys.stdout.fileno()), "wb") as output:
        server = make_server(__version__)
        server.start_io(None, output)
    if not server.is_shut_down:  # as the protocol has it
        raise click.exceptions.Exit(1)


def end_when_interrupted() -> None:
    """End the process on Ctrl-C; otherwise it would wait for the thread that reads its input."""
    import os
    import signal

    signal.signal(signal.SIGINT, lambda *_: os._exit(130))

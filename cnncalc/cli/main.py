"""The command line: translates words to values and outcomes to exit codes.  A command is imported when it is called."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from contextlib import suppress
from typing import NoReturn

import click

from .. import __version__
from ..sources.files import UnreadableFile
from ..views.text import safe

COMMANDS = {
    "show": "what every layer puts out and costs, with totals and the conv-versus-dense breakdown",
    "check": "mistakes, broken promises, exceeded budgets and lint findings of many files, for CI",
    "list": "the bundled architectures, with year, task, params and MACs",
    "diff": "what changed from one network to another, or in a file since git's HEAD",
    "explain": "how each number comes about: formula, the same with numbers in it, and why",
    "layer": "one layer or a chain of them, without a file",
    "compare": "networks side by side, the least of each column marked",
    "graph": "a network as a picture: a flowchart in Mermaid or Graphviz, or a figure for a paper in SVG",
    "report": "one page for the browser: graph, charts, table and file of networks",
    "new": "a starter file, or a copy of a bundled architecture to change",
    "schema": "the JSON Schema of the language, for completion and checks in editors",
    "help": "pages on the language, the layers and the numbers",
    "completion": "a script that completes commands, names and variants in bash, zsh or fish",
}


class LazyGroup(click.Group):
    """Commands are modules beside this one, imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"{__package__}.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


EXAMPLES = """\b
Examples:
  cnncalc show alexnet                     a bundled architecture
  cnncalc show resnet.yaml@resnet50        a variant of a file
  cnncalc show resnet50 --depth 2          with its blocks opened
  cnncalc show alexnet --set classes=10 --batch 32
  cnncalc show resnet50 --input 3x320x320 --format json
"""


@click.group(
    cls=LazyGroup,
    help="Calculate convolutional network architectures from YAML files: shapes, parameters, operations and memory.",
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    no_args_is_help=True,
)
@click.version_option(__version__, prog_name="cnncalc", message="%(prog)s %(version)s")
def main() -> None:
    """The group of all commands."""


def run() -> NoReturn:
    """The console script.  Exit codes: 0 well, 1 something is wrong in what was read, 2 wrong use, 130 Ctrl-C."""
    gc.disable()  # a short life that makes no cycles of any size: collecting takes a fifth of the time of a large file
    # Whoever closed them wants to hear nothing.
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    output = sys.stdout
    try:
        code = main(prog_name="cnncalc", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except UnreadableFile as error:
        click.echo(f"cnncalc: {safe(str(error))}", err=True)
        code = 2
    except (click.Abort, KeyboardInterrupt):
        code = 130
    except SystemExit as error:
        # Click ends with 1 where the reader of the output has gone, in whose place it puts something.
        code = error.code if sys.stdout is output else 0
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:  # of writing: who reads files catches what comes of that
        click.echo(f"cnncalc: cannot write: {safe(error.strerror or '')}", err=True)
        code = 2
    leave(code if isinstance(code, int) else 0)


def leave(code: int) -> NoReturn:
    """End at once: the system frees a large network faster than Python takes it apart."""
    with suppress(OSError):
        sys.stdout.flush()
    os._exit(code)

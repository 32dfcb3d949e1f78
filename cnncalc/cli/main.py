"""The command line: from arguments to values, and from outcomes to exit codes.

A command is imported when it is called.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from io import StringIO
from keyword import iskeyword
from typing import NoReturn

import click

from .. import __version__
from ..escape import safe
from ..sources.files import UnreadableFile
from .terminal import complain, note, prepare_streams

COMMANDS = {
    "show": "each layer's output shape, parameters and operations, with totals",
    "check": "errors, unmet expectations, exceeded budgets and lint findings of many files",
    "list": "the bundled architectures",
    "devices": "the devices: speeds, memories, and the source of each number",
    "diff": "what changed between two networks, or in a file since git's HEAD",
    "explain": "how each number is calculated: formula, numbers and reason",
    "layer": "one layer or a chain of layers, without a file",
    "compare": "networks, one row each",
    "sweep": "the totals of many variants of a network",
    "fit": "the largest variants of a network within limits",
    "graph": "a network as a flowchart (Mermaid, Graphviz) or a figure (SVG)",
    "report": "an HTML page about networks: graph, charts, table and file",
    "export": "a network as source code (PyTorch, Keras) or as an ONNX file",
    "import": "a PyTorch model or a model file as an architecture file",
    "new": "a starter file, or a copy of a network",
    "lsp": "the language server for editors: numbers and errors while you type",
    "schema": "the JSON Schema of architecture files, for editors",
    "help": "documentation of the language, the layers and the numbers",
    "completion": "the completion script for bash, zsh or fish",
}
"""The commands with their line in `cnncalc --help`; each is `command` in the module of its name."""

COMPLETION_VARIABLE = "_CNNCALC_COMPLETE"
"""The variable of the environment in which the script of a shell requests completions."""


def module_of(command: str) -> str:
    """The module of a command; a keyword of Python cannot be the name of one."""
    return f"{__package__}.{command}{'_' if iskeyword(command) else ''}"


class LazyGroup(click.Group):
    """The group of all commands, whose modules are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(module_of(cmd_name)).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        word = args[0]
        if word in COMMANDS or word.startswith("-") or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        raise click.UsageError(unknown_command(word), ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def unknown_command(word: str) -> str:
    """The error for a word that is not a command: a network perhaps, or a misspelled command."""
    from shlex import quote

    from ..problem import nearest_of
    from ..sources.bundled import bundled_names
    from ..sources.resolve import is_network

    meant, near_command = "", nearest_of(word, COMMANDS)
    if is_network(word):
        meant = f"show {quote(word)}"
    elif near_command:
        meant = near_command
    elif near_network := nearest_of(word, bundled_names()):
        meant = f"show {near_network}"
    hint = f"did you mean `cnncalc {safe(meant)}`?" if meant else "cnncalc --help lists them"
    return f"there is no command `{safe(word)}`: {hint}"


EPILOG = """\b
Examples:
  cnncalc show alexnet                     a bundled architecture
  cnncalc show resnet.yaml@resnet50        a variant of a file
  cnncalc show model.pt2                   a model file of another framework
  cnncalc show resnet50 --depth 2          with its blocks expanded
  cnncalc show alexnet --set classes=10 --batch 32
  cnncalc show resnet50 --input 3x320x320 --format json
"""


@click.group(
    cls=LazyGroup,
    help="Calculate the shapes, parameters, operations and memory of CNN architectures in YAML.",
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    no_args_is_help=True,
)
@click.version_option(__version__, prog_name="cnncalc", message="%(prog)s %(version)s")
def main() -> None:
    """The entry point of click; `run` is that of the console script."""


def run() -> NoReturn:
    """The console script."""
    # A short-lived process makes few cycles, and collection takes a fifth of the time of a large
    # file.
    gc.disable()
    prepare_streams()
    exit_now(execute())


def execute(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, of the process or the given one.

    Exit codes: 0 success, 1 errors in the file, 2 usage error or unreadable file, 130 interrupted.
    """
    output = sys.stdout
    request = os.environ.get(COMPLETION_VARIABLE)
    try:
        code = complete(request) if request else call(arguments)
        sys.stdout.flush()
    except click.ClickException as error:
        with suppress(OSError):  # standard error is full
            show_usage_error(error)
        code = error.exit_code
    except UnreadableFile as error:
        complain(str(error))
        code = 2
    except (click.Abort, KeyboardInterrupt):
        code = 130
    except SystemExit as error:
        # Click exits with 1 if the reader of the output has gone, after replacing sys.stdout.
        code = error.code if sys.stdout is output else 0
    except BrokenPipeError:
        # The reader of the output has read enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:  # from writing: reading raises UnreadableFile
        complain(f"cannot write: {error.strerror or ''}")
        code = 2
    except RecursionError:
        complain("nested too deeply")
        code = 2
    except (MemoryError, SystemError):  # CPython raises either, by what it had no memory for
        complain("out of memory")
        code = 2
    return code if isinstance(code, int) else 0


def call(arguments: Sequence[str] | None) -> object:
    """The exit code of a command, or None."""
    return main(arguments, prog_name="cnncalc", standalone_mode=False)


def complete(request: str) -> int:
    """Print completions for a shell; the exit code."""
    code: int = importlib.import_module(module_of("completion")).complete(request)
    return code


def show_usage_error(error: click.ClickException) -> None:
    """Print a usage error, whose message may have words of the command line or of a file in it."""
    if not isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ())):
        vars(error)["message"] = safe(error.message)
    text = StringIO()
    error.show(text)
    note(text.getvalue().rstrip("\n"))


def exit_now(code: int) -> NoReturn:
    """Exit without cleaning up: the system frees a large network faster than Python does."""
    with suppress(OSError):
        sys.stdout.flush()
    os._exit(code)

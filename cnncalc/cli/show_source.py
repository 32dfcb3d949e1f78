"""`cnncalc show --source`: the architecture file itself."""

from __future__ import annotations

import functools
from typing import Any

import click
from click.core import ParameterSource

from .options import Command


def source_option(function: Command) -> Command:
    """`--source`, which prints the file of the network in place of what the command prints."""

    @functools.wraps(function)
    def command(*, source: bool, **others: Any) -> Any:
        if not source:
            return function(**others)
        refuse_other_options()
        return print_source(others["net"])

    text = "Print the architecture file of NET instead, with all its variants."
    return click.option("--source", is_flag=True, help=text)(command)


def refuse_other_options() -> None:
    """Raise UsageError for an option that would have no effect."""
    context = click.get_current_context()
    for parameter in context.command.params:
        given = context.get_parameter_source(parameter.name or "") == ParameterSource.COMMANDLINE
        if given and isinstance(parameter, click.Option) and parameter.name != "source":
            option = parameter.opts[0]
            raise click.UsageError(f"--source prints the file as it is, without {option}")


def print_source(target: str) -> None:
    """The text of the file of a network.  Raises UnreadableFile."""
    from .loading import load
    from .terminal import write

    text = load(target).data.decode("utf-8", "replace")
    write(text if text.endswith("\n") else f"{text}\n")

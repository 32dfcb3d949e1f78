"""`[tool.cnncalc]` for `cnncalc check`: the rules and the device that it selects."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from ..escape import safe
from .device import device_called
from .terminal import note, write

if TYPE_CHECKING:
    from ..check.configuration import Configuration
    from ..devices.device import Device


def configured_device(settings: Configuration) -> Device | None:
    """The device that the configuration names; a file is in the folder of the configuration."""
    name = settings.device
    if name is None:
        return None
    is_file = name.endswith((".yaml", ".yml"))
    return device_called(os.path.join(settings.folder, name) if is_file else name)


def load_configuration(config: str | None, isolated: bool) -> Configuration:
    """The configuration; an error in it is printed, and ends the command with 2."""
    from ..check.configuration import (
        Configuration,
        ConfigurationError,
        nearest_configuration,
        read_configuration,
    )

    if isolated and config:
        raise click.UsageError("--config and --isolated exclude each other")
    if isolated:
        return Configuration()
    try:
        return read_configuration(config) if config else nearest_configuration()
    except ConfigurationError as error:
        from ..views.problems import problem_text

        note(problem_text(error.problem, error.file, error.lines))
        raise click.exceptions.Exit(2) from None


def enabled_rules(
    settings: Configuration, select: str | None, ignore: str | None
) -> tuple[str, ...]:
    """The enabled rules; `--select` replaces `select`, `--ignore` adds to `ignore`."""
    from ..lint.selection import UnknownRule

    selected = None if select is None else names(select)
    try:
        return settings.enabled_rules(selected, names(ignore or ""))
    except UnknownRule as error:
        raise click.UsageError(safe(str(error))) from None


def names(text: str) -> list[str]:
    """The names in a comma-separated list."""
    return [name.strip() for name in text.split(",") if name.strip()]


LISTING = ("list_rules", "select", "ignore", "config", "isolated")


def print_rules(settings: Configuration, rules: tuple[str, ...]) -> None:
    """Every rule with its severity.  Raises UsageError for an option that has no effect on that."""
    from ..views.check.rules import rule_list

    context = click.get_current_context()
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if source == ParameterSource.COMMANDLINE and parameter.name not in LISTING:
            name = parameter.opts[0] if isinstance(parameter, click.Option) else "a path"
            raise click.UsageError(f"--list-rules checks nothing, so it does not take {name}")
    write(rule_list(rules, settings.severities))

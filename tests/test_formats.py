"""Each command has one table of formats: what it offers exists, and what exists is offered."""

from __future__ import annotations

import json
from importlib import import_module
from types import ModuleType
from typing import Any

import click
import pytest
from click.testing import CliRunner

from cnncalc.cli.main import COMMANDS, main
from cnncalc.views.conversion import CONVERSIONS

from .support.paths import ROOT

FILE = "docs/examples/over_budget.yaml"
ARGUMENTS = {
    "check": [FILE],
    "show": ["lenet5"],
    "list": ["lenet"],
    "devices": ["stm32f746"],
    "sweep": ["lenet5", "--over", "resolution=28,32"],
    "fit": ["lenet5", "--vary", "resolution=28,32", "--under", "params=1M"],
    "compare": ["lenet5", "alexnet"],
    "diff": ["lenet5", "alexnet"],
    "explain": ["lenet5"],
    "layer": ["conv", "3x8x8", "4"],
    "graph": ["lenet5"],
}
"""Each command with formats, and arguments with which it prints something."""

VIEWS = dict.fromkeys(("list", "devices", "fit"), "grid")
"""The views of a command, where they are not called like it."""


def formats(name: str) -> ModuleType:
    return import_module(f"cnncalc.views.{VIEWS.get(name, name)}.formats")


def format_option(name: str) -> click.Option | None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    options = [one for one in command.params if isinstance(one, click.Option)]
    return next((one for one in options if "--format" in one.opts), None)


def printed(*words: str) -> str:
    ran = CliRunner().invoke(main, words)
    assert ran.exit_code in (0, 1) and (ran.exception is None or ran.exit_code == 1), ran.output
    return ran.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_offers_its_table(name: str) -> None:
    option = format_option(name)
    assert (option is not None) == (name in ARGUMENTS)
    if option is not None:
        assert isinstance(option.type, click.Choice)
        choices = [form for form in option.type.choices if form not in CONVERSIONS]
        assert choices == list(formats(name).FORMATS)


CASES = [(name, form) for name in ARGUMENTS for form in formats(name).FORMATS]


@pytest.mark.parametrize(("name", "form"), CASES)
def test_a_format_that_is_offered_exists(
    name: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    text = printed(name, *ARGUMENTS[name], "--format", form)
    assert len(text) > 30
    if form == "json":
        found: dict[str, Any] = json.loads(text)
        assert found["schema"].startswith("cnncalc/")


@pytest.mark.parametrize("name", sorted(ARGUMENTS))
def test_a_format_that_exists_is_offered(name: str) -> None:
    module = formats(name)
    written = {value for key, value in vars(module).items() if key.startswith("as_")}
    of_module = {value for value in module.FORMATS.values() if value.__module__ == module.__name__}
    assert written == of_module

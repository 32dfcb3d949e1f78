"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from ..views.text import safe


def network_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that change a network: `--set`, `--input`, `--dtype`."""
    options = (
        click.option(
            "--set",
            "settings",
            multiple=True,
            metavar="VAR=VALUE",
            help="Change a variable of the file, as in classes=10.",
        ),
        click.option(
            "--input",
            "inputs",
            multiple=True,
            metavar="SHAPE",
            help="Another input: 3x299x299, or name=SHAPE.",
        ),
        click.option("--dtype", metavar="TYPE", help="The type of all tensors: float16, int8, ..."),
    )
    for option in reversed(options):
        function = option(function)
    return function


batch_option = click.option(
    "--batch",
    type=click.IntRange(1, 10**9),
    default=1,
    metavar="N",
    help="Count for N samples at once.",
)


def color_option(where: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--color`, of what is printed."""
    choice = click.Choice(["auto", "always", "never"])
    return click.option("--color", type=choice, default="auto", help=f"Colour in the {where}.")


def pairs(texts: Sequence[str], option: str, nameless: bool = False) -> dict[str, str]:
    """`NAME=VALUE` texts as a mapping."""
    found: dict[str, str] = {}
    for text in texts:
        name, mark, value = text.partition("=")
        if not mark and nameless:
            name, value = "", text
        elif not mark or not name:
            raise click.UsageError(f"{option} takes NAME=VALUE, found {safe(text)}")
        if name.strip() in found:
            raise click.UsageError(f"{option} gives {safe(name) or 'the input'} twice")
        found[name.strip()] = value
    return found


class Depth(click.ParamType):  # type: ignore[type-arg]
    """A number of levels, 1 or more, or `all`."""

    name = "depth"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if value == "all":
            return ALL
        if not (value.isascii() and value.isdigit() and int(value[:7]) >= 1):
            self.fail(f"{value!r} is no depth: 1 or more, or all", param, ctx)
        return int(value[:7])


ALL = 10**6


class Amount(click.ParamType):  # type: ignore[type-arg]
    """A number with a unit: 5M, 1.5G, 300k."""

    name = "amount"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> int:
        from ..figure import figure

        found = figure(value)
        if found is None:
            self.fail(f"{value!r} is no amount, such as 5M or 1.5G", param, ctx)
        return found.value


def print_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of how an explanation is printed: `--only`, `--format`, `--color`."""
    forms = click.Choice(["text", "markdown", "json"])
    options = (
        click.option(
            "--only",
            metavar="NUMBER,...",
            help="Only these: output, params, buffers, macs, flops, memory, field.",
        ),
        click.option("--format", "form", type=forms, default="text", help="How to print it."),
        color_option("text"),
    )
    for option in reversed(options):
        function = option(function)
    return function


def numbers_of(only: str | None) -> tuple[str, ...]:
    """The numbers that `--only` names, or all.  Raises UsageError."""
    from ..views.explain.text import NUMBERS

    names = [name.strip() for name in only.split(",")] if only is not None else list(NUMBERS)
    for name in names:
        if name not in NUMBERS:
            raise click.UsageError(
                f"--only knows {', '.join(NUMBERS)}; found {safe(name) or 'nothing'}"
            )
    return tuple(names)

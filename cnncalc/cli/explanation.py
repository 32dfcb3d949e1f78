"""Shared by `explain` and `layer`: their options, and the explanation of a network's layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from ..engine.analysis import Analysis
from ..escape import safe
from ..views.explain.formats import FORMATS, ExplainRequest, render
from .options import color_option, format_option
from .terminal import style

if TYPE_CHECKING:
    from ..explain.select import Selection


def explanation_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--only`, `--format` and `--color`."""
    only_option = click.option(
        "--only",
        metavar="NUMBER,...",
        help="Explain only these: output, params, buffers, macs, flops, memory, field.",
    )
    return only_option(format_option(FORMATS, "text")(color_option(function)))


def numbers_of(only: str | None) -> tuple[str, ...]:
    """The numbers that `--only` names, or all.  Raises UsageError."""
    from ..views.explain.text import NUMBERS

    if only is None:
        return tuple(NUMBERS)
    names = tuple(name.strip() for name in only.split(","))
    for name in names:
        if name not in NUMBERS:
            found = safe(name) or "nothing"
            raise click.UsageError(f"--only takes {', '.join(NUMBERS)}; found {found}")
    return names


def explanation(
    analysis: Analysis,
    net: str,
    chosen: Sequence[Selection],
    numbers: Sequence[str],
    form: str,
    color: str,
) -> str:
    """The explanation of the chosen layers and groups, or if none is, of the whole network.

    JSON always has all numbers.
    """
    from ..explain import explain_group, explain_layers, explain_network

    layers = explain_layers(analysis, [index for found in chosen for index in found.layers])
    groups = [explain_group(analysis, index) for found in chosen for index in found.groups]
    overview = None if chosen else explain_network(analysis)
    request = ExplainRequest(analysis, net, overview, groups, list(layers), numbers, style(color))
    return render(form, request)

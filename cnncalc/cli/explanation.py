"""Shared by `explain` and `layer`: their options, and what they explain."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from ..devices.training_memory import Training
from ..engine.analysis import Analysis
from ..escape import safe
from ..named_tuple import NamedTuple
from ..views.explain.formats import ExplainRequest
from ..views.style import Style
from .options import (
    Command,
    check_options,
    chosen_format,
    color_option,
    colors,
    exact_option,
    format_option,
    output_option,
)
from .terminal import style

if TYPE_CHECKING:
    from ..engine.selection import Selection


def explanation_options(formats: Mapping[str, object]) -> Callable[[Command], Command]:
    """`--only`, `--exact`, `--format`, `-o` and `--color`, which the command gets as `shown`."""
    only_option = click.option(
        "--only",
        metavar="NUMBER,...",
        help="Explain only these: output, params, buffers, macs, flops, flash, arena, time, memory,"
        " field, saved.",
    )

    def decorator(function: Command) -> Command:
        @functools.wraps(function)
        def command(
            *,
            only: str | None,
            exact: bool,
            form: str | None,
            output: str | None,
            color: str,
            **others: Any,
        ) -> Any:
            return function(shown=ExplanationOptions(only, exact, form, output, color), **others)

        with_format = format_option(formats, "text")
        return only_option(exact_option(with_format(output_option(color_option(command)))))

    return decorator


def numbers_of(only: str | None) -> tuple[str, ...]:
    """The numbers that `--only` names, or all.  Raises UsageError."""
    from ..quantities import folded
    from ..views.explain.text import NUMBERS, SYNONYMS

    if only is None:
        return tuple(NUMBERS)
    names = []
    for text in only.split(","):
        key = folded(text)
        names.append(SYNONYMS.get(key, key))
        if names[-1] not in NUMBERS:
            found = safe(text.strip()) or "nothing"
            raise click.UsageError(f"--only takes {', '.join(NUMBERS)}; found {found}")
    return tuple(names)


class ExplanationOptions(NamedTuple):
    """The options of `explain` and `layer`: `--only`, `--exact`, `--format`, `-o` and `--color`."""

    only: str | None
    exact: bool
    form: str | None
    output: str | None
    color: str

    def chosen_form(
        self,
        formats: Mapping[str, object],
        option_formats: Mapping[str, Sequence[str]],
        others: Mapping[str, object] = {},
    ) -> str:
        """The format.  Raises UsageError if another option, or one of `others`, is not for it."""
        form = chosen_format(self.form, self.output, formats, "text")
        given = {"--only": self.only, "--exact": self.exact, **colors(self.color)}
        check_options(form, option_formats, {**given, **others})
        return form

    def given(self) -> dict[str, object]:
        """The options that change the explanation, and whether each is given."""
        return {
            "--only": self.only,
            "--exact": self.exact,
            "--format": self.form,
            **colors(self.color),
        }

    def style(self) -> Style:
        return style(self.color, self.exact, self.output)


def explain_request(
    analysis: Analysis, net: str, chosen: Sequence[Selection], options: ExplanationOptions
) -> ExplainRequest:
    """The explanation of the chosen layers and groups, or if none is, of the whole network.

    Layers are explained one at a time: all of a large network are hundreds of megabytes.
    Raises UsageError if one of them does not have a number of `--only`.
    """
    from ..explain import explain_group, explain_layers, explain_network

    numbers = numbers_of(options.only)
    if options.only is not None:
        check_numbers(numbers, chosen)
        if "saved_bytes" in numbers and analysis.supplement(Training) is None:
            raise click.UsageError("--only saved needs --training, an option of cnncalc explain")
    layers = explain_layers(analysis, [index for found in chosen for index in found.layers])
    groups = [explain_group(analysis, index) for found in chosen for index in found.groups]
    overview = None if chosen else explain_network(analysis)
    return ExplainRequest(analysis, net, overview, groups, layers, numbers, options.style())


def check_numbers(numbers: Sequence[str], chosen: Sequence[Selection]) -> None:
    """Raise UsageError if an overview or a group does not have one of the numbers."""
    from ..views.explain.group import GROUP_NUMBERS
    from ..views.explain.overview import OVERVIEW_NUMBERS

    known: Sequence[str]
    if not chosen:
        known, what = OVERVIEW_NUMBERS, "the overview of a network"
    elif any(found.groups for found in chosen):
        known, what = GROUP_NUMBERS, "the explanation of a group"
    else:
        return
    for name in numbers:
        if name not in known:
            listed = f"{', '.join(known[:-1])} and {known[-1]}"
            raise click.UsageError(f"{what} has {listed}, not {name}: name a layer for it")

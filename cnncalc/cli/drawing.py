"""The way out for drawings: SVG is written as it is, or as PDF or PNG."""

from __future__ import annotations

import click

from ..views.conversion import CONVERSIONS, MissingConverter, converted, require_converter
from .options import check_binary_output
from .terminal import write_data, write_output


def check_drawing(form: str, output: str | None) -> None:
    """Raise UsageError if a drawing cannot be converted, before it is calculated."""
    if form in CONVERSIONS:
        check_binary_output(output, form)
        try:
            require_converter(form)
        except MissingConverter as error:
            raise click.UsageError(str(error)) from None


def write_drawing(text: str, form: str, output: str | None) -> None:
    """Write a drawing, which is SVG if the format is one of CONVERSIONS, or any other text."""
    if form in CONVERSIONS:
        write_data([converted(text, form)], output)
    else:
        write_output(text, form, output)

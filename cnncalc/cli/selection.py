"""The layers that words of the command line select, for `show --layers` and `explain`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from ..engine.analysis import Analysis
from ..engine.selection import Selection, SelectionError, Selector
from ..escape import safe


def chosen_parts(analysis: Analysis, words: Sequence[str]) -> list[Selection]:
    """The layers and groups that each word refers to.

    Raises UsageError if one refers to nothing, or to several.
    """
    selector = Selector(analysis)
    try:
        return [selector.select(word) for word in words]
    except SelectionError as error:
        raise click.UsageError(safe(str(error))) from None


def chosen_layers(analysis: Analysis, words: Sequence[str]) -> list[int]:
    """The layers that the words select.  Raises UsageError if one selects nothing."""
    try:
        return Selector(analysis).layers_of(words)
    except SelectionError as error:
        raise click.UsageError(safe(str(error))) from None

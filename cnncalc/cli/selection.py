"""The layers that words of the command line select, for `show --layers` and `explain`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from ..engine.analysis import Analysis
from ..engine.selection import Selection, SelectionError, Selector
from ..escape import safe

MAX_CANDIDATES = 4  # in a message


def chosen_parts(analysis: Analysis, words: Sequence[str]) -> list[Selection]:
    """The layers and groups that each word refers to.

    Raises UsageError if one refers to nothing, or to several.
    """
    selector = Selector(analysis)
    try:
        return [selector.select(word) for word in words]
    except SelectionError as error:
        raise click.UsageError(choice_problem(str(error), error.candidates)) from None


def chosen_layers(analysis: Analysis, words: Sequence[str]) -> list[int]:
    """The layers that the words select.  Raises UsageError if one selects nothing."""
    try:
        return Selector(analysis).layers_of(words)
    except SelectionError as error:
        raise click.UsageError(choice_problem(str(error), error.candidates)) from None


def choice_problem(word: str, candidates: Sequence[str]) -> str:
    """The error for a word that does not refer to one layer, with suggestions."""
    paths = [safe(path) for path in candidates[:MAX_CANDIDATES]]
    more = len(candidates) - len(paths)
    if any(path.endswith(f".{word}") for path in candidates):
        listed = ", ".join(paths) + (f", and {more} more" if more else "")
        hint = f"give more of its path, or a pattern such as '*.{safe(word)}'"
        return f"{safe(word)} could be {listed}: {hint}"
    hint = "cnncalc show NET --depth all lists them"
    if paths:
        hint = f"did you mean {' or '.join(paths)}?"
    return f"there is no layer, group or kind of layer {safe(word) or '``'}: {hint}"

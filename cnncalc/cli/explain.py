"""`cnncalc explain`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ..escape import safe
from .completers import complete_layers, complete_networks
from .convention import convention_option, with_convention
from .explanation import explanation, explanation_options, numbers_of
from .loading import load_analysis
from .options import NetworkOptions, network_options
from .terminal import write

if TYPE_CHECKING:
    from ..engine.analysis import Analysis
    from ..explain.select import Selection

MAX_CANDIDATES = 4  # in a message

EPILOG = """\b
Examples:
  cnncalc explain alexnet                  where parameters, operations and memory are
  cnncalc explain alexnet conv1            every number of a layer, with its formula
  cnncalc explain googlenet 3a             a group, as the sum of its parts
  cnncalc explain googlenet '3a.5x5.*'     several layers
  cnncalc explain resnet50 --convention torchinfo    what another tool counts, and why
  cnncalc explain mynet.yaml fc6 --set classes=10 --format markdown
"""


@click.command(
    epilog=EPILOG,
    help="Explain the numbers of NET, or of a LAYER: a path, the end of a path, or a pattern with"
    " * and ?.",
)
@click.argument("net", shell_complete=complete_networks)
@click.argument("layers", nargs=-1, metavar="[LAYER...]", shell_complete=complete_layers)
@network_options
@convention_option
@explanation_options
def command(
    net: str,
    layers: Sequence[str],
    options: NetworkOptions,
    convention: str | None,
    only: str | None,
    form: str,
    color: str,
) -> None:
    numbers = numbers_of(only)
    analysis = with_convention(load_analysis(net, options), convention)
    chosen = choose_all(analysis, layers)
    write(explanation(analysis, net, chosen, numbers, form, color), form)


def choose_all(analysis: Analysis, words: Sequence[str]) -> list[Selection]:
    """The layers and groups that the words refer to.

    Raises UsageError if one refers to nothing, or to several.
    """
    from ..explain.select import SelectionError, select

    found = []
    for word in words:
        try:
            found.append(select(analysis, word))
        except SelectionError as error:
            raise click.UsageError(choice_problem(word, error.candidates)) from None
    return found


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
    return f"there is no layer or group {safe(word)}: {hint}"

"""`cnncalc explain`."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import click

from ..engine.calculation import analyse
from ..sources.resolve import load
from ..views.text import safe
from .completers import complete_layers, complete_networks
from .convention import convention_option, recounted
from .loading import complain, parsed
from .options import batch_option, network_options, numbers_of, print_options
from .terminal import style

if TYPE_CHECKING:
    from ..engine.analysis import Analysis
    from ..explain.select import Selection

EPILOG = """\b
Examples:
  cnncalc explain alexnet                  where parameters, operations and memory are
  cnncalc explain alexnet conv1            every number of a layer, with its formula
  cnncalc explain googlenet 3a             a group, as its parts
  cnncalc explain googlenet '3a.5x5.*'     several layers
  cnncalc explain resnet50 --convention torchinfo    what another tool counts, and why
  cnncalc explain mynet.yaml fc6 --set classes=10 --format markdown
"""


@click.command(
    epilog=EPILOG,
    help="Explain NET, or the numbers of a LAYER: a path, the end of one, or a pattern with * and ?.",
)
@click.argument("net", shell_complete=complete_networks)
@click.argument("layers", nargs=-1, metavar="[LAYER...]", shell_complete=complete_layers)
@network_options
@batch_option
@convention_option
@print_options
def command(
    net: str,
    layers: Sequence[str],
    settings: Sequence[str],
    inputs: Sequence[str],
    dtype: str | None,
    batch: int,
    convention: str | None,
    only: str | None,
    form: str,
    color: str,
) -> None:
    numbers = numbers_of(only)
    source = load(net)
    report = recounted(
        analyse(complain(parsed(source, settings, inputs, dtype), source), batch), convention
    )
    sys.stdout.write(explained(report, net, chosen(report, layers), numbers, form, color))


def chosen(report: Analysis, words: Sequence[str]) -> list[Selection]:
    """What the words name.  Raises UsageError where one names nothing, or could be several."""
    from ..explain.select import SelectionError, select

    found = []
    for word in words:
        try:
            found.append(select(report, word))
        except SelectionError as error:
            raise click.UsageError(unclear(word, error.candidates)) from None
    return found


def unclear(word: str, candidates: Sequence[str]) -> str:
    """Why a word names no one layer, and what it may mean."""
    paths = [safe(path) for path in candidates[:4]]
    more = f", and {len(candidates) - 4} more" if len(candidates) > 4 else ""
    if any(path.endswith(f".{word}") for path in candidates):
        return f"{safe(word)} could be {', '.join(paths)}{more}: give more of its path, or a pattern as '*.{safe(word)}'"
    near = f": did you mean {' or '.join(paths)}?" if paths else ""
    return f"there is no layer or group {safe(word)}{near or '; cnncalc show NET --depth all lists them'}"


def explained(
    report: Analysis,
    net: str,
    found: Sequence[Selection],
    only: Collection[str],
    form: str,
    color: str,
) -> str:
    """The explanation of what was chosen, or of the whole network, as it is printed.  JSON has all numbers."""
    from ..explain import explain_group, explain_layers, explain_network

    layers = list(explain_layers(report, [index for one in found for index in one.layers]))
    groups = [explain_group(report, place) for one in found for place in one.groups]
    overview = None if found else explain_network(report)
    if form == "json":
        from ..views.explain.json import explain_json

        return explain_json(report, layers, groups, overview)
    if form == "markdown":
        from ..views.explain.markdown import group_markdown, layer_markdown, overview_markdown

        texts = [overview_markdown(overview, net)] if overview else []
        return "\n".join(
            [
                *texts,
                *map(group_markdown, groups),
                *(layer_markdown(layer, report, only) for layer in layers),
            ]
        )
    from ..views.explain.group import group_text
    from ..views.explain.overview import overview_text
    from ..views.explain.text import layer_text

    look = style(color, False)
    texts = [overview_text(overview, net, look)] if overview else []
    texts += [group_text(group, report, net, look) for group in groups]
    return "\n\n".join([*texts, *(layer_text(layer, report, look, only) for layer in layers)])

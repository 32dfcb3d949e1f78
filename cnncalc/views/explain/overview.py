"""The overview of a network: where its parameters, operations and memory are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...engine.analysis import Analysis
from ...escape import safe
from ...explain import Overview
from ...explain.group import GroupPart
from ..layout import bold, wrapped
from ..show.summary import notes, sentence
from ..show.table import heading
from ..style import Style
from ..text import percent, short, short_bytes
from .group import command
from .receptive_field import output_sentence
from .text import indented, live_lines


def overview_text(overview: Overview, net: str, style: Style) -> str:
    """The whole overview, one paragraph per chapter; `net` is the network as the user named it."""
    paragraphs = [heading(overview.analysis, style)]
    for title, lines in chapters(overview, net):
        body = "\n".join(indented(line, 2, style) for line in lines)
        paragraphs.append(f"{bold(wrapped(title, style), style)}\n{body}")
    return "\n\n".join(paragraphs) + "\n"


def chapters(overview: Overview, net: str) -> Iterator[tuple[str, list[str]]]:
    """The chapters: each a title and its lines."""
    analysis = overview.analysis
    yield from shares(overview)
    if measure := analysis.measure("convention"):
        from .convention import convention_lines

        title = f"As counted by {measure.name} {measure.version}"
        yield title, list(convention_lines(analysis))
    if comparison := sentence(analysis):
        yield "Classes of layers", [comparison]
    yield memory(overview)
    if overview.output:
        yield "Receptive field", [output_sentence(overview.output, analysis)]
    if more := notes(analysis, (), ()):
        yield "Notes", [note.removeprefix("note: ") for note in more]
    yield "The numbers of one layer", [example(analysis, net)]


def shares(overview: Overview) -> Iterator[tuple[str, list[str]]]:
    """The parts with the most parameters, and those with the most MACs."""
    totals, parts = overview.analysis.totals, overview.params
    if totals.params:
        lines = part_lines(parts, [part.added_params for part in parts], totals.params)
        yield f"{totals.params:,} parameters", lines
    parts = overview.macs
    if totals.macs:
        lines = part_lines(parts, [part.macs for part in parts], totals.macs)
        yield f"{totals.macs:,} MACs{samples(overview.analysis)}", lines


def memory(overview: Overview) -> tuple[str, list[str]]:
    """The memory peak, and the tensors that are live there."""
    analysis = overview.analysis
    totals = analysis.totals
    peak, where = short_bytes(totals.peak_bytes), safe(totals.peak_layer)
    weights = f"The weights take {short_bytes(totals.weight_bytes)} in {analysis.network.dtype}."
    lines = ["live tensors:", *live_lines(overview.live_at_peak, 2), weights]
    return f"{peak} of activations at the peak{samples(analysis)}, {where}", lines


def samples(analysis: Analysis) -> str:
    return f" for {analysis.batch:,} samples" if analysis.batch > 1 else ""


def part_lines(parts: Sequence[GroupPart], numbers: Sequence[int], whole: int) -> list[str]:
    """A line for each part with its number and share, and one for all other parts together."""
    names = [f"{safe(part.path)} ({safe(part.kind)})" for part in parts]
    rest = whole - sum(numbers)
    rows = [*zip(names, numbers, strict=True), *([("all others", rest)] if rest > 0 else [])]
    wide = max(map(len, names), default=0)
    return [
        f"{name:<{wide}}  {short(number):>6}  {percent(number, whole):>7}" for name, number in rows
    ]


def example(analysis: Analysis, net: str) -> str:
    """The command that explains the layer with the most parameters."""
    layers = [layer for layer in analysis.layers if not layer.node.training_only]
    most = max(layers, key=lambda layer: (layer.params, layer.macs), default=None)
    return command(net, most.node.path) if most else ""

"""The story of a network: where its parameters, operations and memory are, and what it sees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...engine.analysis import Analysis
from ...explain import Overview
from ...explain.group import GroupPart
from ..layout import Style, bold, wrapped
from ..show.summary import notes, sentence
from ..show.table import heading
from ..text import percent, safe, short, short_bytes
from .group import command
from .receptive_field import sight_sentence
from .text import held_lines, indented


def story_text(story: Overview, net: str, style: Style) -> str:
    """The whole story, a paragraph a number; `net` is how the network was asked for."""
    paragraphs = [heading(story.report, style)]
    for title, lines in chapters(story, net):
        told = "\n".join(indented(line, 2, style) for line in lines)
        paragraphs.append(f"{bold(wrapped(title, style), style)}\n{told}")
    return "\n\n".join(paragraphs) + "\n"


def chapters(story: Overview, net: str) -> Iterator[tuple[str, list[str]]]:
    """What is told: titles, each with its sentences."""
    report = story.report
    totals = report.totals
    samples = f" for {report.batch:,} samples" if report.batch > 1 else ""
    if totals.params:
        yield (
            f"{totals.params:,} parameters",
            part_lines(story.params, [part.params for part in story.params], totals.params),
        )
    if totals.macs:
        yield (
            f"{totals.macs:,} MACs{samples}",
            part_lines(story.macs, [part.macs for part in story.macs], totals.macs),
        )
    measure = report.measure("convention")
    if measure:
        from .convention import convention_lines

        yield (
            f"As {measure.name} {measure.version} counts",
            list(convention_lines(report)),
        )
    compared = sentence(report)
    if compared:
        yield "Convolutional and dense part", [compared]
    yield (
        f"{short_bytes(totals.peak_bytes)} of activations at the peak{samples}, {safe(totals.peak_layer)}",
        [
            "what is alive there:",
            *held_lines(story.peak, 2),
            f"The weights take {short_bytes(totals.weight_bytes)} in {report.network.dtype}.",
        ],
    )
    if story.sight:
        yield "What an output sees", [sight_sentence(story.sight, report)]
    more = notes(report, (), ())
    if more:
        yield "Notes", [note.removeprefix("note: ") for note in more]
    yield "Each number", [hint(report, net)]


def part_lines(parts: Sequence[GroupPart], numbers: Sequence[int], whole: int) -> list[str]:
    """The parts that have the most, and how much all the others have."""
    names = [f"{safe(part.path)} ({safe(part.kind)})" for part in parts]
    wide = max(map(len, names), default=0)
    lines = [
        f"{name:<{wide}}  {short(number):>6}  {percent(number, whole):>7}"
        for name, number in zip(names, numbers, strict=True)
    ]
    rest = whole - sum(numbers)
    return (
        [*lines, f"{'all others':<{wide}}  {short(rest):>6}  {percent(rest, whole):>7}"]
        if rest > 0
        else lines
    )


def hint(report: Analysis, net: str) -> str:
    """How to go on."""
    layers = [layer for layer in report.layers if not layer.node.training_only]
    most = max(layers, key=lambda layer: (layer.params, layer.macs), default=None)
    return command(net, most.node.path) if most else ""

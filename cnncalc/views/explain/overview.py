"""The overview of a network: where its parameters, operations and memory are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from ...devices.deployment import Deployment
from ...devices.training_memory import Training
from ...engine.analysis import Analysis
from ...engine.flash import CHANNEL_BYTES, TENSOR_BYTES, Flash
from ...escape import safe
from ...explain import Overview
from ...explain.group import GroupPart
from ..layout import bold, wrapped
from ..show.deployment import deployment_title
from ..show.summary import byte_amount, counted, flash_remark, notes, sentence, weight_types
from ..show.table import heading
from ..style import Style
from ..text import percent
from .group import command
from .receptive_field import output_sentence
from .text import NUMBERS, equation, indented, live_lines

OVERVIEW_NUMBERS = ("params", "macs", "memory", "field", "saved_bytes")
"""The numbers of NUMBERS that the overview has a chapter on."""


def overview_text(
    overview: Overview, net: str, style: Style, numbers: Collection[str] = NUMBERS
) -> str:
    """The whole overview, one paragraph per chapter; `net` is the network as the user named it."""
    paragraphs = [heading(overview.analysis, style)]
    for title, lines in chapters(overview, net, numbers, style.exact):
        body = "\n".join(indented(line, 2, style) for line in lines)
        paragraphs.append(f"{bold(wrapped(title, style), style)}\n{body}")
    return "\n\n".join(paragraphs) + "\n"


def chapters(
    overview: Overview, net: str, numbers: Collection[str] = NUMBERS, exact: bool = False
) -> Iterator[tuple[str, list[str]]]:
    """The chapters, each a title and its lines: all, or those of some of OVERVIEW_NUMBERS."""
    if "params" in numbers:
        yield from shares_of_params(overview, exact)
    if "macs" in numbers:
        yield from shares_of_macs(overview, exact)
    yield from other_chapters(overview, net, numbers, exact)


def other_chapters(
    overview: Overview, net: str, numbers: Collection[str], exact: bool
) -> Iterator[tuple[str, list[str]]]:
    """The chapters after the parts with the most parameters and MACs."""
    analysis, is_whole = overview.analysis, set(numbers) == set(NUMBERS)
    if "macs" in numbers:
        yield from counts_of_tools(analysis)
    comparison = sentence(analysis)
    if comparison and is_whole:
        yield "Classes of layers", [comparison]
    if "memory" in numbers:
        yield memory(overview, exact)
        yield from needs_on_device(overview)
    if "saved_bytes" in numbers:
        yield from training_step(analysis, exact)
    if overview.output and "field" in numbers:
        yield "Receptive field", [output_sentence(overview.output, analysis)]
    if is_whole:
        if more := notes(analysis, (), ()):
            yield "Notes", [note.removeprefix("note: ") for note in more]
        yield "The numbers of one layer", [example(analysis, net)]


def shares_of_params(overview: Overview, exact: bool) -> Iterator[tuple[str, list[str]]]:
    """The parts with the most parameters."""
    whole, parts = overview.analysis.totals.params, overview.params
    if whole:
        lines = part_lines(parts, [part.added_params for part in parts], whole, exact)
        yield f"{whole:,} parameters", lines


def shares_of_macs(overview: Overview, exact: bool) -> Iterator[tuple[str, list[str]]]:
    """The parts with the most MACs."""
    whole, parts = overview.analysis.totals.macs, overview.macs
    if whole:
        lines = part_lines(parts, [part.macs for part in parts], whole, exact)
        yield f"{whole:,} MACs{samples(overview.analysis)}", lines


def counts_of_tools(analysis: Analysis) -> Iterator[tuple[str, list[str]]]:
    """The count of another tool, if one was requested."""
    if measure := analysis.measure("convention"):
        from .convention import convention_lines

        title = f"As counted by {measure.name} {measure.version}"
        yield title, list(convention_lines(analysis))


def memory(overview: Overview, exact: bool) -> tuple[str, list[str]]:
    """The memory peak, and the tensors that are live there."""
    analysis = overview.analysis
    totals = analysis.totals
    peak, where = byte_amount(totals.peak_bytes, exact), safe(totals.peak_layer)
    size = byte_amount(totals.weight_bytes, exact)
    weights = f"The weights take {size} in {weight_types(analysis)}."
    lines = ["live tensors:", *live_lines(overview.live_at_peak, 2, exact), weights]
    if analysis.is_quantized:
        lines.append(flash_sentences(analysis.flash, exact))
    return f"{peak} of activations at the peak{samples(analysis)}, {where}", lines


def needs_on_device(overview: Overview) -> Iterator[tuple[str, list[str]]]:
    """What the network needs on a device, each with its formula."""
    analysis = overview.analysis
    found = analysis.supplement(Deployment)
    if found is None:
        return
    lines = []
    for name, term in overview.on_device.items():
        reason = f" ({safe(term.reason)})" if term.reason else ""
        lines.append(f"{name}: {' = '.join(equation(term))}{reason}")
    yield f"On {deployment_title(found, analysis)}", lines


MOST_SAVED = 3
"""Layers that are named as those that keep most."""


def training_step(analysis: Analysis, exact: bool) -> Iterator[tuple[str, list[str]]]:
    """The memory of a training step, if it was requested: the layers that keep most, the peak."""
    found = analysis.supplement(Training)
    if found is None:
        return
    from ..show.training import peak_equation, training_remarks, training_title

    memory = found.memory
    kept = byte_amount(memory.saved_bytes, exact)
    most = sorted(memory.saved.items(), key=lambda pair: -pair[1])[:MOST_SAVED]
    lines = [f"{kept} are kept for the backward pass, most of it by:"]
    lines += [f"  {safe(path)}  {byte_amount(size, exact)}" for path, size in most]
    lines += [*peak_equation(memory), *training_remarks(found, exact)]
    yield training_title(memory), lines


def flash_sentences(flash: Flash, exact: bool) -> str:
    """The bytes in flash, and what a file has in addition."""
    size, more = byte_amount(flash.total, exact), byte_amount(flash.file_bytes, exact)
    channels = f"{CHANNEL_BYTES} B for each of {flash.channels:,} output channels"
    tensors = f"{TENSOR_BYTES} B for each of {flash.tensors:,} tensors"
    return (
        f"In the flash of a device they take {size}: {flash_remark(flash)}. "
        f"A TFLite file has at least {more} more: {channels}, and {tensors}."
    )


def samples(analysis: Analysis) -> str:
    return f" for {analysis.batch:,} samples" if analysis.batch > 1 else ""


def part_lines(
    parts: Sequence[GroupPart], numbers: Sequence[int], whole: int, exact: bool
) -> list[str]:
    """A line for each part with its number and share, and one for all other parts together."""
    names = [f"{safe(part.path)} ({safe(part.kind)})" for part in parts]
    rest = whole - sum(numbers)
    rows = [*zip(names, numbers, strict=True), *([("all others", rest)] if rest > 0 else [])]
    wide = max(map(len, names), default=0)
    texts = [counted(number, exact) for _, number in rows]
    width = max(6, *map(len, texts)) if texts else 0
    return [
        f"{name:<{wide}}  {text:>{width}}  {percent(number, whole):>7}"
        for (name, number), text in zip(rows, texts, strict=True)
    ]


def example(analysis: Analysis, net: str) -> str:
    """The command that explains the layer with the most parameters."""
    layers = [layer for layer in analysis.layers if not layer.node.training_only]
    most = max(layers, key=lambda layer: (layer.params, layer.macs), default=None)
    return command(net, most.node.path) if most else ""

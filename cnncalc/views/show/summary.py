"""What stands below the rows, in every format: totals, the breakdown by class, its sentence, and what to know besides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ...engine.aggregation import stored
from ...engine.report import Analysis, LayerAnalysis, Recount, Share
from ...problem import Problem
from ..text import percent, safe, short, short_bytes
from .columns import marks, shapes
from .rows import TableRow

CLASS_NAMES = {
    "conv": "convolutional", "dense": "dense", "recurrent": "recurrent", "attention": "attention", "norm": "normalisation",
    "other": "other",
}  # fmt: skip


class Total(NamedTuple):
    """One line of the totals: what it is, how much, and a word on it."""

    title: str
    amount: str
    remark: str = ""


class Operations(NamedTuple):
    """The count of operations that rows and breakdown hold: ours, or another tool's.

    `title` heads it in tables, `noun` and `words` are what it counts; the `macs` of the shares are these.
    """

    title: str
    noun: str
    words: str
    total: int
    shares: tuple[Share, ...]
    layers: Mapping[str, int] | None

    def of(self, layer: LayerAnalysis) -> int:
        return layer.macs if self.layers is None else self.layers.get(layer.node.path, 0)


def operations(report: Analysis) -> Operations:
    if tool := report.recount:
        return Operations(tool.name, tool.unit, tool.unit, tool.total, tool.breakdown, tool.layers)
    return Operations(
        "MACs", "MACs", "multiply-accumulates", report.totals.macs, report.breakdown, None
    )


def totals(report: Analysis, exact: bool) -> list[Total]:
    """The totals for inference, and those for training where they differ."""
    network, found, training = report.network, report.totals, report.training_totals
    frozen = found.params - found.trainable_params
    lines = [
        Total(
            "parameters",
            amount(found.params, exact),
            f"{amount(frozen, exact)} of them frozen" if frozen else "",
        )
    ]
    if found.buffers:
        lines.append(Total("buffers", amount(found.buffers, exact)))
    lines += [
        Total("MACs", amount(found.macs, exact), f"{counted(found.flops, exact)} FLOPs"),
        *([told(report.recount, report, exact)] if report.recount else []),
        Total("weights", byte_amount(found.weight_bytes, exact), f"in {network.dtype}"),
        Total(
            "peak memory",
            byte_amount(found.peak_bytes, exact),
            f"of activations, at {safe(found.peak_layer)}",
        ),
        Total("depth", str(found.depth), "convolution and dense layers on the longest path"),
    ]
    if network.training_outputs:
        remark = f"{amount(training.macs, exact)} MACs, with what is there for training only"
        lines.append(Total("in training", amount(training.params, exact), remark))
    if len(network.outputs) > 1:
        lines.append(Total("outputs", str(len(network.outputs)), shapes(dict(network.outputs))))
    return lines


OURS = {"macs": "MACs", "flops": "FLOPs"}
"""What our numbers are called that another tool's stand beside."""


def told(tool: Recount, report: Analysis, exact: bool) -> Total:
    """What another tool counts, beside what is counted here."""
    compared = difference(tool.total, tool.ours(report.totals))
    remark = f"{tool.unit} by version {tool.version}: {compared} {OURS[tool.beside]} here"
    if tool.params != report.totals.params:
        remark += f"; it reports {amount(tool.params, exact)} parameters"
    return Total(tool.name, amount(tool.total, exact), remark)


def difference(found: int, ours: int) -> str:
    """How a count differs from ours, in words.

    >>> difference(4_089_238_376, 4_089_184_256), difference(90, 100), difference(7, 7)
    ('54,120 (<0.01 %) more than the', '10 (10.00 %) fewer than the', 'as many as the')
    """
    if found == ours:
        return "as many as the"
    share = f"{100 * abs(found - ours) / (ours or 1):.2f} %"
    share = "<0.01 %" if share == "0.00 %" else share
    told = f"{abs(found - ours):,} ({share})" if ours else f"{found:,}"
    return f"{told} {'more' if found > ours else 'fewer'} than the"


def counted(number: int, exact: bool) -> str:
    return f"{number:,}" if exact else short(number)


def amount(number: int, exact: bool) -> str:
    """A total is told in full, as long as it can be read."""
    return counted(number, exact or number < 10**13)


def byte_amount(number: int, exact: bool) -> str:
    return f"{number:,} B" if exact else short_bytes(number)


def selection(rows: Sequence[TableRow], report: Analysis, exact: bool) -> str:
    """The sums of the layers that were asked for, at inference, with shared weights counted once."""
    chosen = [layer for row in rows for layer in row.layers(report)]
    layers = [layer for layer in chosen if not layer.node.training_only]
    counts = operations(report)
    params, macs = stored(layers)[0], sum(map(counts.of, layers))
    text = f"{len(layers):,} of {len(report.layers):,} layers: {amount(params, exact)} parameters"
    text += f" ({percent(params, report.totals.params)}), {amount(macs, exact)} {counts.noun} ({percent(macs, counts.total)})"
    others = len(chosen) - len(layers)
    return f"{text}; {others:,} more for training only" if others else text


def breakdown(report: Analysis, exact: bool) -> list[tuple[str, str, str, str, str, str]]:
    """A row for each class: its name, layers, params, their share, MACs or what another tool counts, their share."""
    params, counts = report.totals.params, operations(report)
    return [
        (
            CLASS_NAMES[row.category], str(row.layers), counted(row.params, exact), percent(row.params, params),
            counted(row.macs, exact), percent(row.macs, counts.total),
        )
        for row in counts.shares
    ]  # fmt: skip


def sentence(report: Analysis) -> str:
    """How the convolutional part compares with the dense part, in words."""
    counts = operations(report)
    found = {row.category: row for row in counts.shares}
    conv, dense = found.get("conv"), found.get("dense")
    params, macs = report.totals.params, counts.total
    if conv and dense and conv.params and dense.params:
        return comparison(conv, dense, params, counts)
    only = conv or dense
    if only is None or not params:
        return ""
    name, other = ("convolutional", "dense") if only is conv else ("dense", "convolutional")
    text = f"The {name} layers hold {worded(only.params, params)} of the parameters"
    if not macs:
        return f"{text}."
    return (
        f"{text} and do {worded(only.macs, macs)} of the {counts.words}; there are no {other} ones."
    )


def comparison(conv: Share, dense: Share, params: int, counts: Operations) -> str:
    more, less = (dense, conv) if dense.params >= conv.params else (conv, dense)
    names = {
        "dense": ("dense layers", "dense ones"),
        "conv": ("convolutional layers", "convolutional ones"),
    }
    text = (
        f"The {names[more.category][0]} hold {worded(more.params, params)} of the parameters, "
        f"{times(more.params, less.params)} as many as the {names[less.category][1]}"
    )
    if not counts.total:
        return f"{text}."
    if less.macs > more.macs:
        return f"{text}, which do {worded(less.macs, counts.total)} of the {counts.words}."
    return f"{text}, and do {worded(more.macs, counts.total)} of the {counts.words}."


def worded(part: int, whole: int) -> str:
    """A share in a sentence."""
    return (
        "all"
        if part == whole
        else percent(part, whole).replace(">", "more than ").replace("<", "less than ")
    )


def times(more: int, less: int) -> str:
    """A ratio in words, to three digits.

    >>> times(198_082_560, 2_332_704), times(58_631_144, 2_334_080), times(3, 2)
    ('84.9 times', '25.1 times', '1.50 times')
    """
    ratio = more / less
    if ratio < 10:
        return f"{ratio:.2f} times"
    return f"{ratio:.1f} times" if ratio < 100 else f"{ratio:,.0f} times"


LEGEND = {
    "training only": "training only: there for training, left out of the totals for inference",
    "frozen": "frozen: weights that are kept but not trained",
    "shared": "shared: steps with this tag use the same weights, which the totals count once",
}
MOST_NOTES = 10


def notes(report: Analysis, rows: Iterable[TableRow], broken: Sequence[Problem]) -> list[str]:
    """Notes on layers, a legend of the marks that occur, and the expectations that are not met."""
    found = [
        f"note: {safe(layer.node.path)}: {safe(note)}"
        for layer in report.layers
        for note in layer.notes
    ]
    if len(found) > MOST_NOTES:
        found = [
            *found[:MOST_NOTES],
            f"note: and {len(found) - MOST_NOTES} more notes (all with --format json)",
        ]
    used = " ".join(marks(row, report) for row in rows) if any_marks(report) else ""
    found += [text for mark, text in LEGEND.items() if mark in used]
    return found + [
        f"{safe(report.network.file)}:{one.span.line}: expect: {safe(one.message)}"
        for one in broken
    ]


def any_marks(report: Analysis) -> bool:
    """Whether any layer is training only, frozen or shared: of most networks none is."""
    return any(
        layer.node.training_only or layer.shares or (layer.params and not layer.node.trainable)
        for layer in report.layers
    )

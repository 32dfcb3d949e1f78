"""What stands above and below the rows of a Comparison, in every format: names, totals, classes, and what else changed."""

from __future__ import annotations

from typing import NamedTuple

from ...difference.comparison import Comparison
from ...engine.analysis import Analysis, Share
from ..show.summary import CLASS_NAMES, amount, byte_amount, counted
from ..text import percent, safe, short
from ..values import shapes

SAME = "="
WIDEST = 20  # of a name over a column


class TotalRow(NamedTuple):
    """One line of the totals."""

    title: str
    before: str
    after: str
    change: str
    relative: str = ""


def names(difference: Comparison) -> tuple[str, str]:
    """What to call the two sides: by variants, names or files, whichever tells them apart; else before and after."""
    before, after = difference.before.network, difference.after.network
    for texts in (
        (before.variant, after.variant),
        (before.name, after.name),
        revisions(difference),
        (before.file, after.file),
    ):
        if texts[0] != texts[1] and max(len(text or "") for text in texts) <= WIDEST:
            return safe(texts[0] or "-"), safe(texts[1] or "-")
    return "before", "after"


def revisions(difference: Comparison) -> tuple[str, str]:
    """The revisions of one file, of which one may be the working tree; nothing where there are none."""
    (earlier, _, path), (later, _, other) = (
        side.network.file.rpartition(":") for side in (difference.before, difference.after)
    )
    return (earlier or "now", later or "now") if path == other else ("", "")


def heading(report: Analysis) -> str:
    """A network in a few words."""
    network = report.network
    if not network.nodes:
        return "nothing"
    variant = (
        f" ({network.variant})"
        if network.variant and network.variant.lower() != network.name.lower()
        else ""
    )
    return safe(f"{network.name}{variant} [{network.file}]")


def signed(number: int, exact: bool) -> str:
    """A difference with its sign; nothing for none.

    >>> signed(-1234, False), signed(0, False)
    ('-1.23k', '')
    """
    if not number:
        return ""
    text = f"{abs(number):,}" if exact else short(abs(number))
    return f"{'+' if number > 0 else '-'}{text}"


def relative(before: int, after: int) -> str:
    """A change in percent of what was.

    >>> relative(100, 150), relative(100, 99), relative(100_000, 100_001), relative(0, 1)
    ('+50.0 %', '-1.0 %', '<0.1 %', '')
    """
    if not before or before == after:
        return ""
    share = percent(abs(after - before), before)
    return share if share.startswith("<") else f"{'+' if after > before else '-'}{share}"


def totals(difference: Comparison, exact: bool, brief: bool = False) -> list[TotalRow]:
    """The totals side by side; the first numbers in full, but where it should be brief."""
    before, after = difference.before, difference.after
    rows = []
    for title, name in (
        ("parameters", "params"),
        ("trainable", "trainable_params"),
        ("buffers", "buffers"),
        ("MACs", "macs"),
    ):
        earlier, later = getattr(before.totals, name), getattr(after.totals, name)
        plain = name == "trainable_params" and [earlier, later] == [
            before.totals.params,
            after.totals.params,
        ]
        if not plain and (earlier or later or name in ("params", "macs")):
            rows.append(number_row(title, earlier, later, exact, in_full=not brief))
    rows.append(number_row("FLOPs", before.totals.flops, after.totals.flops, exact, in_full=False))
    rows.append(byte_row("weights", before.totals.weight_bytes, after.totals.weight_bytes, exact))
    rows.append(byte_row("peak memory", before.totals.peak_bytes, after.totals.peak_bytes, exact))
    rows.append(number_row("depth", before.totals.depth, after.totals.depth, exact))
    rows.append(number_row("layers", len(before.layers), len(after.layers), exact))
    rows.append(text_row("receptive field", field(before), field(after)))
    if before.network.inputs != after.network.inputs:
        rows.append(
            text_row(
                "input", *(shapes(dict(side.network.inputs)) or "-" for side in (before, after))
            )
        )
    rows.append(text_row("output", outputs(before), outputs(after)))
    if before.network.training_outputs or after.network.training_outputs:
        rows.append(
            number_row(
                "in training",
                before.training_totals.params,
                after.training_totals.params,
                exact,
                in_full=not brief,
            )
        )
    return rows


def number_row(title: str, before: int, after: int, exact: bool, in_full: bool = True) -> TotalRow:
    show = amount if in_full else counted
    change = signed(after - before, exact or (in_full and abs(after - before) < 10**13)) or SAME
    return TotalRow(title, show(before, exact), show(after, exact), change, relative(before, after))


def byte_row(title: str, before: int, after: int, exact: bool) -> TotalRow:
    sign = "+" if after > before else "-"
    change = sign + byte_amount(abs(after - before), exact) if after != before else SAME
    return TotalRow(
        title,
        byte_amount(before, exact),
        byte_amount(after, exact),
        change,
        relative(before, after),
    )


def text_row(title: str, before: str, after: str) -> TotalRow:
    return TotalRow(title, before, after, SAME if before == after else "changed")


def outputs(report: Analysis) -> str:
    values = {
        name: value
        for name, value in report.network.outputs.items()
        if name not in report.network.training_outputs
    }
    return shapes(dict(values)) if values else "-"


def field(report: Analysis) -> str:
    """The receptive field where it is last not yet all that there is."""
    for layer in reversed(report.layers):
        if layer.receptive_field and all(layer.receptive_field) and not layer.node.training_only:
            return "x".join(str(axis.size) if axis else "all" for axis in layer.receptive_field)
    return "all" if report.layers else "-"


class ClassRow(NamedTuple):
    """One class of layers: its params, then its MACs, before, after, and the change."""

    name: str
    params: tuple[str, str, str]
    macs: tuple[str, str, str]


def classes(difference: Comparison, exact: bool) -> list[ClassRow]:
    """A row for each class that either network has."""
    before, after = by_class(difference.before), by_class(difference.after)
    rows = []
    for name in CLASS_NAMES:
        if name in before or name in after:
            pairs = [
                (getattr(before.get(name), number, 0), getattr(after.get(name), number, 0))
                for number in ("params", "macs")
            ]
            cells = [
                (counted(x, exact), counted(y, exact), signed(y - x, exact) or SAME)
                for x, y in pairs
            ]
            rows.append(ClassRow(CLASS_NAMES[name], cells[0], cells[1]))
    return rows


def by_class(report: Analysis) -> dict[str, Share]:
    return {share.class_: share for share in report.breakdown}


def split(difference: Comparison) -> str:
    """How convolutional and dense layers share the parameters, before and after, in a sentence."""
    before, after = by_class(difference.before), by_class(difference.after)
    wholes = difference.before.totals.params, difference.after.totals.params
    parts = []
    for name in ("conv", "dense"):
        if (name in before or name in after) and all(wholes):
            sides = zip((before, after), wholes, strict=True)
            shares = [percent(getattr(side.get(name), "params", 0), whole) for side, whole in sides]
            verb = (
                f"still hold {shares[0]}"
                if shares[0] == shares[1]
                else f"held {shares[0]}, and now {shares[1]}"
            )
            parts.append(f"{CLASS_NAMES[name]} layers {verb}")
    return f"Of the parameters, {'; '.join(parts)}." if parts else ""


# What happened, in a sentence


# What the files say besides

"""The parts after the rows, in every format: totals, the breakdown by class, a sentence, notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ...engine.aggregation import breakdown as class_shares
from ...engine.aggregation import stored
from ...engine.analysis import Analysis, LayerAnalysis, Share
from ...engine.flash import Flash
from ...engine.measure import Measure
from ...engine.quantity_values import applies, network_number
from ...escape import safe
from ...named_tuple import NamedTuple
from ...problem import Problem
from ...quantities import QUANTITIES, names_for
from ..text import percent, short, short_bytes
from ..values import shapes
from .cells import marks
from .rows import TableRow

CLASS_NAMES = {
    "conv": "convolutional",
    "dense": "dense",
    "recurrent": "recurrent",
    "attention": "attention",
    "norm": "normalization",
    "other": "other",
}


# Totals


class Total(NamedTuple):
    """One line of the totals: its title, the amount, and a remark."""

    title: str
    amount: str
    remark: str = ""


def totals(analysis: Analysis, exact: bool) -> list[Total]:
    """The totals at inference, and those in training if they differ."""
    lines = []
    for name in names_for("totals"):
        if is_shown(name, analysis):
            number = quantity_text(name, network_number(analysis, name), exact)
            lines.append(Total(QUANTITIES[name].words, number, remark(name, analysis, exact)))
        if name == "macs":
            lines += [measured_total(measure, analysis, exact) for measure in analysis.measures]
    outputs = analysis.network.outputs
    if len(outputs) > 1:
        lines.append(Total("outputs", str(len(outputs)), shapes(outputs)))
    return [*lines, *stated_total(analysis, exact)]


def stated_total(analysis: Analysis, exact: bool) -> list[Total]:
    """The part of the totals that the file states, if there is one."""
    stated = analysis.stated
    if stated is None:
        return []
    found = amount(stated.params, exact)
    layers = f"{stated.layers:,} custom layer{'s' * (stated.layers != 1)}"
    remark = f"parameters and {amount(stated.macs, exact)} MACs of {layers}, not calculated"
    return [Total("stated", found, remark)]


def is_shown(name: str, analysis: Analysis) -> bool:
    """Whether a quantity is among the totals: not without buffers, or layers only in training.

    What a supplement has is in lines of its own.
    """
    if name == "buffers":
        return analysis.totals.buffers > 0
    if any(name in one.numbers for one in analysis.supplements):
        return False
    if not applies(name, analysis):
        return False
    return name != "training_params" or bool(analysis.network.training_outputs)


def quantity_text(name: str, number: int, exact: bool) -> str:
    """A quantity of a network; a count has all digits if it is short enough to read."""
    if QUANTITIES[name].unit == "bytes":
        return byte_amount(number, exact)
    return amount(number, exact)


def remark(name: str, analysis: Analysis, exact: bool) -> str:
    """What a total needs to be understood."""
    found = analysis.totals
    if name == "params":
        frozen = found.params - found.trainable_params
        return f"{amount(frozen, exact)} of them frozen" if frozen else ""
    if name == "macs":
        return f"{counted(found.flops, exact)} FLOPs"
    if name == "weight_bytes":
        return f"in {weight_types(analysis)}"
    if name == "flash_bytes":
        return flash_remark(analysis.flash)
    if name == "activations":
        return "elements with the input, activation functions in place"
    if name == "peak_bytes":
        return f"of activations, at {safe(found.peak_layer)}"
    if name == "depth":
        return "convolution and dense layers on the longest path"
    if name == "training_params":
        macs = amount(analysis.training_totals.macs, exact)
        return f"{macs} MACs, including the layers only in training"
    return ""


def flash_remark(flash: Flash) -> str:
    """The parts of the flash.

    >>> from cnncalc.engine.flash import FlashBytes
    >>> flash_remark(Flash(FlashBytes(208_112, 10_952, 0), 27, 0, 0))
    'weights 208,112, biases 10,952, norms folded'
    """
    weights, biases, norms = flash.size
    parts = [f"weights {weights:,}", f"biases {biases:,}"]
    if norms:
        parts.append(f"norms {norms:,}")
    folded = f"{flash.folded:,} norms folded" if norms else "norms folded"
    return ", ".join([*parts, folded] if flash.folded else parts)


def weight_types(analysis: Analysis) -> str:
    """The types of the weights at inference, in the order of the layers."""
    layers = [one for one in analysis.layers if one.weight_bytes and not one.node.training_only]
    found = dict.fromkeys(layer.node.dtype.weights for layer in layers)
    return ", ".join(found) or analysis.network.types.weights


def measured_total(measure: Measure, analysis: Analysis, exact: bool) -> Total:
    """The total of a measurement, compared with the quantity that it corresponds to."""
    title = QUANTITIES[measure.quantity].title
    compared = difference(measure.total, network_number(analysis, measure.quantity))
    remark = f"{measure.unit} by version {measure.version}: {compared} {title} here"
    if "trainable_params" in measure.totals:
        trained, others = measure.totals["trainable_params"], measure.totals["non_trainable_params"]
        remark += f"; {amount(trained, exact)} trainable, {amount(others, exact)} non-trainable"
    params = measure.totals.get("params")
    if params not in (None, analysis.totals.params):
        remark += f"; it reports {amount(params or 0, exact)} parameters"
    return Total(measure.name, amount(measure.total, exact), remark)


def difference(found: int, ours: int) -> str:
    """The difference of a count from ours, in words.

    >>> difference(4_089_238_376, 4_089_184_256), difference(90, 100), difference(7, 7)
    ('54,120 (<0.01 %) more than the', '10 (10.00 %) fewer than the', 'as many as the')
    """
    if found == ours:
        return "as many as the"
    share = f"{100 * abs(found - ours) / (ours or 1):.2f} %"
    share = "<0.01 %" if share == "0.00 %" else share
    change = f"{abs(found - ours):,} ({share})" if ours else f"{found:,}"
    return f"{change} {'more' if found > ours else 'fewer'} than the"


def counted(number: int, exact: bool) -> str:
    return f"{number:,}" if exact else short(number)


def amount(number: int, exact: bool) -> str:
    """A total, with all digits if it is short enough to read."""
    return counted(number, exact or number < 10**13)


def byte_amount(number: int, exact: bool) -> str:
    return f"{number:,} B" if exact else short_bytes(number)


# The breakdown by class


class Operations(NamedTuple):
    """The count of operations in the rows and the breakdown: MACs, or a measurement's.

    `title` heads it in tables, `noun` and `words` are what is counted; the `macs` of the shares
    are these.
    """

    title: str
    noun: str
    words: str
    total: int
    shares: tuple[Share, ...]
    layers: Mapping[str, int] | None

    def of(self, layer: LayerAnalysis) -> int:
        return layer.macs if self.layers is None else self.layers.get(layer.node.path, 0)


def operations(analysis: Analysis) -> Operations:
    macs, words = analysis.totals.macs, "multiply-accumulates"
    if not analysis.measures or analysis.measures[0].quantity == "params":
        return Operations("MACs", "MACs", words, macs, analysis.breakdown, None)
    measure = analysis.measures[0]
    inference = [layer for layer in analysis.layers if not layer.node.training_only]
    shares = class_shares(inference, measure.layers)
    unit = measure.unit
    return Operations(measure.name, unit, unit, measure.total, shares, measure.layers)


def breakdown(analysis: Analysis, exact: bool) -> list[tuple[str, str, str, str, str, str]]:
    """One row per class: its name, layers, params, their share, operations, their share."""
    params, counts = analysis.totals.params, operations(analysis)
    return [
        (
            CLASS_NAMES[row.class_],
            str(row.layers),
            counted(row.params, exact),
            percent(row.params, params),
            counted(row.macs, exact),
            percent(row.macs, counts.total),
        )
        for row in counts.shares
    ]


def selection(rows: Sequence[TableRow], analysis: Analysis, exact: bool) -> str:
    """The sums of the selected layers at inference, shared weights counted once."""
    chosen = [layer for row in rows for layer in row.layers(analysis)]
    layers = [layer for layer in chosen if not layer.node.training_only]
    counts = operations(analysis)
    params, macs = stored(layers)[0], sum(map(counts.of, layers))
    params_text = f"{amount(params, exact)} parameters ({percent(params, analysis.totals.params)})"
    macs_text = f"{amount(macs, exact)} {counts.noun} ({percent(macs, counts.total)})"
    text = f"{len(layers):,} of {len(analysis.layers):,} layers: {params_text}, {macs_text}"
    others = len(chosen) - len(layers)
    return f"{text}; {others:,} more only in training" if others else text


# Its sentence


COMPARED = ("conv", "dense", "recurrent", "attention")
"""The classes that the sentence compares; another only if it has the most parameters."""


def sentence(analysis: Analysis) -> str:
    """The comparison of the class that has the most parameters with another one, in words."""
    counts, params = operations(analysis), analysis.totals.params
    most = max(counts.shares, key=lambda share: share.params, default=None)
    if most is None or not most.params:
        return ""
    other = compared_with(most, counts.shares)
    text = f"The {CLASS_NAMES[most.class_]} layers hold {worded(most.params, params)}"
    text += " of the parameters"
    if other:
        name = CLASS_NAMES[other.class_]
        text += f", {times(most.params, other.params)} as many as the {name} ones"
    return f"{text}{operations_clause(most, other, counts)}."


def compared_with(most: Share, shares: Sequence[Share]) -> Share | None:
    """The class to compare with: that of the most operations, or of the second most parameters."""
    others = [
        share for share in shares if share.class_ in COMPARED and share is not most and share.params
    ]
    busiest = max(others, key=lambda share: share.macs, default=None)
    if busiest and busiest.macs > most.macs:
        return busiest
    return max(others, key=lambda share: share.params, default=None)


def operations_clause(most: Share, other: Share | None, counts: Operations) -> str:
    """The end of the sentence: which share of the operations one of the two does."""
    if not counts.total:
        return ""
    if other and other.macs > most.macs:
        return f", which do {worded(other.macs, counts.total)} of the {counts.words}"
    text = f" and do {worded(most.macs, counts.total)} of the {counts.words}"
    if other:
        return f",{text}"
    missing = {"conv": "dense", "dense": "conv"}.get(most.class_)
    if missing is None or missing in [share.class_ for share in counts.shares]:
        return text
    return f"{text}; there are no {CLASS_NAMES[missing]} ones"


def worded(part: int, whole: int) -> str:
    """A share in a sentence."""
    if part == whole:
        return "all"
    return percent(part, whole).replace(">", "more than ").replace("<", "less than ")


def times(more: int, less: int) -> str:
    """A ratio in words, to three digits.

    >>> times(198_082_560, 2_332_704), times(58_631_144, 2_334_080), times(3, 2)
    ('84.9 times', '25.1 times', '1.50 times')
    """
    ratio = more / less
    if ratio < 10:
        return f"{ratio:.2f} times"
    return f"{ratio:.1f} times" if ratio < 100 else f"{ratio:,.0f} times"


# Notes

LEGEND = {
    "training only": "training only: exists only in training, not counted in the inference totals",
    "frozen": "frozen: weights that are stored but not trained",
    "shared": "shared: steps with this tag use the same weights, counted once in the totals",
}
MAX_NOTES = 10


def notes(
    analysis: Analysis, rows: Iterable[TableRow], failures: Sequence[Problem] = ()
) -> list[str]:
    """Notes on layers, a legend of the marks in the rows, and the expectations that fail."""
    found = [
        f"note: {safe(layer.node.path)}: {safe(note)}"
        for layer in analysis.layers
        for note in layer.notes
    ]
    if len(found) > MAX_NOTES:
        more = f"note: and {len(found) - MAX_NOTES} more notes (all with --format json)"
        found = [*found[:MAX_NOTES], more]
    used = " ".join(marks(row, analysis) for row in rows) if has_marks(analysis) else ""
    found += [text for mark, text in LEGEND.items() if mark in used]
    file = safe(analysis.network.file)
    return found + [f"{file}:{one.span.line}: expect: {safe(one.message)}" for one in failures]


def has_marks(analysis: Analysis) -> bool:
    """Whether any layer is training only, frozen, shared or stated; in most networks none is."""
    return any(is_marked(layer) for layer in analysis.layers)


def is_marked(layer: LayerAnalysis) -> bool:
    node = layer.node
    frozen = bool(layer.params and not node.trainable)
    return node.training_only or layer.shares or frozen or node.layer.stated

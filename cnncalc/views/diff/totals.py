"""The parts of a comparison other than its rows: names, totals, and classes of layers."""

from __future__ import annotations

from ...devices.deployment import Deployment
from ...difference.comparison import Comparison
from ...difference.receptive_field import last_partial_field
from ...engine.analysis import NOTHING_STATED, Analysis, Share
from ...engine.quantity_values import applies, network_number, number_of
from ...escape import safe
from ...named_tuple import NamedTuple
from ...quantities import QUANTITIES, names_for
from ..show.deployment import RUNTIME_TITLES
from ..show.summary import CLASS_NAMES, COMPARED, amount, byte_amount, counted
from ..text import percent, short
from ..values import human, kind_of, shapes

UNCHANGED = "="
MAX_NAME = 20  # characters of a name as the title of a column


class TotalRow(NamedTuple):
    """One line of the totals."""

    title: str
    before: str
    after: str
    change: str
    relative: str = ""


def names(comparison: Comparison) -> tuple[str, str]:
    """The names of the two networks.

    Variants, names, revisions or files, whichever differ first; otherwise `before` and `after`.
    """
    before, after = comparison.before.network, comparison.after.network
    for texts in (
        (before.variant or before.name, after.variant or after.name),
        (before.name, after.name),
        revisions(comparison),
        (before.file, after.file),
    ):
        if texts[0] != texts[1] and all(texts) and max(map(len, texts)) <= MAX_NAME:
            return safe(texts[0]), safe(texts[1])
    return "before", "after"


def revisions(comparison: Comparison) -> tuple[str, str]:
    """The git revisions of one file, `now` for the working tree; empty for two files."""
    earlier, _, path = comparison.before.network.file.rpartition(":")
    later, _, other = comparison.after.network.file.rpartition(":")
    return (earlier or "now", later or "now") if path == other else ("", "")


def heading(analysis: Analysis) -> str:
    """A network by name, variant and file."""
    network = analysis.network
    if not network.nodes:
        return "nothing"
    has_own_name = network.variant and network.variant.lower() != network.name.lower()
    variant = f" ({network.variant})" if has_own_name else ""
    return safe(f"{network.name}{variant} [{network.file}]{place_of(analysis)}")


def place_of(analysis: Analysis) -> str:
    """The device or the runtime that a network is compared on; empty if there is none."""
    found = analysis.supplement(Deployment)
    if found is None:
        return ""
    return f" on {found.device.name}" if found.device else f" in {RUNTIME_TITLES[found.runtime]}"


def signed(number: int, exact: bool) -> str:
    """A difference with its sign; empty for 0.

    >>> signed(-1234, False), signed(0, False)
    ('-1.23k', '')
    """
    if not number:
        return ""
    text = f"{abs(number):,}" if exact else short(abs(number))
    return f"{'+' if number > 0 else '-'}{text}"


def relative(before: int, after: int) -> str:
    """A change in percent of the value before.

    >>> relative(100, 150), relative(100, 99), relative(100_000, 100_001), relative(0, 1)
    ('+50.0 %', '-1.0 %', '<0.1 %', '')
    """
    if not before or before == after:
        return ""
    share = percent(abs(after - before), before)
    return share if share.startswith("<") else f"{'+' if after > before else '-'}{share}"


def totals(comparison: Comparison, exact: bool, brief: bool = False) -> list[TotalRow]:
    """The totals of both networks; parameters, buffers and MACs in full unless `brief`."""
    before, after = comparison.before, comparison.after
    names = [name for name in names_for("diff") if is_shown(name, before, after)]
    rows = [quantity_row(name, before, after, exact, brief) for name in names]
    fields = last_partial_field(before), last_partial_field(after)
    rows.append(text_row("receptive field", *fields))
    rows += stated_rows(before, after, exact, in_full=not brief)
    if before.network.inputs != after.network.inputs:
        rows.append(text_row("input", inputs(before), inputs(after)))
    rows.append(text_row("output", outputs(before), outputs(after)))
    return rows


IN_FULL = ("params", "trainable_params", "buffers", "macs", "training_params")
"""The quantities that are shown with all digits, if they fit."""


def stated_rows(before: Analysis, after: Analysis, exact: bool, in_full: bool) -> list[TotalRow]:
    """The parts of the totals that the files state and nothing calculates, if there are any."""
    earlier, later = before.stated or NOTHING_STATED, after.stated or NOTHING_STATED
    if not (earlier.layers or later.layers):
        return []
    return [
        number_row("stated params", earlier.params, later.params, exact, in_full),
        number_row("stated MACs", earlier.macs, later.macs, exact, in_full),
    ]


def is_shown(name: str, before: Analysis, after: Analysis) -> bool:
    """Whether a quantity says more than the others of the two networks do."""
    sides = before, after
    if not any(applies(name, side) for side in sides):
        return False
    if name == "training_params":
        return any(side.network.training_outputs for side in sides)
    if name == "trainable_params":
        return any(side.totals.trainable_params != side.totals.params for side in sides)
    return name != "buffers" or any(side.totals.buffers for side in sides)


def quantity_row(
    name: str, before: Analysis, after: Analysis, exact: bool, brief: bool
) -> TotalRow:
    title, unit = QUANTITIES[name].words, QUANTITIES[name].unit
    if not QUANTITIES[name].path:
        return device_row(name, before, after, exact)
    earlier, later = network_number(before, name), network_number(after, name)
    if unit == "bytes":
        return byte_row(title, earlier, later, exact)
    return number_row(title, earlier, later, exact, name in IN_FULL and not brief)


def device_row(name: str, before: Analysis, after: Analysis, exact: bool) -> TotalRow:
    """A number on a device, which a network may not have: RAM, or a time or an energy."""
    quantity = QUANTITIES[name]
    title, kind = quantity.words, kind_of(quantity)
    if name in BOUNDS:
        title += " at least"
    earlier, later = (number_of(side, name) or 0 for side in (before, after))
    if isinstance(earlier, int) and isinstance(later, int):
        return byte_row(title, earlier, later, exact)
    first, second = (human(kind, float(one), exact) or "-" for one in (earlier, later))
    change, share = UNCHANGED, ""
    if later != earlier:
        sign = "+" if later > earlier else "-"
        change = sign + human(kind, float(abs(later - earlier)), exact)
        share = relative(round(earlier * PICO), round(later * PICO))
    return TotalRow(title, first, second, change, share)


PICO = 10**12
BOUNDS = ("at_least_s", "energy_at_least_j")


def number_row(title: str, before: int, after: int, exact: bool, in_full: bool) -> TotalRow:
    show = amount if in_full else counted
    short_enough = in_full and abs(after - before) < 10**13
    change = signed(after - before, exact or short_enough) or UNCHANGED
    return TotalRow(title, show(before, exact), show(after, exact), change, relative(before, after))


def byte_row(title: str, before: int, after: int, exact: bool) -> TotalRow:
    change = UNCHANGED
    if before != after:
        change = ("+" if after > before else "-") + byte_amount(abs(after - before), exact)
    texts = byte_amount(before, exact), byte_amount(after, exact)
    return TotalRow(title, *texts, change, relative(before, after))


def text_row(title: str, before: str, after: str) -> TotalRow:
    return TotalRow(title, before, after, UNCHANGED if before == after else "changed")


def inputs(analysis: Analysis) -> str:
    return shapes(dict(analysis.network.inputs)) or "-"


def outputs(analysis: Analysis) -> str:
    network = analysis.network
    values = {
        name: value
        for name, value in network.outputs.items()
        if name not in network.training_outputs
    }
    return shapes(dict(values)) if values else "-"


class ClassChange(NamedTuple):
    """One class of layers: its parameters and its MACs, each before, after, and the change."""

    name: str
    params: tuple[str, str, str]
    macs: tuple[str, str, str]

    @property
    def is_unchanged(self) -> bool:
        return self.params[2] == self.macs[2] == UNCHANGED


def class_changes(comparison: Comparison, exact: bool) -> list[ClassChange]:
    """The classes that either network has."""
    before, after = by_class(comparison.before), by_class(comparison.after)
    rows = []
    for category, name in CLASS_NAMES.items():
        if category not in before and category not in after:
            continue
        cells = []
        for number in ("params", "macs"):
            x = getattr(before.get(category), number, 0)
            y = getattr(after.get(category), number, 0)
            change = signed(y - x, exact) or UNCHANGED
            cells.append((counted(x, exact), counted(y, exact), change))
        rows.append(ClassChange(name, *cells))
    return rows


def by_class(analysis: Analysis) -> dict[str, Share]:
    return {share.class_: share for share in analysis.breakdown}


def shares_sentence(comparison: Comparison) -> str:
    """The shares of the parameters that classes of layers hold, before and after."""
    sides = comparison.before, comparison.after
    if not all(side.totals.params for side in sides):
        return ""
    parts = []
    for category in COMPARED:
        found = [by_class(side).get(category) for side in sides]
        if any(found):
            before, after = (
                percent(share.params if share else 0, side.totals.params)
                for share, side in zip(found, sides, strict=True)
            )
            change = "unchanged" if before == after else f"before: {before}"
            parts.append(f"{CLASS_NAMES[category]} layers {after} ({change})")
    return f"Share of the parameters: {', '.join(parts)}." if parts else ""

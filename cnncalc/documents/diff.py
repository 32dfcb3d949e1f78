"""The JSON document of `cnncalc diff --format json`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Self

from ..difference.comparison import Change, Comparison, ComparisonEntry
from ..difference.receptive_field import last_partial_field
from ..engine.analysis import Analysis
from ..named_tuple import NamedTuple
from ..shape import Shape
from .encoding import json_value, value_lines

__all__ = ["SCHEMA", "Change", "ComparedNetwork", "Difference", "DifferenceRow"]

SCHEMA = "cnncalc/diff/2"


class DifferenceRow(NamedTuple):
    """A layer or a group of both networks, or of one of them.

    `path_before` is its path in the earlier network; None where the row is in one network only.
    `what` holds `same`, or one or more of `added`, `removed`, `moved`, `renamed`, `changed` and
    `consequence`.  `delta` omits numbers that did not change.  `around` is None for a layer, and
    for a group whether only the group was added or removed, not its layers.
    """

    path: str | None
    path_before: str | None
    type: str | None
    what: tuple[str, ...]
    changes: tuple[Change, ...]
    delta: Mapping[str, int]
    around: bool | None = None

    @classmethod
    def of(cls, entry: ComparisonEntry) -> Self:
        delta = {name: number for name, number in entry.delta._asdict().items() if number}
        return cls(
            entry.path or None,
            entry.path_before or None,
            entry.kind,
            entry.what or ("same",),
            entry.changes,
            MappingProxyType(delta),
            None if entry.is_layer else entry.around,
        )


class ComparedNetwork(NamedTuple):
    """One of the two networks, without its layers; `on_device` are numbers on a device, if any."""

    name: str
    variant: str | None
    file: str
    dtype: str | Mapping[str, str]
    batch: int
    inputs: Mapping[str, Shape]
    outputs: Mapping[str, Shape]
    receptive_field: str
    totals: Mapping[str, int | str]
    training_totals: Mapping[str, int]
    breakdown: Mapping[str, Mapping[str, int]]
    on_device: Mapping[str, int | float] | None = None

    @classmethod
    def of(cls, analysis: Analysis) -> Self | None:
        """The network of an analysis; None where a file was added or removed."""
        network = analysis.network
        if not network.nodes:
            return None
        breakdown: dict[str, Mapping[str, int]] = {
            share.class_: MappingProxyType(
                {"layers": share.layers, "params": share.params, "macs": share.macs}
            )
            for share in analysis.breakdown
        }
        return cls(
            name=network.name,
            variant=network.variant,
            file=network.file,
            dtype=network.types.value,
            batch=analysis.batch,
            inputs=MappingProxyType(dict(network.inputs)),
            outputs=MappingProxyType({name: out.shape for name, out in network.outputs.items()}),
            receptive_field=last_partial_field(analysis),
            totals=MappingProxyType(totals_of(analysis)),
            training_totals=MappingProxyType(analysis.training_totals._asdict()),
            breakdown=MappingProxyType(breakdown),
            on_device=device_numbers(analysis),
        )


def device_numbers(analysis: Analysis) -> Mapping[str, int | float] | None:
    """What a network needs on a device, or in a runtime; None if nobody asked for it."""
    found = [one.numbers for one in analysis.supplements]
    return MappingProxyType(dict(found[0])) if found else None


def totals_of(analysis: Analysis) -> dict[str, int | str]:
    """The totals, with the bytes in flash of a quantized network, and what the file states."""
    flash = {"flash_bytes": analysis.flash.total} if analysis.is_quantized else {}
    return analysis.totals._asdict() | flash | stated_totals(analysis)


class Difference(NamedTuple):
    """What changed from one network to another.

    `delta` is the change of each total, to which the deltas of the layers add up.  `declarations`
    are the changes in the files other than layers, by section: `network`, `file`, `vars`, `blocks`,
    `expect`, `budget`.  `groups` are those that were added, removed, moved, renamed or became
    another block; `layers` are all layers of both networks.  `aligned_coarsely`: the networks have
    so little in common that a layer may be listed as removed and added instead of changed.
    `flat`: the layers alone are compared, whatever their names, groups and order in the file are.
    """

    equal: bool
    calculates_the_same: bool
    flat: bool
    aligned_coarsely: bool
    before: ComparedNetwork | None
    after: ComparedNetwork | None
    delta: Mapping[str, int]
    declarations: Mapping[str, tuple[Change, ...]]
    groups: tuple[DifferenceRow, ...]
    layers: tuple[DifferenceRow, ...]

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        entries = list(comparison.everything())
        groups = [entry for entry in entries if entry.what and not entry.is_layer]
        return cls(
            equal=comparison.is_empty,
            calculates_the_same=comparison.calculates_the_same,
            flat=comparison.is_flat,
            aligned_coarsely=comparison.is_coarse,
            before=ComparedNetwork.of(comparison.before),
            after=ComparedNetwork.of(comparison.after),
            delta=MappingProxyType(total_deltas(comparison.before, comparison.after)),
            declarations=MappingProxyType(dict(comparison.declarations)),
            groups=tuple(map(DifferenceRow.of, groups)),
            layers=tuple(DifferenceRow.of(entry) for entry in entries if entry.is_layer),
        )

    def to_json(self) -> str:
        return "\n".join(self.json_lines())

    def json_lines(self) -> Iterator[str]:
        """The lines of the JSON object, one line per layer."""
        head = json_value(self._replace(layers=()))
        del head["layers"]
        yield json.dumps(head)[:-1] + ', "layers": ['
        yield from value_lines(self.layers)
        yield "]}"

    @property
    def changed(self) -> tuple[DifferenceRow, ...]:
        """The layers that changed, without those that changed only because an earlier one did."""
        return tuple(row for row in self.layers if not {"same", "consequence"} >= set(row.what))

    def __repr__(self) -> str:
        if self.equal:
            return "<Difference: none>"
        params, macs = self.delta["params"], self.delta["macs"]
        return f"<Difference: {len(self.changed)} layers, {params:+,} params, {macs:+,} MACs>"


def stated_totals(analysis: Analysis) -> dict[str, int]:
    """The parts of the totals that the file states and nothing calculates, if there are any."""
    stated = analysis.stated
    return {"stated_params": stated.params, "stated_macs": stated.macs} if stated else {}


def total_deltas(before: Analysis, after: Analysis) -> dict[str, int]:
    """The change of each total, and of the parameters and MACs with the training-only layers."""
    earlier, later = before.totals._asdict(), after.totals._asdict()
    deltas = {name: later[name] - earlier[name] for name in later if isinstance(later[name], int)}
    for name in ("params", "macs"):
        deltas[f"training_{name}"] = getattr(after.training_totals, name) - getattr(
            before.training_totals, name
        )
    return deltas

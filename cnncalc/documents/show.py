"""The JSON document of `cnncalc show`, `cnncalc/show/1`: exact integers, receptive fields as exact
fractions.

`Report.of` makes it from an Analysis, `to_json` and `from_json` write and read it, and
`report_lines` writes the text of a large network without keeping its layers.  The Python
interface returns a Report.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Self

from ..engine.analysis import Analysis, Share, StatedTotals, Totals, TrainingTotals
from ..escape import safe
from ..named_tuple import NamedTuple
from .deployment import DeploymentReport, TimeReport
from .encoding import encoded, frozen, json_value, listed, times
from .show_parts import (
    GroupReport,
    LayerReport,
    MeasureReport,
    Sizes,
    group_object,
    group_report,
    layer_object,
    layer_reports,
    measure_objects,
    measures_from,
    share_from,
    share_object,
)
from .training import TrainingReport

SCHEMA = "cnncalc/show/1"


class Report(NamedTuple):
    """All numbers of a network, as `cnncalc show --format json` prints them.

    The JSON key `class` is called `class_` here.
    """

    schema: str
    name: str
    variant: str | None
    file: str
    source: str
    year: int | None
    task: str
    dtype: str | Mapping[str, str]
    batch: int
    inputs: Mapping[str, Sizes]
    outputs: Mapping[str, Sizes]
    layers: tuple[LayerReport, ...]
    groups: tuple[GroupReport, ...]
    totals: Totals
    training_totals: TrainingTotals
    breakdown: tuple[Share, ...]
    measures: tuple[MeasureReport, ...] = ()
    stated: StatedTotals | None = None
    deployment: DeploymentReport | None = None
    time: TimeReport | None = None
    training: TrainingReport | None = None
    accuracy: Mapping[str, float | str] | None = None

    @classmethod
    def of(cls, analysis: Analysis) -> Self:
        """The report of an analysis."""
        return cls._make(
            [
                *head_of(analysis),
                tuple(layer_reports(analysis)),
                tuple(group_reports(analysis)),
                analysis.totals,
                analysis.training_totals,
                analysis.breakdown,
                tuple(map(MeasureReport.of, analysis.measures)),
                *optional_parts(analysis),
            ]
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The report that `to_json` or `cnncalc show --format json` wrote.

        Raises ValueError for any other text.
        """
        try:
            return cls.from_object(json.loads(text))
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"this is not a report of cnncalc: {error}") from None

    @classmethod
    def from_object(cls, entry: Mapping[str, Any]) -> Self:
        """The report of a JSON object; keys that it does not know are ignored."""
        return cls._make(
            [
                *(frozen(entry[name]) for name in HEAD),
                tuple(map(LayerReport.from_object, entry["layers"])),
                tuple(map(GroupReport.from_object, entry["groups"])),
                Totals._make([entry["totals"][name] for name in Totals._fields]),
                TrainingTotals(**entry["training_totals"]),
                tuple(map(share_from, entry["breakdown"])),
                tuple(measures_from(entry)),
                StatedTotals(**entry["stated"]) if "stated" in entry else None,
                DeploymentReport.from_object(entry["deployment"])
                if "deployment" in entry
                else None,
                TimeReport(**entry["time"]) if "time" in entry else None,
                TrainingReport.from_object(entry["training"]) if "training" in entry else None,
                frozen(entry["accuracy"]) if "accuracy" in entry else None,
            ]
        )

    def to_json(self) -> str:
        head = dict(zip(HEAD, self, strict=False))
        layers, groups = map(layer_object, self.layers), map(group_object, self.groups)
        return "".join(lines_of(DocumentParts(head, layers, groups, self.tail())))

    def tail(self) -> dict[str, Any]:
        """The keys after the layers and groups, as JSON values."""
        optional = {name: getattr(self, name) for name in OPTIONAL}
        more = self.breakdown, self.measures, optional
        return tail_object(self.totals, self.training_totals, *more)

    def layer(self, path: str) -> LayerReport:
        """The layer with this path.  Raises KeyError if there is none."""
        for layer in self.layers:
            if layer.path == path:
                return layer
        raise KeyError(path)

    def _repr_html_(self) -> str:
        """The report in a notebook; cnncalc.api replaces this by a table, which is a view."""
        return ""

    def __repr__(self) -> str:
        inputs, outputs = (
            ", ".join(map(times, side.values())) for side in (self.inputs, self.outputs)
        )
        numbers = f"{self.totals.params:,} params, {self.totals.macs:,} MACs"
        layers = f"{inputs} -> {outputs}, {len(self.layers)} layers"
        return f"<Report {safe(self.name)}: {layers}, {numbers}>"


HEAD = Report._fields[: Report._fields.index("layers")]
"""The keys before the layers."""

OPTIONAL = ("stated", "deployment", "time", "training", "accuracy")
"""The keys at the end that not every network has."""


# An analysis -> the document


def head_of(analysis: Analysis) -> tuple[Any, ...]:
    """The values of HEAD."""
    network = analysis.network
    outputs = {name: value.shape for name, value in network.outputs.items()}
    facts = (network.name, network.variant, network.file, network.source, network.year)
    shapes = MappingProxyType(dict(network.inputs)), MappingProxyType(outputs)
    return (SCHEMA, *facts, network.task, network.types.value, analysis.batch, *shapes)


def optional_parts(analysis: Analysis) -> tuple[Any, ...]:
    """The values of OPTIONAL, None if there is none."""
    reports = (DeploymentReport, TimeReport, TrainingReport)
    accuracy = analysis.network.accuracy
    found = MappingProxyType(accuracy.value) if accuracy is not None else None
    return (analysis.stated, *(report.of(analysis) for report in reports), found)


def group_reports(analysis: Analysis) -> Iterator[GroupReport]:
    for found in analysis.groups:
        yield group_report(found, analysis)


class DocumentParts(NamedTuple):
    """The document of an analysis: keys before the layers, layers, groups, and the other keys."""

    head: dict[str, Any]
    layers: Iterator[dict[str, Any]]
    groups: Iterator[dict[str, Any]]
    tail: dict[str, Any]

    @classmethod
    def of(cls, analysis: Analysis) -> Self:
        """The parts; layers and groups are made one by one."""
        measures = tuple(map(MeasureReport.of, analysis.measures))
        return cls(
            dict(zip(HEAD, head_of(analysis), strict=True)) | measure_objects(measures),
            map(layer_object, layer_reports(analysis)),
            map(group_object, group_reports(analysis)),
            tail_of(analysis, measures),
        )


def report_lines(analysis: Analysis, totals_only: bool = False) -> Iterator[str]:
    """The lines of the document, one per layer; the whole is one JSON object.

    `totals_only` omits layers and groups.
    """
    parts = DocumentParts.of(analysis)
    if totals_only:
        yield encoded(parts.head)[:-1] + ","
        yield encoded(parts.tail)[1:]
        return
    yield from lines_of(parts)


def report_object(analysis: Analysis) -> dict[str, Any]:
    """The document as one JSON object."""
    head, layers, groups, tail = DocumentParts.of(analysis)
    return {**head, "layers": list(layers), "groups": list(groups), **tail}


# The text of the document


def lines_of(parts: DocumentParts) -> Iterator[str]:
    yield encoded(parts.head)[:-1] + ","
    yield from listed("layers", parts.layers)
    yield from listed("groups", parts.groups)
    yield encoded(parts.tail)[1:]


def tail_of(analysis: Analysis, measures: Iterable[MeasureReport]) -> dict[str, Any]:
    """The keys after the layers and groups."""
    optional = dict(zip(OPTIONAL, optional_parts(analysis), strict=True))
    more = analysis.breakdown, measures, optional
    return tail_object(analysis.totals, analysis.training_totals, *more)


def tail_object(
    totals: Totals,
    training_totals: TrainingTotals,
    breakdown: Iterable[Share],
    measures: Iterable[MeasureReport],
    optional: Mapping[str, Any],
) -> dict[str, Any]:
    """The totals, and the optional keys that there are."""
    found = totals._asdict()
    for measure in measures:
        found |= measure.totals_object()
    return {
        "totals": found,
        "training_totals": training_totals._asdict(),
        "breakdown": [share_object(share) for share in breakdown],
        **{name: json_value(value) for name, value in optional.items() if value is not None},
    }

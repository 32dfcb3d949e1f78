"""The JSON document of `cnncalc show`, `cnncalc/show/1`: exact integers, receptive fields as exact
fractions.

`Report.of` makes it of an Analysis, `to_json` and `from_json` are its text; `report_lines` writes
the text of a large network without keeping its layers.  The Python interface returns a Report.
"""

# Without `from __future__ import annotations`: NamedTuple would compile each text at start-up.
# NamedTuples, since dataclasses are made six times as slowly and take 10 ms to import.
import json
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from ..engine.analysis import Analysis, GroupAnalysis, Share, Totals, TrainingTotals
from ..engine.measure import Measure
from ..engine.receptive_field import AxisField, ReceptiveField
from ..network import Group, Network, Value
from .encoding import encoded, frozen, listed, times

SCHEMA = "cnncalc/show/1"
Sizes = tuple[int, ...]
NOTHING: Mapping[str, Any] = MappingProxyType({})


class FieldReport(NamedTuple):
    """The receptive field of one output position: one entry per axis, None for the whole axis.

    Sizes are in input pixels; strides and offsets (the center of the first field) are exact
    fractions as text.
    """

    size: tuple[int | str | None, ...]
    stride: tuple[str | None, ...]
    offset: tuple[str | None, ...]

    @classmethod
    def of(cls, field: ReceptiveField) -> Self:
        return cls(
            tuple(None if axis is None else size_of(axis) for axis in field),
            tuple(None if axis is None else str(axis.stride) for axis in field),
            tuple(None if axis is None else str(axis.offset) for axis in field),
        )

    @classmethod
    def from_object(cls, entry: Mapping[str, Any]) -> Self:
        return cls(*(tuple(entry[name]) for name in cls._fields))


def size_of(axis: AxisField) -> int | str:
    """The size of a field: an integer, unless something was upsampled."""
    size = axis.size
    return int(size) if size == int(size) else str(size)


class LayerReport(NamedTuple):
    """One layer.  Shapes are channels first, for one sample.

    MACs, FLOPs and activations are those of the batch.  `parts` are the output shapes of a layer
    with several outputs; `measures` are further measurements, by their keys in JSON.
    """

    path: str
    type: str
    class_: str
    line: int
    inputs: tuple[str, ...]
    input_shapes: tuple[Sizes, ...]
    output_shape: Sizes
    arguments: Mapping[str, Any]
    weights: Mapping[str, Sizes]
    params: int
    buffers: int
    macs: int
    flops: int
    activation_bytes: int
    alive_bytes: int | None
    receptive_field: FieldReport | None
    training_only: bool
    trainable: bool
    shared: str | None
    notes: tuple[str, ...]
    parts: tuple[Sizes, ...] = ()
    measures: Mapping[str, int | None] = NOTHING

    @classmethod
    def from_object(cls, entry: Mapping[str, Any]) -> Self:
        values = [frozen(entry[key]) for key in LAYER_KEYS]
        field = entry["receptive_field"]
        values[LAYER_KEYS.index("receptive_field")] = field and FieldReport.from_object(field)
        return cls._make([*values, frozen(entry.get("parts", [])), measures_in(entry)])

    def __repr__(self) -> str:
        numbers = f"{self.params:,} params, {self.macs:,} MACs"
        return f"<LayerReport {self.path}: {self.type} -> {times(self.output_shape)}, {numbers}>"


class GroupReport(NamedTuple):
    """Layers that form a group: those from `start` to before `end`, counted from 0."""

    path: str
    type: str
    line: int
    depth: int
    start: int
    end: int
    outputs: tuple[str, ...]
    output_shapes: tuple[Sizes, ...]
    params: int
    buffers: int
    macs: int
    flops: int
    measures: Mapping[str, int | None] = NOTHING

    @classmethod
    def from_object(cls, entry: Mapping[str, Any]) -> Self:
        values = [frozen(entry[name]) for name in GROUP_KEYS]
        return cls._make([*values, measures_in(entry)])

    def __repr__(self) -> str:
        numbers = f"{self.params:,} params, {self.macs:,} MACs"
        return f"<GroupReport {self.path}: {self.type}, {self.end - self.start} layers, {numbers}>"


class MeasureReport(NamedTuple):
    """A further measurement: what made it, what it counts, and its totals by quantity."""

    key: str
    name: str
    version: str
    unit: str
    total: int
    totals: Mapping[str, int]

    @classmethod
    def of(cls, measure: Measure) -> Self:
        names = (measure.key, measure.name, measure.version, measure.unit)
        return cls(*names, measure.total, measure.totals)

    def totals_object(self) -> dict[str, int]:
        """Its part of the totals."""
        others = {f"{self.key}_{name}": value for name, value in self.totals.items()}
        return others | {f"{self.key}_count": self.total}


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
    dtype: str
    batch: int
    inputs: Mapping[str, Sizes]
    outputs: Mapping[str, Sizes]
    layers: tuple[LayerReport, ...]
    groups: tuple[GroupReport, ...]
    totals: Totals
    training_totals: TrainingTotals
    breakdown: tuple[Share, ...]
    measures: tuple[MeasureReport, ...] = ()

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
            ]
        )

    def to_json(self) -> str:
        parts = zip(HEAD, self, strict=False)
        return "".join(lines_of(dict(parts), self.layers, self.groups, self.tail()))

    def tail(self) -> dict[str, Any]:
        """What follows the layers and groups, as JSON has it."""
        return tail_object(self.totals, self.training_totals, self.breakdown, self.measures)

    def layer(self, path: str) -> LayerReport:
        """The layer of a path.  Raises KeyError."""
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
        return f"<Report {self.name}: {inputs} -> {outputs}, {len(self.layers)} layers, {numbers}>"


HEAD = Report._fields[: Report._fields.index("layers")]
LAYER_KEYS = tuple([name.rstrip("_") for name in LayerReport._fields[:-2]])
GROUP_KEYS = GroupReport._fields[:-1]
MEASURE_KEYS = ("name", "version", "unit")


# An analysis -> the parts of its report


def head_of(analysis: Analysis) -> tuple[Any, ...]:
    """The values of HEAD."""
    network = analysis.network
    outputs = {name: value.shape for name, value in network.outputs.items()}
    facts = (network.name, network.variant, network.file, network.source, network.year)
    shapes = MappingProxyType(dict(network.inputs)), MappingProxyType(outputs)
    return (SCHEMA, *facts, network.task, network.dtype, analysis.batch, *shapes)


def layer_reports(analysis: Analysis) -> Iterator[LayerReport]:
    """The layers, one by one.  What equal layers have in common is made once."""
    network, measures = analysis.network, analysis.measures
    arguments: dict[int, Mapping[str, Any]] = {}
    fields: dict[int, FieldReport | None] = {}
    for found in analysis.layers:
        node, field = found.node, found.receptive_field
        layer = node.layer
        if id(layer) not in arguments:
            arguments[id(layer)] = MappingProxyType(layer.arguments())
        if id(field) not in fields:
            fields[id(field)] = None if field is None else FieldReport.of(field)
        yield LayerReport(
            node.path,
            layer.kind,
            layer.category,
            node.span.line,
            paths(network, node.inputs),
            node.input_shapes,
            node.shape,
            arguments[id(layer)],
            found.weights,
            found.params,
            found.buffers,
            found.macs,
            found.flops,
            found.activation_bytes,
            found.alive_bytes,
            fields[id(field)],
            node.training_only,
            node.trainable,
            node.shared,
            found.notes,
            node.outputs,
            measured_layer(measures, node.path) if measures else NOTHING,
        )


def group_reports(analysis: Analysis) -> Iterator[GroupReport]:
    for found in analysis.groups:
        yield group_report(found, analysis)


def group_report(found: GroupAnalysis, analysis: Analysis) -> GroupReport:
    group = found.group
    return GroupReport(
        group.path,
        group.kind,
        group.span.line,
        group.depth,
        group.start,
        group.end,
        paths(analysis.network, group.outputs),
        tuple([value.shape for value in group.outputs]),
        found.params,
        found.buffers,
        found.macs,
        found.flops,
        measured_group(group, analysis) if analysis.measures else NOTHING,
    )


def paths(network: Network, values: Iterable[Value]) -> tuple[str, ...]:
    return tuple([network.path_of(value) for value in values])


def measured_layer(measures: Iterable[Measure], path: str) -> Mapping[str, int | None]:
    return {measure.column: measure.layers.get(path) for measure in measures}


def measured_group(group: Group, analysis: Analysis) -> Mapping[str, int | None]:
    paths = [layer.node.path for layer in analysis.layers[group.start : group.end]]
    return {
        measure.column: sum(measure.layers.get(path, 0) for path in paths)
        for measure in analysis.measures
    }


# The text of a report


def report_lines(analysis: Analysis, totals_only: bool = False) -> Iterator[str]:
    """The lines of the document, one per layer; the whole is one JSON object.

    `totals_only` omits layers and groups.
    """
    measures = tuple(map(MeasureReport.of, analysis.measures))
    head = dict(zip(HEAD, head_of(analysis), strict=True)) | measure_objects(measures)
    tail = tail_object(analysis.totals, analysis.training_totals, analysis.breakdown, measures)
    if totals_only:
        yield encoded(head)[:-1] + ","
        yield encoded(tail)[1:]
        return
    yield from lines_of(head, layer_reports(analysis), group_reports(analysis), tail)


def report_object(analysis: Analysis) -> dict[str, Any]:
    """The document as one JSON object."""
    measures = tuple(map(MeasureReport.of, analysis.measures))
    head = dict(zip(HEAD, head_of(analysis), strict=True)) | measure_objects(measures)
    layers = [layer_object(layer) for layer in layer_reports(analysis)]
    groups = [group_object(group) for group in group_reports(analysis)]
    tail = tail_object(analysis.totals, analysis.training_totals, analysis.breakdown, measures)
    return {**head, "layers": layers, "groups": groups, **tail}


def lines_of(
    head: Mapping[str, Any],
    layers: Iterable[LayerReport],
    groups: Iterable[GroupReport],
    tail: Mapping[str, Any],
) -> Iterator[str]:
    yield encoded(head)[:-1] + ","
    yield from listed("layers", map(layer_object, layers))
    yield from listed("groups", map(group_object, groups))
    yield encoded(tail)[1:]


def field_object(field: ReceptiveField | None) -> dict[str, Any] | None:
    return None if field is None else FieldReport.of(field)._asdict()


def layer_object(layer: LayerReport) -> dict[str, Any]:
    found = dict(zip(LAYER_KEYS, layer, strict=False))
    found["arguments"] = dict(layer.arguments)
    found["weights"] = dict(layer.weights)
    field = layer.receptive_field
    found["receptive_field"] = None if field is None else field._asdict()
    if layer.parts:
        found["parts"] = layer.parts
    return found | dict(layer.measures) if layer.measures else found


def group_object(group: GroupReport) -> dict[str, Any]:
    return dict(zip(GROUP_KEYS, group, strict=False)) | dict(group.measures)


def tail_object(
    totals: Totals,
    training_totals: TrainingTotals,
    breakdown: Iterable[Share],
    measures: Iterable[MeasureReport],
) -> dict[str, Any]:
    found = totals._asdict()
    for measure in measures:
        found |= measure.totals_object()
    return {
        "totals": found,
        "training_totals": training_totals._asdict(),
        "breakdown": [share_object(share) for share in breakdown],
    }


def share_object(share: Share) -> dict[str, Any]:
    return {name.rstrip("_"): value for name, value in share._asdict().items()}


def measure_objects(measures: Iterable[MeasureReport]) -> dict[str, Any]:
    """What made each measurement, by its key."""
    return {one.key: {name: getattr(one, name) for name in MEASURE_KEYS} for one in measures}


# The text of a report -> its parts


def share_from(entry: Mapping[str, Any]) -> Share:
    return Share(*(entry[name.rstrip("_")] for name in Share._fields))


def measures_from(entry: Mapping[str, Any]) -> Iterator[MeasureReport]:
    for key, value in entry.items():
        if isinstance(value, dict) and tuple(value) == MEASURE_KEYS:
            begin = f"{key}_"
            names = [name for name in entry["totals"] if name.startswith(begin)]
            totals = {name.removeprefix(begin): entry["totals"][name] for name in names}
            yield MeasureReport._make([key, *value.values(), totals.pop("count"), totals])


def measures_in(entry: Mapping[str, Any]) -> Mapping[str, int | None]:
    """The measurements of a layer or group."""
    return {name: value for name, value in entry.items() if name.endswith("_count")}

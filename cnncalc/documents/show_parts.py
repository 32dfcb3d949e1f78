"""The parts of the document of `cnncalc show`: layers, groups, receptive fields, measurements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Self

from ..engine.analysis import Analysis, GroupAnalysis, LayerAnalysis, Share
from ..engine.measure import Measure
from ..engine.quantity_values import added_number
from ..engine.receptive_field import ReceptiveField
from ..escape import safe
from ..named_tuple import NamedTuple
from ..network import Group, Network, Node, Value
from .encoding import frozen, plain, times

Sizes = tuple[int, ...]
NOTHING: Mapping[str, Any] = MappingProxyType({})


# The values


class FieldReport(NamedTuple):
    """The receptive field of one output position: one entry per axis, None for the whole axis.

    Sizes are in input pixels; strides and offsets (the center of the first field) are exact
    fractions as text.
    """

    size: tuple[int | None, ...]
    stride: tuple[str | None, ...]
    offset: tuple[str | None, ...]

    @classmethod
    def of(cls, field: ReceptiveField) -> Self:
        return cls(
            tuple(None if axis is None else axis.pixels for axis in field),
            tuple(None if axis is None else str(axis.stride) for axis in field),
            tuple(None if axis is None else str(axis.offset) for axis in field),
        )

    @classmethod
    def from_object(cls, entry: Mapping[str, Any]) -> Self:
        return cls(*(tuple(entry[name]) for name in cls._fields))


class LayerReport(NamedTuple):
    """One layer.  Shapes are channels first, for one sample.

    MACs, FLOPs and activations are those of the batch.  The numbers that begin with `counted` are
    what the layer adds to the totals: nothing if it exists only in training, and no weights that an
    earlier layer has.  `parts` are the output shapes of a layer with several outputs; `measures`
    are further measurements, by their keys in JSON; `stated` means that its
    numbers are those of the file, not calculated; `dtype` are types other than the network's,
    `flash_bytes` are those of a quantized layer.
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
    counted_params: int
    counted_buffers: int
    counted_macs: int
    counted_flops: int
    parts: tuple[Sizes, ...] = ()
    measures: Mapping[str, int | None] = NOTHING
    stated: bool = False
    dtype: str | Mapping[str, str] | None = None
    flash_bytes: int | None = None

    @classmethod
    def from_object(cls, entry: Mapping[str, Any]) -> Self:
        values = [frozen(entry[key]) for key in LAYER_KEYS]
        field = entry["receptive_field"]
        values[LAYER_KEYS.index("receptive_field")] = field and FieldReport.from_object(field)
        parts, stated = frozen(entry.get("parts", [])), entry.get("stated", False)
        optional = frozen(entry.get("dtype")), entry.get("flash_bytes")
        return cls._make([*values, parts, measures_in(entry), stated, *optional])

    def __repr__(self) -> str:
        numbers = f"{self.params:,} params, {self.macs:,} MACs"
        layer = f"{safe(self.type)} -> {times(self.output_shape)}"
        return f"<LayerReport {safe(self.path)}: {layer}, {numbers}>"


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
        layers = f"{self.end - self.start} layers"
        return f"<GroupReport {safe(self.path)}: {safe(self.type)}, {layers}, {numbers}>"


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


LAYER_KEYS = tuple([name.rstrip("_") for name in LayerReport._fields[:-5]])
GROUP_KEYS = GroupReport._fields[:-1]
MEASURE_KEYS = ("name", "version", "unit")


# An analysis -> its parts


def layer_reports(analysis: Analysis) -> Iterator[LayerReport]:
    """The layers, one by one.  What equal layers have in common is made once."""
    arguments: dict[int, Mapping[str, Any]] = {}
    fields: dict[int, FieldReport | None] = {}
    for found in analysis.layers:
        layer, field = found.node.layer, found.receptive_field
        if id(layer) not in arguments:
            arguments[id(layer)] = MappingProxyType(layer.arguments())
        if id(field) not in fields:
            fields[id(field)] = None if field is None else FieldReport.of(field)
        yield layer_report(found, analysis, arguments[id(layer)], fields[id(field)])


def layer_report(
    found: LayerAnalysis,
    analysis: Analysis,
    arguments: Mapping[str, Any],
    field: FieldReport | None,
) -> LayerReport:
    node, network, measures = found.node, analysis.network, analysis.measures
    layer = node.layer
    return LayerReport(
        node.path,
        layer.kind,
        layer.category,
        node.span.line,
        paths(network, node.inputs),
        node.input_shapes,
        node.shape,
        arguments,
        found.weights,
        found.params,
        found.buffers,
        found.macs,
        found.flops,
        found.activation_bytes,
        found.alive_bytes,
        field,
        node.training_only,
        node.trainable,
        node.shared,
        found.notes,
        added_number(found, "params"),
        added_number(found, "buffers"),
        added_number(found, "macs"),
        added_number(found, "flops"),
        node.outputs,
        measured_layer(measures, node.path) if measures else NOTHING,
        layer.stated,
        own_types(node, network),
        found.flash_bytes if node.dtype.is_quantized else None,
    )


def own_types(node: Node, network: Network) -> str | Mapping[str, str] | None:
    """The data types of a layer that are not those of the network."""
    return None if node.dtype == network.types else frozen(node.dtype.value)


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


# Parts -> JSON objects


def field_object(field: ReceptiveField | None) -> dict[str, Any] | None:
    return None if field is None else FieldReport.of(field)._asdict()


def layer_object(layer: LayerReport) -> dict[str, Any]:
    found = dict(zip(LAYER_KEYS, layer, strict=False))
    found["arguments"] = plain(layer.arguments)
    found["weights"] = plain(layer.weights)
    field = layer.receptive_field
    found["receptive_field"] = None if field is None else field._asdict()
    if layer.parts:
        found["parts"] = layer.parts
    if layer.stated:
        found["stated"] = True
    if layer.dtype is not None:
        found["dtype"] = plain(layer.dtype)
    if layer.flash_bytes is not None:
        found["flash_bytes"] = layer.flash_bytes
    return found | dict(layer.measures) if layer.measures else found


def group_object(group: GroupReport) -> dict[str, Any]:
    found = dict(zip(GROUP_KEYS, group, strict=False))
    return found | dict(group.measures) if group.measures else found


def share_object(share: Share) -> dict[str, Any]:
    return {name.rstrip("_"): value for name, value in share._asdict().items()}


def measure_objects(measures: Iterable[Measure | MeasureReport]) -> dict[str, Any]:
    """The source of each measurement, by its key."""
    return {one.key: {name: getattr(one, name) for name in MEASURE_KEYS} for one in measures}


# JSON objects -> parts


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

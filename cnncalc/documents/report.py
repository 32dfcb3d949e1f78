"""Reports, with the names of the JSON of `cnncalc show`."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Self

Shape = tuple[int, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class ReceptiveField:
    """What one output position sees, an entry an axis, None where that is the whole axis.

    Sizes are in input pixels; strides and offsets (the centre of the first field) are exact fractions as text.
    """

    size: tuple[int | str | None, ...]
    stride: tuple[str | None, ...]
    offset: tuple[str | None, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class LayerReport:
    """One layer.  Shapes are channels first, for one sample; MACs, FLOPs and activations are those of the batch."""

    path: str
    type: str
    class_: str
    line: int
    inputs: tuple[str, ...]
    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    arguments: Mapping[str, Any]
    weights: Mapping[str, Shape]
    params: int
    buffers: int
    macs: int
    flops: int
    activation_bytes: int
    alive_bytes: int | None
    receptive_field: ReceptiveField | None
    training_only: bool
    trainable: bool
    shared: str | None
    notes: tuple[str, ...]
    parts: tuple[Shape, ...] = ()

    def __repr__(self) -> str:
        return f"<LayerReport {self.path}: {self.type} -> {times(self.output_shape)}, {self.params:,} params, {self.macs:,} MACs>"


@dataclasses.dataclass(frozen=True, slots=True)
class GroupReport:
    """Layers that belong together: those from `start` to before `end`, counted from 0."""

    path: str
    type: str
    line: int
    depth: int
    start: int
    end: int
    outputs: tuple[str, ...]
    output_shapes: tuple[Shape, ...]
    params: int
    buffers: int
    macs: int
    flops: int

    def __repr__(self) -> str:
        return f"<GroupReport {self.path}: {self.type}, {self.end - self.start} layers, {self.params:,} params, {self.macs:,} MACs>"


@dataclasses.dataclass(frozen=True, slots=True)
class Totals:
    """The sums at inference, shared weights counted once."""

    params: int
    trainable_params: int
    buffers: int
    macs: int
    flops: int
    weight_bytes: int
    peak_bytes: int
    peak_layer: str
    depth: int


@dataclasses.dataclass(frozen=True, slots=True)
class TrainingTotals:
    """The sums with what is there for training only."""

    params: int
    trainable_params: int
    buffers: int
    macs: int


@dataclasses.dataclass(frozen=True, slots=True)
class Share:
    """The layers of one class."""

    class_: str
    layers: int
    params: int
    buffers: int
    macs: int


@dataclasses.dataclass(frozen=True, slots=True)
class Report:
    """All numbers of a network, as `cnncalc show --format json` gives them (a `class` is called `class_` here)."""

    schema: str
    name: str
    variant: str | None
    file: str
    source: str
    year: int | None
    task: str
    dtype: str
    batch: int
    inputs: Mapping[str, Shape]
    outputs: Mapping[str, Shape]
    layers: tuple[LayerReport, ...]
    groups: tuple[GroupReport, ...]
    totals: Totals
    training_totals: TrainingTotals
    breakdown: tuple[Share, ...]

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The report that `to_json`, or `cnncalc show --format json`, wrote.  Raises ValueError for any other text."""
        try:
            found: Self = restored(cls, json.loads(text))
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"this is no report of cnncalc: {error}") from None
        return found

    def to_json(self) -> str:
        return json.dumps(plain(self))

    def layer(self, path: str) -> LayerReport:
        """The layer of that path.  Raises KeyError."""
        for layer in self.layers:
            if layer.path == path:
                return layer
        raise KeyError(path)

    def __repr__(self) -> str:
        shapes = f"{', '.join(map(times, self.inputs.values()))} -> {', '.join(map(times, self.outputs.values()))}"
        numbers = f"{self.totals.params:,} params, {self.totals.macs:,} MACs"
        return f"<Report {self.name}: {shapes}, {len(self.layers)} layers, {numbers}>"

    def _repr_html_(self) -> str:
        from ..views.show.html import report_html

        return report_html(self)


NESTED: dict[str, Any] = {
    "receptive_field": ReceptiveField, "layers": LayerReport, "groups": GroupReport, "totals": Totals, "training_totals": TrainingTotals,
    "breakdown": Share,
}  # fmt: skip
"""The keys of the JSON whose values have a class of their own."""


def restored(cls: Any, entries: Mapping[str, Any]) -> Any:
    """A value of a class from the keys of the JSON; those that are not known yet are left out."""
    known = {field.name for field in dataclasses.fields(cls)}
    named = {{"class": "class_"}.get(key, key): (key, value) for key, value in entries.items()}
    return cls(
        **{name: frozen(key, value) for name, (key, value) in named.items() if name in known}
    )


def frozen(key: str, value: Any) -> Any:
    """A value that cannot be changed."""
    if isinstance(value, list):
        inner = NESTED.get(key)
        return tuple(restored(inner, entry) if inner else frozen("", entry) for entry in value)
    if isinstance(value, dict):
        return (
            restored(NESTED[key], value)
            if key in NESTED
            else MappingProxyType({k: frozen("", v) for k, v in value.items()})
        )
    return value


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if dataclasses.is_dataclass(value):
        pairs = (
            (field.name.rstrip("_"), getattr(value, field.name))
            for field in dataclasses.fields(value)
        )
        return {key: plain(entry) for key, entry in pairs if key != "parts" or entry}
    if isinstance(value, Mapping):
        return {key: plain(entry) for key, entry in value.items()}
    return [plain(entry) for entry in value] if isinstance(value, tuple) else value


def times(shape: Shape) -> str:
    return "x".join(map(str, shape))

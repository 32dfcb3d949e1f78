"""The Python interface: a name or a file -> a network -> a report, whose values have the names of the JSON of `show`.

>>> import cnncalc
>>> network = cnncalc.load("alexnet")
>>> network
<Network AlexNet: 3x227x227 -> 1000, 23 layers>
>>> report = cnncalc.analyse(network)
>>> report.totals.params, report.totals.macs
(60965224, 724406816)
>>> report.layers[0].output_shape, report.layers[0].weights["weight"]
((96, 55, 55), (96, 3, 11, 11))
>>> cnncalc.load("resnet50", input="3x320x320", vars={"classes": 10}).outputs["output"].shape
(10,)
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Self

from . import engine, files
from .layers.parameter import show
from .network import Network
from .parser import Request, WrongRequest, parse
from .problem import Problem
from .views.problems import problem_text
from .views.show_json import show_json

Shape = tuple[int, ...]
Sizes = str | Sequence[int]


class NetworkError(ValueError):
    """A file that is no network.  `problems` are all of its mistakes, in reading order; the text shows each in its place."""

    def __init__(self, file: str, problems: tuple[Problem, ...], lines: Sequence[str]) -> None:
        super().__init__("\n".join(problem_text(problem, file, lines) for problem in problems))
        self.file = file
        self.problems = problems


def load(
    name: str | os.PathLike[str],
    *,
    variant: str | None = None,
    input: Sizes | Mapping[str, Sizes] | None = None,
    vars: Mapping[str, Any] | None = None,
    dtype: str | None = None,
) -> Network:
    """Read a network: a path, `path@variant`, or the name of a bundled architecture or variant.

    `input` and `dtype` replace the file's, `vars` some of its variables.  Raises NetworkError where the file is wrong,
    OSError where it cannot be read, and WrongRequest (a ValueError) where what is asked does not fit it.
    """
    source = files.load(os.fspath(name))
    shapes = input if isinstance(input, Mapping) else {} if input is None else {"": input}
    request = Request(
        variant or source.variant,
        {word: as_text(value) for word, value in (vars or {}).items()},
        {word: shape if isinstance(shape, str) else "x".join(map(str, shape)) for word, shape in shapes.items()},
        dtype,
    )
    found = parse(source.data, source.name, request)
    if found.network is None:
        raise NetworkError(source.name, found.problems, found.lines)
    return found.network


def as_text(value: Any) -> str:
    """A value of Python as a file would write it."""
    return f"[{', '.join(map(as_text, value))}]" if isinstance(value, list | tuple) else show(value)


def analyse(network: Network, *, batch: int = 1) -> Report:
    """All numbers of a network, for a batch of so many samples."""
    return Report.from_json("".join(show_json(engine.analyse(network, batch))))


@dataclasses.dataclass(frozen=True, slots=True)
class ReceptiveField:
    """What one output position sees, an entry an axis, None where that is the whole axis.

    Sizes are in input pixels; strides and offsets (the centre of the first field) are exact fractions as text.
    """

    size: tuple[int | str | None, ...]
    stride: tuple[str | None, ...]
    offset: tuple[str | None, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Layer:
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
        return f"<Layer {self.path}: {self.type} -> {times(self.output_shape)}, {self.params:,} params, {self.macs:,} MACs>"


@dataclasses.dataclass(frozen=True, slots=True)
class Group:
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
        return f"<Group {self.path}: {self.type}, {self.end - self.start} layers, {self.params:,} params, {self.macs:,} MACs>"


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
    layers: tuple[Layer, ...]
    groups: tuple[Group, ...]
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

    def layer(self, path: str) -> Layer:
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
        from .views.report_html import report_html

        return report_html(self)


NESTED: dict[str, Any] = {
    "receptive_field": ReceptiveField, "layers": Layer, "groups": Group, "totals": Totals, "training_totals": TrainingTotals,
    "breakdown": Share,
}  # fmt: skip
"""The keys of the JSON whose values have a class of their own."""


def restored(cls: Any, entries: Mapping[str, Any]) -> Any:
    """A value of a class from the keys of the JSON; those that are not known yet are left out."""
    known = {field.name for field in dataclasses.fields(cls)}
    named = {{"class": "class_"}.get(key, key): (key, value) for key, value in entries.items()}
    return cls(**{name: frozen(key, value) for name, (key, value) in named.items() if name in known})


def frozen(key: str, value: Any) -> Any:
    """A value that cannot be changed."""
    if isinstance(value, list):
        inner = NESTED.get(key)
        return tuple(restored(inner, entry) if inner else frozen("", entry) for entry in value)
    if isinstance(value, dict):
        return restored(NESTED[key], value) if key in NESTED else MappingProxyType({k: frozen("", v) for k, v in value.items()})
    return value


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if dataclasses.is_dataclass(value):
        pairs = ((field.name.rstrip("_"), getattr(value, field.name)) for field in dataclasses.fields(value))
        return {key: plain(entry) for key, entry in pairs if key != "parts" or entry}
    if isinstance(value, Mapping):
        return {key: plain(entry) for key, entry in value.items()}
    return [plain(entry) for entry in value] if isinstance(value, tuple) else value


def times(shape: Shape) -> str:
    return "x".join(map(str, shape))


__all__ = [
    "Group", "Layer", "Network", "NetworkError", "Problem", "ReceptiveField", "Report", "Share", "Totals", "TrainingTotals",
    "WrongRequest", "analyse", "load",
]  # fmt: skip

"""The JSON document of `cnncalc explain --format json`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from ..engine.analysis import Analysis, Totals
from ..engine.quantity_values import network_number
from ..engine.receptive_field import ReceptiveField
from ..explain import GroupExplanation, LayerExplanation, Overview, Section
from ..explain.group import GroupPart
from ..explain.layer import LiveTensor
from ..explain.overview import OutputField
from ..explain.receptive_field import FieldStep
from ..layers.formula import Terms
from ..named_tuple import NamedTuple
from ..shape import Shape
from .encoding import json_value, value_lines
from .show_parts import FieldReport, share_object
from .training import TrainingReport

if TYPE_CHECKING:
    from ..explain.convention import CountDifference

SCHEMA = "cnncalc/explain/2"
WINDOW_KEYS = ("size", "kernel", "stride", "padding", "padding_end", "dilation")


class ExplainedTerm(NamedTuple):
    """One term of a number: its formula, the values of the formula's names, and the result."""

    name: str
    formula: str
    values: Mapping[str, Any]
    with_numbers: str
    result: int
    reason: str

    @classmethod
    def all_of(cls, terms: Terms) -> tuple[Self, ...]:
        return tuple(
            cls(
                name,
                term.formula,
                MappingProxyType(dict(term.values)),
                term.with_numbers,
                term.result,
                term.reason,
            )
            for name, term in terms.items()
        )


class ExplainedNumber(NamedTuple):
    """A number of a layer, for one sample, and the terms that add up to it."""

    number: str
    total: int
    terms: tuple[ExplainedTerm, ...]
    remarks: tuple[str, ...]

    @classmethod
    def of(cls, section: Section) -> Self:
        terms = ExplainedTerm.all_of(section.terms)
        return cls(section.number, section.total, terms, section.remarks)


class ExplainedStep(NamedTuple):
    """One layer on the way from the input, and the receptive field before and after it."""

    path: str
    type: str
    before: FieldReport | None
    after: FieldReport | None

    @classmethod
    def of(cls, step: FieldStep) -> Self:
        before = field_report(step.before) if any(step.before) else None
        after = field_report(step.after) if any(step.after) else None
        return cls(step.path, step.kind, before, after)


class ExplainedLayer(NamedTuple):
    """A layer.  `live` are the tensors that are live at its step, for the whole batch."""

    path: str
    type: str
    line: int
    inputs: tuple[str, ...]
    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    shape: tuple[ExplainedTerm, ...]
    windows: Mapping[str, Mapping[str, int]]
    numbers: tuple[ExplainedNumber, ...]
    live: tuple[LiveTensor, ...]
    receptive_field: FieldReport | None
    receptive_field_steps: tuple[ExplainedStep, ...]
    notes: tuple[str, ...]
    convention: CountDifference | None = None

    @classmethod
    def of(cls, explained: LayerExplanation) -> Self:
        layer, node = explained.layer, explained.layer.node
        windows = {
            axis: MappingProxyType(dict(zip(WINDOW_KEYS, window, strict=True)))
            for axis, window in explained.windows.items()
        }
        return cls(
            path=node.path,
            type=node.layer.kind,
            line=node.span.line,
            inputs=explained.inputs,
            input_shapes=tuple(node.input_shapes),
            output_shape=node.shape,
            shape=ExplainedTerm.all_of(explained.shape),
            windows=MappingProxyType(windows),
            numbers=tuple(map(ExplainedNumber.of, explained.sections)),
            live=explained.live,
            receptive_field=field_report(layer.receptive_field),
            receptive_field_steps=tuple(map(ExplainedStep.of, explained.field)),
            notes=layer.notes,
            convention=explained.counted,
        )


class ExplainedPart(NamedTuple):
    """A layer or a group as a part of a group or network.  MACs are those of the whole batch."""

    path: str
    type: str
    layers: int
    params: int
    macs: int

    @classmethod
    def of(cls, part: GroupPart) -> Self:
        return cls(part.path, part.kind, part.layers, part.params, part.macs)


class ExplainedGroup(NamedTuple):
    """A group and its parts.  `params_counted_twice` are those that several parts share."""

    path: str
    type: str
    line: int
    inputs: tuple[str, ...]
    output_shapes: tuple[Shape, ...]
    params: int
    macs: int
    parts: tuple[ExplainedPart, ...]
    params_counted_twice: int

    @classmethod
    def of(cls, explained: GroupExplanation) -> Self:
        analysis, group = explained.group, explained.group.group
        return cls(
            path=group.path,
            type=group.kind,
            line=group.span.line,
            inputs=explained.inputs,
            output_shapes=tuple(value.shape for value in group.outputs),
            params=analysis.params,
            macs=analysis.macs,
            parts=tuple(map(ExplainedPart.of, explained.parts)),
            params_counted_twice=explained.counted_twice,
        )


class ExplainedConvention(NamedTuple):
    """The count of another tool, and the layer types that it counts differently.

    `quantity` is the name of our number that the count is compared with, and `ours` its value.
    """

    name: str
    version: str
    unit: str
    total: int
    quantity: str
    ours: int
    differences: tuple[CountDifference, ...]

    @classmethod
    def of(cls, analysis: Analysis) -> Self | None:
        from ..explain.convention import differences

        measure = analysis.measure("convention")
        if measure is None:
            return None
        return cls(
            name=measure.name,
            version=measure.version,
            unit=measure.unit,
            total=measure.total,
            quantity=measure.quantity,
            ours=network_number(analysis, measure.quantity),
            differences=tuple(differences(analysis)),
        )


class ExplainedOutput(NamedTuple):
    """The last receptive field on the way to the output that does not cover the whole input.

    `whole_from` is the first layer whose positions see the whole input; empty if there is none.
    """

    path: str
    field: FieldReport | None
    whole_from: str

    @classmethod
    def of(cls, output: OutputField) -> Self:
        return cls(output.path, field_report(output.field), output.whole_from)


class ExplainedNetwork(NamedTuple):
    """The parts of a network with the most parameters, operations and memory."""

    totals: Totals
    breakdown: tuple[Mapping[str, Any], ...]
    most_params: tuple[ExplainedPart, ...]
    most_macs: tuple[ExplainedPart, ...]
    live_at_peak: tuple[LiveTensor, ...]
    receptive_field: ExplainedOutput | None
    on_device: tuple[ExplainedTerm, ...] = ()

    @classmethod
    def of(cls, overview: Overview) -> Self:
        analysis = overview.analysis
        return cls(
            totals=analysis.totals,
            breakdown=tuple(map(share_object, analysis.breakdown)),
            most_params=tuple(map(ExplainedPart.of, overview.params)),
            most_macs=tuple(map(ExplainedPart.of, overview.macs)),
            live_at_peak=overview.live_at_peak,
            receptive_field=overview.output and ExplainedOutput.of(overview.output),
            on_device=ExplainedTerm.all_of(overview.on_device),
        )


class Explanation(NamedTuple):
    """How the numbers of some layers and groups are calculated, or those of the whole network."""

    schema: str
    name: str
    variant: str | None
    file: str
    dtype: str | Mapping[str, str]
    batch: int
    convention: ExplainedConvention | None
    layers: tuple[ExplainedLayer, ...]
    groups: tuple[ExplainedGroup, ...] = ()
    overview: ExplainedNetwork | None = None
    training: TrainingReport | None = None

    @classmethod
    def of(
        cls,
        analysis: Analysis,
        layers: Iterable[LayerExplanation],
        groups: Iterable[GroupExplanation] = (),
        overview: Overview | None = None,
    ) -> Self:
        network = analysis.network
        return cls(
            schema=SCHEMA,
            name=network.name,
            variant=network.variant,
            file=network.file,
            dtype=network.types.value,
            batch=analysis.batch,
            convention=ExplainedConvention.of(analysis),
            layers=tuple(map(ExplainedLayer.of, layers)),
            groups=tuple(map(ExplainedGroup.of, groups)),
            overview=overview and ExplainedNetwork.of(overview),
            training=TrainingReport.of(analysis),
        )

    def to_json(self) -> str:
        return "\n".join(self.json_lines())

    def json_lines(self, layers: Iterable[ExplainedLayer] | None = None) -> Iterator[str]:
        """The lines of the JSON object, one line per layer and per group.

        `layers` replace those of the document: many layers are explained one at a time.
        """
        head = json_value(self._replace(layers=(), groups=(), overview=None))
        del head["layers"]
        if self.convention is None:
            del head["convention"]
        yield json.dumps(head)[:-1] + ","
        yield '"layers": ['
        yield from value_lines(self.layers if layers is None else layers)
        if self.groups:
            yield '], "groups": ['
            yield from value_lines(self.groups)
        if self.overview:
            yield f'], "overview": {json.dumps(json_value(self.overview))}}}'
        else:
            yield "]}"


def field_report(field: ReceptiveField | None) -> FieldReport | None:
    """The receptive field of a layer; None if its positions see the whole input."""
    return None if field is None else FieldReport.of(field)

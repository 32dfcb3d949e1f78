"""One layer: the terms of each of its numbers, with remarks on its position in the network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from ..engine.analysis import Analysis, LayerAnalysis
from ..engine.liveness import LiveValues
from ..layers.formula import Term, Terms
from ..layers.layer import elements
from ..named_tuple import NamedTuple
from ..network import BYTES
from ..shape import AxisWindow
from .receptive_field import FieldStep, KnownSteps, field_steps

if TYPE_CHECKING:
    from .convention import CountDifference


MAX_FIELDS = 200
"""Layers whose fields are followed back to the input: each way may be as long as the network."""


class Section(NamedTuple):
    """One number of a layer, for one sample: its terms, which add up to `total`, and remarks."""

    number: str
    total: int
    terms: Terms
    remarks: tuple[str, ...] = ()


class LiveTensor(NamedTuple):
    """A tensor in memory at a step, for the whole batch."""

    name: str
    bytes: int


class LayerExplanation(NamedTuple):
    """The explanation of one layer.

    `shape` has a term for each axis of the output, `windows` a window for each spatial axis that
    has one; `live` are the tensors that are live at the layer's step, `field` the steps in which
    its receptive field grew, and `counted` the count of another tool, if one was requested.
    """

    layer: LayerAnalysis
    inputs: tuple[str, ...]
    shape: Terms
    windows: Mapping[str, AxisWindow]
    sections: tuple[Section, ...]
    live: tuple[LiveTensor, ...]
    field: tuple[FieldStep, ...]
    counted: CountDifference | None


def explain_layers(analysis: Analysis, indices: Sequence[int]) -> Iterator[LayerExplanation]:
    """How the numbers of some layers are calculated.

    Of more than MAX_FIELDS layers, the steps of the receptive field are omitted.
    """
    live_values = LiveValues(analysis.network)
    known: KnownSteps | None = {} if len(indices) <= MAX_FIELDS else None
    return (explanation(analysis, index, live_values, known) for index in indices)


def explanation(
    analysis: Analysis, index: int, live_values: LiveValues, known: KnownSteps | None
) -> LayerExplanation:
    layer = analysis.layers[index]
    node, inputs = layer.node, layer.node.input_shapes
    return LayerExplanation(
        layer,
        tuple(analysis.network.path_of(value) for value in node.inputs),
        node.layer.shape_terms(*inputs),
        node.layer.windows(*inputs),
        tuple(sections(analysis, index)),
        tuple(live_tensors(analysis, index, live_values)),
        () if known is None else tuple(field_steps(analysis, index, known)),
        counted(analysis, index),
    )


def counted(analysis: Analysis, index: int) -> CountDifference | None:
    if analysis.measure("convention") is None:
        return None
    from .convention import layer_difference  # loads the data of the conventions

    return layer_difference(analysis, index)


def sections(analysis: Analysis, index: int) -> Iterator[Section]:
    """The numbers of a layer."""
    layer = analysis.layers[index]
    kind, inputs = layer.node.layer, layer.node.input_shapes
    macs, flops = layer.macs // analysis.batch, layer.flops // analysis.batch
    remarks = tuple(param_remarks(analysis, index))
    yield Section("params", layer.params, kind.weight_terms(*inputs), remarks)
    if layer.buffers:
        yield Section("buffers", layer.buffers, kind.buffer_terms(*inputs))
    yield Section("macs", macs, kind.macs_terms(*inputs))
    reason = "a multiplication and an addition each"
    twice = {"MACs": Term("2 x MACs", {"MACs": macs}, reason)} if macs else {}
    yield Section("flops", flops, twice | kind.flops_terms(*inputs))
    yield from byte_sections(analysis, layer)


def byte_sections(analysis: Analysis, layer: LayerAnalysis) -> Iterator[Section]:
    """The bytes of the weights and of the output."""
    width, shape = BYTES[analysis.network.dtype], layer.node.shape
    stored = layer.params + layer.buffers
    formula = "(params + buffers) x bytes" if layer.buffers else "params x bytes"
    numbers = {"params": layer.params, "buffers": layer.buffers, "bytes": width}
    weights = {"weights": Term.of(formula, numbers)} if stored else {}
    yield Section("weight_bytes", stored * width, weights)
    sizes = {"C'": shape.channels, "S'": shape.spatial, "bytes": width}
    output = Term.of(elements(shape, "'") + " x bytes", sizes)
    if sum(part.elements for part in layer.node.outputs) not in (0, shape.elements):
        sums = {"elements": sum(part.elements for part in layer.node.outputs), "bytes": width}
        output = Term.of("elements x bytes", sums, "the elements of all outputs")
    yield Section("activation_bytes", layer.activation_bytes // analysis.batch, {"output": output})


def param_remarks(analysis: Analysis, index: int) -> Iterator[str]:
    """Remarks on parameters that are shared, frozen, for training only, or follow a flattening."""
    layer = analysis.layers[index]
    node = layer.node
    if layer.shares:
        users = (
            other.node.path
            for other in analysis.layers
            if other.node.weight_key == node.weight_key and other.node.path != node.path
        )
        others = list(islice(users, 4))
        more = " and others" if len(others) > 3 else ""
        names = ", ".join(others[:3])
        yield f"the weights are shared with {names}{more}: the totals count them once"
    if layer.params and not node.trainable:
        yield "they are frozen: stored, but not trained"
    if node.training_only:
        yield "the layer exists only in training: the totals for inference omit it"
    yield from flatten_remarks(analysis, index)


def flatten_remarks(analysis: Analysis, index: int) -> Iterator[str]:
    """A remark on the cost of a dense layer that reads a flattened feature map."""
    node = analysis.layers[index].node
    if node.layer.category != "dense" or not node.inputs or node.inputs[0].node < 0:
        return
    before = analysis.layers[node.inputs[0].node].node
    if not (before.layer.is_alias and before.inputs):
        return
    shape = before.input_shapes[0]
    if shape.positions > 1 and before.shape == (shape.elements,):
        pooled = node.shape.channels * shape.channels
        yield (
            f"the input is a flattened map of {shape}: each of its {shape.positions:,} positions "
            f"has its own weights; pooled to one position, it would be {shape.channels:,} inputs "
            f"and {pooled:,} weights"
        )


def live_tensors(analysis: Analysis, index: int, live_values: LiveValues) -> Iterator[LiveTensor]:
    """The tensors that are live at a step, the largest first."""
    network = analysis.network
    width = BYTES[network.dtype] * analysis.batch
    if network.nodes[index].training_only:
        return
    for value in sorted(live_values.at(index), key=lambda one: -one.elements):
        node = value.node
        name = network.nodes[node].path if node >= 0 else list(network.inputs)[-1 - node]
        parts = node >= 0 and network.nodes[node].outputs
        yield LiveTensor(f"{name}.{value.part}" if parts else name, value.elements * width)

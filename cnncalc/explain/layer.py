"""One layer: the terms of each of its numbers, with what its place in the network adds to them."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from ..engine.analysis import Analysis, LayerAnalysis
from ..engine.liveness import LiveValues
from ..layers.formula import Term, Terms
from ..layers.layer import elements
from ..network import BYTES
from ..shape import AxisWindow
from .receptive_field import FieldStep, Ways, field_steps

if TYPE_CHECKING:
    from .convention import CountDifference


MOST_FIELDS = 200  # layers whose fields are followed back to the input: each way may be as long as the network


class Section(NamedTuple):
    """One number of a layer: the terms that add up to it, and what is to be said of it besides.

    `total` is that of one sample.
    """

    number: str
    total: int
    terms: Terms
    remarks: tuple[str, ...] = ()


class Held(NamedTuple):
    """A value that is alive at a step, for the batch."""

    name: str
    bytes: int


class LayerExplanation(NamedTuple):
    """Everything about one layer.

    `shape` has a term for each axis of the output, `windows` the numbers of the window along each axis of the space,
    where it has one; `held` are the values that are alive at its step, `field` is how its receptive field grew, and
    `elsewhere` how another tool counts it, where one is asked for.
    """

    layer: LayerAnalysis
    inputs: tuple[str, ...]
    shape: Terms
    windows: dict[str, AxisWindow]
    sections: tuple[Section, ...]
    held: tuple[Held, ...]
    field: tuple[FieldStep, ...]
    elsewhere: "CountDifference | None"


def explain_layer(report: Analysis, index: int) -> LayerExplanation:
    """How the numbers of a layer come about."""
    return next(explain_layers(report, [index]))


def explain_layers(report: Analysis, indices: Sequence[int]) -> Iterator[LayerExplanation]:
    """How the numbers of some layers come about.  Of very many the way in which their fields grew is left out."""
    living = LiveValues(report.network)
    ways: Ways | None = {} if len(indices) <= MOST_FIELDS else None
    return (explanation(report, index, living, ways) for index in indices)


def explanation(
    report: Analysis, index: int, living: LiveValues, ways: Ways | None
) -> LayerExplanation:
    layer = report.layers[index]
    node, inputs = layer.node, layer.node.input_shapes
    return LayerExplanation(
        layer,
        tuple(report.network.path_of(value) for value in node.inputs),
        node.layer.shape_terms(*inputs),
        node.layer.windows(*inputs),
        tuple(sections(report, index)),
        tuple(held(report, index, living)),
        () if ways is None else tuple(field_steps(report, index, ways)),
        elsewhere(report, index),
    )


def elsewhere(report: Analysis, index: int) -> "CountDifference | None":
    if report.measure("convention") is None:
        return None
    from .convention import difference_of  # the conventions are read only where one is asked for

    return difference_of(report, index)


def sections(report: Analysis, index: int) -> Iterator[Section]:
    layer = report.layers[index]
    node, kind, inputs = layer.node, layer.node.layer, layer.node.input_shapes
    width, samples = BYTES[report.network.dtype], report.batch
    macs, flops = layer.macs // samples, layer.flops // samples
    yield Section(
        "params", layer.params, kind.weight_terms(*inputs), tuple(param_remarks(report, index))
    )
    if layer.buffers:
        yield Section("buffers", layer.buffers, kind.buffer_terms(*inputs))
    yield Section("macs", macs, kind.macs_terms(*inputs))
    twice = {"MACs": Term("2 x MACs", {"MACs": macs}, "a product and a sum each")} if macs else {}
    yield Section("flops", flops, twice | kind.flops_terms(*inputs))
    stored = layer.params + layer.buffers
    formula = "(params + buffers) x bytes" if layer.buffers else "params x bytes"
    numbers = {"params": layer.params, "buffers": layer.buffers, "bytes": width}
    kept = Term.of(formula, numbers)
    yield Section("weight_bytes", stored * width, {"weights": kept} if stored else {})
    formula = elements(node.shape, "'") + " x bytes"
    sizes = {"C'": node.shape.channels, "S'": node.shape.spatial, "bytes": width}
    output = Term.of(formula, sizes)
    yield Section("activation_bytes", layer.activation_bytes // samples, {"output": output})


def param_remarks(report: Analysis, index: int) -> Iterator[str]:
    """What the layers around it mean for its parameters."""
    layer = report.layers[index]
    node = layer.node
    if layer.shares:
        users = (
            other.node.path for other in report.layers if other.node.weight_key == node.weight_key
        )
        others = list(islice((path for path in users if path != node.path), 4))
        more = " and others" if len(others) > 3 else ""
        yield f"the same weights serve {', '.join(others[:3])}{more}: the totals count them once"
    if layer.params and not node.trainable:
        yield "they are frozen: kept, but not trained"
    if node.training_only:
        yield "it is there for training only: the totals for inference leave it out"
    before = (
        report.layers[node.inputs[0].node].node
        if node.inputs and node.inputs[0].node >= 0
        else None
    )
    if (
        node.layer.category == "dense"
        and before is not None
        and before.layer.is_alias
        and before.inputs
    ):
        entering = before.input_shapes[0]
        if entering.positions > 1 and before.shape == (entering.elements,):
            pooled = node.shape.channels * entering.channels
            yield (
                f"what enters is a map of {entering}, laid out flat: each of its {entering.positions:,} positions has weights "
                f"of its own; pooled to one position it would take {entering.channels:,} inputs, and {pooled:,} weights"
            )


def held(report: Analysis, index: int, living: LiveValues) -> Iterator[Held]:
    """What is alive at a step, the largest first."""
    network = report.network
    width = BYTES[network.dtype] * report.batch
    if network.nodes[index].training_only:
        return
    for value in sorted(living.at(index), key=lambda one: -one.elements):
        node = value.node
        name = network.nodes[node].path if node >= 0 else list(network.inputs)[-1 - node]
        parts = node >= 0 and network.nodes[node].outputs
        yield Held(f"{name}.{value.part}" if parts else name, value.elements * width)

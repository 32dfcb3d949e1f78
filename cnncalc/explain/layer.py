"""One layer: the terms of each of its numbers, with remarks on its position in the network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ..devices.deployment import Deployment
from ..devices.training_memory import Training
from ..dtype import BITS
from ..engine.analysis import Analysis, LayerAnalysis
from ..engine.flash import FlashTensor, stored_tensors, tensors_with_norm
from ..engine.liveness import LiveValues, live_counts
from ..layers.formula import Term, Terms
from ..layers.layer import elements
from ..named_tuple import NamedTuple
from ..network import Node
from ..shape import AxisWindow
from .receptive_field import FieldStep, KnownSteps, field_steps
from .section import Section

if TYPE_CHECKING:
    from .convention import CountDifference


MAX_FIELDS = 200
"""Layers whose fields are followed back to the input: each way may be as long as the network."""

MAX_LIVE_TENSORS = 1_000_000
"""Live tensors that are listed for all explained layers: each may have as many as the network."""

MAX_SHARING = 4
"""Layers that are named as those that use the same weights, and one more."""


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

    Of more than MAX_FIELDS layers, the steps of the receptive field are omitted; of layers with
    more than MAX_LIVE_TENSORS live tensors, these are.
    """
    shared = Shared(
        few_live_values(analysis, indices),
        {} if len(indices) <= MAX_FIELDS else None,
        users_of_weights(analysis),
    )
    return (explanation(analysis, index, shared) for index in indices)


class Shared(NamedTuple):
    """What the explanations of several layers share.

    `live` and `fields` are None if the layers are too many for them; `users` are the first layers
    that use each key of shared weights.
    """

    live: LiveValues | None
    fields: KnownSteps | None
    users: Mapping[str, Sequence[str]]


def few_live_values(analysis: Analysis, indices: Sequence[int]) -> LiveValues | None:
    """The live values of a network; None if those of the given layers are too many to list."""
    counts = live_counts(analysis.network)
    few = sum(counts[index] for index in indices) <= MAX_LIVE_TENSORS
    return LiveValues(analysis.network) if few else None


def users_of_weights(analysis: Analysis) -> dict[str, list[str]]:
    """The paths of the first layers that use each key of shared weights."""
    users: dict[str, list[str]] = {}
    for layer in analysis.layers:
        node = layer.node
        if node.weight_key is not None:
            paths = users.setdefault(node.weight_key, [])
            if len(paths) <= MAX_SHARING:
                paths.append(node.path)
    return users


def explanation(analysis: Analysis, index: int, shared: Shared) -> LayerExplanation:
    layer = analysis.layers[index]
    node, inputs = layer.node, layer.node.input_shapes
    return LayerExplanation(
        layer,
        tuple(analysis.network.path_of(value) for value in node.inputs),
        node.layer.shape_terms(*inputs),
        node.layer.windows(*inputs),
        tuple(sections(analysis, index, shared.users)),
        () if shared.live is None else tuple(live_tensors(analysis, index, shared.live)),
        () if shared.fields is None else tuple(field_steps(analysis, index, shared.fields)),
        counted(analysis, index),
    )


def counted(analysis: Analysis, index: int) -> CountDifference | None:
    if analysis.measure("convention") is None:
        return None
    from .convention import layer_difference  # loads the data of the conventions

    return layer_difference(analysis, index)


def sections(
    analysis: Analysis, index: int, users: Mapping[str, Sequence[str]]
) -> Iterator[Section]:
    """The numbers of a layer."""
    layer = analysis.layers[index]
    kind, inputs = layer.node.layer, layer.node.input_shapes
    macs, flops = layer.macs // analysis.batch, layer.flops // analysis.batch
    remarks = tuple(param_remarks(analysis, index, users))
    yield Section("params", layer.params, kind.weight_terms(*inputs), remarks)
    if layer.buffers:
        yield Section("buffers", layer.buffers, kind.buffer_terms(*inputs))
    yield Section("macs", macs, kind.macs_terms(*inputs))
    reason = "a multiplication and an addition each"
    twice = {"MACs": Term("2 x MACs", {"MACs": macs}, reason)} if macs else {}
    yield Section("flops", flops, twice | kind.flops_terms(*inputs))
    yield from flash_sections(analysis, index)
    yield from byte_sections(analysis, layer)
    found = analysis.supplement(Deployment)
    if found is not None:
        from .device import device_sections  # few networks are on a device

        yield from device_sections(analysis, index, found)
    training = analysis.supplement(Training)
    if training is not None:
        from .training import kept_section

        yield kept_section(analysis, index, training)


def flash_sections(analysis: Analysis, index: int) -> Iterator[Section]:
    """The bytes in flash of a quantized layer that has any, or is folded into another one."""
    layer, network = analysis.layers[index], analysis.network
    node, flash = layer.node, layer.flash
    if not node.dtype.is_quantized:
        return
    if flash.into is not None:
        remark = f"it is folded into {network.nodes[flash.into].path}"
        yield Section("flash_bytes", 0, {}, (remark,))
    if not layer.flash_bytes:
        return
    tensors = stored_tensors(node) if flash.norm is None else tensors_with_norm(node)
    terms = {
        tensor.name: byte_term("elements", {"elements": tensor.elements}, tensor.dtype, why(tensor))
        for tensor in tensors
    }
    remarks = [] if flash.norm is None else [f"{network.nodes[flash.norm].path} is folded into it"]
    if flash.repeats:
        remarks.append("an earlier layer has the same: the total counts them once")
    yield Section("flash_bytes", layer.flash_bytes, terms, tuple(remarks))


def why(tensor: FlashTensor) -> str:
    """The type of a tensor in flash."""
    kind = ", the type of the sums that it is added to" if tensor.part == "biases" else ""
    return f"in {tensor.dtype}{kind}"


def byte_sections(analysis: Analysis, layer: LayerAnalysis) -> Iterator[Section]:
    """The bytes of the weights and of the output."""
    yield Section("weight_bytes", layer.weight_bytes, weight_byte_terms(layer))
    outputs = output_byte_terms(layer.node)
    yield Section("activation_bytes", layer.activation_bytes // analysis.batch, outputs)


def weight_byte_terms(layer: LayerAnalysis) -> Terms:
    """The bytes of the params and buffers; tensors that are rounded up have a term each."""
    node, dtype = layer.node, layer.node.dtype.weights
    if not layer.params + layer.buffers:
        return {}
    if BITS[dtype] % 8 == 0:
        formula = "(params + buffers)" if layer.buffers else "params"
        return {"weights": byte_term(formula, vars_of(layer), dtype)}
    sizes = {name: shape.elements for name, shape in layer.weights.items()}
    buffers = node.layer.buffer_terms(*node.input_shapes)
    sizes |= {name: term.result for name, term in buffers.items()}
    return {name: byte_term("elements", {"elements": size}, dtype) for name, size in sizes.items()}


def vars_of(layer: LayerAnalysis) -> dict[str, int]:
    return {"params": layer.params, "buffers": layer.buffers}


def output_byte_terms(node: Node) -> Terms:
    """The bytes of the outputs of one sample; equal outputs have one term."""
    shape, dtype = node.shape, node.dtype.activations
    if len(node.shapes) == 1:
        sizes = {"C'": shape.channels, "S'": shape.spatial}
        return {"output": byte_term(elements(shape, "'"), sizes, dtype)}
    if BITS[dtype] % 8 == 0:
        total = {"elements": sum(part.elements for part in node.shapes)}
        return {"output": byte_term("elements", total, dtype, "the elements of all outputs")}
    counts = Counter(part.elements for part in node.shapes)
    return {
        f"outputs of {size:,}": byte_term("elements", {"elements": size}, dtype, PACKED, number)
        for size, number in counts.items()
    }


PACKED = "packed, rounded up to whole bytes"


def byte_term(
    formula: str, values: Mapping[str, object], dtype: str, reason: str = "", tensors: int = 1
) -> Term:
    """The bytes of a tensor, or of several equal ones, whose elements have a formula."""
    bits = BITS[dtype]
    if bits % 8 == 0:
        return Term.of(f"{formula} x bytes", {**values, "bytes": bits // 8}, reason)
    several = "tensors x " if tensors > 1 else ""
    numbers = {**values, "bits": bits, "tensors": tensors}
    if reason != PACKED:
        reason = f"{reason}, {PACKED}" if reason else PACKED
    return Term.of(f"{several}ceil({formula} x bits / 8)", numbers, reason)


def param_remarks(
    analysis: Analysis, index: int, users: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """Remarks on parameters that are shared, frozen, for training only, or follow a flattening."""
    layer = analysis.layers[index]
    node = layer.node
    if layer.shares:
        known = users[node.weight_key or ""]
        others = [path for path in known if path != node.path][:MAX_SHARING]
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
    if network.nodes[index].training_only:
        return
    for value in sorted(live_values.at(index), key=lambda one: -one.bytes):
        node = value.node
        name = network.nodes[node].path if node >= 0 else network.input_names[-1 - node]
        parts = node >= 0 and network.nodes[node].outputs
        yield LiveTensor(f"{name}.{value.part}" if parts else name, value.bytes * analysis.batch)

"""Whether the network of a file is the model: its layers, their connections and the totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ..dtype import DataTypes
from ..engine.analysis import Cost
from ..engine.calculation import costs_of
from ..layers import layer_class
from ..network import Network, Node
from ..parser import Parsed, parse
from ..sketch import Sketch, SketchLayer, SketchTotals
from .builder import CUSTOM
from .graphs import have_equal_graphs

Facts = tuple[str, tuple[int, ...], int, int, int, str, str]
"""Of one layer: its kind, its output shape, parameters, buffers, multiply-accumulates and types.

The types are those of its weights and of its output, "" if it has none of its own.
"""


def differences(text: str, sketch: Sketch) -> list[str]:
    """How the network of a file differs from a model; empty if they are equal."""
    return differences_of(parse(text.encode(), sketch.name), sketch)


def differences_of(parsed: Parsed, sketch: Sketch) -> list[str]:
    """How the network of a file that was read differs from a model; empty if they are equal."""
    network = parsed.network
    if network is None:
        errors = [problem for problem in parsed.problems if problem.severity == "error"]
        return [f"line {error.span.line}: {error.message}" for error in errors[:3]]
    costs = costs_of(network, {})
    found = [*layer_differences(network, costs, sketch)]
    found += total_differences(network, costs, sketch)
    if not found and not have_equal_graphs(sketch, network, costs):
        return ["a layer of the file reads another value than that of the model"]
    return found


def layer_differences(network: Network, costs: Sequence[Cost], sketch: Sketch) -> Iterator[str]:
    """The layers that only one of them has."""
    written, wanted = Counter(network_facts(network, costs)), Counter(sketch_facts(sketch))
    for facts, times in (written - wanted).items():
        yield f"the file has {times} more of {describe(facts)}"
    for facts, times in (wanted - written).items():
        yield f"the file lacks {times} of {describe(facts)}"


def describe(facts: Facts) -> str:
    kind, shape, params, buffers, macs, *types = facts
    sizes = "x".join(map(str, shape))
    counts = f"{params:,} parameters, {buffers:,} buffers, {macs:,} MACs"
    return f"{kind} to {sizes} ({counts}, {'/'.join(filter(None, types))})"


def network_facts(network: Network, costs: Sequence[Cost]) -> Iterator[Facts]:
    known: dict[int, Facts] = {}  # by the identity of the costs: equal layers share them
    for node, cost in zip(network.nodes, costs, strict=True):
        found = known.get(id(cost))
        if found is None:
            found = known[id(cost)] = facts_of(node, cost)
        yield found


def facts_of(node: Node, cost: Cost) -> Facts:
    types = own_types(node.layer.kind, cost.params, node.dtype)
    counts = (cost.params, cost.buffers, cost.macs)
    return (node.layer.kind, tuple(node.shape), *counts, *types)


def sketch_facts(sketch: Sketch) -> Iterator[Facts]:
    for layer in sketch.layers:
        weights, activations = layer.types
        common = sketch.types
        stated = DataTypes(weights or common.weights, activations or common.activations)
        types = own_types(layer.kind, layer.params, stated)
        counts = (layer.params, layer.buffers, layer.macs)
        yield (layer.kind, tuple(output_shape(layer)), *counts, *types)


def own_types(kind: str, params: int, types: DataTypes) -> tuple[str, str]:
    """The types of the weights and of the output of a layer, as far as it has its own."""
    has_own_value = not layer_class(kind).is_alias
    return types.weights if params else "", types.activations if has_own_value else ""


def output_shape(layer: SketchLayer) -> tuple[int, ...]:
    """The output shape; of a layer with several outputs, that of its input."""
    if layer.parts and layer.kind != CUSTOM:
        return layer.values[0].shape
    return layer.shape


def total_differences(network: Network, costs: Sequence[Cost], sketch: Sketch) -> Iterator[str]:
    """The totals that differ, with shared weights counted once, and the outputs."""
    totals = totals_at_inference(network, costs)
    wanted = sketch.totals()
    for name, found, expected in (
        ("parameters", totals.params, wanted.params),
        ("buffers", totals.buffers, wanted.buffers),
        ("MACs", totals.macs, wanted.macs),
    ):
        if found != expected:
            yield f"the file has {found:,} {name}, the model {expected:,}"
    outputs = sorted(str(value.shape) for value in network.outputs.values())
    expected_outputs = sorted(str(output.value.shape) for output in sketch.outputs)
    if outputs != expected_outputs:
        yield f"the outputs of the file are {outputs}, those of the model {expected_outputs}"


def totals_at_inference(network: Network, costs: Sequence[Cost]) -> SketchTotals:
    """The numbers of a network, with shared weights counted once."""
    params = buffers = macs = 0
    seen: set[str] = set()
    for node, cost in zip(network.nodes, costs, strict=True):
        if node.training_only:
            continue
        macs += cost.macs
        if node.weight_key in seen:
            continue
        if node.weight_key is not None:
            seen.add(node.weight_key)
        params += cost.params
        buffers += cost.buffers
    return SketchTotals(params, buffers, macs)

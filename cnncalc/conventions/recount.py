"""Counts the operations of a network as another tool does."""

from __future__ import annotations

from ..engine.analysis import Analysis, LayerAnalysis
from ..engine.measure import Measure
from ..network import Network
from ..problem import Error, Refusal
from .convention import Amount, Convention, Count


class Uncounted(Error):
    """A network that a tool cannot count; the message names the layer that prevents it."""


def count(convention: Convention, layer: LayerAnalysis, batch: int = 1) -> Count:
    """The tool's count of a layer for a batch of `batch` samples.  Raises Uncounted.

    It assumes that the tool sees the layer run, which only `recount` can know.
    """
    rule = convention.rules.get(layer.node.layer.kind)
    return Count(
        int(amount(convention, layer)) * batch, rule.description if rule else convention.default
    )


def amount(convention: Convention, layer: LayerAnalysis) -> Amount:
    """The tool's count of a layer for one sample, before rounding."""
    node = layer.node
    rule = convention.rules.get(node.layer.kind)
    try:
        convention.check(node.layer)
        return rule.amount(node.layer, *node.input_shapes) if rule else 0
    except Refusal as refusal:
        raise Uncounted(
            f"{convention.name} cannot count `{node.path}`: {refusal.message}"
        ) from None


def needed(network: Network) -> set[int]:
    """The indices of the nodes that an output at inference depends on."""
    found: set[int] = set()
    waiting = [
        value.node
        for name, value in network.outputs.items()
        if name not in network.training_outputs
    ]
    while waiting:
        node = waiting.pop()
        if node >= 0 and node not in found:
            found.add(node)
            waiting += [value.node for value in network.nodes[node].inputs]
    return found


def recount(convention: Convention, analysis: Analysis) -> Measure:
    """The operations of a whole network as the tool counts them, for the batch of its analysis.

    Layers that exist only in training are not counted.  Raises Uncounted.
    """
    nodes = needed(analysis.network) if convention.traces else range(len(analysis.layers))
    amounts = {
        layer.node.path: amount(convention, layer)
        for index, layer in enumerate(analysis.layers)
        if index in nodes and not layer.node.training_only
    }
    batch = analysis.batch
    return Measure(
        key="convention",
        name=convention.name,
        version=convention.version,
        unit=convention.unit,
        quantity=convention.quantity,
        remark=convention.about,
        total=int(sum(amounts.values())) * batch,
        layers={path: int(found) * batch for path, found in amounts.items()},
        totals={"params": convention.params(analysis)},
    )

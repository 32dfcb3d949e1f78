"""Counts the operations of a network as another tool does."""

from __future__ import annotations

from collections.abc import Iterator

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
    times = 1 if convention.counts_params else batch
    return Count(
        int(amount(convention, layer)) * times, rule.description if rule else convention.default
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


def repeated(analysis: Analysis) -> Iterator[str]:
    """The paths of layers that use the weights of an earlier one."""
    seen = set()
    for layer in analysis.layers:
        key = layer.node.weight_key
        if layer.node.training_only or key is None:
            continue
        if key in seen:
            yield layer.node.path
        seen.add(key)


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

    Or its parameters, which do not depend on the batch: the first of several layers that share
    their weights has them.  Layers that exist only in training are not counted.  Raises Uncounted.
    """
    nodes = needed(analysis.network) if convention.traces else range(len(analysis.layers))
    amounts = {
        layer.node.path: amount(convention, layer)
        for index, layer in enumerate(analysis.layers)
        if index in nodes and not layer.node.training_only
    }
    batch = analysis.batch
    totals = {"params": convention.params(analysis)}
    if convention.counts_params:
        amounts |= dict.fromkeys(repeated(analysis), 0)
        batch = 1
        trainable = totals.pop("params")
        totals["trainable_params"] = trainable
        totals["non_trainable_params"] = int(sum(amounts.values())) - trainable
    return Measure(
        key="convention",
        name=convention.name,
        version=convention.version,
        unit=convention.unit,
        quantity=convention.quantity,
        remark=convention.about,
        total=int(sum(amounts.values())) * batch,
        layers={path: int(found) * batch for path, found in amounts.items()},
        totals=totals,
    )

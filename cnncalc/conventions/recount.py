"""Counting the operations of a network as another tool does."""

from __future__ import annotations

from ..engine.aggregation import breakdown
from ..engine.report import Analysis, LayerAnalysis, Recount
from ..network import Network
from ..problem import Error, Refusal
from .convention import Amount, Convention, Count


class Uncounted(Error):
    """A network of which a tool gives no count; the message says which layer is why."""


def count(convention: Convention, layer: LayerAnalysis, batch: int = 1) -> Count:
    """What the tool counts of a layer by itself, for a batch of so many samples.  Raises Uncounted.

    Whether it sees the layer run at all is for `recount` to say, which knows the network.
    """
    rule = convention.rules.get(layer.node.layer.kind)
    return Count(
        int(amount(convention, layer)) * batch, rule.says if rule else convention.otherwise
    )


def amount(convention: Convention, layer: LayerAnalysis) -> Amount:
    """What the tool counts of a layer for one sample, before it rounds."""
    node = layer.node
    rule = convention.rules.get(node.layer.kind)
    try:
        return rule.amount(node.layer, *node.input_shapes) if rule else 0
    except Refusal as refusal:
        raise Uncounted(
            f"{node.path} has no count by {convention.name}: {refusal.message}"
        ) from None


def needed(network: Network) -> set[int]:
    """The nodes that an output at inference depends on."""
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


def recount(convention: Convention, report: Analysis) -> Recount:
    """What the tool counts of a whole network, for the batch of its report.  Raises Uncounted.

    Only what runs at inference counts.
    """
    seen = needed(report.network) if convention.traces else range(len(report.layers))
    running = [
        (place, layer) for place, layer in enumerate(report.layers) if not layer.node.training_only
    ]
    amounts = {
        layer.node.path: amount(convention, layer) for place, layer in running if place in seen
    }
    counts = {path: int(found) * report.batch for path, found in amounts.items()}
    return Recount(
        convention.name,
        convention.version,
        convention.unit,
        convention.beside,
        convention.about,
        counts,
        int(sum(amounts.values())) * report.batch,
        convention.params(report),
        breakdown([layer._replace(macs=counts.get(layer.node.path, 0)) for _, layer in running]),
    )

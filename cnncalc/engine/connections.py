"""How the layers of a network are connected: what its totals need in addition to their costs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from operator import attrgetter, itemgetter

from ..network import Network, Node
from .aggregation import depth_of, distinct_weights, trained_weights
from .analysis import Cost
from .liveness import inference_steps, lives, new_values, readings

NUMBER_AND_PART = itemgetter(0, 1)  # of a Value
IS_IN_PLACE = attrgetter("is_in_place")


class Connections:
    """The connections of a network, which others of other sizes share.

    `inference` are its nodes at inference, `distinct` and `trained` are positions in that: of
    nodes whose weights no earlier one has, and of those whose weights are trained.  `values` are
    those that count as activations, `depth` is the most convolution and dense layers on any path.
    """

    def __init__(self, network: Network, costs: Sequence[Cost]) -> None:
        reads = readings(network)
        self.inference = inference_steps(network)
        nodes = [network.nodes[index] for index in self.inference]
        self.distinct = distinct_weights(nodes)
        self.trained = trained_weights(nodes)
        self.lifetimes = lives(network, reads)
        self.values = new_values(network, reads, [cost.is_in_place for cost in costs])
        self.depth = depth_of(network, range(len(network.nodes)), training=False)


class KnownConnections:
    """The connections of the last network, for the next one if that is connected in this way."""

    def __init__(self) -> None:
        self.facts: tuple[object, ...] = ()
        self.connections: Connections | None = None

    def of(self, network: Network, costs: Sequence[Cost]) -> Connections:
        facts = connection_facts(network, costs)
        if self.connections is None or facts != self.facts:
            self.facts = facts
            self.connections = Connections(network, costs)
        return self.connections


def connection_facts(network: Network, costs: Sequence[Cost]) -> tuple[object, ...]:
    """What the connections depend on; equal for networks that have equal ones.

    A plan asks for them of every variant: they are taken column by column, which is fast.
    """
    outputs = tuple(map(NUMBER_AND_PART, network.outputs.values()))
    named = tuple(network.outputs), outputs, network.training_outputs, len(network.inputs)
    if not network.nodes:
        return named
    columns = dict(zip(Node._fields, zip(*network.nodes, strict=True), strict=True))
    inputs = columns["inputs"]
    return (
        *named,
        tuple(map(type, columns["layer"])),
        tuple(map(len, inputs)),
        tuple(map(NUMBER_AND_PART, chain.from_iterable(inputs))),
        tuple(map(len, columns["outputs"])),
        *(columns[name] for name in ("training_only", "trainable", "weight_key")),
        tuple(map(IS_IN_PLACE, costs)),
    )

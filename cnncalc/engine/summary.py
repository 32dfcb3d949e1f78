"""The totals of a network without the numbers of its layers: what is needed of many networks."""

from __future__ import annotations

from functools import cached_property

from ..named_tuple import NamedTuple, make
from ..network import Network, Node
from ..shape import Shape
from .analysis import Cost, Totals, TrainingTotals
from .calculation import Costs, costs_of, totals_of, training_totals_of
from .connections import KnownConnections
from .flash import Flash, KnownFlash, NetworkFlash
from .liveness import peak_bytes


class LayerTotals(NamedTuple):
    """The numbers of a layer that totals are made of, as in LayerAnalysis."""

    node: Node
    params: int
    buffers: int
    macs: int
    flops: int
    weight_bytes: int


class Summary:
    """The numbers of a whole network, for a batch: those of its Analysis, each made when needed.

    `costs` has the costs of layers of earlier networks, and `known_flash` what these have in flash;
    those of new layers are added.  `known_connections` are those of the network before.
    """

    def __init__(
        self,
        network: Network,
        batch: int = 1,
        costs: Costs | None = None,
        known_flash: KnownFlash | None = None,
        known_connections: KnownConnections | None = None,
    ) -> None:
        self.network = network
        self.batch = batch
        self.known_flash = known_flash
        self.known_connections = known_connections or KnownConnections()
        self.costs = costs_of(network, {} if costs is None else costs)

    @property
    def output(self) -> Shape:
        """The shape at the end of the main chain."""
        return self.network.outputs["output"].shape

    @property
    def layer_count(self) -> int:
        return len(self.network.nodes)

    @cached_property
    def layers(self) -> list[LayerTotals]:
        numbers, batch = zip(self.network.nodes, self.costs, strict=True), self.batch
        return [layer_totals(node, cost, batch) for node, cost in numbers]

    @cached_property
    def totals(self) -> Totals:
        connections = self.known_connections.of(self.network, self.costs)
        peak = peak_bytes(self.network, connections.lifetimes) * self.batch
        return totals_of(self.network, self.costs, self.batch, (peak, ""), connections)

    @cached_property
    def training_totals(self) -> TrainingTotals:
        return training_totals_of(self.layers)

    @cached_property
    def flash(self) -> Flash:
        return NetworkFlash(self.network, self.known_flash).whole


def layer_totals(node: Node, cost: Cost, batch: int) -> LayerTotals:
    _, params, buffers, macs, flops, weight_bytes, _ = cost
    return make(LayerTotals, (node, params, buffers, macs * batch, flops * batch, weight_bytes))

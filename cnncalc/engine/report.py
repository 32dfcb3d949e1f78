"""What the calculator finds of a network: values only."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from collections.abc import Mapping
from typing import NamedTuple

from ..layers.layer import Category
from ..network import Group, Network, Node
from ..shape import Shape
from .receptive_field import ReceptiveField


class Cost(NamedTuple):
    """What one layer costs for one sample, whatever stands around it.  `flops` holds two of each MAC."""

    weights: Mapping[str, Shape]
    params: int
    buffers: int
    macs: int
    flops: int
    notes: tuple[str, ...]


class LayerAnalysis(NamedTuple):
    """The numbers of one layer.  MACs, FLOPs and bytes of activations are those of the whole batch.

    `alive_bytes` is the activation memory at this step; None where it is there for training only.
    """

    node: Node
    weights: Mapping[str, Shape]
    params: int
    buffers: int
    macs: int
    flops: int
    activation_bytes: int
    alive_bytes: int | None
    receptive_field: ReceptiveField | None
    notes: tuple[str, ...]
    shares: bool  # its weights with another layer


class GroupAnalysis(NamedTuple):
    """The numbers of a group: the sums of its layers, with weights that are shared inside it counted once."""

    group: Group
    params: int
    buffers: int
    macs: int
    flops: int


class Totals(NamedTuple):
    """The sums over a network, shared weights counted once.

    `depth` is the most convolution and dense layers on a path; `peak_layer` is the first step that needs `peak_bytes`.
    """

    params: int
    trainable_params: int
    buffers: int
    macs: int
    flops: int
    weight_bytes: int
    peak_bytes: int
    peak_layer: str
    depth: int


class TrainingTotals(NamedTuple):
    """The sums with what is there for training only."""

    params: int
    trainable_params: int
    buffers: int
    macs: int


class Share(NamedTuple):
    """One row of the breakdown: the layers of one class."""

    category: Category
    layers: int
    params: int
    buffers: int
    macs: int


class Recount(NamedTuple):
    """The operations of a network as another tool counts them, for the batch.

    `unit` is what the tool calls its number, `beside` the number of ours that it means, and `about` what it counts in
    short.  `layers` has the count of each layer that the tool sees run, by its path; the `macs` of the breakdown are
    these.  `params` are those that the tool reports.
    """

    name: str
    version: str
    unit: str
    beside: str
    about: str
    layers: Mapping[str, int]
    total: int
    params: int
    breakdown: tuple[Share, ...]

    def ours(self, counted: "Totals | LayerAnalysis") -> int:
        """Our number of what was counted, which the tool's stands beside."""
        number: int = getattr(counted, self.beside)
        return number


class Analysis(NamedTuple):
    """All numbers of a network, for a batch.  `layers` are in file order, one for each node.

    `recount` is there where another tool's count is asked for.
    """

    network: Network
    batch: int
    layers: tuple[LayerAnalysis, ...]
    groups: tuple[GroupAnalysis, ...]
    totals: Totals
    training_totals: TrainingTotals
    breakdown: tuple[Share, ...]
    recount: Recount | None = None

"""The numbers of a network: values only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

from ..layers.layer import Category
from ..named_tuple import NamedTuple
from ..network import Group, Network, Node
from ..shape import Shape
from .flash import Flash, LayerFlash, NetworkFlash
from .measure import Measure
from .receptive_field import ReceptiveField


class Cost(NamedTuple):
    """The cost of one layer for one sample.

    `flops` includes two for each MAC; `weight_bytes` are those of the params and buffers.
    `is_in_place` is true if its output may overwrite its input.
    """

    weights: Mapping[str, Shape]
    params: int
    buffers: int
    macs: int
    flops: int
    weight_bytes: int
    is_in_place: bool


class CountedLayer(Protocol):
    """The numbers of a layer that those of the network are made of, as in LayerAnalysis."""

    @property
    def node(self) -> Node: ...
    @property
    def params(self) -> int: ...
    @property
    def buffers(self) -> int: ...
    @property
    def macs(self) -> int: ...
    @property
    def flops(self) -> int: ...
    @property
    def weight_bytes(self) -> int: ...


class LayerAnalysis(NamedTuple):
    """The numbers of one layer.  MACs, FLOPs and activation bytes are those of the whole batch.

    `alive_bytes` is the activation memory that is live while the layer runs; None for a layer
    that exists only in training.  `sees_all` says whether each output position depends on the whole
    input, `shares` whether another layer uses the same weights, `repeats` whether an earlier one
    does, so that the totals do not count them again, and `trains` whether they are trained, here or
    there.  `position` is that of its node, and `network_flash` the flash of the network.
    """

    node: Node
    weights: Mapping[str, Shape]
    params: int
    buffers: int
    macs: int
    flops: int
    weight_bytes: int
    activation_bytes: int
    alive_bytes: int | None
    receptive_field: ReceptiveField | None
    sees_all: bool
    notes: tuple[str, ...]
    shares: bool
    repeats: bool
    trains: bool
    position: int
    network_flash: NetworkFlash

    @property
    def flash(self) -> LayerFlash:
        """What it has in the flash of a device."""
        return self.network_flash.layers[self.position]

    @property
    def flash_bytes(self) -> int:
        return self.flash.size.total


class GroupAnalysis(NamedTuple):
    """The numbers of a group: the sums of its layers, weights shared within it counted once."""

    group: Group
    params: int
    buffers: int
    macs: int
    flops: int


class Totals(NamedTuple):
    """The sums over a network at inference, shared weights counted once.

    `depth` is the most convolution and dense layers on any path; `peak_layer` is the first layer
    that needs `peak_bytes`, empty in a Summary; `activations` are the elements of
    the inputs and of all outputs of layers, where activation functions overwrite their input.
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
    activations: int


class TrainingTotals(NamedTuple):
    """The sums including the layers that exist only in training."""

    params: int
    trainable_params: int
    buffers: int
    macs: int


class StatedTotals(NamedTuple):
    """The part of the totals at inference that the file states and nothing calculates.

    `layers` is the number of layers whose numbers are stated.
    """

    layers: int
    params: int
    buffers: int
    macs: int
    flops: int


NOTHING_STATED = StatedTotals(0, 0, 0, 0, 0)


class CountedNetwork(Protocol):
    """The numbers of a network that those on a device are made of: an Analysis, or a Summary."""

    @property
    def network(self) -> Network: ...
    @property
    def batch(self) -> int: ...
    @property
    def layers(self) -> Sequence[CountedLayer]: ...
    @property
    def totals(self) -> Totals: ...
    @property
    def flash(self) -> Flash: ...


class Share(NamedTuple):
    """One row of the breakdown: the layers of one class."""

    class_: Category
    layers: int
    params: int
    buffers: int
    macs: int


class Supplement(Protocol):
    """What another package calculates of a network in addition, such as what it needs on a device.

    `numbers` are its totals, by quantity.
    """

    @property
    def numbers(self) -> Mapping[str, int | float]: ...


S = TypeVar("S", bound=Supplement)


class Analysis(NamedTuple):
    """All numbers of a network, for a batch.  `layers` are in file order, one for each node.

    `measures` are further measurements of the same network, such as the counts of other tools, and
    `supplements` results with classes of their own, one of each class.
    `stated` is None if all numbers are calculated.
    """

    network: Network
    batch: int
    layers: tuple[LayerAnalysis, ...]
    groups: tuple[GroupAnalysis, ...]
    totals: Totals
    training_totals: TrainingTotals
    breakdown: tuple[Share, ...]
    network_flash: NetworkFlash
    measures: tuple[Measure, ...] = ()
    stated: StatedTotals | None = None
    supplements: tuple[Supplement, ...] = ()

    @property
    def flash(self) -> Flash:
        """The weights as a device stores them."""
        return self.network_flash.whole

    @property
    def output(self) -> Shape:
        """The shape at the end of the main chain."""
        return self.network.outputs["output"].shape

    @property
    def is_quantized(self) -> bool:
        """Whether the weights of some layers are integers."""
        layers = [layer.node for layer in self.layers if layer.params]
        return any(node.dtype.is_quantized for node in layers)

    @property
    def layer_count(self) -> int:
        return len(self.layers)

    def measure(self, key: str) -> Measure | None:
        """The measurement of a kind, such as `convention`, if there is one."""
        return next((measure for measure in self.measures if measure.key == key), None)

    def supplement(self, kind: type[S]) -> S | None:
        """The supplement of a class, if there is one."""
        return next((found for found in self.supplements if isinstance(found, kind)), None)

    def supplemented(self, supplement: Supplement) -> Analysis:
        """The analysis with a further supplement."""
        return self._replace(supplements=(*self.supplements, supplement))

"""Flash: the bytes of the weights of a network as a device stores them for inference.

A batch normalization after a convolution that nothing else reads is folded into it, and any other
one is a factor and a summand per channel.  Biases are accumulators: they have more bits than the
weights.

Sources: Jacob et al., arXiv:1712.05877, sections 2.4 and 3.2 (biases of 32 bits, folding); the
quantization specification of TensorFlow Lite, and its 16x8 mode, whose biases have 64 bits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Literal

from ..datum import total
from ..dtype import BITS, DataTypes, is_integer, packed_bytes
from ..named_tuple import NamedTuple
from ..network import Network, Node
from ..shape import Shape

FOLDING = ("conv", "depthwise", "linear", "conv_transpose")
"""The kinds of layers that a norm is folded into, unless their weights are a value."""

PASSING = ("identity", "dropout", "droppath")
"""The kinds of layers that do not exist at inference."""

FUSED = ("relu", "relu6")
"""The kinds of layers that may have no tensor of their own at inference."""

OPERANDS = ("scale", "prelu")
"""The kinds of layers other than norms whose weights are operands of element-wise operations."""

MULTIPLIED = ("weight_g",)
"""Tensors that are multiplied into the weights once, before inference."""

CHANNEL_BYTES, TENSOR_BYTES = 24, 12
"""Of a TFLite file, in addition: the scales and zero points (12 bytes) of the weights and the bias
of an output channel, and those of an activation tensor."""


FlashPart = Literal["weights", "biases", "norms"]


class FlashBytes(NamedTuple):
    """The bytes of weights, of biases, and of the constants of norms that are not folded."""

    weights: int
    biases: int
    norms: int

    @property
    def total(self) -> int:
        return self.weights + self.biases + self.norms


class LayerFlash(NamedTuple):
    """What a layer has in flash.

    `norm` is the node that is folded into it, `into` the one that it is folded into; `key`
    identifies weights that other layers have too, and `repeats` says that an earlier one has them.
    """

    size: FlashBytes
    norm: int | None = None
    into: int | None = None
    key: str | None = None
    repeats: bool = False


class Flash(NamedTuple):
    """The flash of a network.

    `folded` is the number of its norms that are folded; `channels` that of the output channels with
    weights of their own, `tensors` that of the activation tensors at least.
    """

    size: FlashBytes
    folded: int
    channels: int
    tensors: int

    @property
    def total(self) -> int:
        return self.size.total

    @property
    def file_bytes(self) -> int:
        """What a TFLite file has in addition at least: the parameters of the quantization."""
        return CHANNEL_BYTES * self.channels + TENSOR_BYTES * self.tensors


NOTHING = FlashBytes(0, 0, 0)

KnownFlash = dict[tuple[int, tuple[Shape, ...], DataTypes], LayerFlash]
"""What layers have in flash by identity, input shapes and types."""


# Folding


def folded_norms(network: Network) -> dict[int, int]:
    """The batch normalizations that are folded, by the node that they are folded into.

    At inference, nothing else reads that node, and it has weights of its own.  Nodes of PASSING
    kinds may be between the two.
    """
    nodes = network.nodes
    norms = [index for index, node in enumerate(nodes) if is_norm(node)]
    if not norms:
        return {}
    readers = reader_counts(network)
    found = {}
    for norm in norms:
        source = nodes[norm].inputs[0].node
        while source >= 0 and readers[source] == 1 and nodes[source].layer.kind in PASSING:
            source = nodes[source].inputs[0].node
        if source >= 0 and readers[source] == 1 and is_foldable(nodes[source]):
            found[source] = norm
    return found


def is_foldable(node: Node) -> bool:
    """Whether a norm can be folded into a layer: its weights are its own, not a value."""
    if node.layer.kind not in FOLDING:
        return False
    return any(not is_bias(name) for name in node.layer.weights(*node.input_shapes))


def is_norm(node: Node) -> bool:
    return node.layer.kind == "bn" and not node.training_only


def reader_counts(network: Network) -> Counter[int]:
    """How often each node is read at inference, also as an output of the network."""
    nodes = [node for node in network.nodes if not node.training_only]
    counts = Counter([value.node for node in nodes for value in node.inputs])
    outputs = network.outputs.items()
    counts.update([one.node for name, one in outputs if name not in network.training_outputs])
    return counts


# Layers


class FlashTensor(NamedTuple):
    """A tensor in flash; `part` is its part of FlashBytes."""

    name: str
    part: FlashPart
    elements: int
    dtype: str


def stored_tensors(node: Node) -> list[FlashTensor]:
    """The tensors of a layer that no norm is folded into."""
    layer, dtype = node.layer, node.dtype
    weights = layer.weights(*node.input_shapes)
    operand = dtype.activations
    if layer.kind == "bn":
        size = node.shape.channels
        return [FlashTensor(name, "norms", size, operand) for name in ("factor", "summand")]
    if layer.category == "norm" or layer.kind in OPERANDS:
        part: FlashPart = "norms" if layer.category == "norm" else "weights"
        return [FlashTensor(name, part, one.elements, operand) for name, one in weights.items()]
    found = [
        stored_tensor(name, shape.elements, dtype)
        for name, shape in weights.items()
        if name not in MULTIPLIED
    ]
    if layer.buffers(*node.input_shapes):
        terms = layer.buffer_terms(*node.input_shapes).items()
        found += [FlashTensor(name, "weights", term.result, dtype.weights) for name, term in terms]
    return found


def tensors_with_norm(node: Node) -> list[FlashTensor]:
    """The tensors of a layer that a norm is folded into: there is a bias."""
    found = stored_tensors(node)
    if any(tensor.part == "biases" for tensor in found):
        return found
    return [*found, stored_tensor("bias", node.shape.channels, node.dtype)]


def stored_tensor(name: str, elements: int, dtype: DataTypes) -> FlashTensor:
    """A learned tensor of a layer that multiplies by weights: one of them, or a bias."""
    if is_bias(name):
        return FlashTensor(name, "biases", elements, bias_type(dtype))
    return FlashTensor(name, "weights", elements, dtype.weights)


def is_bias(name: str) -> bool:
    """Whether a tensor is a bias, and not a table of biases of relative positions.

    >>> is_bias("bias_hh_l0"), is_bias("rel_bias")
    (True, False)
    """
    words = name.split("_")
    return "bias" in words and "rel" not in words


def bias_type(dtype: DataTypes) -> str:
    """The type of biases: that of the accumulator for integer activations.

    >>> bias_type(DataTypes("int4", "int8")), bias_type(DataTypes("int8", "int16"))
    ('int32', 'int64')
    """
    if is_integer(dtype.activations):
        return "int64" if BITS[dtype.activations] >= 16 else "int32"
    return dtype.activations if dtype.is_quantized else dtype.weights


def flash_of_layers(network: Network, known: KnownFlash) -> list[LayerFlash]:
    """What each layer has in flash; nothing if it exists only in training."""
    alone, norms = flash_alone(network, known), folded_norms(network)
    into = {norm: source for source, norm in norms.items()}
    seen: set[str] = set()
    found = []
    for index, node in enumerate(network.nodes):
        layer = alone[index]
        if node.training_only or index in into:
            layer = LayerFlash(NOTHING, into=into.get(index))
        elif index in norms:
            layer = with_norm(layer, node, norms[index], network)
        elif node.weight_key is not None:
            layer = layer._replace(key=node.weight_key)
        if layer.key is not None:
            layer = layer._replace(repeats=layer.key in seen)
            seen.add(layer.key or "")
        found.append(layer)
    return found


def flash_alone(network: Network, known: KnownFlash) -> list[LayerFlash]:
    """What each layer would have without the others, calculated once for equal layers."""
    found = []
    for node in network.nodes:
        key = (id(node.layer), node.input_shapes, node.dtype)
        flash = known.get(key)
        if flash is None:
            flash = known[key] = LayerFlash(flash_bytes(stored_tensors(node)))
        found.append(flash)
    return found


def with_norm(layer: LayerFlash, node: Node, norm: int, network: Network) -> LayerFlash:
    """A layer with a folded norm; others have the same weights only with the same norm."""
    size, key = layer.size, None
    if not size.biases:
        bias = packed_bytes(node.shape.channels, bias_type(node.dtype))
        size = FlashBytes(size.weights, bias, size.norms)
    if node.weight_key is not None and network.nodes[norm].weight_key is not None:
        key = f"{node.weight_key} {network.nodes[norm].weight_key}"
    return LayerFlash(size, norm, None, key)


def flash_bytes(tensors: Iterable[FlashTensor]) -> FlashBytes:
    """The bytes of tensors, each rounded up to whole ones."""
    size = dict.fromkeys(FlashBytes._fields, 0)
    for tensor in tensors:
        size[tensor.part] += packed_bytes(tensor.elements, tensor.dtype)
    return FlashBytes(**size)


# The network


class NetworkFlash:
    """The flash of a network and of its layers, calculated when it is first read.

    It is a part of immutable values that have the network, too, so any two are equal.  `known` has
    what layers would have without the others; that of further layers is added.
    """

    def __init__(self, network: Network, known: KnownFlash | None = None) -> None:
        self.network = network
        self.known: KnownFlash = {} if known is None else known

    @cached_property
    def layers(self) -> list[LayerFlash]:
        return flash_of_layers(self.network, self.known)

    @cached_property
    def whole(self) -> Flash:
        return flash_of(self.network, self.layers)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NetworkFlash)

    __hash__ = None  # type: ignore[assignment]


def flash_of(network: Network, layers: Sequence[LayerFlash]) -> Flash:
    """The flash of a network with these layers, weights that they share counted once."""
    pairs = list(zip(network.nodes, layers, strict=True))
    stored = [layer for layer in layers if not layer.repeats]
    channels = [
        node.shape.channels
        for node, layer in pairs
        if node.layer.kind in FOLDING and layer.size.weights and not layer.repeats
    ]
    tensors = [node for node, layer in pairs if is_tensor(node, layer)]
    return Flash(
        total_size(stored),
        sum(layer.into is not None for layer in layers),
        total(channels),
        len(network.inputs) + len(tensors),
    )


def total_size(layers: Iterable[LayerFlash]) -> FlashBytes:
    sizes = [layer.size for layer in layers]
    columns = zip(*sizes, strict=True) if sizes else ((), (), ())
    return FlashBytes(*map(total, columns))


def is_tensor(node: Node, layer: LayerFlash) -> bool:
    """Whether the output of a layer is a tensor at inference, however operators are fused."""
    is_fused = layer.into is not None or node.layer.kind in FUSED
    return not (node.training_only or is_fused or node.layer.is_alias)

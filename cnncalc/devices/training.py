"""Training memory: the peak of one training step of PyTorch, with gradients and an optimizer.

Not counted: the workspace of cuDNN, the CUDA context, and what the allocator rounds up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..dtype import BITS
from ..engine.analysis import Analysis, LayerAnalysis
from ..engine.liveness import Key
from ..named_tuple import NamedTuple
from ..network import Network, Node
from ..problem import Error
from .autograd import ForwardPass, KeptForBackward, TrainingSetup
from .saved_tensors import VIEWS

FLOATING = ("float64", "float32", "float16", "bfloat16")


class OptimizerCost(NamedTuple):
    """The values that an optimizer keeps for each trained parameter.

    `temporaries` are the tensors, each of the size of a parameter, that its step needs in addition,
    one parameter after the other (`foreach=False`).
    """

    states: int
    temporaries: int


OPTIMIZERS = {
    "sgd": OptimizerCost(1, 0),
    "adam": OptimizerCost(2, 2),
    "adamw": OptimizerCost(2, 2),
}
"""`sgd` is with momentum."""

SHARED_GRADIENTS = VIEWS | {"add", "concat"}
"""Kinds whose backward pass hands the gradient on, or parts of it, without a copy."""

EXPANDED_GRADIENTS = ("global_avgpool", "reduce_mean", "reduce_sum")
"""Kinds whose backward pass repeats the gradient without a copy."""


class NotTrainable(Error):
    """A network that cannot be trained in its type."""


class TrainingMemory(NamedTuple):
    """The memory of a training step, in bytes, for the batch of the analysis.

    `saved_bytes` is what autograd keeps from the forward pass, `gradient_bytes` the gradients of
    all parameters, `optimizer_bytes` the state of the optimizer, and `peak_bytes` the most that is
    needed at once, with parameters, buffers and the input.  `peak_layer` is the path of the layer
    whose backward pass has the peak; empty if the optimizer's step has it.
    """

    optimizer: str
    amp: bool
    saved_bytes: int
    gradient_bytes: int
    optimizer_bytes: int
    peak_bytes: int
    peak_layer: str
    kept: KeptForBackward


def training_memory(
    analysis: Analysis, optimizer: str = "sgd", amp: bool = False, cpu: bool = False
) -> TrainingMemory:
    """The memory of a training step.  Raises NotTrainable for a network of integers."""
    network = analysis.network
    check_types(network)
    forward = ForwardPass(network, TrainingSetup(analysis.batch, amp, cpu))
    kept, cost = forward.result(), OPTIMIZERS[optimizer]
    width, totals = BITS[network.types.weights] // 8, analysis.training_totals
    gradients = totals.trainable_params * width
    states = cost.states * gradients
    static = (totals.params + totals.buffers) * width + states
    static += sum(forward.bytes_of[-index, 0] for index in range(1, len(network.inputs) + 1))
    backward = max(BackwardPass(analysis, forward, kept).needed(), default=(0, ""))
    step = gradients + cost.temporaries * largest_trained(analysis.layers) * width, ""
    peak, layer = max(backward, step)
    return TrainingMemory(optimizer, amp, kept.total, gradients, states, static + peak, layer, kept)


def check_types(network: Network) -> None:
    """Raise NotTrainable if a layer has weights or values that are integers."""
    for types in (network.types, *(node.dtype for node in network.nodes)):
        if not set(types) <= set(FLOATING):
            raise NotTrainable(f"training needs a floating-point `dtype`, not {types.text}")


def largest_trained(layers: Sequence[LayerAnalysis]) -> int:
    """The elements of the largest tensor that is trained."""
    shapes = (shape for layer in layers if layer.trains for shape in layer.weights.values())
    return max((shape.elements for shape in shapes), default=0)


class BackwardPass:
    """A walk through the layers from the last to the first.

    `bytes` is what is needed at the moment: what is kept for the layers to come, the gradients of
    parameters so far, and those of values that are still needed.  The loss is cross-entropy, which
    keeps the outputs and their logarithmic softmax.
    """

    def __init__(self, analysis: Analysis, forward: ForwardPass, kept: KeptForBackward) -> None:
        self.analysis, self.forward, self.kept = analysis, forward, kept
        self.gradients: dict[Key, int] = {}
        self.ended: dict[int, int] = {}  # the bytes that the backward pass of a layer frees
        for key, storage in kept.values.items():
            if key[0] >= 0:  # the inputs of the network remain
                first = min(storage.layers)
                self.ended[first] = self.ended.get(first, 0) + storage.bytes
        for step, size in kept.own.items():
            self.ended[step] = self.ended.get(step, 0) + size
        self.bytes = sum(self.ended.values())
        for value in analysis.network.outputs.values():
            key = (value.node, value.part or 0)
            size = self.size_of(key)
            self.gradients[key] = size
            self.bytes += 3 * size

    def size_of(self, key: Key) -> int:
        """The bytes of a value, which may be a part of a storage."""
        node, part = key
        network = self.analysis.network
        shapes = network.nodes[node].shapes if node >= 0 else list(network.inputs.values())
        shape = shapes[part] if node >= 0 else shapes[-1 - node]
        return shape.elements * self.forward.width_of[key] * self.analysis.batch

    def needed(self) -> Iterator[tuple[int, str]]:
        """The bytes during the backward pass of each layer, with its path."""
        width = BITS[self.analysis.network.types.weights] // 8
        counted: set[str | None] = set()
        for step in reversed(range(len(self.analysis.layers))):
            layer = self.analysis.layers[step]
            if (step, 0) not in self.forward.with_gradient:
                continue
            key = layer.node.weight_key
            if layer.trains and (key is None or key not in counted):
                counted.add(key)
                self.bytes += layer.params * width
            made = self.made_gradients(layer.node)
            self.bytes += sum(made.values())
            yield self.bytes, layer.node.path
            self.bytes -= self.ended.get(step, 0)
            self.release(step, layer.node, made)

    def made_gradients(self, node: Node) -> dict[Key, int]:
        """The bytes of the new gradients of the inputs of a layer."""
        if node.layer.kind in SHARED_GRADIENTS or node.layer.kind in EXPANDED_GRADIENTS:
            return {}
        keys = {(value.node, value.part or 0) for value in node.inputs}
        return {key: self.size_of(key) for key in keys & self.forward.with_gradient}

    def release(self, step: int, node: Node, made: dict[Key, int]) -> None:
        """Free the gradients of the outputs of a layer, unless they are handed on."""
        outputs = [(step, part) for part in range(len(node.shapes))]
        held = sum(self.gradients.pop(key, 0) for key in outputs)
        inputs = {(value.node, value.part or 0) for value in node.inputs}
        takers = inputs & self.forward.with_gradient
        if takers and not made:
            first = min(takers)  # the last one whose own layer is visited
            self.gradients[first] = self.gradients.get(first, 0) + held
        else:
            self.bytes -= held
        for key, size in made.items():
            if self.gradients.get(key, 0) >= size:  # the sum of both replaces them
                self.bytes -= size
            else:
                self.gradients[key] = self.gradients.get(key, 0) + size

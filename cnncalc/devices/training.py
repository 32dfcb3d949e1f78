"""Training memory: the peak of one training step of PyTorch, with gradients and an optimizer.

Not counted: the workspace of cuDNN, the CUDA context, and what the allocator rounds up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..dtype import BITS
from ..engine.analysis import Analysis, LayerAnalysis
from ..engine.liveness import Key
from ..named_tuple import NamedTuple
from ..network import Network, Node
from ..problem import Error
from .autograd import ForwardPass, KeptForBackward, TrainingSetup
from .device import Device
from .sequence_tensors import INNER
from .training_memory import StepMemory, Training, TrainingMemory

FLOATING: tuple[str, ...] = ("float64", "float32", "float16", "bfloat16")


class OptimizerCost(NamedTuple):
    """The values that an optimizer keeps for each trained parameter: `states`.

    `temporaries` are the tensors, each of the size of a parameter, that its step needs in addition,
    one parameter after the other (`foreach=False`).
    """

    title: str
    states: int
    temporaries: int


OPTIMIZERS = {
    "sgd": OptimizerCost("SGD with momentum", 1, 0),
    "sgd-plain": OptimizerCost("SGD without momentum", 0, 0),
    "adam": OptimizerCost("Adam", 2, 2),
    "adamw": OptimizerCost("AdamW", 2, 2),
    "amsgrad": OptimizerCost("Adam with AMSGrad", 3, 2),
    "nadam": OptimizerCost("NAdam", 2, 2),
    "adadelta": OptimizerCost("Adadelta", 2, 2),
    "rmsprop": OptimizerCost("RMSprop", 1, 1),
    "adagrad": OptimizerCost("Adagrad", 1, 1),
}
"""The optimizers of torch.optim; their counters, 4 bytes for each tensor, are not counted."""

SHARED_GRADIENTS = (
    *("identity", "droppath", "flatten", "tokens", "reshape", "permute", "add", "concat"),
)
"""Kinds whose backward pass hands the gradient on, or parts of it, without a copy."""

EXPANDED_GRADIENTS = ("reduce_sum",)
"""Kinds whose backward pass repeats the gradient without a copy; that of a mean is divided."""


MAX_BATCH = 2**30
"""More samples than any network is trained with at once."""


class NotTrainable(Error):
    """A network that cannot be trained in its type."""


def training_memory(
    analysis: Analysis,
    optimizer: str = "sgd",
    amp: bool = False,
    cpu: bool = False,
    batch: int | None = None,
) -> TrainingMemory:
    """The memory of a training step, for the batch of the analysis unless another is given.

    Raises NotTrainable for a network of integers, or for mixed precision of other types.
    """
    network = analysis.network
    check_types(network, amp)
    setup = TrainingSetup(batch or analysis.batch, amp, cpu)
    forward = ForwardPass(network, setup)
    kept, cost = forward.result(), OPTIMIZERS[optimizer]
    width, totals = BITS[network.types.weights] // 8, analysis.training_totals
    gradients = totals.trainable_params * width
    temporaries = cost.temporaries * largest_trained(analysis.layers) * width
    moments = [*BackwardPass(analysis, forward, kept).moments()]
    moments.append(StepMemory(0, gradients, 0, temporaries))
    nodes, saved = network.nodes, kept.by_layer()
    return TrainingMemory(
        network.types.text,
        setup.batch,
        optimizer,
        amp,
        totals.params * width,
        totals.buffers * width,
        sum(forward.bytes_of[-index, 0] for index in range(1, len(network.inputs) + 1)),
        gradients,
        cost.states * gradients,
        max(moments, key=total_of),
        kept,
        {nodes[step].path: size for step, size in saved.items()},
        kinds_of(nodes, kept.not_known),
        kinds_of(nodes, (step for step in kept.tensors if nodes[step].layer.kind in INNER)),
    )


def kinds_of(nodes: Sequence[Node], steps: Iterable[int]) -> tuple[str, ...]:
    """The kinds of some layers, each once."""
    return tuple(dict.fromkeys(nodes[step].layer.kind for step in steps))


def total_of(moment: StepMemory) -> int:
    return moment.total


def check_types(network: Network, amp: bool) -> None:
    """Raise NotTrainable if a layer has integers, or not float32 with mixed precision."""
    allowed, needed = FLOATING, "training needs a floating-point `dtype`"
    if amp:
        allowed, needed = ("float32",), "mixed precision needs the `dtype` float32"
    for types in (network.types, *(node.dtype for node in network.nodes)):
        if not set(types) <= set(allowed):
            raise NotTrainable(f"{needed}, not {types.text}")


def largest_trained(layers: Sequence[LayerAnalysis]) -> int:
    """The elements of the largest tensor that is trained."""
    shapes = (shape for layer in layers if layer.trains for shape in layer.weights.values())
    return max((shape.elements for shape in shapes), default=0)


def largest_batch(
    analysis: Analysis, limit: int, optimizer: str, amp: bool
) -> TrainingMemory | None:
    """The memory with the largest batch whose peak is within a limit; None if not even 1 is."""
    found, fits, most = None, 0, 1
    while (tried := training_memory(analysis, optimizer, amp, batch=most)).peak_bytes <= limit:
        found, fits, most = tried, most, 2 * most
        if fits >= MAX_BATCH:
            break
    while most - fits > 1:
        middle = (fits + most) // 2
        tried = training_memory(analysis, optimizer, amp, batch=middle)
        if tried.peak_bytes <= limit:
            found, fits = tried, middle
        else:
            most = middle
    return found


def train(
    analysis: Analysis, optimizer: str = "sgd", amp: bool = False, device: Device | None = None
) -> Training:
    """What a training step needs, also on a device.  Raises NotTrainable as training_memory."""
    memory = training_memory(analysis, optimizer, amp)
    unmixed = training_memory(analysis, optimizer) if amp else None
    ram = None if device is None else device.ram
    largest = None if ram is None else largest_batch(analysis, ram, optimizer, amp)
    return Training(memory, unmixed, device, largest)


class BackwardPass:
    """A walk through the layers from the last to the first.

    At the moment, `kept` is what is kept for the layers to come, `weights` the gradients of
    parameters so far, and `values` those of values that are still needed: all in bytes.  The loss
    is cross-entropy, which keeps the outputs and their logarithmic softmax.
    """

    def __init__(self, analysis: Analysis, forward: ForwardPass, kept: KeptForBackward) -> None:
        self.analysis, self.forward = analysis, forward
        self.gradients: dict[Key, int] = {}
        self.ended: dict[int, int] = {}  # the bytes that the backward pass of a layer frees
        for key, storage in kept.values.items():
            if key[0] >= 0:  # the inputs of the network remain
                first = min(storage.layers)
                self.ended[first] = self.ended.get(first, 0) + storage.bytes
        for step, size in kept.own_bytes().items():
            self.ended[step] = self.ended.get(step, 0) + size
        self.kept, self.weights, self.values = sum(self.ended.values()), 0, 0
        for value in analysis.network.outputs.values():
            key = (value.node, value.part or 0)
            size = self.size_of(key)
            self.gradients[key] = size
            self.kept += 2 * size
            self.values += size

    def size_of(self, key: Key) -> int:
        """The bytes of a value, which may be a part of a storage."""
        node, part = key
        network = self.analysis.network
        shapes = network.nodes[node].shapes if node >= 0 else list(network.inputs.values())
        shape = shapes[part] if node >= 0 else shapes[-1 - node]
        return shape.elements * self.forward.width_of[key] * self.forward.count_of[key]

    def moments(self) -> Iterator[StepMemory]:
        """The memory during the backward pass of each layer, and where gradients are summed."""
        width = BITS[self.analysis.network.types.weights] // 8
        counted: set[str | None] = set()
        for step in reversed(range(len(self.analysis.layers))):
            layer = self.analysis.layers[step]
            if (step, 0) not in self.forward.with_gradient:
                continue
            key, path = layer.node.weight_key, layer.node.path
            if layer.trains and (key is None or key not in counted):
                counted.add(key)
                self.weights += layer.params * width
            made = self.made_gradients(layer.node)
            self.values += sum(made.values())
            yield StepMemory(self.kept, self.weights, self.values, 0, path)
            self.kept -= self.ended.get(step, 0)
            summing = self.release(step, layer.node, made)
            yield StepMemory(self.kept, self.weights, summing, 0, path)

    def made_gradients(self, node: Node) -> dict[Key, int]:
        """The bytes of the new gradients of the inputs of a layer."""
        if node.layer.kind in SHARED_GRADIENTS or node.layer.kind in EXPANDED_GRADIENTS:
            return {}
        keys = {(value.node, value.part or 0) for value in node.inputs}
        return {key: self.size_of(key) for key in keys & self.forward.with_gradient}

    def release(self, step: int, node: Node, made: dict[Key, int]) -> int:
        """Free the gradients of the outputs of a layer, unless they are handed on.

        Returns the most bytes of values while new gradients are added to those of other readers.
        """
        outputs = [(step, part) for part in range(len(node.shapes))]
        held = sum(self.gradients.pop(key, 0) for key in outputs)
        inputs = {(value.node, value.part or 0) for value in node.inputs}
        takers = inputs & self.forward.with_gradient
        if takers and not made:
            first = min(takers)  # the last one whose own layer is visited
            self.gradients[first] = self.gradients.get(first, 0) + held
        else:
            self.values -= held
        most = self.values
        for key, size in made.items():
            if self.gradients.get(key, 0) >= size:  # the sum of both replaces them
                most = max(most, self.values + size)
                self.values -= size
            else:
                self.gradients[key] = self.gradients.get(key, 0) + size
        return most

"""The bookkeeping with which the layers of a network become operators."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..dtype import BITS
from ..engine.flash import folded_norms
from ..engine.liveness import Key, inference_steps
from ..named_tuple import NamedTuple
from ..network import Network, Node, distinct
from .operators import DeviceOperator, DeviceProgram, DeviceTensor

CONSTANT = -1
"""The tensor of a value that is stored with the weights, and needs no buffer."""


class OperatorDetails(NamedTuple):
    """What an operator has beyond its inputs and outputs; see `DeviceOperator`."""

    constants: int = 0
    scratch: tuple[int, ...] = ()
    channels: int = 0


NOTHING = OperatorDetails()


class OperatorBuilder:
    """The operators and tensors so far.  `tensor_of` has the tensor that holds each value."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.width = BITS[network.types.activations] // 8
        self.steps = inference_steps(network)
        self.readers = readers_of(network, self.steps)
        self.results = results_of(network)
        self.norms = folded_norms(network)
        self.done: set[int] = set()
        self.operators: list[DeviceOperator] = []
        self.ranks: list[int] = []  # which the operators are sorted by in the end
        self.rank_of: dict[int, int] = {}  # of the operator that makes a tensor
        shapes = zip(network.input_names, network.inputs.values(), strict=True)
        self.tensors = [DeviceTensor(name, shape.elements * self.width) for name, shape in shapes]
        self.tensor_of: dict[Key, int] = {
            (-1 - index, 0): index for index in range(len(self.tensors))
        }

    def node(self, step: int) -> Node:
        return self.network.nodes[step]

    def inputs(self, step: int) -> tuple[int, ...]:
        """The tensors that a layer reads, without constants."""
        found = [self.tensor_of[value.node, value.part or 0] for value in self.node(step).inputs]
        return tuple([tensor for tensor in found if tensor != CONSTANT])

    def only_reader(self, step: int) -> int | None:
        """The only layer that reads the output of a layer; None if there are others, or none."""
        key = (step, 0)
        found = self.readers.get(key, [])
        return found[0] if len(found) == 1 and key not in self.results else None

    def absorb(self, chain: list[int], kinds: Collection[str]) -> bool:
        """Extend a chain of layers by the only reader of its end, if it is of one of the kinds."""
        reader = self.only_reader(chain[-1])
        if reader is None or self.node(reader).layer.kind not in kinds:
            return False
        chain.append(reader)
        self.done.add(reader)
        return True

    def emit(
        self,
        name: str,
        chain: Sequence[int],
        inputs: Sequence[int],
        details: OperatorDetails = NOTHING,
    ) -> None:
        """Add an operator that executes a chain of layers, with all outputs of the last."""
        last, node = chain[-1], self.node(chain[-1])
        outputs = range(len(self.tensors), len(self.tensors) + len(node.shapes))
        for part, shape in enumerate(node.shapes):
            path = node.path if len(node.shapes) == 1 else f"{node.path}.{part}"
            self.tensor_of[last, part] = len(self.tensors)
            self.tensors.append(DeviceTensor(path, shape.elements * self.width))
        self.append(DeviceOperator(name, tuple(chain), tuple(inputs), tuple(outputs), *details))

    def emit_temporary(
        self,
        name: str,
        chain: Sequence[int],
        inputs: Sequence[int],
        elements: int,
        details: OperatorDetails = NOTHING,
        width: int = 0,
    ) -> int:
        """Add an operator whose output only another operator of the same layers reads.

        Its elements have `width` bytes, by default those of the network.
        """
        output = len(self.tensors)
        path = f"{self.node(chain[-1]).path}/{name}"
        self.tensors.append(DeviceTensor(path, elements * (width or self.width)))
        self.append(DeviceOperator(name, tuple(chain), tuple(inputs), (output,), *details))
        return output

    def append(self, operator: DeviceOperator) -> None:
        self.ranks.append(len(self.operators))
        self.operators.append(operator)
        self.rank_of.update(dict.fromkeys(operator.outputs, self.ranks[-1]))

    def advance(self) -> None:
        """Move the last operator to directly after those that make its inputs."""
        last = self.operators[-1]
        rank = max((self.rank_of.get(tensor, -1) for tensor in last.inputs), default=-1)
        self.ranks[-1] = rank
        self.rank_of.update(dict.fromkeys(last.outputs, rank))

    def undo_reshape(self, step: int) -> int | None:
        """Remove the last operator if it is a reshape that only this layer reads.

        Returns the tensor that it read; None if there is nothing to remove.
        """
        before = self.operators[-1] if self.operators else None
        if before is None or before.name != "RESHAPE" or before.outputs != self.inputs(step):
            return None
        if self.only_reader(before.layers[-1]) != step:
            return None
        self.operators.pop()
        self.ranks.pop()
        self.tensors.pop()
        return before.inputs[0]

    def alias(self, step: int) -> None:
        """The output of a layer is its input."""
        value = self.node(step).inputs[0]
        self.tensor_of[step, 0] = self.tensor_of[value.node, value.part or 0]

    def program(self) -> DeviceProgram:
        """The operators, when all layers are lowered."""
        outputs = {self.tensor_of[key] for key in self.results}
        order = sorted(range(len(self.operators)), key=self.ranks.__getitem__)
        return DeviceProgram(
            tuple(self.tensors),
            len(self.network.inputs),
            tuple([self.operators[index] for index in order]),
            frozenset(outputs - {CONSTANT}),
        )


def readers_of(network: Network, steps: Sequence[int]) -> dict[Key, list[int]]:
    """The layers that read each value at inference, each once."""
    readers: dict[Key, list[int]] = {}
    for step in steps:
        for value in dict.fromkeys(distinct(network.nodes[step].inputs)):
            readers.setdefault((value.node, value.part or 0), []).append(step)
    return readers


def results_of(network: Network) -> set[Key]:
    """The values that are outputs of the network at inference."""
    return {
        (value.node, value.part or 0)
        for name, value in network.outputs.items()
        if name not in network.training_outputs
    }

"""The data types of layers: of the stored weights, and of what the next quantization makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...dtype import DataTypes
from .file import TYPES, UNKNOWN_TYPE
from .operators import activation
from .operators.call import OperatorCall
from .tensors import WHOLE_TYPES, GraphTensor

MOST_ACTIVATIONS = 8
"""The activations between a layer and the quantization of its output."""

QUANTIZE = "QuantizeLinear"

STATED_AS = {"uint16": "int16"}
"""Types that files cannot state, with those of as many bits."""


class CallTypes:
    """The data types of calls; "" where the file has none that is a type of layers."""

    def __init__(self, calls: Sequence[OperatorCall], tensors: Mapping[str, GraphTensor]) -> None:
        self.tensors = tensors
        self.readers: dict[str, list[OperatorCall]] = {}  # only of models that are quantized
        if all(call.node.operator != QUANTIZE for call in calls):
            return
        for call in calls:
            for name in call.node.inputs:
                self.readers.setdefault(name, []).append(call)

    def of(self, call: OperatorCall) -> DataTypes:
        return DataTypes(self.of_weights(call), self.of_value(call.node.outputs[0]))

    def of_weights(self, call: OperatorCall) -> str:
        """The type of the largest constant that an operator reads, as it is stored."""
        largest: GraphTensor | None = None
        for name, tensor in zip(call.node.inputs, call.inputs, strict=True):
            if tensor is None or not tensor.is_constant:
                continue
            for source in tensor.sources or (name,):
                stored = self.tensors.get(source)
                if stored and (largest is None or stored.elements > largest.elements):
                    largest = stored
        return word(largest)

    def of_value(self, name: str) -> str:
        """The type of a tensor, after the activation and the quantization that alone read it."""
        followed = name
        for _ in range(MOST_ACTIVATIONS):
            readers = self.readers.get(followed, ())
            for reader in readers:
                if reader.node.operator == QUANTIZE:
                    return word(self.tensors.get(reader.node.outputs[0]))
            if len(readers) != 1 or readers[0].node.operator not in activation.OPERATORS:
                break
            followed = readers[0].node.outputs[0]
        return word(self.tensors.get(name))


def word(tensor: GraphTensor | None) -> str:
    """The type of a tensor of real or quantized numbers as a file names it, or ""."""
    if tensor is None or tensor.type in WHOLE_TYPES:
        return ""
    found = TYPES.get(tensor.type, UNKNOWN_TYPE).word
    return STATED_AS.get(found, found)

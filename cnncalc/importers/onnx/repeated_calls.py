"""Modules that are called several times, whose weights the exporter calculated for each call.

PyTorch's TorchScript exporter folds constants: of a matrix that it transposes, or of a convolution
with a norm, each call gets a tensor of its own without a name of the model.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from ...named_tuple import NamedTuple
from .file import OnnxFile, TensorNumbers
from .nodes import OnnxNode
from .operators.call import OperatorCall
from .tensors import FEW_NUMBERS, FEW_VALUES, UNNAMED, GraphTensor

CALL_NUMBER = re.compile(r"_\d+(?=/|$)")
"""What the exporter appends to the name of a module or of an operator in a later call."""


class CalculatedWeights(NamedTuple):
    """The weights of a node without names of the model: which inputs, and their first numbers."""

    operator: str
    name: str
    tensors: tuple[tuple[int, tuple[int, ...], TensorNumbers], ...]


def with_first_weights(
    file: OnnxFile, calls: Sequence[OperatorCall], tensors: Mapping[str, GraphTensor]
) -> Iterator[OperatorCall]:
    """The calls, those of a module that was called before with the weights of its first call."""
    first: dict[CalculatedWeights, OnnxNode] = {}
    names_in_module = [name_in_module(call.node) for call in calls]
    times = Counter(names_in_module)
    for call, name in zip(calls, names_in_module, strict=True):
        weights = calculated_weights(file, call, name) if name and times[name] > 1 else None
        if weights is None:
            yield call
            continue
        node = first.setdefault(weights, call.node)
        names = list(call.node.inputs)
        for place, *_ in weights.tensors:
            names[place] = node.inputs[place]
        known = tuple(tensors.get(name) for name in names)
        yield call._replace(node=call.node._replace(inputs=tuple(names)), inputs=known)


def name_in_module(node: OnnxNode) -> str:
    """The name of a node, equal for all calls of its module; "" if it does not state modules."""
    return CALL_NUMBER.sub("", node.name) if node.name.startswith("/") else ""


def calculated_weights(file: OnnxFile, call: OperatorCall, name: str) -> CalculatedWeights | None:
    """None if a node has no matrix that the exporter calculated, or one of few values."""
    found = []
    for place, tensor in enumerate(call.inputs):
        if tensor is None or tensor.stored is None or not UNNAMED.match(call.node.inputs[place]):
            continue
        numbers = file.first_numbers(tensor.stored, FEW_NUMBERS)
        if numbers is None:
            return None
        found.append((place, tensor.sizes, numbers))
    if not any(len(sizes) > 1 and len(set(own)) > FEW_VALUES for _, sizes, own in found):
        return None
    return CalculatedWeights(call.node.operator, name, tuple(found))

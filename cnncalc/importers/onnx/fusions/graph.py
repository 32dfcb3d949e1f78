"""The nodes that depend on the inputs as a graph: who makes and who reads each tensor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod

from ..operators.call import OperatorCall
from ..tensors import GraphTensor

ALIASES = ("Cast", "Identity", "QuantizeLinear", "DequantizeLinear")
"""Operators that return their first input, which patterns look through."""

CONSTANT = ""
"""In place of the operator of a tensor that does not depend on the inputs."""


class CallGraph:
    """The calls of operators by their numbers.  `kept` are the outputs of the model."""

    def __init__(
        self,
        calls: Sequence[OperatorCall],
        tensors: Mapping[str, GraphTensor],
        kept: Iterable[str],
    ) -> None:
        self.calls = calls
        self.tensors = tensors
        self.kept = set(kept)
        self.makers: dict[str, int] = {}
        self.readers: dict[str, list[int]] = {}
        for number, call in enumerate(calls):
            for name in call.node.outputs:
                if name:
                    self.makers[name] = number
            for name in call.node.inputs:
                self.readers.setdefault(name, []).append(number)

    def constant(self, name: str) -> GraphTensor | None:
        """A tensor that does not depend on the inputs; None if it does, or is omitted."""
        found = self.tensors.get(name)
        return found if found is not None and found.is_constant else None

    def operators_read(self, call: OperatorCall) -> set[str]:
        """The operators that make the inputs of a call, and what these are aliases of.

        CONSTANT is among them if an input is one.
        """
        found: set[str] = set()
        for name, tensor in zip(call.node.inputs, call.inputs, strict=True):
            if tensor is not None and tensor.is_constant:
                found.add(CONSTANT)
            maker = self.makers.get(name)
            while maker is not None:
                node = self.calls[maker].node
                found.add(node.operator)
                maker = self.makers.get(node.inputs[0]) if node.operator in ALIASES else None
        return found

    def number(self, name: str) -> float | None:
        """The only number in a constant; None if there are several, or none that is known."""
        found = self.constant(name)
        if found is None or not found.numbers or len(set(found.numbers)) > 1:
            return None
        return float(found.numbers[0])

    def only_reader(self, name: str) -> OperatorCall | None:
        """The only call that reads a tensor, which is not an output."""
        readers = self.readers.get(name, [])
        if len(readers) != 1 or name in self.kept:
            return None
        return self.calls[readers[0]]

    def is_vector(self, name: str, length: int) -> bool:
        """True for a constant with one element for each channel."""
        found = self.constant(name)
        return found is not None and prod(found.sizes) == length and length > 1

    def is_closed(self, inner: Iterable[int], root: int) -> bool:
        """True if the outputs of calls are read among these alone."""
        inside = {*inner, root}
        for number in inside - {root}:
            for name in self.calls[number].node.outputs:
                if name in self.kept or not inside.issuperset(self.readers.get(name, ())):
                    return False
        return True

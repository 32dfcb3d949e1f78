"""The operators of a file as a graph: who makes and who reads each tensor."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Generic, Protocol, TypeVar

ALIASES = ("Cast", "Identity", "QuantizeLinear", "DequantizeLinear")
"""Operators that return their first input, which patterns look through."""

CONSTANT = ""
"""In place of the operator of a tensor that does not depend on the inputs."""


class PatternNode(Protocol):
    """An operator by the name that ONNX has for it, and its tensors by their names."""

    @property
    def operator(self) -> str: ...
    @property
    def inputs(self) -> tuple[str, ...]: ...
    @property
    def outputs(self) -> tuple[str, ...]: ...


class PatternCall(Protocol):
    """A call of an operator."""

    @property
    def node(self) -> PatternNode: ...


CallType = TypeVar("CallType", bound=PatternCall)


class OperatorGraph(ABC, Generic[CallType]):
    """The calls of operators by their numbers.  `kept` are the outputs of the model."""

    def __init__(self, calls: Sequence[CallType], kept: Iterable[str]) -> None:
        self.calls = calls
        self.kept = set(kept)
        self.makers: dict[str, int] = {}
        self.readers: dict[str, list[int]] = {}
        for number, call in enumerate(calls):
            for name in call.node.outputs:
                if name:
                    self.makers[name] = number
            for name in call.node.inputs:
                self.readers.setdefault(name, []).append(number)

    @abstractmethod
    def constant(self, name: str) -> object | None:
        """A tensor that does not depend on the inputs; None if it does, or is omitted."""

    @abstractmethod
    def number(self, name: str) -> float | None:
        """The only number in a constant; None if there are several, or none that is known."""

    def is_alias(self, call: CallType) -> bool:
        """Whether patterns look through a call."""
        return call.node.operator in ALIASES

    def operators_read(self, call: CallType) -> set[str]:
        """The operators that make the inputs of a call, and what these are aliases of.

        CONSTANT is among them if an input is one.
        """
        found: set[str] = set()
        for name in call.node.inputs:
            if self.constant(name) is not None:
                found.add(CONSTANT)
            maker = self.makers.get(name)
            while maker is not None:
                source = self.calls[maker]
                found.add(source.node.operator)
                is_alias = self.is_alias(source)
                maker = self.makers.get(source.node.inputs[0]) if is_alias else None
        return found

    def only_reader(self, name: str) -> CallType | None:
        """The only call that reads a tensor, which is not an output."""
        readers = self.readers.get(name, [])
        if len(readers) != 1 or name in self.kept:
            return None
        return self.calls[readers[0]]

    def is_closed(self, inner: Iterable[int], root: int) -> bool:
        """True if the outputs of calls are read among these alone."""
        inside = {*inner, root}
        for number in inside - {root}:
            for name in self.calls[number].node.outputs:
                if name in self.kept or not inside.issuperset(self.readers.get(name, ())):
                    return False
        return True

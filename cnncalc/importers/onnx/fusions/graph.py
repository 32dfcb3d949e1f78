"""The nodes that depend on the inputs as a graph: who makes and who reads each tensor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod

from ....onnx_format.messages import DROP_PATH
from ...patterns.graph import OperatorGraph
from ..operators.call import OperatorCall
from ..tensors import GraphTensor


class CallGraph(OperatorGraph[OperatorCall]):
    """The calls of operators by their numbers.  `kept` are the outputs of the model."""

    def __init__(
        self,
        calls: Sequence[OperatorCall],
        tensors: Mapping[str, GraphTensor],
        kept: Iterable[str],
    ) -> None:
        super().__init__(calls, kept)
        self.tensors = tensors

    def is_alias(self, call: OperatorCall) -> bool:
        """Stochastic depth is not an alias: it is an Identity that states this."""
        stated = [entry for entry in call.node.metadata if entry.key == DROP_PATH]
        return super().is_alias(call) and not stated

    def constant(self, name: str) -> GraphTensor | None:
        """A tensor that does not depend on the inputs; None if it does, or is omitted."""
        found = self.tensors.get(name)
        return found if found is not None and found.is_constant else None

    def number(self, name: str) -> float | None:
        """The only number in a constant; None if there are several, or none that is known."""
        found = self.constant(name)
        if found is None or not found.numbers or len(set(found.numbers)) > 1:
            return None
        return float(found.numbers[0])

    def is_vector(self, name: str, length: int) -> bool:
        """True for a constant with one element for each channel."""
        found = self.constant(name)
        return found is not None and prod(found.sizes) == length and length > 1

"""One call of an operator, and what is known of an operator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from ....named_tuple import NamedTuple
from ....onnx_format.elements import BOOL, INT64
from ...arrays import broadcast_sizes
from ...errors import Unsupported
from ...program import TensorSizes
from ..file import TensorNumbers
from ..nodes import OnnxNode
from ..tensors import GraphTensor
from ..writer import ProgramWriter, Results


class OperatorCall(NamedTuple):
    """A node with what is known of its inputs; None for an omitted one."""

    node: OnnxNode
    inputs: tuple[GraphTensor | None, ...]
    opset: int

    def has(self, index: int) -> bool:
        return index < len(self.inputs) and self.inputs[index] is not None

    def name(self, index: int = 0) -> str:
        """The name of an input.  Raises Unsupported if it is omitted."""
        self.tensor(index)
        return self.node.inputs[index]

    def tensor(self, index: int) -> GraphTensor:
        """An input.  Raises Unsupported if it is omitted."""
        found = self.inputs[index] if index < len(self.inputs) else None
        if found is None:
            raise Unsupported(f"input {index} is left out")
        return found

    def sizes(self, index: int = 0) -> TensorSizes:
        return self.tensor(index).sizes

    def rank(self, index: int = 0) -> int:
        return len(self.tensor(index).sizes)

    def numbers(self, index: int) -> TensorNumbers:
        """The numbers of a constant.  Raises Unsupported if they are not known."""
        found = self.tensor(index).numbers
        if found is None:
            raise Unsupported("sizes or indices that depend on the data")
        return found

    def attribute(self, name: str, default: Any = None) -> Any:
        return self.node.attributes.get(name, default)

    def integers(self, name: str, index: int = -1) -> tuple[int, ...] | None:
        """Numbers that are an argument, or in later opsets an input; None if they are neither."""
        given = self.attribute(name)
        if given is None and index >= 0 and self.has(index):
            given = self.numbers(index)
        return None if given is None else tuple(map(int, given))

    def axis(self, name: str = "axis", default: int = 0, extra: int = 0) -> int:
        """An axis of the first input, counted from the first; `extra` axes are new ones."""
        rank = self.rank() + extra
        axis = int(self.attribute(name, default))
        if not -rank <= axis <= rank:
            raise Unsupported(f"axis {axis} of {rank}")
        return axis + rank if axis < 0 else axis

    @property
    def operands(self) -> list[GraphTensor]:
        """The inputs that are given."""
        return [tensor for tensor in self.inputs if tensor is not None]

    @property
    def outputs(self) -> int:
        """The number of outputs, up to the last one that is not omitted."""
        return len(self.node.outputs)


OutputSizes = Sequence[TensorSizes]
SizesRule = Callable[[OperatorCall], OutputSizes]
"""The sizes of the outputs; outputs that are not listed are not known."""

Folding = Callable[[OperatorCall, OutputSizes], Sequence[Sequence[int | float | bool] | None]]
"""The numbers of the outputs of constants, flat; None for those that are not calculated."""

Translation = Callable[[ProgramWriter, OperatorCall], Results]
"""Writes the functions that an operator is; the results are its outputs."""

TypeRule = Callable[[OperatorCall], int]


class OperatorRule(NamedTuple):
    """What is known of an operator.  Each function may raise Unsupported.

    `translation` is None for an operator of constants alone.
    """

    sizes: SizesRule
    translation: Translation | None = None
    folding: Folding | None = None
    type: TypeRule | None = None


OperatorTable = dict[str, OperatorRule]


def same_sizes(call: OperatorCall) -> OutputSizes:
    """Those of the first input, for all outputs."""
    return [call.sizes()] * call.outputs


def first_sizes(call: OperatorCall) -> OutputSizes:
    """Those of the first input, for the first output."""
    return [call.sizes()]


def joint_sizes(call: OperatorCall) -> OutputSizes:
    """Those of all inputs as they are broadcast."""
    return [broadcast_sizes(*[tensor.sizes for tensor in call.operands])]


def always(number: int) -> TypeRule:
    return lambda call: number


BOOLEAN, INDEX = always(BOOL), always(INT64)


def unknown(reason: str) -> NoReturn:
    raise Unsupported(reason)

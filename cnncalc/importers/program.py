"""What a framework ran: functions of tensors, in the calls of modules that they belong to.

Every reader of PyTorch makes a Program: the tracer, which runs in the user's interpreter and
prints it as JSON, and the reader of `.pt2` files.  Nothing here knows a layer of the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from ..dtype import UNSTATED, DataTypes
from ..named_tuple import NamedTuple

TensorSizes = tuple[int, ...]
"""The shape of a tensor as the framework has it: with a batch axis, in any order of axes."""

TensorKind = Literal["output", "input", "parameter", "buffer", "constant"]


class TensorRef(NamedTuple):
    """A tensor that a function reads or a call passes on.

    An `output` is one of the tensors that an operation returns: `operation` is its index and
    `part` the number of the tensor.  The others have a `name`.
    """

    kind: TensorKind
    sizes: TensorSizes
    name: str = ""
    operation: int = -1
    part: int = 0

    @property
    def key(self) -> tuple[str, int, int]:
        """Equal for two references to the same tensor."""
        return (self.name or self.kind, self.operation, self.part)


Argument = Any
"""An argument of a function: a number, word, None or TensorRef, or a tuple or mapping of these."""


class Operation(NamedTuple):
    """One call of a function: `conv2d`, `add`, `view`.

    `results` are the sizes of the tensors that it returns.  `call` is the index of the innermost
    module call that it is in.  `types` are the data types of its weights and results, if known.
    """

    function: str
    arguments: tuple[Argument, ...]
    keywords: Mapping[str, Argument]
    results: tuple[TensorSizes, ...]
    call: int
    types: DataTypes = UNSTATED

    def argument(self, position: int, keyword: str, default: Argument = None) -> Argument:
        """The argument at a position, or by its keyword."""
        if position < len(self.arguments):
            return self.arguments[position]
        return self.keywords.get(keyword, default)

    def tensors(self) -> Iterator[TensorRef]:
        """The tensors among the arguments, in order."""
        for argument in (*self.arguments, *self.keywords.values()):
            kind = type(argument)
            if kind is TensorRef:
                yield argument
            elif kind not in PLAIN_TYPES:
                yield from tensors_in(argument)


class ModuleCall(NamedTuple):
    """One call of a module.

    `path` is its name in the model (`layer1.0.conv1`, "" for the model itself), `kind` the
    qualified name of its class.  `start` and `end` are the operations in it.  `constructor` holds
    the arguments that the module was made with, as far as they are numbers and words.
    """

    path: str
    kind: str
    parent: int | None
    start: int
    end: int
    inputs: tuple[TensorRef, ...] = ()
    outputs: tuple[TensorRef, ...] = ()
    input_names: tuple[str, ...] = ()
    constructor: Mapping[str, Argument] = {}

    @property
    def class_name(self) -> str:
        return self.kind.rpartition(".")[2]


class StoredTensor(NamedTuple):
    """A parameter or a buffer of a model."""

    sizes: TensorSizes
    is_trainable: bool


class Program(NamedTuple):
    """What a model does with one batch.  `batch` is the size of the first axis of its inputs.

    `parameters` and `buffers` are by name; two names of one tensor are one entry, by the first
    name, which `TensorRef.name` has too.  `training` is what the model does in training, if it has
    more outputs then.
    """

    framework: str  # "torch 2.14.1"
    batch: int
    inputs: tuple[TensorRef, ...]
    outputs: tuple[tuple[str, TensorRef], ...]
    operations: tuple[Operation, ...]
    calls: tuple[ModuleCall, ...]
    parameters: Mapping[str, StoredTensor]
    buffers: Mapping[str, StoredTensor]
    remarks: tuple[str, ...] = ()
    training: Program | None = None


def tensors_in(argument: Argument) -> Iterator[TensorRef]:
    """The tensors in an argument, in order."""
    kind = type(argument)
    if kind is TensorRef:
        yield argument
    elif kind is tuple or kind is list:
        for value in argument:
            yield from tensors_in(value)
    elif kind not in PLAIN_TYPES and isinstance(argument, Mapping):
        for value in argument.values():
            yield from tensors_in(value)


PLAIN_TYPES = frozenset((int, float, bool, str, type(None)))
"""Types of arguments that most functions have, in which there is no tensor."""

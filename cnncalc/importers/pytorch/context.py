"""The state of a lowering: the layers so far, and what each tensor is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from math import prod

from ...folding.names import input_names as file_names
from ...named_tuple import NamedTuple
from ...shape import Shape
from ...sketch import SketchInput, SketchValue
from ..axes import TensorView, batch_first
from ..builder import Owned, SketchBuilder
from ..errors import Unsupported
from ..program import Argument, Operation, Program, TensorRef, TensorSizes
from .wanted_axes import TensorKey, wanted_channels


class Derived(NamedTuple):
    """A tensor computed from stored tensors and constants alone.

    It is not a layer until a layer reads it.  `function` is the last one that made it.  A batched
    one is calculated for each sample, with the same result.
    """

    sizes: TensorSizes
    parameters: tuple[str, ...] = ()
    buffers: tuple[str, ...] = ()
    function: str = ""
    is_batched: bool = False


Tensor = TensorView | Derived
"""A tensor of the program: one that depends on the input, or not."""

FunctionResults = Tensor | Sequence[Tensor]
"""The results of a function."""


LayerKey = tuple[str, tuple[str, ...]]
"""The kind of a layer, and the names of its weights."""


class LoweringContext:
    """The state of a lowering: the layers so far, and the value of each tensor.

    `used` are the stored tensors that a layer owns, in order, with the first layer that does; None
    for one of several kinds.
    """

    def __init__(self, program: Program) -> None:
        names = input_names(program)
        shapes = [Shape(ref.sizes[1:] or (1,)) for ref in program.inputs]
        inputs = [SketchInput(*pair) for pair in zip(names, shapes, strict=True)]
        self.program = program
        self.builder = SketchBuilder(inputs)
        self.tensors: dict[tuple[str, int, int], Tensor] = {}
        self.used: dict[str, LayerKey | None] = {}
        self.rows: dict[str, int] = {}  # of the matrices of `linear` layers
        self.notes: list[str] = []  # on what the layers do not state
        self.index = 0
        for number, ref in enumerate(program.inputs):
            view = batch_first(self.builder.input(number))
            self.tensors[ref.key] = view._replace(axes=view.axes[: len(ref.sizes)])

    @cached_property
    def wanted(self) -> dict[TensorKey, int]:
        """The axis that is wanted as channels, by the tensor."""
        return wanted_channels(self.program)

    @cached_property
    def readers(self) -> dict[int, list[Operation]]:
        """The operations that read the results of each."""
        found: dict[int, list[Operation]] = {}
        for operation in self.program.operations:
            for ref in operation.tensors():
                if ref.kind == "output":
                    found.setdefault(ref.operation, []).append(operation)
        return found

    # Tensors

    def tensor(self, argument: Argument) -> Tensor:
        """What a reference is to.  Raises Unsupported for an argument that is not a tensor."""
        if not isinstance(argument, TensorRef):
            raise Unsupported("an argument that is not a tensor")
        found = self.tensors.get(argument.key)
        if found is not None:
            return found
        if argument.kind == "parameter":
            return Derived(argument.sizes, (argument.name,))
        if argument.kind == "buffer":
            return Derived(argument.sizes, (), (argument.name,))
        return Derived(argument.sizes)

    def view(self, argument: Argument) -> TensorView:
        """The tensor, which depends on the data.  Raises Unsupported if it does not."""
        found = self.tensor(argument)
        if isinstance(found, Derived):
            raise Unsupported("a tensor that does not depend on the input")
        return found

    def stored(self, argument: Argument) -> Derived:
        """The tensor, which does not depend on the data.  Raises Unsupported if it does."""
        found = self.tensor(argument)
        if isinstance(found, TensorView):
            raise Unsupported("weights that are computed from the data")
        return found

    def own(self, *arguments: Argument) -> Owned:
        """The stored tensors that a layer owns, of these arguments; None is none.

        Raises Unsupported if one is computed from the data.
        """
        tensors = [self.stored(argument) for argument in arguments if argument is not None]
        return self.owned(tensors)

    def own_weights(self, *arguments: Argument) -> Owned:
        """The parameters that a layer owns; the buffers that they are computed with, such as the
        mask of a masked convolution, are not statistics.

        Raises Unsupported if there are none.
        """
        tensors = [self.stored(argument) for argument in arguments if argument is not None]
        owned = self.owned([t._replace(buffers=()) if t.buffers else t for t in tensors])
        if not owned.weights:
            raise Unsupported("weights that are not learned")
        return owned

    def check_rows(self, owned: Owned, rows: int) -> None:
        """Raise Unsupported if another layer has this matrix with its rows as columns."""
        if self.rows.setdefault(owned.weights[0], rows) != rows:
            raise Unsupported("weights that another layer has transposed")

    def owned(self, tensors: Iterable[Derived]) -> Owned:
        tensors = list(tensors)
        parameters = tuple(dict.fromkeys([name for t in tensors for name in t.parameters]))
        buffers = tuple(dict.fromkeys([name for t in tensors for name in t.buffers]))
        stored = [self.program.parameters[name] for name in parameters]
        if not buffers and len(stored) == 1:  # most layers
            return Owned(parameters, prod(stored[0].sizes), 0, stored[0].is_trainable)
        return Owned(
            (*parameters, *buffers),
            sum(prod(tensor.sizes) for tensor in stored),
            sum(prod(self.program.buffers[name].sizes) for name in buffers),
            all(tensor.is_trainable for tensor in stored),
        )

    def add(
        self,
        kind: str,
        arguments: dict[str, Argument],
        inputs: Sequence[SketchValue | float],
        owned: Owned = Owned(),
        macs: int | None = None,
    ) -> SketchValue:
        """Add a layer; see SketchBuilder.add.

        Raises Unsupported if a layer of another kind, or with other weights as well, has a part of
        its weights: only whole layers can share them.
        """
        own = (kind, owned.weights)
        for weight in owned.weights:
            if self.used.get(weight, own) != own:
                raise Unsupported("weights that a layer of another kind has as well")
        name = self.module_name() if owned.weights else ""
        value = self.builder.add(kind, arguments, inputs, owned, macs, name)
        for weight in owned.weights:
            self.used.setdefault(weight, own)
        return value

    def apply(
        self,
        kind: str,
        arguments: dict[str, Argument],
        view: TensorView,
        owned: Owned = Owned(),
        macs: int | None = None,
    ) -> TensorView:
        """Add a layer of one input whose output has the axes of that."""
        return view.with_value(self.add(kind, arguments, [view.value], owned, macs))

    def mark(self) -> tuple[int, int]:
        """The number of layers and of owned tensors so far, for `undo`."""
        return len(self.builder.layers), len(self.used)

    def undo(self, mark: tuple[int, int]) -> None:
        """Forget the layers that were added since, with what they own."""
        layers, used = mark
        del self.builder.layers[layers:]
        for name in list(self.used)[used:]:
            del self.used[name]

    def module_name(self) -> str:
        """The last word of the path of the module that is called."""
        calls = self.program.calls
        return calls[self.builder.scope].path.rpartition(".")[2] if calls else ""

    def computed(self, stored: Derived, sizes: TensorSizes) -> SketchValue:
        """A value that is computed from stored tensors, or a constant: its numbers are stated."""
        owned = self.owned(self.unread([stored]))
        self.used |= dict.fromkeys(owned.weights)
        operation = stored.function.strip("_") or "constant"
        note = "computed from parameters" if stored.parameters else "a constant"
        return self.builder.add_custom(operation, Shape(sizes), [], note, owned)

    def is_read(self, part: int) -> bool:
        """True if a later operation or the caller reads this result of the current operation."""
        return bool(self.readers_of(part)) or self.is_output(part)

    def readers_of(self, part: int) -> list[Operation]:
        """The later operations that read this result of the current operation."""
        readers = self.readers.get(self.index, [])
        return [reader for reader in readers if self.is_result(part, reader.tensors())]

    def is_output(self, part: int) -> bool:
        """True if this result of the current operation is an output of the model."""
        return self.is_result(part, (ref for _, ref in self.program.outputs))

    def is_result(self, part: int, refs: Iterable[TensorRef]) -> bool:
        return any((ref.operation, ref.part) == (self.index, part) for ref in refs)

    def pairs(self, refs: Iterable[TensorRef]) -> Iterator[tuple[TensorView, TensorRef]]:
        """The references that depend on the data, with their values."""
        for ref in refs:
            tensor = self.tensor(ref)
            if isinstance(tensor, TensorView):
                yield tensor, ref

    def unread(self, tensors: Iterable[Derived]) -> Iterator[Derived]:
        """The parameters of tensors that no layer owns yet.

        Their buffers are tables of indices and masks, which are not counted: `buffers` are the
        statistics of norms.
        """
        for tensor in tensors:
            parameters = tuple(name for name in tensor.parameters if name not in self.used)
            yield tensor._replace(parameters=parameters, buffers=())


def input_names(program: Program) -> list[str]:
    """The names of the inputs, as the model's code has them; `input` if there is only one."""
    if len(program.inputs) == 1:
        return ["input"]
    return file_names(ref.name or f"input{index}" for index, ref in enumerate(program.inputs))

"""Writes a Program: the functions of PyTorch that the operators of a graph are."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from ...dtype import UNSTATED
from ..errors import Unsupported
from ..program import Argument, Operation, StoredTensor, TensorKind, TensorRef, TensorSizes
from .file import OnnxFile
from .tensors import UNNAMED, GraphTensor

Results = Sequence[TensorRef | None]
"""The outputs of a node; None for one that has no tensor."""


class ProgramWriter:
    """The operations so far, and what each tensor of the graph is in the Program.

    `tensors` are all tensors of the graph; `nodes` has for each operation the node that it is of.
    `tables` are the operands that are parameters though they have no name of the model, with their
    elements.  `module` is the path of the module that the file states for the present node, if it
    does, and `is_frozen` that its weights are not trained; `copies` are the names of stored tensors
    that several modules read and that are one of each.
    """

    def __init__(self, file: OnnxFile, tensors: Mapping[str, GraphTensor]) -> None:
        self.file = file
        self.tensors = tensors
        self.refs: dict[str, TensorRef] = {}
        self.operations: list[Operation] = []
        self.nodes: list[int] = []
        self.parameters: dict[str, StoredTensor] = {}
        self.buffers: dict[str, StoredTensor] = {}
        self.tables: dict[str, int] = {}
        self.owners: dict[str, tuple[str, int]] = {}
        self.uses: dict[tuple[int, str], int] = {}
        self.copies: set[str] = set()
        self.node = 0
        self.call = 0
        self.module = ""
        self.is_frozen = False
        self.types = UNSTATED

    def emit(
        self, function: str, *arguments: Argument, sizes: TensorSizes, **keywords: Argument
    ) -> TensorRef:
        """Add a function with one result."""
        index = self.add(function, arguments, keywords, (sizes,))
        return TensorRef("output", sizes, "", index)

    def emit_parts(
        self,
        function: str,
        *arguments: Argument,
        sizes: Sequence[TensorSizes],
        **keywords: Argument,
    ) -> list[TensorRef]:
        """Add a function; the references to its results."""
        index = self.add(function, arguments, keywords, tuple(sizes))
        return [TensorRef("output", own, "", index, part) for part, own in enumerate(sizes)]

    def add(
        self,
        function: str,
        arguments: tuple[Argument, ...],
        keywords: Mapping[str, Argument],
        sizes: tuple[TensorSizes, ...],
    ) -> int:
        """The index of a function that is added for the present node."""
        operation = Operation(function, arguments, keywords, sizes, self.call, self.types)
        self.operations.append(operation)
        self.nodes.append(self.node)
        return len(self.operations) - 1

    # Tensors

    def tensor(self, name: str) -> TensorRef:
        """A tensor, which is a value of its own if it is a constant."""
        found = self.refs.get(name)
        if found is not None:
            return found
        tensor = self.tensors[name]
        if not self.is_learned(name):
            return TensorRef("constant", tensor.sizes, name)
        if all(map(self.is_unnamed, tensor.sources)) and max(tensor.sizes) != tensor.elements:
            self.tables[name] = tensor.elements
        return self.weight(name)

    def is_unnamed(self, source: str) -> bool:
        """True for a learned tensor that is not one of the model, but made from some."""
        found = self.tensors.get(source)
        return bool(UNNAMED.match(source)) or (found is not None and found.is_calculated)

    def operand(self, name: str, sizes: TensorSizes) -> TensorRef | float:
        """A tensor, or the number that all elements of a constant are.

        `sizes` are those of the result, and of another operand if this one is a constant.
        """
        tensor = self.tensors[name]
        if not tensor.is_constant or self.is_learned(name) or tensor.elements > prod(sizes):
            return self.tensor(name)
        values = self.values(tensor)
        if values is not None and len(values) == 1:
            return finite(values.pop())
        return 1.0 if tensor.elements == 1 else self.tensor(name)  # computed, and not known

    def values(self, tensor: GraphTensor) -> set[Any] | None:
        """The different numbers in a constant; None if they are not known."""
        numbers = tensor.numbers
        if numbers is None and tensor.stored is not None:
            numbers = self.file.first_numbers(tensor.stored)
        return None if numbers is None else set(numbers)

    def is_learned(self, name: str) -> bool:
        """True for a constant that is a parameter of the model.

        A file does not say which of its tensors are.  Real ones of several elements are, except
        for those without a name of their own that have at most two different values along several
        axes: masks.  A single number is one if it has the name of a parameter.
        """
        tensor = self.tensors[name]
        if not tensor.is_constant or not tensor.is_real or tensor.is_fixed:
            return False
        is_vector = tensor.stored is not None and max(tensor.sizes, default=1) == tensor.elements
        return bool(tensor.sources) or (is_vector and tensor.elements > 1)

    def weight(self, name: str, sizes: TensorSizes | None = None) -> TensorRef:
        """A constant as a parameter of a layer, which may see it with other sizes.

        Raises Unsupported for a tensor that depends on the inputs.
        """
        return self.stored(name, "parameter", self.parameters, sizes)

    def statistics(self, name: str) -> TensorRef:
        """A constant as a running statistic of a norm."""
        return self.stored(name, "buffer", self.buffers, None)

    def stored(
        self,
        name: str,
        kind: TensorKind,
        stored: dict[str, StoredTensor],
        sizes: TensorSizes | None,
    ) -> TensorRef:
        tensor = self.tensors[name]
        if not tensor.is_constant:
            raise Unsupported("weights that are computed from the data")
        names = self.distinct(tensor) or (name,)
        sources = tuple(map(self.own_name, names))
        for source, read in zip(sources, names, strict=True):
            own = self.tensors[read].sizes if read in self.tensors else tensor.sizes
            is_trained = kind == "parameter" and not self.is_frozen
            if source not in stored or is_trained > stored[source].is_trainable:
                stored[source] = StoredTensor(own, is_trained)
        if len(sources) == 1 and prod(stored[sources[0]].sizes) == tensor.elements:
            return TensorRef(kind, tensor.sizes if sizes is None else sizes, sources[0])
        refs = [TensorRef(kind, stored[source].sizes, source) for source in sources]
        own_sizes = tensor.sizes if sizes is None else sizes
        return self.emit("computed", *refs, sizes=own_sizes)

    def own_name(self, name: str) -> str:
        """The name of a stored tensor in the module that reads it.

        PyTorch's newer exporter stores equal tensors once: of a model that is not trained, the
        zeros and ones of all biases and gains.  Such a vector is another one in each module, and
        at each place where a call of the module reads it.
        """
        place = self.uses.get((self.call, name), 0)
        self.uses[self.call, name] = place + 1
        owner = self.owners.setdefault(name, (self.module, place))
        is_stated = bool(self.module)
        if not is_stated or owner == (self.module, place) or not self.is_repeated_number(name):
            return name
        own = f"{name} of {self.module}, {place}"
        self.copies.add(own)
        return own

    def is_repeated_number(self, name: str) -> bool:
        """True for a stored vector whose elements are all equal."""
        tensor = self.tensors.get(name)
        if tensor is None or max(tensor.sizes, default=1) != tensor.elements:
            return False
        return len(self.values(tensor) or ()) == 1

    def distinct(self, tensor: GraphTensor) -> tuple[str, ...]:
        """The sources of a tensor; of those as large as it is, the first and the named ones.

        Exporters store weights once more for their mean, in another order and without a name.
        """
        if len(tensor.sources) < 2:
            return tensor.sources
        large = [s for s in tensor.sources if self.tensors[s].elements == tensor.elements]
        copies = list(filter(UNNAMED.match, large[1:]))
        return tuple(source for source in tensor.sources if source not in copies)


def finite(value: Any) -> float:
    """A number that a file can have, in place of an infinite one.

    A number of 32 bits is the shorter decimal that it was written as, if there is one.
    """
    number = float(value)
    if abs(number) >= LARGE:
        return LARGE if number > 0 else -LARGE
    shorter = float(f"{number:.7g}")
    return shorter if as_float32(shorter) == number else number


def as_float32(number: float) -> float:
    """The nearest number of 32 bits.

    >>> as_float32(0.1)
    0.10000000149011612
    """
    return float(struct.unpack("<f", struct.pack("<f", number))[0])


LARGE = 1e15
"""A number from here on is taken as infinite."""

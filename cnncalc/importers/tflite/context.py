"""The state while operators become layers: what each tensor is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import prod

from ...named_tuple import NamedTuple
from ...shape import Shape
from ...sketch import SketchInput, SketchValue
from ..axes import BATCH, AxisMap, TensorView, in_order
from ..builder import LayerArguments, Owned, SketchBuilder
from ..errors import InvalidModelFile, Unsupported
from ..operands import complete
from ..program import TensorSizes
from .model import MAX_NUMBERS, TfliteModel, TfliteOperator, TfliteSubgraph, TfliteTensor

COUNTED = frozenset(("float32", "float16", "bfloat16", "float64", "int8", "uint8", "int4", "int16"))
"""The types of learned tensors; whole numbers of more bits are so if they are quantized."""


class UnstatedOperation(Unsupported):
    """An operator that the catalogue does not have, whose multiply-accumulates are known."""

    def __init__(self, reason: str, macs: int) -> None:
        super().__init__(reason)
        self.macs = macs


class MissingTensor(Unsupported):
    """An operator reads a tensor that is not known."""


class TfliteConstant(NamedTuple):
    """A tensor that does not depend on the input: its sizes, and its numbers if they are few.

    They are the numbers of all elements, or a single one that all elements are.
    """

    sizes: TensorSizes
    numbers: tuple[float, ...]

    @property
    def elements(self) -> tuple[float, ...]:
        """The numbers of all elements.  Raises Unsupported if these are many."""
        count = prod(self.sizes)
        if count > MAX_NUMBERS:
            raise Unsupported("a large constant")
        return self.numbers * count if len(self.numbers) < count else self.numbers


class TfliteContext:
    """The layers so far.  `views` are the tensors that depend on the input.

    `tensors` have the sizes that are known now: a file may leave some of them open.  `batch` is
    the number of samples in them, and `is_open` is true if the file does not state it.
    `constants` are those that were calculated, and `origins` the constants in the file that a
    constant is made of, by its number.  `uses` is how often operators read each tensor, `readers`
    how many layers own each constant.
    """

    def __init__(
        self, model: TfliteModel, inputs: Sequence[SketchInput], batch: int, *, is_open: bool
    ) -> None:
        self.model = model
        self.graph: TfliteSubgraph = model.subgraphs[0]
        self.builder = SketchBuilder(inputs)
        self.tensors = list(self.graph.tensors)
        self.batch = batch
        self.is_open = is_open
        self.constants: dict[int, TfliteConstant] = {}
        self.views: dict[int, TensorView] = {}
        self.origins: dict[int, tuple[int, ...]] = {}
        self.operator: TfliteOperator
        self.readers: dict[int, int] = {}
        self.uses = Counter(n for operator in self.graph.operators for n in operator.inputs)

    # What the operator reads

    def number(self, place: int) -> int:
        """The number of the tensor at a place; -1 if it is absent."""
        inputs = self.operator.inputs
        return inputs[place] if place < len(inputs) else -1

    def tensor(self, place: int) -> TfliteTensor:
        """The tensor at a place.  Raises InvalidModelFile if it is absent."""
        number = self.number(place)
        if number < 0:
            raise InvalidModelFile(f"{self.operator.kind} has no input {place}")
        return self.tensors[number]

    def is_stored(self, place: int) -> bool:
        """True for a tensor that does not depend on the input of the model."""
        number = self.number(place)
        return number >= 0 and self.is_stored_tensor(number)

    def is_stored_tensor(self, number: int) -> bool:
        is_calculated = number in self.origins or number in self.constants
        return is_calculated or self.graph.tensors[number].is_constant

    def view(self, place: int = 0) -> TensorView:
        """The tensor at a place.

        Raises MissingTensor if it is not known, Unsupported if it does not depend on the input.
        """
        self.tensor(place)
        number = self.number(place)
        if number in self.views:
            return self.views[number]
        if self.is_stored_tensor(number):
            raise Unsupported("a constant where a tensor of the model is wanted")
        raise MissingTensor

    def sizes(self, place: int = 0) -> tuple[int, ...]:
        return self.tensor(place).sizes

    def constant(self, place: int) -> TfliteConstant:
        """A constant whose numbers are known.  Raises Unsupported if they are not."""
        number, tensor = self.number(place), self.tensor(place)
        if number in self.constants:
            return self.constants[number]
        if not tensor.elements:
            return TfliteConstant(tensor.sizes, ())
        numbers: tuple[float, ...] | None = self.model.numbers(tensor)
        if numbers is None and tensor.elements == 1 and tensor.is_constant:
            scalar = self.model.scalar(tensor)
            numbers = None if scalar is None else (scalar,)
        if numbers is None:
            raise Unsupported("sizes that are not in the file")
        return TfliteConstant(tensor.sizes, numbers)

    def integers(self, place: int) -> tuple[int, ...]:
        """The numbers of a constant.  Raises Unsupported if they are not known."""
        return tuple(map(int, self.constant(place).elements))

    def number_at(self, place: int) -> float | None:
        """The number that all elements of a constant are; None if it is not known."""
        try:
            numbers = self.constant(place).numbers
        except Unsupported:
            return None
        return numbers[0] if len(numbers) == 1 else None

    def output(self, place: int = 0) -> TfliteTensor:
        """The tensor that the operator makes.  Raises InvalidModelFile if there is none."""
        outputs = self.operator.outputs
        if place >= len(outputs) or outputs[place] < 0:
            raise InvalidModelFile(f"{self.operator.kind} has no output {place}")
        return self.tensors[outputs[place]]

    def keep_sizes(self, number: int, sizes: TensorSizes) -> None:
        """The sizes of a tensor are known now, whatever the file says."""
        self.tensors[number] = self.tensors[number]._replace(sizes=sizes, open_axes=())

    @property
    def place(self) -> str:
        """What the operator is called, after its output."""
        outputs = [number for number in self.operator.outputs if number >= 0]
        return self.graph.tensors[outputs[0]].name.partition(";")[0] if outputs else ""

    # Stored tensors

    def sources_of(self, number: int) -> tuple[int, ...]:
        """The constants in the file that a constant is made of."""
        return self.origins.get(number, (number,))

    def owned(self, places: Iterable[int]) -> Owned:
        """The constants at some places, as what a layer owns; absent ones are none.

        Raises Unsupported for one that depends on the input.
        """
        numbers: dict[int, None] = {}
        for place in places:
            number = self.number(place)
            if number < 0:
                continue
            if not self.is_stored_tensor(number):
                raise Unsupported("weights that are computed from the input")
            numbers |= dict.fromkeys(self.sources_of(number))
        for number in numbers:
            self.readers[number] = self.readers.get(number, 0) + 1
        tensors = [self.graph.tensors[number] for number in numbers]
        names = [f"{tensor.name}:{number}" for number, tensor in zip(numbers, tensors, strict=True)]
        return Owned(tuple(names), sum(tensor.elements for tensor in tensors))

    def learned(self) -> Owned:
        """All constants of an operator that may be learned."""
        places = [
            place
            for place in range(len(self.operator.inputs))
            if self.is_stored(place) and is_counted(self.tensor(place))
        ]
        return self.owned(places)

    # Layers

    def add(
        self,
        kind: str,
        arguments: LayerArguments,
        inputs: Sequence[SketchValue | float],
        owned: Owned = Owned(),
        macs: int | None = None,
    ) -> SketchValue:
        return self.builder.add(kind, arguments, inputs, owned, macs, layer_name(self.place))

    def applied(
        self, kind: str, arguments: LayerArguments, view: TensorView, owned: Owned = Owned()
    ) -> TensorView:
        """A layer that keeps the axes of what it reads."""
        return view.with_value(self.add(kind, arguments, [view.value], owned))

    def map_of(self, place: int = 0) -> TensorView:
        """A tensor with the channels last, as a value with these first and the others in order."""
        view = self.view(place)
        if view.rank < 3:
            raise Unsupported(f"a tensor of {view.rank} axes in place of a map")
        return in_order(self.builder, view, [view.rank - 1, *range(1, view.rank - 1)])

    def completed(self, view: TensorView) -> TensorView:
        """The view with an axis of its value wherever the output has more than one position.

        Raises Unsupported if the output has another number of axes.
        """
        sizes = self.output().sizes
        if len(sizes) != view.rank:
            raise Unsupported(f"an output of {len(sizes)} axes, made of {view.rank}")
        return complete(self.builder, view, sizes)

    def checked(self, view: TensorView, tensor: TfliteTensor) -> TensorView:
        """The view, whose sizes are those in the file.  Raises Unsupported if they are not."""
        found = view_sizes(view, self.batch)
        if len(found) != len(tensor.sizes) or not all(
            size == known or axis in tensor.open_axes or (self.is_open and BATCH in view.axes[axis])
            for axis, (size, known) in enumerate(zip(found, tensor.sizes, strict=True))
        ):
            message = f"the file has {tensor.sizes}, the layer {found}"
            raise Unsupported(f"an output of other sizes: {message}")
        return view


def is_counted(tensor: TfliteTensor) -> bool:
    """True for a constant that may be learned, and not a list of sizes."""
    return tensor.type.word in COUNTED or tensor.is_quantized


def view_sizes(view: TensorView, batch: int) -> tuple[int, ...]:
    """The sizes of a tensor, of what its axes are."""
    sizes = {BATCH: batch, **dict(enumerate(view.shape))}
    return tuple(prod(sizes[axis] for axis in entry) for entry in view.axes)


def channels_last(rank: int) -> AxisMap:
    """The axes of a tensor with the batch first, whose last axis is the channels."""
    return ((BATCH,), *((axis,) for axis in range(1, rank - 1)), (0,)) if rank > 1 else ((0,),)


def input_view(value: SketchValue, rank: int) -> TensorView:
    return TensorView(value, channels_last(rank))


def input_shape(sizes: Sequence[int]) -> Shape:
    """The shape of an input for one sample, channels first."""
    return Shape((sizes[-1], *sizes[1:-1]))


def layer_name(tensor: str) -> str:
    """The layer in the name of a tensor: model/conv2d_1/Conv2D."""
    parts = [part for part in tensor.split("/") if part]
    return parts[-2] if len(parts) > 1 else ""

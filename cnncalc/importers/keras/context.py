"""The state of a reading: the layers so far, and one call of a layer for the functions of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import TypeAlias

from ...named_tuple import NamedTuple
from ...sketch import SketchArgument, SketchScope, SketchValue
from ..axes import BATCH, TensorView
from ..builder import SketchBuilder
from ..errors import InvalidModelFile, Unsupported
from ..program import TensorSizes
from ..unsupported import UnsupportedOperator
from .config import LayerConfig
from .model import KerasEllipsis, KerasLayer, KerasSlice
from .name_scopes import NamedScope

MAX_CALLS = 100_000
"""Of layers: models that are called several times, in models that are, have very many."""

BATCH_SIZE = 7919
"""The size of an open batch: a large prime, so that it is not another size by chance."""

ViewArgument: TypeAlias = (
    "TensorView | KerasSlice | KerasEllipsis | bool | int | float | str"
    " | list[ViewArgument] | dict[str, ViewArgument] | None"
)
"""An argument of a call, with the tensors in it."""


class UnstatedResult(Unsupported):
    """A function that no layer states, without weights or products.

    `sizes` are those of its result with the batch; () if they are not known.
    """

    def __init__(self, reason: str, sizes: TensorSizes) -> None:
        super().__init__(reason)
        self.sizes = sizes


class KnownValue(NamedTuple):
    """A tensor of numbers that are known: the sizes of another one, or what they result in."""

    value: ViewArgument


LayerResult: TypeAlias = "TensorView | KnownValue"
LayerResults: TypeAlias = "LayerResult | list[TensorView] | list[KnownValue]"
"""The results of a call."""


class ReadingState:
    """The layers so far, the scopes of models, and what is to be said about them.

    `paths` has the first path of each layer that the file has more than once, `prefix` what the
    names of layers in a model may begin with.  `refused` has the
    kinds and places of unsupported layers.
    """

    def __init__(self, builder: SketchBuilder, batch: int, name: str) -> None:
        self.builder = builder
        self.batch = batch
        self.name = name
        self.unsupported: list[UnsupportedOperator] = []
        self.refused: set[tuple[str, str]] = set()
        self.notes: dict[str, None] = {}
        self.scopes = [SketchScope("", name, None)]
        self.paths: dict[str, str] = {}
        self.named: dict[tuple[int, str], int] = {}
        self.is_trainable = True
        self.prefix = ""
        self.calls = 0

    def count_call(self) -> None:
        """Raise InvalidModelFile after too many calls of layers."""
        self.calls += 1
        if self.calls > MAX_CALLS:
            raise InvalidModelFile(f"more than {MAX_CALLS:,} calls of layers")

    def refuse(self, kind: str, place: str, reason: str) -> None:
        """Record a layer that is not stated, once."""
        if (kind, place) not in self.refused:
            self.refused.add((kind, place))
            self.unsupported.append(UnsupportedOperator(kind, place, reason))

    def identity(self, layer: KerasLayer, path: str) -> str:
        """The path of a layer, or that of the entry which is the same layer."""
        if not layer.identity:
            return path
        return self.paths.setdefault(layer.identity, path)

    def enter(self, name: str, path: str, views: Sequence[TensorView]) -> None:
        """Open the scope of a model in a model."""
        name = name.removeprefix(self.prefix)
        kind = name.rstrip("0123456789").rstrip("_") or name
        values = tuple(view.value for view in views)
        self.scopes.append(SketchScope(path, kind, self.builder.scope, False, values))
        self.builder.scope = len(self.scopes) - 1

    def scope_in(self, outer: int, path: str, scopes: Sequence[NamedScope]) -> int:
        """The number of the innermost of some scopes in an outer one, which are made if needed."""
        for scope in scopes:
            key = (outer, scope.path)
            if key not in self.named:
                self.named[key] = len(self.scopes)
                facts = (f"{path}{scope.path}", scope.kind, outer, scope.is_stage)
                self.scopes.append(SketchScope(*facts))
            outer = self.named[key]
        return outer

    def sizes(self, view: TensorView) -> TensorSizes:
        """The sizes of a tensor, with the batch."""
        numbers = {BATCH: self.batch} | dict(enumerate(view.shape))
        return tuple(prod(numbers[axis] for axis in entry) for entry in view.axes)


class LayerCall(NamedTuple):
    """One call of a layer.

    `path` is where the layer is, which its weights are named after.  `channels` is the axis of its
    result that later layers take as the channels, if there are some.
    """

    state: ReadingState
    layer: KerasLayer
    path: str
    arguments: tuple[ViewArgument, ...]
    keywords: Mapping[str, ViewArgument]
    channels: int | None = None

    @property
    def config(self) -> LayerConfig:
        return self.layer.config

    @property
    def builder(self) -> SketchBuilder:
        return self.state.builder

    @property
    def views(self) -> list[TensorView]:
        """The tensors among the positional arguments, in order."""
        return views_in(list(self.arguments))

    @property
    def view(self) -> TensorView:
        """The first tensor.  Raises Unsupported if there is none."""
        found = self.views or views_in(dict(self.keywords))
        if not found:
            raise Unsupported("called without a tensor")
        return found[0]

    def sizes(self, view: TensorView) -> TensorSizes:
        return self.state.sizes(view)

    def add(
        self,
        kind: str,
        arguments: Mapping[str, SketchArgument],
        inputs: Sequence[SketchValue | float],
        part: str = "",
    ) -> SketchValue:
        """Add a layer; `part` names it among several that this one is."""
        path = f"{self.path}/{part}" if part else self.path
        is_trainable = self.state.is_trainable and self.config.flag("trainable", True)
        given = {key: value for key, value in arguments.items() if value is not None}
        name = self.path.rpartition("/")[2]
        return self.builder.add_defined(kind, given, inputs, path, name, is_trainable)

    def apply(
        self,
        kind: str,
        arguments: Mapping[str, SketchArgument],
        view: TensorView,
        part: str = "",
    ) -> TensorView:
        """Add a layer of one input whose output has the axes of that."""
        return view.with_value(self.add(kind, arguments, [view.value], part))

    def unstated(self, kind: str, view: TensorView, reason: str) -> TensorView:
        """Add a function of each element that no layer states, as a `custom` layer."""
        self.state.refuse(kind, self.config.place, reason)
        return view.with_value(self.builder.add_custom(kind, view.shape, [view.value], reason))

    def note(self, text: str) -> None:
        """Say something about the model as a whole, once."""
        self.state.notes[text] = None


def views_in(argument: ViewArgument) -> list[TensorView]:
    """The tensors in an argument, in order."""
    if isinstance(argument, TensorView):
        return [argument]
    if isinstance(argument, dict):
        argument = list(argument.values())
    if not isinstance(argument, list):
        return []
    return [view for entry in argument for view in views_in(entry)]


def vector(value: SketchValue, rank: int, axis: int) -> TensorView:
    """A vector as a tensor of some rank, along one of its axes."""
    return TensorView(value, tuple((0,) if place == axis % rank else () for place in range(rank)))

"""A model of Keras as its file has it: layers, their configurations and their calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from ...named_tuple import NamedTuple
from ..bounded_json import JsonValue
from .config import LayerConfig

KerasShape: TypeAlias = "tuple[int | None, ...] | None"
"""The sizes of a tensor with the batch, None for those that are open; None if it is not known."""


KerasTensorKey = tuple[str, int, int]
"""A result of a call: the layer, the number of its call, and which result."""


class KerasTensor(NamedTuple):
    """A result of a call: of a layer, by its name, which call of it, and which result.

    `shape` is what the reader of the tensor has for it.
    """

    layer: str
    call: int
    part: int = 0
    shape: KerasShape = None

    @property
    def key(self) -> KerasTensorKey:
        return self.layer, self.call, self.part


class KerasSlice(NamedTuple):
    """A slice among the arguments of a call."""

    start: int | None
    stop: int | None
    step: int | None

    @property
    def python(self) -> slice:
        return slice(self.start, self.stop, self.step)


class KerasEllipsis(NamedTuple):
    """`...` among the arguments of a call."""


CallArgument: TypeAlias = (
    "KerasTensor | KerasSlice | KerasEllipsis | JsonValue | list[CallArgument]"
    " | dict[str, CallArgument]"
)
"""An argument of a call: a tensor, a constant, or a list or mapping of these."""


class KerasCall(NamedTuple):
    """One call of a layer."""

    arguments: tuple[CallArgument, ...]
    keywords: Mapping[str, CallArgument] = {}

    def tensors(self) -> Iterator[KerasTensor]:
        """All tensors among the arguments, in order."""
        yield from tensors_in(list(self.arguments))
        yield from tensors_in(dict(self.keywords))


class KerasLayer(NamedTuple):
    """One layer, or an operation.  `inner` is its model if it is one, `wrapped` the layer in it.

    `kind` is the name of its class; `is_own` is true for a class that is not one of Keras.
    `module` is where the class is; "" in files of Keras 2.  `identity` is equal for two entries of
    one layer, and "" if the file does not say.  `input_shape` is what it was built with.  The calls
    are numbered from `first_call` on: Keras 2 counts the call that made a model in a model.
    """

    kind: str
    module: str
    name: str
    config: LayerConfig
    calls: tuple[KerasCall, ...] = ()
    inner: KerasModel | None = None
    wrapped: KerasLayer | None = None
    is_own: bool = False
    identity: str = ""
    input_shape: KerasShape = None
    first_call: int = 0


class KerasModel(NamedTuple):
    """A model.  `inputs` are results of its input layers, `outputs` of any.

    `output_names` has a name for each output, `channels` the axis of each input that its layers
    take as the channels.
    """

    name: str
    layers: tuple[KerasLayer, ...]
    inputs: tuple[KerasTensor, ...]
    outputs: tuple[KerasTensor, ...]
    output_names: tuple[str, ...]
    channels: tuple[int, ...] = ()


def tensors_in(argument: CallArgument) -> Iterator[KerasTensor]:
    """All tensors in an argument, in order."""
    waiting: list[CallArgument] = [argument]
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, KerasTensor):
            yield entry
        elif isinstance(entry, dict):
            waiting += reversed(list(entry.values()))
        elif isinstance(entry, list):
            waiting += reversed(entry)

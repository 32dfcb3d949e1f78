"""The calls of a model in an order in which each is after those that it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...named_tuple import NamedTuple
from ..errors import InvalidModelFile
from .model import KerasCall, KerasLayer, KerasModel, KerasTensor


class OrderedCall(NamedTuple):
    """A layer, and the number of a call of it."""

    layer: KerasLayer
    number: int

    @property
    def call(self) -> KerasCall:
        return self.layer.calls[self.number - self.layer.first_call]

    @property
    def sources(self) -> Iterator[KerasTensor]:
        """The tensors that it reads; an input layer reads none."""
        if self.layer.calls:
            yield from self.call.tensors()


def calls_in_order(model: KerasModel, ends: Iterable[KerasTensor]) -> list[OrderedCall]:
    """The calls that some tensors depend on, each branch of a join by itself.

    Raises InvalidModelFile for a tensor of no layer, and for calls that depend on themselves.
    """
    layers = {layer.name: layer for layer in model.layers}
    order: list[OrderedCall] = []
    states: dict[tuple[str, int], bool] = {}  # false: the calls that it reads are not yet there
    waiting = [call_of(layers, tensor) for tensor in reversed(list(ends))]
    while waiting:
        call = waiting[-1]
        key = call.layer.name, call.number
        if states.get(key) is None:
            states[key] = False
            sources = [call_of(layers, tensor) for tensor in call.sources]
            waiting += [s for s in reversed(sources) if not done(states, s, call)]
            continue
        waiting.pop()
        if not states[key]:
            states[key] = True
            order.append(call)
    return order


def done(states: dict[tuple[str, int], bool], source: OrderedCall, reader: OrderedCall) -> bool:
    """True for a call that is in the order.  Raises InvalidModelFile if it waits for its reader."""
    state = states.get((source.layer.name, source.number))
    if state is False:
        raise InvalidModelFile(f"malformed at {reader.layer.config.place}: it depends on itself")
    return bool(state)


def call_of(layers: dict[str, KerasLayer], tensor: KerasTensor) -> OrderedCall:
    """The call that a tensor is a result of."""
    layer = layers.get(tensor.layer)
    if layer is None:
        raise InvalidModelFile(f"malformed: a tensor of {tensor.layer}, which is not a layer")
    if not 0 <= tensor.call - layer.first_call < max(1, len(layer.calls)):
        raise InvalidModelFile(f"malformed: a call of {tensor.layer} that it does not have")
    return OrderedCall(layer, tensor.call)

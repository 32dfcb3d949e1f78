"""Which axis of each tensor the layers that read it take as the channels.

Values have their channels first.  An input, and a vector that becomes a map, ask here which axis
that is, so that a later layer does not need a `permute`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .model import KerasLayer, KerasModel, KerasTensor, KerasTensorKey
from .order import OrderedCall, calls_in_order

WantedAxes = dict[KerasTensorKey, int]
"""The axis by the tensor: 1, -1, or as a layer has it."""

LAST_AXIS = frozenset(
    (
        *("Dense", "EinsumDense", "LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional"),
        *("MultiHeadAttention", "GroupQueryAttention"),
    )
)
WITHOUT_CHANNELS = frozenset(("Flatten", "Reshape", "Embedding", "Permute", "TimeDistributed"))


def wanted_channels(order: Sequence[OrderedCall]) -> WantedAxes:
    """The axis that is wanted as channels, found from the last reader back."""
    wanted: WantedAxes = {}
    for call in reversed(order):
        result = wanted.get((call.layer.name, call.number, 0))
        for tensor, axis in demands(call, result):
            wanted.setdefault(tensor.key, axis)
    return wanted


def demands(call: OrderedCall, result: int | None) -> Iterator[tuple[KerasTensor, int]]:
    """The axes that a call wants as channels, given the one that is wanted of its result."""
    layer = call.layer
    tensors = list(call.sources)
    if layer.inner is not None:
        yield from zip(tensors, layer.inner.channels, strict=False)
        return
    axis = own_axis(layer)
    if axis is None and layer.kind == "Permute" and result is not None:
        axis = permuted(layer, result)
    elif axis is None and layer.kind not in WITHOUT_CHANNELS:
        axis = result
    if axis is not None:
        for tensor in tensors:
            yield tensor, axis


def own_axis(layer: KerasLayer) -> int | None:
    """The channels of a layer, by its data format, its axis or its class."""
    values = layer.config.values
    if layer.kind in WITHOUT_CHANNELS:
        return None
    if values.get("data_format") in ("channels_first", "channels_last"):
        return 1 if values["data_format"] == "channels_first" else -1
    if layer.kind in LAST_AXIS:
        return -1
    given = values.get("axis") if "Normalization" in layer.kind else None
    axis = given[0] if isinstance(given, list) and len(given) == 1 else given
    return axis if isinstance(axis, int) else None


def permuted(layer: KerasLayer, result: int) -> int | None:
    """The axis of the input of a Permute that is one of its result."""
    dims = layer.config.integers("dims")
    place = result - 1 if result > 0 else len(dims) + result
    return dims[place] if 0 <= place < len(dims) else None


def input_channels(model: KerasModel) -> tuple[int, ...]:
    """The axes that a model wants of its inputs; the last ones if it does not matter."""
    wanted = wanted_channels(calls_in_order(model, model.outputs))
    return tuple(wanted.get(tensor.key, -1) for tensor in model.inputs)

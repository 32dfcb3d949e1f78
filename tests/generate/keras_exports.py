"""Writes tests/data/keras_exports.csv: what Keras makes of every exported network and layer.

Run it with an interpreter that has Keras and a backend, with this checkout on its path:

    KERAS_BACKEND=torch PYTHONPATH=. python tests/generate/keras_exports.py [NAME...]

The models are built with weights of zeros. A row has the checksum of the source, so that a source
that has changed since is known. The multiply-accumulates are calculated from the configurations of
the layers and the shapes of their tensors, as Keras has them. `imported` is "equal" if the
configuration of the model, read as `cnncalc import` does, is the network, layer by layer; else it
says what differs. With names, only their rows are made anew.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from math import prod
from typing import Any

import keras

from cnncalc.exporters.errors import ExportError
from cnncalc.exporters.formats import FORMATS, ExportOptions
from cnncalc.layers import LAYERS
from cnncalc.network import Network
from tests.support.exports import BUNDLED, KERAS_TABLE, digest, rows_of, traced_network, write_rows
from tests.support.round_trips import differences, read_back

FIELDS = ("name", "source", "trainable", "other", "macs", "outputs", "imported", "keras", "reason")


def function_in(source: str) -> Callable[..., Any]:
    """The last function of a source, which builds the model."""
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(source, "exported", "exec"), names)
    title = [line for line in source.splitlines() if line.startswith("def ")][-1]
    found: Callable[..., Any] = names[title.removeprefix("def ").partition("(")[0]]
    return found


def built(source: str, **variables: object) -> Any:
    """The model of a source, with weights of zeros, which take no time to make."""
    keras.backend.clear_session()
    zeros = keras.initializers.Zeros()
    random = (keras.initializers.GlorotUniform, keras.initializers.RandomUniform)
    kept = [(one, one.__call__) for one in (*random, keras.initializers.Orthogonal)]
    try:
        for one, _ in kept:
            one.__call__ = lambda self, shape, dtype=None: zeros(shape, dtype)
        return function_in(source)(**variables)
    finally:
        for one, before in kept:
            one.__call__ = before


# Multiply-accumulates


def shape_of(tensor: Any) -> tuple[int, ...]:
    """The sizes of a tensor after the batch."""
    return tuple(tensor.shape[1:])


def convolution(layer: Any, x: tuple[int, ...], y: tuple[int, ...]) -> int:
    return prod(y) * prod(layer.kernel_size) * x[-1] // layer.groups


def depthwise(layer: Any, x: tuple[int, ...], y: tuple[int, ...]) -> int:
    return prod(y) * prod(layer.kernel_size)


def transposed(layer: Any, x: tuple[int, ...], y: tuple[int, ...]) -> int:
    return prod(x) * prod(layer.kernel_size) * layer.filters


def dense(layer: Any, x: tuple[int, ...], y: tuple[int, ...]) -> int:
    return prod(y) * x[-1]


def recurrent(gates: int) -> Callable[..., int]:
    def count(layer: Any, x: tuple[int, ...], y: tuple[int, ...]) -> int:
        return x[0] * gates * layer.units * (x[-1] + layer.units)

    return count


def both_directions(layer: Any, x: tuple[int, ...], y: tuple[int, ...]) -> int:
    return 2 * RULES[type(layer.forward_layer).__name__](layer.forward_layer, x, y)


def attention(layer: Any, x: tuple[int, ...], y: tuple[int, ...]) -> int:
    """The products of the query, the key, the value and the output, and of the attention."""
    count, width, heads = prod(x[:-1]), x[-1], layer.num_heads
    attended = prod(x[axis - 1] for axis in layer._attention_axes)
    size, value_size = layer.key_dim, layer.value_dim
    weights = width * heads * (2 * size + 2 * value_size)
    return count * weights + count * attended * heads * (size + value_size)


RULES: Mapping[str, Callable[..., int]] = {
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv3D"), convolution),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), depthwise),
    **dict.fromkeys(("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"), transposed),
    "Dense": dense,
    "LSTM": recurrent(4),
    "GRU": recurrent(3),
    "SimpleRNN": recurrent(1),
    "Bidirectional": both_directions,
    "MultiHeadAttention": attention,
}
"""The multiply-accumulates of a call, by the class of its layer."""


def macs_of(model: Any) -> int:
    """The multiply-accumulates of all calls of layers."""
    total = 0
    for operation in model.operations:
        for node in operation._inbound_nodes:
            inputs, outputs = node.input_tensors, node.output_tensors
            name = type(operation).__name__
            if name in RULES:
                total += RULES[name](operation, shape_of(inputs[0]), shape_of(outputs[0]))
            elif name == "Matmul":
                total += prod(shape_of(outputs[0])) * shape_of(inputs[0])[-1]
    return total


def counted(model: Any) -> dict[str, object]:
    """The numbers of a model."""
    outputs = model.outputs
    return {
        "trainable": sum(prod(weight.shape) for weight in model.trainable_weights),
        "other": sum(prod(weight.shape) for weight in model.non_trainable_weights),
        "macs": macs_of(model),
        "outputs": " ".join(channels_first(shape_of(one)) for one in outputs),
    }


def channels_first(sizes: tuple[int, ...]) -> str:
    return "x".join(map(str, (sizes[-1], *sizes[:-1])))


def imported(model: Any, network: Network) -> str:
    """What differs in the network that cnncalc reads from the configuration of a model."""
    try:
        found = read_back(model.to_json().encode(), ".json")
        return differences(network, found, has_training=False) or "equal"
    except Exception as error:
        unsupported = re.search(r"unsupported operators?: (\w+)", str(error))
        return f"not read: {unsupported[1] if unsupported else str(error).splitlines()[0]}"


def row(name: str) -> dict[str, object]:
    traced = traced_network(name)
    found: dict[str, object] = dict.fromkeys(FIELDS, "")
    found |= {"name": name, "keras": keras.__version__}
    try:
        source = FORMATS["keras"].write(traced, ExportOptions()).content
    except ExportError as error:
        return {**found, "reason": str(error)}
    model = built(source)
    same = imported(model, traced.network)
    return {**found, "source": digest(source), **counted(model), "imported": same}


def main(names: list[str]) -> None:
    sys.setrecursionlimit(100_000)  # Keras follows the layers of a model recursively
    rows: dict[str, Any] = rows_of(KERAS_TABLE) if KERAS_TABLE.exists() else {}
    everything = [*(f"layer:{kind}" for kind in LAYERS), *BUNDLED]
    for name in names or everything:
        rows[name] = row(name)
        print(*rows[name].values(), flush=True)
    write_rows(KERAS_TABLE, FIELDS, [rows[name] for name in everything if name in rows])


if __name__ == "__main__":
    main(sys.argv[1:])

"""Write the shapes and parameters that Keras has for random layers, and for its networks.

Run it by hand, with the packages of requirements-conventions.txt in this folder:

    python tests/generate/keras_cases.py layers > tests/data/keras_cases.jsonl
    python tests/generate/keras_cases.py networks > tests/published/keras.csv

Each case has a kind and arguments of ours, the input shape (channels first, without a batch axis),
and what Keras has for its layer: the output shape and the parameters, trainable and not.
"""

from __future__ import annotations

import csv
import json
import os
import random
import sys
from collections.abc import Iterator
from math import prod
from typing import Any

os.environ["KERAS_BACKEND"] = "torch"

import keras
from keras import layers

RANDOM = random.Random(20261128)
Case = tuple[str, dict[str, Any], list[int], keras.layers.Layer]


def pick(*choices: Any) -> Any:
    return RANDOM.choice(choices)


def sizes(axes: int, low: int, high: int) -> list[int]:
    return [RANDOM.randint(low, high) for _ in range(axes)]


def recurrent() -> Iterator[Case]:
    """One bias per gate, or two in a GRU with `reset_after`."""
    for _ in range(60):
        kind, hidden, bias = pick("lstm", "gru", "rnn"), RANDOM.randint(1, 9), pick(True, False)
        options: dict[str, Any] = {"use_bias": bias, "return_sequences": True}
        biases = 1
        if kind == "gru":
            options["reset_after"] = pick(True, False)
            biases = 2 if options["reset_after"] else 1
        make = {"lstm": layers.LSTM, "gru": layers.GRU, "rnn": layers.SimpleRNN}[kind]
        layer, both = make(hidden, **options), pick(True, False)
        arguments: dict[str, Any] = {"hidden": hidden, "bidirectional": both, "bias": bias}
        if bias:
            arguments["biases"] = biases
        x = [RANDOM.randint(1, 9), RANDOM.randint(1, 6)]
        yield kind, arguments, x, layers.Bidirectional(layer) if both else layer


def convolutional() -> Iterator[Case]:
    for _ in range(30):
        axes = pick(1, 2)
        make = {1: layers.ConvLSTM1D, 2: layers.ConvLSTM2D}[axes]
        out, bias, padding = RANDOM.randint(1, 5), pick(True, False), pick("same", "valid")
        kernel, stride = sizes(axes, 1, 3), RANDOM.randint(1, 2)
        layer = make(
            out, kernel, strides=stride, padding=padding, use_bias=bias, return_sequences=True
        )
        arguments = {"out": out, "kernel": kernel, "stride": stride, "bias": bias}
        arguments["padding"] = "same" if padding == "same" else 0
        yield "conv_lstm", arguments, [*sizes(2, 1, 4), *sizes(axes, 3, 7)], layer


def norms() -> Iterator[Case]:
    for _ in range(60):
        kind, scale, center = pick("bn", "layernorm", "groupnorm"), pick(0, 1), pick(0, 1)
        x = [2 * RANDOM.randint(1, 4), *sizes(2, 2, 5)]
        arguments: dict[str, Any] = {"scale": bool(scale), "shift": bool(center)}
        options: dict[str, Any] = {"scale": bool(scale), "center": bool(center)}
        if kind == "bn":
            layer = layers.BatchNormalization(**options)
        elif kind == "groupnorm":
            arguments["groups"] = 2
            layer = layers.GroupNormalization(2, **options)
        else:
            axes = sorted(RANDOM.sample([0, 1, 2], RANDOM.randint(1, 3)))
            arguments["axis"] = axes
            # Channels first to last: our axis 0 is their -1, and our axis 1 their 1.
            layer = layers.LayerNormalization(axis=[axis or 3 for axis in axes], **options)
        yield kind, arguments, x, layer


def others() -> Iterator[Case]:
    for _ in range(30):
        x = [RANDOM.randint(1, 8), *sizes(2, 1, 6)]
        yield "prelu", {"per_element": True}, x, layers.PReLU()
        yield "prelu", {"per_channel": True}, x, layers.PReLU(shared_axes=[1, 2])
        out, bias = RANDOM.randint(1, 9), pick(True, False)
        arguments = {"out": out, "bias": bias, "axis": 0}
        yield "linear", arguments, x, layers.Dense(out, use_bias=bias)


class SelfAttention(layers.Layer):
    """A layer of attention that is called with one value."""

    def __init__(self, attention: keras.layers.Layer) -> None:
        super().__init__()
        self.attention = attention

    def build(self, shape: Any) -> None:
        self.attention.build(shape, shape)

    def call(self, x: Any) -> Any:
        return self.attention(x, x)


def attention() -> Iterator[Case]:
    for _ in range(30):
        heads, each, bias = RANDOM.randint(1, 4), RANDOM.randint(1, 5), pick(True, False)
        x = [RANDOM.randint(1, 9), RANDOM.randint(1, 6)]
        arguments = {"heads": heads, "dim": heads * each, "bias": bias, "out_bias": bias}
        values = RANDOM.randint(1, 5)
        layer = layers.MultiHeadAttention(heads, each, value_dim=values, use_bias=bias)
        yield "attention", {**arguments, "value_dim": heads * values}, x, SelfAttention(layer)
        shared = RANDOM.randint(1, 3)
        layer = layers.GroupQueryAttention(each, heads * shared, heads, use_bias=bias)
        arguments = {"heads": heads * shared, "kv_heads": heads, "dim": heads * shared * each}
        yield "attention", {**arguments, "bias": bias, "out_bias": bias}, x, SelfAttention(layer)


FAMILIES = (recurrent, convolutional, norms, others, attention)


def write_layers() -> None:
    print(json.dumps({"keras": keras.__version__}))
    for family in FAMILIES:
        for kind, arguments, x, layer in family():
            entering = keras.Input([*x[1:], x[0]])  # channels last
            model = keras.Model(entering, layer(entering))
            _, *spatial, channels = model.output_shape
            case = {
                "kind": kind,
                "arguments": arguments,
                "input": x,
                "output": [channels, *spatial],
                "params": sum(prod(weight.shape) for weight in model.trainable_weights),
                "buffers": sum(prod(weight.shape) for weight in model.non_trainable_weights),
            }
            print(json.dumps(case, separators=(",", ":")))


NETWORKS = {
    "vgg16": "VGG16",
    "vgg19": "VGG19",
    "mobilenet_v1": "MobileNet",
    "mobilenet_v2": "MobileNetV2",
    "densenet121": "DenseNet121",
    "densenet169": "DenseNet169",
    "densenet201": "DenseNet201",
    "xception": "Xception",
    "inception_v3": "InceptionV3",
    "inception_resnet_v2": "InceptionResNetV2",
    "resnet50": "ResNet50",
    "efficientnet_b0": "EfficientNetB0",
    "efficientnet_v2_s": "EfficientNetV2S",
    "convnext_tiny": "ConvNeXtTiny",
}
"""What keras.applications calls networks."""


def write_networks() -> None:
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["network", "keras", "total", "trainable", "non_trainable"])
    for ours, theirs in NETWORKS.items():
        model = getattr(keras.applications, theirs)(weights=None)
        trainable = sum(prod(weight.shape) for weight in model.trainable_weights)
        total = model.count_params()
        out.writerow([ours, theirs, total, trainable, total - trainable])


if __name__ == "__main__":
    {"layers": write_layers, "networks": write_networks}[sys.argv[1]]()

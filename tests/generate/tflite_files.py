"""Small files of TensorFlow Lite for tests/data/tflite, with TensorFlow's own counts of them.

    pip install tensorflow-cpu
    python tests/generate/tflite_files.py

Parameters are those of Keras, without what the converter folds: a batch normalization leaves one
bias for each channel.  Multiply-accumulates are those of tf.compat.v1.profiler, which counts two
operations for each.
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # type: ignore[import-not-found,unused-ignore]
import tensorflow as tf  # type: ignore[import-not-found,import-untyped,unused-ignore]
from tensorflow.compat.v1 import profiler  # type: ignore[import-not-found,unused-ignore]
from tensorflow.keras import Model, layers  # type: ignore[import-not-found,unused-ignore]
from tensorflow.python.framework import (  # type: ignore[import-not-found,unused-ignore]
    convert_to_constants,
)

FOLDER = Path(__file__).parents[1] / "data" / "tflite"
COUNTED = frozenset(("Conv2D", "DepthwiseConv2dNative", "MatMul", "Conv2DBackpropInput", "Conv3D"))
SMALL = 40_000  # bytes of a file that is kept


def unit(x: object, filters: int, kernel: int = 3, strides: int = 1, name: str = "relu") -> object:
    x = layers.Conv2D(filters, kernel, strides=strides, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation(name)(x) if name else x


def separable(x: object, filters: int, strides: int) -> object:
    x = layers.DepthwiseConv2D(3, strides=strides, padding="same", use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    return unit(x, filters, 1)


def residual() -> Model:
    """Two residual blocks, of which the second has a convolution as its shortcut."""
    start = x = layers.Input((16, 16, 3))
    x = first = unit(x, 8)
    x = layers.ReLU()(layers.Add()([unit(unit(x, 8), 8, name=""), first]))
    y = unit(unit(x, 12, strides=2), 12, name="")
    x = layers.ReLU()(layers.Add()([y, layers.Conv2D(12, 1, strides=2)(x)]))
    x = layers.Flatten()(layers.AveragePooling2D(8)(x))
    return Model(start, layers.Dense(10, activation="softmax")(x))


def mobile() -> Model:
    """Depthwise convolutions with relu6, a pad of its own, dilation and a hard swish."""
    start = x = layers.Input((17, 15, 3))
    x = layers.ZeroPadding2D(((0, 1), (1, 2)))(x)
    x = layers.Conv2D(8, 3, strides=2)(x)
    x = layers.ReLU(6)(x)
    x = layers.DepthwiseConv2D(5, depth_multiplier=2, padding="same")(x)
    x = layers.Conv2D(12, 3, dilation_rate=2, padding="same", activation="relu6")(x)
    x = layers.Activation("hard_swish")(x) if hasattr(tf.keras.activations, "hard_swish") else x
    x = layers.GlobalAveragePooling2D()(x)
    return Model(start, layers.Dense(5)(x))


def decoder() -> Model:
    """Joins, resizing, transposed convolutions, slices, and two outputs."""
    start = x = layers.Input((8, 12, 4))
    a = layers.Conv2D(6, 3, strides=2, padding="same", activation="relu")(x)
    b = layers.MaxPooling2D(2)(layers.LeakyReLU()(x))
    y = layers.Concatenate()([a, b])
    y = layers.UpSampling2D(2, interpolation="bilinear")(y)
    y = layers.Multiply()([y, layers.Conv2D(10, 1, activation="sigmoid")(y)])
    y = layers.Conv2DTranspose(5, 3, strides=2, padding="same")(y)
    y = layers.Cropping2D(((1, 2), (0, 3)))(y)
    low = layers.Conv2DTranspose(3, 2, strides=2, padding="valid", use_bias=False)(a)
    return Model(start, [layers.PReLU(shared_axes=[1, 2])(y), layers.UpSampling2D(2)(low)])


def encoder() -> Model:
    """Dense layers alone: the anomaly detection of MLPerf Tiny, smaller."""
    start = x = layers.Input((40,))
    for width in (16, 16, 4, 16):
        x = layers.ReLU()(layers.BatchNormalization()(layers.Dense(width)(x)))
    return Model(start, layers.Dense(40)(x))


def series() -> Model:
    """Convolutions of a series, and a dense layer at each position."""
    start = x = layers.Input((20, 6))
    x = layers.Conv1D(8, 3, activation="relu")(x)
    x = layers.MaxPooling1D(2)(x)
    return Model(start, layers.Dense(7)(x))


def loop() -> Model:
    """A recurrent layer, which is a loop in the file."""
    start = layers.Input((20, 6))
    return Model(start, layers.LSTM(5, return_sequences=True)(start))


def resnet8() -> Model:
    """MLPerf Tiny, image classification."""
    start = x = layers.Input((32, 32, 3))

    def conv(x: object, filters: int, kernel: int = 3, strides: int = 1) -> object:
        return layers.Conv2D(filters, kernel, strides=strides, padding="same")(x)

    x = layers.ReLU()(layers.BatchNormalization()(conv(x, 16)))
    for filters, strides in ((16, 1), (32, 2), (64, 2)):
        y = layers.ReLU()(layers.BatchNormalization()(conv(x, filters, 3, strides)))
        y = layers.BatchNormalization()(conv(y, filters))
        x = layers.ReLU()(layers.Add()([x if strides == 1 else conv(x, filters, 1, strides), y]))
    x = layers.Flatten()(layers.AveragePooling2D(8)(x))
    return Model(start, layers.Dense(10, activation="softmax")(x))


def ds_cnn() -> Model:
    """MLPerf Tiny, keyword spotting."""
    start = x = layers.Input((49, 10, 1))
    x = layers.Conv2D(64, (10, 4), strides=2, padding="same")(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    for _ in range(4):
        x = separable(x, 64, 1)
    x = layers.Flatten()(layers.AveragePooling2D((25, 5))(x))
    return Model(start, layers.Dense(12, activation="softmax")(x))


def wake_words() -> Model:
    """MLPerf Tiny, visual wake words: MobileNetV1 of width 0.25."""
    start = x = layers.Input((96, 96, 3))
    x = unit(x, 8, strides=2)
    widths = (16, 32, 32, 64, 64, *(128,) * 6, 256, 256)
    for number, width in enumerate(widths):
        x = separable(x, width, 2 if number in (1, 3, 5, 11) else 1)
    x = layers.Flatten()(layers.AveragePooling2D(3)(x))
    return Model(start, layers.Dense(2, activation="softmax")(x))


# Files with an open batch, whose sizes are calculated of those of tensors


def positions() -> Model:
    """Dense layers at each position of a map, before and after a reshape."""
    start = x = layers.Input((6, 8, 2))
    x = layers.Dense(6, activation="relu")(x)
    x = layers.Reshape((-1, 12))(x)
    return Model(start, layers.Softmax()(layers.Dense(5)(x)))


def attention() -> Model:
    """A transformer block: normalization, attention with two heads, and a feed-forward part."""
    start = x = layers.Input((10, 8))
    y = layers.LayerNormalization(epsilon=1e-6)(x)
    x = layers.Add()([x, layers.MultiHeadAttention(2, 4)(y, y)])
    y = layers.Dense(32, activation="gelu")(layers.LayerNormalization()(x))
    x = layers.Add()([x, layers.Dense(8)(y)])
    return Model(start, layers.GlobalAveragePooling1D()(x))


def norms() -> Model:
    """Normalization of channels, of all elements, and of groups of channels."""
    start = x = layers.Input((6, 8, 4))
    x = layers.LayerNormalization()(x)
    x = layers.LayerNormalization(axis=[1, 2, 3])(x)
    x = layers.GroupNormalization(2)(x)
    return Model(start, layers.Conv2D(4, 3)(x))


def dilations() -> Model:
    """Dilated convolutions, which are ordinary ones between two operators that move positions."""
    start = x = layers.Input((20, 4))
    x = layers.Conv1D(8, 3, padding="causal", dilation_rate=2, activation="relu")(x)
    x = layers.Conv1D(6, 3, padding="same", dilation_rate=3)(x)
    x = layers.Reshape((4, 5, 6))(x)
    x = layers.Conv2D(5, 3, padding="same", dilation_rate=(2, 3))(x)
    return Model(start, layers.DepthwiseConv2D(3, padding="same", dilation_rate=2)(x))


OPEN_MODELS: dict[str, Callable[[], Model]] = {
    f"open_{function.__name__}": function for function in (positions, attention, norms, dilations)
}


MODELS: dict[str, Callable[[], Model]] = {
    function.__name__: function
    for function in (
        *(residual, mobile, decoder, encoder, series, loop),
        *(resnet8, ds_cnn, wake_words),
    )
}
WITHOUT_INTEGERS = frozenset(("series", "loop"))
OTHER_WEIGHTS = {"residual": ("float16", "dynamic")}
"""Weights of 16 bits, and of 8 bits where a tensor has at least 1,024 elements."""


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    rows = [row for name in MODELS for row in written(name)]
    rows += [row for name in OPEN_MODELS for row in written_open(name)]
    with (FOLDER / "counts.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "params", "macs", "outputs", "program"])
        writer.writerows(rows)


def written(name: str) -> Iterator[list[object]]:
    """The files of a model in float32 and int8, of some with other weights, and their counts."""
    tf.keras.utils.set_random_seed(1)
    model = randomized(MODELS[name]())
    params, macs = folded_params(model), matrix_macs(model)
    outputs = " ".join("x".join(map(str, output.shape[1:])) for output in model.outputs)
    program = f"TensorFlow {tf.__version__}"
    for kind in ("float", "int8", *OTHER_WEIGHTS.get(name, ())):
        if kind == "int8" and name in WITHOUT_INTEGERS:
            continue
        data = converted(model, kind)
        file = f"{name}_{kind}.tflite"
        if len(data) <= SMALL:
            (FOLDER / file).write_bytes(data)
        elif len(sys.argv) > 1:
            (Path(sys.argv[1]) / file).write_bytes(data)
        yield [file, params, macs, outputs, program]


def written_open(name: str) -> Iterator[list[object]]:
    """The file of a model with an open batch, and the counts of Keras."""
    tf.keras.utils.set_random_seed(1)
    model = randomized(OPEN_MODELS[name]())
    (FOLDER / f"{name}.tflite").write_bytes(
        tf.lite.TFLiteConverter.from_keras_model(model).convert()
    )
    macs = sum(map(dense_macs, model.layers))
    outputs = " ".join("x".join(map(str, output.shape[1:])) for output in model.outputs)
    yield [f"{name}.tflite", model.count_params(), macs, outputs, f"TensorFlow {tf.__version__}"]


def dense_macs(layer: Any) -> int:
    """Those of each kernel at each position, and of the two products of attention."""
    kernels = [weight for weight in layer.weights if "kernel" in weight.name]
    per_position = sum(int(np.prod(kernel.shape)) for kernel in kernels)
    places = int(np.prod(layer.output.shape[1:-1]))
    macs = places * per_position
    if isinstance(layer, layers.MultiHeadAttention):
        macs += 2 * places * places * layer.num_heads * layer.key_dim
    return macs


def randomized(model: Model) -> Model:
    """The model with other values than zero, which the converter would merge."""
    for weight in model.weights:
        weight.assign(np.random.uniform(0.1, 1, weight.shape))
    return model


def converted(model: Model, kind: str) -> bytes:
    shape = (1, *model.inputs[0].shape[1:])
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen(model)], model)
    if kind != "float":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if kind == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if kind == "int8":
        converter.representative_dataset = lambda: (
            [np.random.uniform(-1, 1, shape).astype(np.float32)] for _ in range(4)
        )
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    result: bytes = converter.convert()
    return result


def frozen(model: Model) -> object:
    """The model as a function of one sample, with constants in place of its variables."""
    spec = tf.TensorSpec((1, *model.inputs[0].shape[1:]), tf.float32)
    call = tf.function(lambda x: model(x, training=False)).get_concrete_function(spec)
    return convert_to_constants.convert_variables_to_constants_v2(call)


def folded_params(model: Model) -> int:
    """The parameters of Keras, where a norm is one bias of the layer before it."""
    total = sum(int(np.prod(weight.shape)) for weight in model.weights)
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            channels = int(layer.gamma.shape[0])
            before = layer.input._keras_history.operation
            total -= 4 * channels - (0 if before.use_bias else channels)
    return total


def matrix_macs(model: Model) -> int:
    """Half of the operations of convolutions and matrix products."""
    call = frozen(model)
    options = profiler.ProfileOptionBuilder.float_operation()
    options = {**options, "output": "none", "account_type_regexes": [".*"]}
    metadata = tf.compat.v1.RunMetadata()
    found = profiler.profile(call.graph, run_meta=metadata, cmd="op", options=options)
    return sum(child.float_ops for child in all_nodes(found) if child.name in COUNTED) // 2


def all_nodes(node: object) -> Iterator[object]:
    for child in node.children:  # type: ignore[attr-defined]
        yield child
        yield from all_nodes(child)


if __name__ == "__main__":
    main()

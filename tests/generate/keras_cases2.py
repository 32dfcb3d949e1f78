"""Models of Keras 2 (tf_keras) whose files have what readers stumble over, by their names.

Those of NODES are also recorded with TensorFlow 2.3, which writes the nodes of its graph.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

try:
    import tf_keras as keras
except ImportError:  # TensorFlow 2.3
    keras = tf.keras

layers = keras.layers
Model = keras.Model


def functional(make: Callable[..., Any], *shapes: tuple[int, ...]) -> Callable[[], Model]:
    def built() -> Model:
        inputs = [keras.Input(shape) for shape in shapes]
        return Model(inputs if len(inputs) > 1 else inputs[0], make(*inputs))

    return built


def residual(x: Any, name: str, filters: int, stride: int) -> Any:
    y = layers.Conv2D(filters, 3, stride, padding="same", use_bias=False, name=f"{name}_1_conv")(x)
    y = layers.Activation("relu", name=f"{name}_1_relu")(layers.BatchNormalization()(y))
    y = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"{name}_2_conv")(y)
    y = layers.BatchNormalization(name=f"{name}_2_bn")(y)
    if stride != 1:
        x = layers.Conv2D(filters, 1, stride, name=f"{name}_0_conv")(x)
    return layers.ReLU(name=f"{name}_out")(layers.Add()([x, y]))


def network(x: Any) -> Any:
    x = layers.Conv2D(8, 3, padding="same")(x)
    for stage in range(1, 4):
        for block in range(1, 4):
            stride = 2 if stage > 1 and block == 1 else 1
            x = residual(x, f"stage{stage}_block{block}", 8 * stage, stride)
    x = layers.GlobalAveragePooling2D()(x)
    return layers.Dense(10, activation="softmax", name="predictions")(x)


def operations(x: Any) -> Any:
    """Functions of TensorFlow on the tensors of a model."""
    y = layers.Conv2D(4, 1)(x)
    a = tf.concat([tf.nn.relu(x), tf.nn.swish(y)], -1) * 2 + 1
    b = tf.reduce_mean(1 - x, axis=[1, 2], keepdims=True)
    c = tf.transpose(tf.reshape(x[:, 1:, ::2, 0:2], (-1, 28, 2)), (0, 2, 1))
    d, e = tf.split(x + y, 2, axis=-1)
    f = tf.matmul(x, y, transpose_b=True)
    g = tf.image.resize(tf.pad(d, [[0, 0], [1, 1], [1, 1], [0, 0]]), (4, 4))
    return [a, b * x, c, tf.maximum(d, e), f, g, tf.expand_dims(x[..., 0], 1), tf.nn.softmax(y)]


def functions(x: Any) -> Any:
    """More of them, with windows, copies and constants of several numbers."""
    y = layers.BatchNormalization(renorm=True)(layers.Conv2D(6, 3, strides=2)(x))
    a = tf.nn.avg_pool2d(tf.nn.max_pool2d(y, 2, 2, "VALID"), [1, 3, 3, 1], [1, 1, 1, 1], "SAME")
    b, c = tf.unstack(tf.stack([y, tf.nn.relu6(y + 3.0) / 6.0], 1), axis=1)
    d = tf.tile(tf.reduce_mean(y, [1, 2], keepdims=True), [1, 2, 3, 1])
    e = tf.nn.space_to_depth(x - [123.68, 116.78, 103.94], 2)
    f = tf.slice(e, [0, 0, 1, 4], [-1, 4, 3, -1])
    return [a, b * c, d, layers.Conv2D(4, 1)(f), tf.add_n([b, c, y]), tf.split(y, [2, 4], -1)[1]]


def sizes(x: Any, y: Any) -> Any:
    """Sizes of tensors as arguments."""
    x = layers.Conv2D(4, 3, padding="same")(x)
    shape = tf.shape(x)
    a = tf.reshape(x, [shape[0], shape[1] * shape[2], 4])
    b = tf.reshape(x, tf.stack([shape[0], -1, shape[3] // 2]))
    c = tf.image.resize(y, tf.shape(x)[1:3], method="nearest")
    d = tf.image.resize(y, tf.shape(y)[1:3] * 2)
    batch, height, width, channels = tf.unstack(tf.shape(y))
    e = tf.reshape(y, tf.stack([batch, height * width * channels]))
    f = tf.reshape(y, [-1, tf.reduce_prod(tf.shape(y)[1:])])
    return [layers.Conv1D(3, 1)(a), b, tf.concat([x, c], -1), d, layers.Conv2D(1, 1)(d), e, f]


def positions(x: Any) -> Any:
    """Positions in another order, and some of them."""
    y = layers.Conv2D(4, 3, padding="same")(x)
    a = tf.reverse(tf.roll(y, [-2, 1], [1, 2]), [2])
    b = tf.gather(tf.gather(y, [2, 0, 1], axis=-1), 1, axis=1)
    return [a, b, y[:, ::-2, -1:0:-1], tf.gather(y, [[0, 3], [1, 2]], axis=2)]


def images(x: Any) -> Any:
    """Functions of tf.image."""
    y = layers.Conv2D(3, 3, padding="same")(x)
    a = tf.image.flip_left_right(tf.image.flip_up_down(y)) + tf.image.rot90(tf.image.rot90(y), 3)
    b = tf.image.crop_to_bounding_box(tf.image.central_crop(y, 0.5), 1, 0, 5, 5)
    c = tf.image.resize_with_crop_or_pad(y, 7, 15)
    d = tf.image.rgb_to_grayscale(tf.image.resize_with_pad(y, 20, 15))
    e = tf.compat.v1.image.resize_bilinear(y, [5, 6])
    return [a, b, c, d, tf.compat.v1.image.resize_nearest_neighbor(e, [10, 12])]


def more_functions(x: Any) -> Any:
    """Functions that are several layers, and statistics."""
    y = layers.Conv2D(4, 3, padding="same")(x)
    a = tf.math.squared_difference(y, tf.minimum(x, 3.0)) + tf.broadcast_to(y[:, :1], tf.shape(y))
    b = tf.reduce_min(y, [1, 2]) + tf.math.reduce_std(y, [1, 2])
    c = (
        tf.math.reduce_variance(tf.nn.softsign(y), -1, keepdims=True)
        * tf.norm(x, axis=-1)[..., None]
    )
    d = tf.nn.crelu(tf.nn.bias_add(y, [1.0, 2.0, 3.0, 4.0]))
    e = tf.nn.dropout(tf.nn.local_response_normalization(y, 2), 0.1)
    f = tf.matmul(y, [[1.0, 2.0]] * 4)
    return [a, b, c, d, tf.concat([e, tf.zeros_like(x)], -1), f]


def local_layers(x: Any) -> Any:
    """Layers that only Keras 2 has."""
    y = layers.LocallyConnected2D(3, (3, 2), strides=2)(layers.ThresholdedReLU(0.5)(x))
    y = layers.LocallyConnected2D(2, 2, use_bias=False, implementation=3)(y)
    y = layers.ReLU(max_value=3.0, threshold=0.5)(y)
    return layers.LocallyConnected1D(5, 2)(layers.Reshape((-1, 2))(y))


def lists(x: Any) -> Any:
    """Sizes in lists, which are arguments."""
    shape = tf.shape(x)
    return tf.reshape(x, tf.concat([[shape[0]], [shape[1] * shape[2]], shape[3:]], 0))


def shared(a: Any, b: Any) -> Any:
    inner = keras.Sequential([layers.Conv1D(4, 3, activation="tanh"), layers.LSTM(5)], name="tower")
    first, second = inner(a), inner(b)
    attended = layers.MultiHeadAttention(2, 3)(a, value=b)
    return {"cosine": layers.Dot(axes=1, normalize=True)([first, second]), "all": attended}


def recurrent(x: Any) -> Any:
    x = layers.Masking()(x)
    x = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(x)
    y = layers.GRU(3, return_sequences=True, reset_after=False)(x)
    y = layers.TimeDistributed(layers.Dense(2))(y)
    return layers.SimpleRNN(2)(layers.Concatenate()([x, y]))


def preprocessing(x: Any) -> Any:
    x = layers.RandomFlip()(layers.Resizing(24, 24)(x))
    x = layers.Normalization()(layers.Rescaling(1 / 255)(x))
    x = layers.LocallyConnected2D(2, 3)(layers.LeakyReLU(0.1)(x))
    return layers.ReLU(6.0)(layers.Flatten()(layers.SpatialDropout2D(0.1)(x)))


def sequential() -> Model:
    return keras.Sequential(
        [
            layers.Conv2D(6, 5, activation="tanh", input_shape=(28, 28, 1)),
            layers.AveragePooling2D(),
            layers.Conv2D(16, 5, activation="tanh"),
            layers.AveragePooling2D(),
            layers.Flatten(),
            layers.Dense(120, activation="tanh"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def compiled() -> Model:
    """A model with the state of its optimizer, which has a configuration of its own."""
    start = x = layers.Input((8, 8, 3))
    x = layers.BatchNormalization()(layers.Conv2D(4, 3)(x))
    x = layers.Dense(3)(layers.Flatten()(layers.ReLU()(x)))
    model = keras.Model(start, x)
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 100, 0.9)
    model.compile(keras.optimizers.Adam(rate), loss, [keras.metrics.CategoricalAccuracy()])
    model.train_on_batch(np.zeros((2, 8, 8, 3)), np.zeros((2, 3)))
    return model


CASES: dict[str, Callable[[], Model]] = {
    "residual_2": functional(network, (32, 32, 3)),
    "operations_2": functional(operations, (8, 8, 4)),
    "functions_2": functional(functions, (16, 16, 3)),
    "sizes_2": functional(sizes, (8, 12, 3), (4, 6, 2)),
    "lists_2": functional(lists, (4, 6, 2)),
    "positions_2": functional(positions, (6, 8, 3)),
    "images_2": functional(images, (12, 10, 4)),
    "more_functions_2": functional(more_functions, (6, 8, 4)),
    "local_layers_2": functional(local_layers, (9, 8, 3)),
    "shared_2": functional(shared, (9, 4), (9, 4)),
    "recurrent_2": functional(recurrent, (7, 5)),
    "preprocessing_2": functional(preprocessing, (32, 32, 3)),
    "lenet_2_h5": sequential,
    "compiled_2_h5": compiled,
}

NODES = ("operations_2", "functions_2", "sizes_2")

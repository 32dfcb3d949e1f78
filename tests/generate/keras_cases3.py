"""Models of Keras 3 whose files have what readers stumble over, by the name of the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import layers, ops

Model = keras.Model


def functional(make: Callable[..., Any], *shapes: tuple[int, ...]) -> Callable[[], Model]:
    """A model whose outputs are made from inputs of these shapes."""

    def built() -> Model:
        inputs = [keras.Input(shape) for shape in shapes]
        return Model(inputs if len(inputs) > 1 else inputs[0], make(*inputs))

    return built


def one(make: Callable[[], layers.Layer], *shape: int) -> Callable[[], Model]:
    """A Sequential model of one layer."""
    return lambda: keras.Sequential([keras.Input(shape), make()])


def small_convolutions(x: Any) -> Any:
    x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.SeparableConv2D(12, 5, strides=2, padding="same", depth_multiplier=2)(x)
    x = layers.DepthwiseConv2D(3, padding="same", use_bias=False, activation="relu6")(x)
    x = layers.Conv2D(12, 3, groups=3, dilation_rate=2, padding="same")(x)
    x = layers.Conv2D(24, 3, groups=12, padding="same")(x)
    x = layers.Conv2DTranspose(4, 5, strides=2, padding="same")(x)
    x = layers.Conv2DTranspose(4, 2, strides=3)(x)
    x = layers.Conv2DTranspose(4, 3, strides=2, padding="same", output_padding=1)(x)
    x = layers.ZeroPadding2D(((1, 2), (0, 3)))(x)
    return layers.Cropping2D(((0, 1), (2, 0)))(x)


def volumes(x: Any) -> Any:
    x = layers.Conv3D(4, (1, 3, 3), activation="elu")(x)
    x = layers.MaxPooling3D(2, padding="same")(x)
    x = layers.Conv3DTranspose(2, 2, strides=2)(x)
    return layers.GlobalAveragePooling3D()(layers.UpSampling3D(2)(x))


def series(x: Any) -> Any:
    x = layers.Conv1D(8, 3, padding="causal", dilation_rate=2, activation="relu")(x)
    x = layers.DepthwiseConv1D(3, padding="same")(layers.SeparableConv1D(6, 3)(x))
    x = layers.Conv1DTranspose(4, 3, strides=2)(layers.MaxPooling1D(2)(x))
    x = layers.Cropping1D((1, 2))(layers.ZeroPadding1D((2, 1))(layers.UpSampling1D(2)(x)))
    return layers.GlobalMaxPooling1D()(layers.AveragePooling1D(3, 2, padding="same")(x))


def channels_first(x: Any) -> Any:
    first = {"data_format": "channels_first"}
    x = layers.Conv2D(8, 3, padding="same", **first)(x)
    x = layers.BatchNormalization(axis=1)(x)
    x = layers.MaxPooling2D(2, **first)(layers.ReLU(6.0)(x))
    return layers.Dense(5)(layers.Flatten(**first)(x))


def permuted_input(x: Any) -> Any:
    """Images channels first that a Permute brings to channels last."""
    return layers.Conv2D(4, 3)(layers.Permute((2, 3, 1))(x))


def merging(x: Any) -> Any:
    a, b, c = (layers.Conv2D(4, 1, name=f"branch_{n}")(x) for n in "abc")
    total = layers.Average()([layers.Add()([a, b, c]), layers.Maximum()([a, b])])
    total = layers.Minimum()([total, layers.Subtract()([a, c])])
    return layers.Concatenate()([layers.Multiply()([total, a]), b])


def gate(x: Any) -> Any:
    """Squeeze and excitation through a Reshape."""
    s = layers.GlobalAveragePooling2D()(x)
    s = layers.Dense(8, activation="sigmoid")(layers.Reshape((1, 1, 8))(s))
    y = layers.Multiply()([x, s])
    kept = layers.GlobalAveragePooling2D(keepdims=True)(y)
    return layers.Multiply()([y, layers.Conv2D(8, 1, activation="hard_sigmoid")(kept)])


def dots(a: Any, b: Any) -> Any:
    return [layers.Dot(axes=(2, 2))([a, b]), layers.Dot(axes=(1, 1))([a, a])]


def shared_layers(a: Any, b: Any) -> Any:
    """A Siamese network: one encoder for two inputs, and one layer that is called twice."""
    encoder = keras.Sequential(
        [layers.Conv2D(4, 3, activation="relu"), layers.Flatten(), layers.Dense(6)], name="encoder"
    )
    head = layers.Dense(3, name="head")
    difference = layers.Subtract()([encoder(a), encoder(b)])
    return {
        "distance": ops.absolute(difference),
        "class": head(encoder(a)),
        "other": head(encoder(b)),
    }


def nested(x: Any) -> Any:
    inner_input = keras.Input((16, 16, 4))
    inner = Model(inner_input, layers.Conv2D(4, 3, padding="same")(inner_input), name="inner")
    middle_input = keras.Input((16, 16, 4))
    y = inner(middle_input)
    middle = Model(middle_input, [y, layers.Add()([y, inner(y)])], name="middle")
    first, second = middle(layers.Conv2D(4, 1)(x))
    middle.trainable = False
    return layers.Concatenate()([first, second])


def two_outputs(image: Any, numbers: Any) -> Any:
    x = layers.GlobalMaxPooling2D()(layers.Conv2D(6, 3)(image))
    x = layers.Concatenate()([x, layers.Dense(4, activation="tanh")(numbers)])
    return [layers.Dense(3, activation="softmax", name="kind")(x), layers.Dense(1, name="age")(x)]


def time_distributed(x: Any) -> Any:
    """A network for images at each time step, then recurrent layers."""
    image = keras.Input((16, 16, 3))
    y = layers.Conv2D(6, 3, strides=2, padding="same", activation="relu")(image)
    y = layers.BatchNormalization()(layers.MaxPooling2D(2)(y))
    y = layers.Add()([y, layers.Conv2D(6, 1)(y)])
    features = Model(image, layers.GlobalAveragePooling2D()(y), name="features")
    y = layers.TimeDistributed(features)(x)
    y = layers.TimeDistributed(layers.Dense(5, activation="relu"))(y)
    z = layers.TimeDistributed(layers.Conv2D(2, 3))(x)
    z = layers.TimeDistributed(layers.Flatten())(layers.TimeDistributed(layers.MaxPooling2D(2))(z))
    return layers.LSTM(7)(layers.Concatenate()([y, z]))


def bidirectional(x: Any) -> Any:
    y = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(x)
    y = layers.Bidirectional(layers.GRU(3, return_sequences=True), merge_mode="sum")(y)
    a = layers.Bidirectional(layers.SimpleRNN(5))(y)
    b = layers.Bidirectional(layers.LSTM(5), merge_mode="ave")(y)
    return layers.Concatenate()([a, b])


def recurrent_states(x: Any, y: Any) -> Any:
    """An encoder whose states start a decoder."""
    _, hidden, cell = layers.LSTM(6, return_state=True, name="encoder")(x)
    states = layers.LSTM(6, return_sequences=True, name="decoder")(y, initial_state=[hidden, cell])
    return layers.Dense(9, activation="softmax")(states)


def cells(x: Any) -> Any:
    x = layers.RNN([layers.LSTMCell(5), layers.GRUCell(4)], return_sequences=True)(x)
    return layers.RNN(layers.SimpleRNNCell(3))(x)


def moving_images(x: Any) -> Any:
    x = layers.ConvLSTM2D(4, 3, padding="same", return_sequences=True)(x)
    x = layers.BatchNormalization()(x)
    return layers.ConvLSTM2D(2, 3, strides=2)(x)


def norms(x: Any) -> Any:
    x = layers.BatchNormalization(scale=False)(x)
    x = layers.BatchNormalization(center=False)(x)
    x = layers.LayerNormalization(center=False)(x)
    x = layers.LayerNormalization(axis=[1, 2, 3])(x)
    x = layers.GroupNormalization(2)(layers.GroupNormalization(-1, scale=False)(x))
    return layers.UnitNormalization()(layers.RMSNormalization()(x))


def activations(x: Any) -> Any:
    names = ("silu", "gelu", "selu", "softplus", "mish", "hard_silu", "exponential", "log_softmax")
    for name in names:
        x = layers.Activation(name)(x)
    x = layers.Activation(layers.LeakyReLU(0.1))(layers.LeakyReLU()(layers.ELU(0.5)(x)))
    x = layers.Dense(4, activation=keras.activations.leaky_relu)(layers.ReLU(negative_slope=0.2)(x))
    x = layers.ReLU(max_value=4.0)(layers.Softmax(axis=1)(x))
    return layers.PReLU(shared_axes=[1, 2])(layers.PReLU()(x))


def preprocessing(x: Any) -> Any:
    x = layers.RandomFlip()(layers.RandomRotation(0.1)(x))
    x = layers.Resizing(24, 24)(layers.CenterCrop(20, 28)(x))
    x = layers.Rescaling(1 / 127.5, offset=-1)(x)
    x = layers.Normalization(mean=[0.5, 0.4, 0.3], variance=[0.1, 0.2, 0.3])(x)
    x = layers.Normalization()(x)
    return layers.GaussianNoise(0.1)(layers.Conv2D(2, 3)(layers.SpatialDropout2D(0.2)(x)))


def attention(x: Any, y: Any) -> Any:
    a = layers.MultiHeadAttention(2, 3)(x, y)
    b = layers.MultiHeadAttention(3, 4, use_bias=False)(x, x)
    c = layers.GroupQueryAttention(4, 4, 2)(x, x)
    d = layers.Attention(use_scale=True)([x, y])
    e = layers.AdditiveAttention()([x, y])
    return layers.LayerNormalization()(layers.Add()([x, a, b, c, d, e]))


def tokens(x: Any) -> Any:
    """A small vision transformer: patches, positions, attention."""
    x = layers.Conv2D(16, 4, strides=4)(x)
    x = layers.Reshape((16, 16))(x)
    y = layers.LayerNormalization()(x)
    x = x + layers.MultiHeadAttention(4, 4)(y, y)
    y = layers.Dense(32, activation="gelu")(layers.LayerNormalization()(x))
    x = x + layers.Dense(16)(layers.Dropout(0.1)(y))
    return layers.Dense(5)(layers.GlobalAveragePooling1D()(x))


def words(x: Any) -> Any:
    x = layers.Embedding(50, 8, mask_zero=True)(x)
    x = layers.Bidirectional(layers.LSTM(6))(layers.SpatialDropout1D(0.3)(x))
    return layers.Dense(1, activation="sigmoid")(layers.RepeatVector(3)(x))


def generator(x: Any) -> Any:
    x = layers.Reshape((4, 4, 8))(layers.Dense(128, use_bias=False)(x))
    x = layers.LeakyReLU()(layers.BatchNormalization()(x))
    return layers.Conv2DTranspose(3, 4, strides=2, padding="same", activation="tanh")(x)


def columns(x: Any) -> Any:
    """The columns of an image as a series: rows and channels become the features."""
    x = layers.MaxPooling2D((2, 1))(layers.Conv2D(4, 3, padding="same")(x))
    x = layers.Reshape((12, 16))(layers.Permute((2, 1, 3))(x))
    return layers.Dense(7, activation="softmax")(layers.Bidirectional(layers.GRU(5))(x))


def operations(x: Any) -> Any:
    y = ops.mean(x, axis=(1, 2), keepdims=True) * 2 + 1
    a = x[:, 1:, ::2] - 0.5
    b = ops.concatenate([x[..., 0:1], ops.square(x)], axis=-1)
    c, d = ops.split(ops.relu(x), 2, axis=-1)
    e = ops.transpose(ops.reshape(x, (-1, 64, 4)), (0, 2, 1))
    f = ops.squeeze(ops.sum(x, axis=1, keepdims=True), 1)
    g = ops.matmul(e, ops.transpose(e, (0, 2, 1)))
    h = ops.stack([c, d], axis=1)
    i = ops.softmax(ops.power(ops.clip(x, 0, 6), 3), axis=1) / 2
    return [
        y * x,
        a,
        b,
        e,
        f,
        g,
        h,
        i,
        x[:, 0],
        ops.expand_dims(x, 1),
        ops.pad(c, ((0, 0), (1, 1), (2, 0), (0, 0))),
    ]


def positions(x: Any) -> Any:
    """Positions in another order, parts of images, and axes."""
    y = layers.Conv2D(3, 3, padding="same")(x)
    a = ops.flip(ops.roll(y, [-2, 1], axis=[1, 2]), axis=(1, 2))
    b = ops.take(ops.take(y, [2, 0], axis=-1), 1, axis=2)
    c = ops.image.crop_images(ops.image.pad_images(y, 1, 2, 3, 4), 1, 1, 2, 2)
    d = ops.image.rgb_to_grayscale(y[:, ::-2, 5:0:-1])
    return [a, b, c, d, ops.swapaxes(y, 1, 2), ops.moveaxis(ops.abs(y), -1, 1)]


def products(x: Any, y: Any) -> Any:
    """Products of two tensors, by their equations, and attention of heads."""
    query = layers.EinsumDense("btc,cnh->btnh", (None, 2, 4))(x)
    key = layers.EinsumDense("bsc,cnh->bsnh", (None, 2, 4))(y)
    scores = ops.einsum("btnh,bsnh->bnts", query, key)
    summed = ops.einsum("...ts,...sc->...tc", ops.mean(scores, axis=1), y)
    return [scores, summed, ops.dot_product_attention(query, key, key), ops.einsum("btc->bct", x)]


def more_functions(x: Any) -> Any:
    y = layers.ReLU(max_value=6.0, threshold=0.5)(layers.Conv2D(4, 3, padding="same")(x))
    a = ops.threshold(ops.celu(y), 0.5, 0.0) + ops.log_sigmoid(ops.minimum(x, 3.0))
    b = ops.min(y, axis=(1, 2)) + ops.std(y, axis=(1, 2))
    return [a, b, ops.glu(ops.softsign(x)), ops.var(y, -1, keepdims=True)]


def einsums(x: Any) -> Any:
    y = layers.EinsumDense("abc,cd->abd", output_shape=(None, 7), bias_axes="d")(x)
    z = layers.EinsumDense("abc,cde->abde", output_shape=(None, 2, 3), bias_axes="de")(x)
    w = layers.EinsumDense("abde,dec->abc", output_shape=(None, 4), activation="relu")(z)
    v = layers.EinsumDense("...x,xy->...y", output_shape=7, bias_axes="y")(x)
    return [y, w, v, layers.EinsumDense("ab...,bc->ac...", output_shape=5, bias_axes="c")(x)]


def frozen(x: Any) -> Any:
    conv = layers.Conv2D(4, 3)
    norm = layers.BatchNormalization()
    conv.trainable = norm.trainable = False
    return layers.Dense(2)(layers.GlobalAveragePooling2D()(norm(conv(x))))


IMAGE = (32, 32, 3)
CASES: dict[str, Callable[[], Model]] = {
    "convolutions": functional(small_convolutions, (47, 47, 3)),
    "volumes": functional(volumes, (8, 16, 16, 1)),
    "series": functional(series, (50, 4)),
    "channels_first": functional(channels_first, (3, 16, 16)),
    "permuted_input_json": functional(permuted_input, (3, 16, 16)),
    "merging": functional(merging, (8, 8, 4)),
    "gate": functional(gate, (10, 10, 8)),
    "dots": functional(dots, (6, 4), (5, 4)),
    "shared_layers": functional(shared_layers, (12, 12, 1), (12, 12, 1)),
    "nested": functional(nested, (16, 16, 3)),
    "two_outputs_h5": functional(two_outputs, (8, 8, 3), (5,)),
    "time_distributed": functional(time_distributed, (6, 16, 16, 3)),
    "bidirectional": functional(bidirectional, (9, 5)),
    "recurrent_states": functional(recurrent_states, (7, 5), (8, 5)),
    "cells": functional(cells, (9, 5)),
    "moving_images": functional(moving_images, (5, 12, 12, 2)),
    "norms": functional(norms, (6, 6, 4)),
    "activations": functional(activations, (5, 6, 4)),
    "preprocessing": functional(preprocessing, (40, 40, 3)),
    "attention": functional(attention, (7, 8), (5, 8)),
    "tokens": functional(tokens, (16, 16, 3)),
    "words": functional(words, (20,)),
    "generator": functional(generator, (10,)),
    "columns": functional(columns, (8, 12, 1)),
    "operations": functional(operations, (8, 8, 4)),
    "einsums": functional(einsums, (6, 4)),
    "positions": functional(positions, (8, 10, 4)),
    "products": functional(products, (5, 6), (7, 6)),
    "more_functions": functional(more_functions, (8, 10, 4)),
    "frozen": functional(frozen, (8, 8, 3)),
    "lstm_json": one(lambda: layers.LSTM(20), 32, 16),
    "gru_json": one(lambda: layers.GRU(20), 32, 16),
    "gru_reset_before_json": one(lambda: layers.GRU(20, reset_after=False), 32, 16),
    "rnn_json": one(lambda: layers.SimpleRNN(20), 32, 16),
    "prelu_json": one(lambda: layers.PReLU(), 16, 16, 8),
    "prelu_shared_json": one(lambda: layers.PReLU(shared_axes=[1, 2]), 16, 16, 8),
    "transposed_same_json": one(
        lambda: layers.Conv2DTranspose(4, 5, strides=2, padding="same"), 16, 16, 8
    ),
    "transposed_valid_json": one(lambda: layers.Conv2DTranspose(4, 2, strides=3), 16, 16, 8),
    "separable_json": one(
        lambda: layers.SeparableConv2D(12, 5, strides=2, padding="same", depth_multiplier=2),
        *(15, 15, 8),
    ),
    "sequential_h5": lambda: keras.Sequential(
        [keras.Input(IMAGE), layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(3)]
    ),
}

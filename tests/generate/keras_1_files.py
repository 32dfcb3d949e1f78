"""Records models of Keras 1, and what it counts, for the tests of their import.

    THEANO_FLAGS=cxx= KERAS_BACKEND=theano python tests/generate/keras_1_files.py

writes `tests/data/keras/*_1.json` and their rows in `tests/data/keras_files.csv`, as keras_files.py
does for later versions.  It needs Python 3.6, keras==1.2.2, theano==0.9.0, numpy<1.14, scipy<1.2
and pyyaml<6, so nothing here is newer than that.
"""

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import keras
from keras import layers
from keras.models import Model, Sequential

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "data" / "keras"
TABLE = ROOT / "tests" / "data" / "keras_files.csv"
LAST = {"dim_ordering": "tf"}
FIRST = {"dim_ordering": "th"}


def functional(make: Any, *shapes: Any) -> Any:
    inputs = [layers.Input(shape) for shape in shapes]
    return Model(inputs if len(inputs) > 1 else inputs[0], make(*inputs))


def lenet() -> Any:
    return Sequential(
        [
            layers.Convolution2D(6, 5, 5, activation="tanh", input_shape=(28, 28, 1), **LAST),
            layers.AveragePooling2D(**LAST),
            layers.Convolution2D(
                16, 5, 5, border_mode="same", subsample=(2, 1), bias=False, **LAST
            ),
            layers.MaxPooling2D((2, 2), strides=(1, 1), border_mode="same", **LAST),
            layers.Dropout(0.5),
            layers.Flatten(),
            layers.Dense(120, activation="relu"),
            layers.BatchNormalization(),
            layers.Dense(10, activation="softmax", bias=False),
        ]
    )


def channels_first() -> Any:
    """The layers between the convolutions do not state the order of their axes."""
    return Sequential(
        [
            layers.ZeroPadding2D((1, 1), input_shape=(3, 32, 32), **FIRST),
            layers.Convolution2D(8, 3, 3, activation="relu", **FIRST),
            layers.BatchNormalization(axis=1),
            layers.UpSampling2D((2, 2), **FIRST),
            layers.SpatialDropout2D(0.2, **FIRST),
            layers.Cropping2D(((1, 0), (2, 1)), **FIRST),
            layers.MaxPooling2D((2, 2), strides=(2, 2), **FIRST),
            layers.LocallyConnected2D(3, 3, 3, subsample=(3, 3), **FIRST),
            layers.Flatten(),
            layers.Dense(10),
            layers.LeakyReLU(0.1),
            layers.PReLU(),
        ]
    )


def residual(x: Any) -> Any:
    y = layers.Convolution2D(8, 3, 3, subsample=(2, 2), border_mode="same", **LAST)(x)
    y = layers.Activation("relu")(layers.BatchNormalization(axis=3)(y))
    shortcut = layers.Convolution2D(8, 1, 1, subsample=(2, 2), **LAST)(x)
    y = layers.merge([y, shortcut], mode="sum")
    y = layers.merge([y, shortcut], mode="concat", concat_axis=3)
    z = layers.AtrousConvolution2D(16, 3, 3, atrous_rate=(2, 2), border_mode="same", **LAST)(y)
    y = layers.merge([y, z], mode="mul")
    y = layers.merge([y, z, z], mode="ave")
    y = layers.merge([y, z], mode="max")
    return layers.Dense(5)(layers.GlobalAveragePooling2D(**LAST)(y))


def dots(a: Any, b: Any) -> Any:
    x, y = layers.Dense(4)(a), layers.Dense(4)(b)
    return [layers.merge([x, y], mode=mode, dot_axes=(1, 1)) for mode in ("dot", "cos")]


def recurrent() -> Any:
    return Sequential(
        [
            layers.Embedding(100, 8, input_length=12),
            layers.Convolution1D(6, 3, border_mode="same", activation="relu"),
            layers.MaxPooling1D(2),
            layers.LSTM(7, return_sequences=True, dropout_W=0.1, consume_less="gpu"),
            layers.GRU(6, return_sequences=True),
            layers.Bidirectional(layers.LSTM(5, return_sequences=True)),
            layers.TimeDistributed(layers.Dense(4)),
            layers.TimeDistributedDense(3),
            layers.SimpleRNN(2),
        ]
    )


def series(x: Any) -> Any:
    x = layers.AtrousConvolution1D(6, 3, atrous_rate=2)(x)
    x = layers.Cropping1D((1, 0))(layers.ZeroPadding1D(1)(layers.UpSampling1D(2)(x)))
    x = layers.LocallyConnected1D(3, 3, subsample_length=2)(x)
    y = layers.AveragePooling1D(2, stride=1)(x)
    return [layers.GlobalMaxPooling1D()(x), y, layers.RepeatVector(3)(layers.Flatten()(x))]


def volumes(x: Any) -> Any:
    x = layers.Convolution3D(4, 3, 2, 1, border_mode="same", subsample=(1, 2, 2), **LAST)(x)
    x = layers.MaxPooling3D(**LAST)(x)
    x = layers.UpSampling3D((2, 2, 2), **LAST)(layers.ZeroPadding3D((1, 1, 1), **LAST)(x))
    return layers.AveragePooling3D((2, 2, 2), **LAST)(x)


def transposed(x: Any) -> Any:
    sizes = {"subsample": (2, 2), **LAST}
    x = layers.Deconvolution2D(3, 3, 3, output_shape=(None, 15, 17, 3), **sizes)(x)
    shape = (None, 30, 34, 4)
    return layers.Deconvolution2D(4, 3, 3, output_shape=shape, border_mode="same", **sizes)(x)


def clips(x: Any) -> Any:
    y = layers.TimeDistributed(layers.Convolution2D(4, 3, 3, **LAST))(x)
    y = layers.TimeDistributed(layers.Flatten())(y)
    z = layers.ConvLSTM2D(4, 3, 3, border_mode="same", return_sequences=True, **LAST)(x)
    return [layers.LSTM(3)(y), layers.ConvLSTM2D(5, 3, 3, border_mode="same", **LAST)(z)]


def gates() -> Any:
    return Sequential(
        [
            layers.MaxoutDense(6, nb_feature=3, input_dim=5),
            layers.Highway(activation="tanh"),
            layers.MaxoutDense(4, bias=False),
            layers.Highway(bias=False),
        ]
    )


def branches() -> Any:
    """Models in a model that merges their results, of which one merges some itself."""
    first = Sequential([layers.Dense(4, input_dim=6)])
    second = Sequential([layers.Dense(4, input_dim=7), layers.Activation("tanh")])
    both = Sequential([layers.Merge([first, second], mode="sum"), layers.Dense(2)])
    third = Sequential([layers.Dense(2, input_dim=3)])
    return Sequential([layers.Merge([both, third], mode="concat", concat_axis=1), layers.Dense(3)])


def towers(a: Any, b: Any) -> Any:
    """A shared Functional model in a shared Sequential one."""
    x = layers.Input((16, 16, 3))
    y = layers.Flatten()(layers.Convolution2D(4, 3, 3, **LAST)(x))
    tower = Model(x, layers.Dense(4)(y))
    head = Sequential([layers.Dense(5, input_dim=4), layers.Activation("relu")])
    return layers.merge([head(tower(a)), head(tower(b))], mode="concat")


CASES = {
    "lenet_1": lenet,
    "channels_first_1": channels_first,
    "residual_1": lambda: functional(residual, (32, 32, 3)),
    "dots_1": lambda: functional(dots, (6,), (7,)),
    "recurrent_1": recurrent,
    "series_1": lambda: functional(series, (20, 4)),
    "volumes_1": lambda: functional(volumes, (8, 16, 16, 2)),
    "transposed_1": lambda: functional(transposed, (7, 8, 3)),
    "clips_1": lambda: functional(clips, (5, 12, 12, 2)),
    "branches_1": branches,
    "gates_1": gates,
    "towers_1": lambda: functional(towers, (16, 16, 3), (16, 16, 3)),
}


def weighted(model: Any, seen: Any) -> Any:
    """Each layer with weights, once: its name, and its elements of weights."""
    for layer in model.layers:
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        if hasattr(layer, "layers"):
            yield from weighted(layer, seen)
        elif layer.weights:
            yield layer.name, int(layer.count_params())


def row_of(name: str, model: Any) -> Any:
    lines = sorted(f"{name} {params}" for name, params in weighted(model, set()))
    statistics = [w for w in model.weights if "_running_" in w.name]
    buffers = sum(int(w.get_value().size) for w in statistics)
    shapes = [tensor._keras_shape[1:] for tensor in model.outputs]
    outputs = sorted(sorted(int(size) for size in shape if size != 1) for shape in shapes)
    return {
        "file": f"{name}.json",
        "framework": f"keras {keras.__version__}",
        "params": int(model.count_params()) - buffers,
        "buffers": buffers,
        "macs": "",
        "outputs": json.dumps(outputs).replace(" ", ""),
        "layers": hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16],
    }


def main() -> None:
    with TABLE.open(newline="") as file:
        rows = {row["file"]: row for row in csv.DictReader(file)}
    for name, make in CASES.items():
        model = make()
        (FOLDER / f"{name}.json").write_text(model.to_json())
        rows[f"{name}.json"] = row = row_of(name, model)
        print(row)
    with TABLE.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(row), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[name] for name in sorted(rows))


if __name__ == "__main__":
    main()

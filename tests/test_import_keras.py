"""Files of Keras.

The models are recorded (tests/generate/keras_files.py), with Keras' own parameters, and the
multiply-accumulates of the products that JAX is given.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import cnncalc
from cnncalc.importers.errors import ImportFailed
from cnncalc.importers.file_formats import ReadOptions
from cnncalc.importers.load import sketch_of_file
from cnncalc.sketch import Sketch

from .support.keras_files import FILES, FOLDER, document, imported
from .support.paths import ROOT
from .support.processes import cnncalc as run


@pytest.mark.parametrize("file", FILES)
def test_counts_are_those_of_keras(file: str) -> None:
    totals, row = imported(file).totals, FILES[file]
    assert (totals.params, totals.buffers) == (int(row["params"]), int(row["buffers"]))
    if row["macs"]:
        assert totals.macs == int(row["macs"])


@pytest.mark.parametrize("file", FILES)
def test_outputs_are_those_of_keras(file: str) -> None:
    """Their sizes, whatever the order of the axes is."""
    outputs = [output.value.shape for output in imported(file).sketch.outputs]
    sizes = sorted(sorted(size for size in shape if size != 1) for shape in outputs)
    assert sizes == json.loads(FILES[file]["outputs"])


@pytest.mark.parametrize("file", FILES)
def test_each_layer_has_the_weights_that_it_has_in_keras(file: str) -> None:
    assert digest(imported(file).sketch) == FILES[file]["layers"]


def test_classes_of_the_applications_are_not_those_of_users(tmp_path: Path) -> None:
    """Keras 2.15 registers them in the package of users, as `Custom>CustomScaleLayer`.

    The JSON of Keras 2.11 to 2.13 has this as the class, without a module.
    """
    file = "InceptionResNetV2.keras"
    with zipfile.ZipFile(FOLDER / file) as archive:
        text = archive.read("config.json").decode()
    name = '"registered_name": "CustomScaleLayer"'
    assert name in text
    registered = text.replace(name, '"registered_name": "Custom>CustomScaleLayer"')
    entry = '"module": "keras.src.applications.inception_resnet_v2", "class_name": "'
    assert entry in text
    classes = text.replace(entry, '"class_name": "Custom>').replace(f", {name}", "")
    for changed in (registered, classes):
        (tmp_path / "net.json").write_text(changed, encoding="utf-8")
        totals = sketch_of_file(str(tmp_path / "net.json")).totals()
        assert totals == imported(file).sketch.totals()


def test_the_lambda_layers_of_the_applications_are_scaled_sums(tmp_path: Path) -> None:
    """Keras up to 2.11 writes InceptionResNetV2 with Lambda layers, with a scale as `arguments`."""
    with zipfile.ZipFile(FOLDER / "InceptionResNetV2.keras") as archive:
        text = archive.read("config.json").decode()
    text = re.sub(r'"custom_scale_layer_?(\d*)"', r'"block35_9\1"', text)  # as it is named there
    model = json.loads(text)
    changed = [e for e in model["config"]["layers"] if e["class_name"] == "CustomScaleLayer"]
    assert len(changed) == 20 + 10 + 10
    for entry in changed:
        scale = entry["config"].pop("scale")
        entry |= {"module": "keras.layers", "class_name": "Lambda", "registered_name": None}
        entry["config"] |= {"function": ["4wEAAA==", None, None], "arguments": {"scale": scale}}
    (tmp_path / "net.json").write_text(json.dumps(model), encoding="utf-8")
    totals = sketch_of_file(str(tmp_path / "net.json")).totals()
    assert totals == imported("InceptionResNetV2.keras").sketch.totals()
    changed[0]["config"]["arguments"] = {"scale": 0.17, "shift": 1}
    (tmp_path / "net.json").write_text(json.dumps(model), encoding="utf-8")
    with pytest.raises(ImportFailed, match=r"Lambda \(once, .*its function is code"):
        sketch_of_file(str(tmp_path / "net.json"))


WRITTEN = {"resnet": "ResNet50", "densenet": "DenseNet121", "xception": "Xception"}
WRITTEN |= {"mobilenet_v2": "MobileNetV2", "convnext": "ConvNeXtTiny", "vgg": "VGG16"}
"""The architecture files that were written by hand, with the network that is one of them."""


@pytest.mark.parametrize("written", WRITTEN)
def test_names_of_layers_tell_the_blocks(written: str) -> None:
    """The file is folded, and has no more lines than the one that was written by hand."""
    found = imported(f"{WRITTEN[written]}.keras")
    lines = (ROOT / "architectures" / f"{written}.yaml").read_text("utf-8").count("\n")
    assert found.form == "folded", found.reasons
    assert found.lines <= lines
    assert "\nblocks:\n" in found.text


@pytest.mark.parametrize("file", FILES)
def test_every_file_is_folded(file: str) -> None:
    assert imported(file).form == "folded", imported(file).reasons


def test_blocks_of_resnet50() -> None:
    """He et al., table 1: 3, 4, 6 and 3 blocks of three convolutions and a shortcut."""
    text = imported("ResNet50.keras").text
    assert text.count("{conv: ") == 5 and "repeat: 3, name: conv2" in text
    assert [f"{{stage: {depth}, name: conv{n}}}" in text for n, depth in ((3, 3), (4, 5), (5, 2))]


# Values that are stated elsewhere: the documentation of keras.layers, and by hand

RIGHT = {
    "lstm_json.json": (4 * 20 * (16 + 20) + 4 * 20, "20"),
    "gru_json.json": (3 * 20 * (16 + 20) + 2 * 3 * 20, "20"),
    "gru_reset_before_json.json": (3 * 20 * (16 + 20) + 3 * 20, "20"),
    "rnn_json.json": (20 * (16 + 20) + 20, "20"),
    "prelu_json.json": (16 * 16 * 8, "8x16x16"),
    "prelu_shared_json.json": (8, "8x16x16"),
    "transposed_same_json.json": (5 * 5 * 8 * 4 + 4, "4x32x32"),
    "transposed_valid_json.json": (2 * 2 * 8 * 4 + 4, "4x48x48"),
    "separable_json.json": (5 * 5 * 8 * 2 + 16 * 12 + 12, "12x8x8"),
    "lenet_1.json": (156 + 2400 + (16 * 6 * 12 * 120 + 120) + 240 + 1200, "10"),
    "channels_first_1.json": (224 + 16 + 10 * 10 * (3 * 3 * 8 * 3 + 3) + 3010 + 10, "10"),
}


@pytest.mark.parametrize("file", RIGHT)
def test_right_values(file: str) -> None:
    found = imported(file)
    (output,) = found.sketch.outputs
    assert (found.totals.params, str(output.value.shape)) == RIGHT[file]


# What is read


def test_layers_that_are_called_twice_share_their_weights() -> None:
    """The encoder of a Siamese network counts once, its operations in each of four calls."""
    totals = imported("shared_layers.keras").totals
    encoder = 3 * 3 * 1 * 4 + 4 + 400 * 6 + 6
    assert totals.params == encoder + 6 * 3 + 3
    assert totals.macs == 4 * (3 * 3 * 4 * 100 + 400 * 6) + 2 * 6 * 3


def test_frozen_layers_are_not_trainable() -> None:
    layers = imported("frozen.keras").sketch.layers
    frozen = {layer.kind for layer in layers if not layer.is_trainable}
    assert frozen == {"conv", "bn"}


def test_names_of_outputs() -> None:
    outputs = imported("shared_layers.keras").sketch.outputs
    assert sorted(output.name for output in outputs) == ["class", "distance", "other"]


@pytest.mark.parametrize("name", ["kind", "global_max_pooling2d"])
def test_one_output(name: str) -> None:
    """An output, or a layer on the way: only what it depends on is read."""
    path = str(FOLDER / "two_outputs_h5.h5")
    sketch = sketch_of_file(path, ReadOptions(output=name))
    assert len(sketch.outputs) == 1 and "age" not in {layer.name for layer in sketch.layers}
    assert len(sketch.inputs) == (2 if name == "kind" else 1)
    with pytest.raises(ImportFailed, match="no output and no layer `kid`: did you mean `kind`"):
        sketch_of_file(path, ReadOptions(output="kid"))


def test_a_layer_that_does_nothing_is_an_identity(tmp_path: Path) -> None:
    path = tmp_path / "net.json"
    noise = {"class_name": "GaussianNoise", "stddev": 0.1, "name": "noise"}
    path.write_text(document([noise], [None, 8]), "utf-8")
    assert [layer.kind for layer in sketch_of_file(str(path)).layers] == ["identity"]


@pytest.mark.parametrize(
    ("config", "kind", "shape"),
    [
        ({"mode": "sum", "concat_axis": -1, "output_shape": None}, "add", "4x8x8"),
        ({"mode": "max"}, "max", "4x8x8"),
        ({"mode": "ave"}, "div", "4x8x8"),
        ({"mode": "concat", "concat_axis": 3, "mode_type": "raw"}, "concat", "8x8x8"),
        ({"mode": "concat", "concat_axis": 1}, "concat", "4x16x8"),
    ],
    ids=lambda value: "".join(map(str, value.values())) if isinstance(value, dict) else "",
)
def test_the_merging_layer_before_keras_2_1(
    config: dict[str, Any], kind: str, shape: str, tmp_path: Path
) -> None:
    """https://github.com/keras-team/keras/blob/2.0.6/keras/legacy/layers.py"""
    convolution: dict[str, Any] = {"filters": 4, "kernel_size": [1, 1]}
    entries: list[tuple[str, str, dict[str, Any], list[str]]] = [
        ("x", "InputLayer", {"batch_input_shape": [None, 8, 8, 3], "dtype": "float32"}, []),
        ("a", "Conv2D", convolution, ["x"]),
        ("b", "Conv2D", convolution, ["x"]),
        ("m", "Merge", config, ["a", "b"]),
    ]
    layers: list[dict[str, Any]] = [
        {
            "name": name,
            "class_name": word,
            "config": {"name": name, **given},
            "inbound_nodes": [[[source, 0, 0, {}] for source in sources]] if sources else [],
        }
        for name, word, given, sources in entries
    ]
    ends: dict[str, Any] = {"input_layers": [["x", 0, 0]], "output_layers": [["m", 0, 0]]}
    model = {"class_name": "Model", "config": {**ends, "name": "net", "layers": layers}}
    path = tmp_path / "net.json"
    path.write_text(json.dumps({**model, "keras_version": "2.0.6"}), "utf-8")
    sketch = sketch_of_file(str(path))
    assert sketch.layers[-1].kind == kind
    assert str(sketch.outputs[0].value.shape) == shape


CODE = {"class_name": "Lambda", "name": "code", "function": {"class_name": "__lambda__"}}


def test_custom_layers_stand_in(tmp_path: Path) -> None:
    """The shape is that which the next layer reads; a comment says what is not counted."""
    shape = [None, 8, 8, 3]
    entries = [
        ("InputLayer", {"batch_shape": shape}, []),
        ("Lambda", CODE, ["x", shape]),
        ("Conv2D", {"filters": 4, "kernel_size": [3, 3]}, ["code", [None, 6, 6, 5]]),
    ]
    path = tmp_path / "net.json"
    path.write_text(functional(("x", "code", "conv"), entries), "utf-8")
    sketch = sketch_of_file(str(path), ReadOptions(is_custom_allowed=True))
    assert [layer.kind for layer in sketch.layers] == ["custom", "conv"]
    assert sketch.layers[0].shape == (5, 6, 6) and sketch.layers[1].params == 3 * 3 * 5 * 4 + 4
    assert "of Lambda, whose function is code, are not counted" in " ".join(sketch.notes)
    ran = run("import", str(path), "--allow-custom")
    assert ran.returncode == 0 and "custom: Lambda, shape: 5x6x6" in ran.stdout
    assert "the file states no counts; its layers have 184 parameters" in ran.stderr
    ran = run("show", str(path))
    assert ran.returncode == 2 and "Lambda (once, at layer code (Lambda))" in ran.stderr
    assert run("import", str(path), "--output", "code").returncode == 2


def test_a_lambda_may_state_its_shape(tmp_path: Path) -> None:
    """In Keras 2, without the batch; another one has no shape, and `custom` needs it."""
    dense = {"class_name": "Dense", "units": 2, "name": "dense"}
    path = tmp_path / "net.json"
    path.write_text(document([{**CODE, "output_shape": [6, 4]}, dense], [None, 8, 3]), "utf-8")
    sketch = sketch_of_file(str(path), ReadOptions(is_custom_allowed=True))
    assert sketch.layers[0].shape == (4, 6) and sketch.layers[1].params == 4 * 2 + 2
    path.write_text(document([CODE, dense], [None, 8, 3]), "utf-8")
    with pytest.raises(ImportFailed, match="does not state the shapes of their outputs"):
        sketch_of_file(str(path), ReadOptions(is_custom_allowed=True))


def test_a_recurrent_layer_reads_the_positions_of_a_map_as_one_series(tmp_path: Path) -> None:
    """Keras counts 3 (6 x 7 + 6 x 6 + 2 x 6) parameters: two biases for each gate."""
    layers: list[dict[str, Any]] = [
        {"class_name": "Conv2D", "filters": 7, "kernel_size": 1, "name": "conv"},
        {"class_name": "Reshape", "target_shape": [20, 7], "name": "series"},
        {"class_name": "GRU", "units": 6, "return_sequences": True, "reset_after": True}
        | {"name": "states"},
    ]
    path = tmp_path / "net.json"
    path.write_text(document(layers, [None, 4, 5, 3]), "utf-8")
    conv, tokens, states = cnncalc.load(path).nodes
    assert (conv.layer.kind, tokens.layer.kind) == ("conv", "tokens")
    assert states.shape == (6, 20)
    weights = states.layer.weights(*states.input_shapes).values()
    assert sum(one.elements for one in weights) == 3 * (6 * 7 + 6 * 6 + 2 * 6)


SHAPES: list[tuple[str, dict[str, Any], tuple[int, ...], str]] = [
    ("CategoryEncoding", {"num_tokens": 7, "output_mode": "multi_hot"}, (5,), "7"),
    ("CategoryEncoding", {"num_tokens": 7, "output_mode": "one_hot"}, (1,), "7"),
    ("CategoryEncoding", {"num_tokens": 7, "output_mode": "one_hot"}, (5,), "7x5"),
    ("Discretization", {"bin_boundaries": [0.0, 1.0], "output_mode": "int"}, (5,), "5"),
    ("Discretization", {"bin_boundaries": [0.0, 1.0], "output_mode": "count"}, (5,), "3"),
    ("Hashing", {"num_bins": 9, "output_mode": "int"}, (4,), "4"),
    ("AutoContrast", {"value_range": [0, 1]}, (8, 6, 3), "3x8x6"),
]
"""Layers without weights, with the shape that Keras 3.15.1 computes, channels first."""


@pytest.mark.parametrize(("kind", "config", "size", "shape"), SHAPES)
def test_layers_without_weights_that_no_layer_states(
    kind: str, config: dict[str, Any], size: tuple[int, ...], shape: str, tmp_path: Path
) -> None:
    path = tmp_path / "net.json"
    path.write_text(document([{"class_name": kind, "name": "it", **config}], [None, *size]))
    with pytest.raises(ImportFailed, match=rf"{kind} \(once, at layer it \({kind}\)\)"):
        sketch_of_file(str(path))
    sketch = sketch_of_file(str(path), ReadOptions(is_custom_allowed=True))
    assert str(sketch.outputs[0].value.shape) == shape and not sketch.notes


def test_an_activation_of_the_user_leaves_the_layer(tmp_path: Path) -> None:
    """A function of each element: the convolution has its numbers, the function its shape."""
    entry = {"class_name": "Conv2D", "filters": 4, "kernel_size": 3, "activation": "my>act"}
    path = tmp_path / "net.json"
    path.write_text(document([{**entry, "name": "conv"}], [None, 8, 8, 3]), "utf-8")
    sketch = sketch_of_file(str(path), ReadOptions(is_custom_allowed=True))
    assert [layer.kind for layer in sketch.layers] == ["conv", "custom"]
    assert sketch.layers[1].shape == (4, 6, 6)
    with pytest.raises(ImportFailed, match=r"act \(once, at layer conv \(Conv2D\)\)"):
        sketch_of_file(str(path))


def test_other_activations(tmp_path: Path) -> None:
    """x / (1 + |x|); log_softmax_v2 is what TensorFlow calls its function; glu halves."""
    names = ("softsign", "log_softmax_v2", "glu")
    entries = [{"class_name": "Activation", "name": n, "activation": n} for n in names]
    path = tmp_path / "net.json"
    path.write_text(document(entries, [None, 8]), "utf-8")
    layers = sketch_of_file(str(path)).layers
    assert [layer.kind for layer in layers] == ["abs", "add", "div", "log_softmax", "glu"]
    assert layers[-1].shape == (4,)


def test_entries_in_any_order(tmp_path: Path) -> None:
    """Keras writes objects as dictionaries, which Python 3.5 has in no order."""
    data = (FOLDER / "lenet_2_h5.h5").read_bytes()
    start = data.index(b'{"class_name": "Sequential"')
    text = data[start : data.index(b"\0", start)]
    first, rest = b'"class_name": "Sequential"', text.partition(b", ")[2][:-1]
    path = tmp_path / "net.h5"
    path.write_bytes(data.replace(text, b"{%s, %s}" % (rest, first)))
    assert sketch_of_file(str(path)).totals() == imported("lenet_2_h5.h5").totals


def test_a_transposed_convolution_of_other_sizes(tmp_path: Path) -> None:
    """Keras 1 states the sizes of the result, which several are possible for."""
    text = (FOLDER / "transposed_1.json").read_text("utf-8")
    path = tmp_path / "net.json"
    path.write_text(text.replace("[null, 30, 34, 4]", "[null, 29, 34, 4]"), "utf-8")
    with pytest.raises(ImportFailed, match="a result of other sizes than the input times"):
        sketch_of_file(str(path))


def functional(names: Sequence[str], entries: Sequence[tuple[str, Any, list[Any]]]) -> str:
    """The text of a Functional model: each layer reads one tensor, a layer with its shape."""
    layers = []
    for name, (kind, config, read) in zip(names, entries, strict=True):
        layer = {"module": "keras.layers", "class_name": kind, "name": name, "config": config}
        history = {"keras_history": [read[0], 0, 0], "shape": read[1]} if read else {}
        tensor = {"class_name": "__keras_tensor__", "config": history}
        calls = [{"args": [tensor], "kwargs": {}}] if read else []
        layers.append({**layer, "inbound_nodes": calls})
    ends = {"input_layers": [names[0], 0, 0], "output_layers": [names[-1], 0, 0]}
    config = {"name": "net", "layers": layers, **ends}
    return json.dumps({"module": "keras", "class_name": "Functional", "config": config})


def test_every_command_takes_a_file() -> None:
    for words in (
        ["show", "tokens.keras"],
        ["show", "lstm_json.json"],
        ["explain", "lenet_2_h5.h5"],
        ["compare", "two_outputs_h5.h5", "residual_2.json"],
        ["diff", "--flat", "lenet_2_h5.h5", "sequential_h5.h5"],
    ):
        ran = run(*words, cwd=FOLDER)
        assert ran.returncode == 0 and ran.stdout, (words, ran.stderr)


def digest(sketch: Sketch) -> str:
    """Of all layers with weights: their names and numbers."""
    found: dict[str, int] = defaultdict(int)
    seen = set()
    for layer in sketch.layers:
        if layer.weights and layer.weights not in seen:
            seen.add(layer.weights)
            found[layer.name] += layer.params + layer.buffers
    lines = sorted(f"{name} {params}" for name, params in found.items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]

"""Data types of model files: of the network, and of the layers that have others.

The files in tests/data/onnx/quantized are written by ONNX Runtime, those of TensorFlow Lite by
TensorFlow (tests/generate/onnx_quantized.py and tflite_files.py).
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnncalc.dtype import DataTypes
from cnncalc.importers.check import differences
from cnncalc.importers.importing import ImportedModel, import_sketch
from cnncalc.importers.load import sketch_of_file

from .support.keras_files import document
from .support.onnx import exported
from .support.paths import ROOT

DATA = ROOT / "tests" / "data"

with (DATA / "onnx_quantized.csv").open(encoding="utf-8", newline="") as table:
    QUANTIZED = {row["name"]: row["weights"] for row in csv.DictReader(table)}
"""The elements of stored matrices by their types, as the onnx package has them."""


def imported(path: Path) -> ImportedModel:
    found = import_sketch(sketch_of_file(str(path)))
    assert found.form == "folded", found.reasons
    return found


def quantized(name: str) -> ImportedModel:
    return imported(DATA / "onnx" / "quantized" / f"{name}.onnx")


@pytest.mark.parametrize("name", QUANTIZED)
def test_weights_have_the_types_that_they_are_stored_as(name: str) -> None:
    network = quantized(name).network
    found: Counter[str] = Counter()
    for node in network.nodes:
        for label, shape in node.layer.weights(*node.input_shapes).items():
            if label == "weight":
                word = node.dtype.weights
                found["float" if word == "float32" else word] += shape.elements
    text = " ".join(f"{word}={count}" for word, count in sorted(found.items()))
    assert text == QUANTIZED[name]


TYPES = {
    "qdq_int8": "int8",
    "qdq_uint8_int8": "int8 weights, uint8 activations",
    "qdq_uint16_int8": "int8 weights, int16 activations",
    "operators_uint8": "uint8",
    "operators_uint8_int8": "int8 weights, uint8 activations",
    "dynamic_int8": "int8 weights, float32 activations",
    "dynamic_uint8": "uint8 weights, float32 activations",
    "half": "float16",
}
"""The types that the files were made with, where all layers have the same."""


@pytest.mark.parametrize("name", TYPES)
def test_one_type_is_that_of_the_network(name: str) -> None:
    found = quantized(name)
    assert found.network.dtype == TYPES[name]
    assert found.text.count("dtype") == 1


STATIC = [name for name in TYPES if name.startswith(("qdq", "operators"))]


@pytest.mark.parametrize("name", QUANTIZED)
def test_activations_in_a_quantization_are_a_note(name: str) -> None:
    """The model has a relu after three of its six convolutions (tests/generate/onnx_quantized.py).

    ONNX Runtime removes it where it quantizes what the convolution makes.
    """
    found = quantized(name)
    kinds = Counter(layer.kind for layer in found.sketch.layers)
    notes = [note for note in found.notes if "a relu that the model has" in note]
    assert kinds["conv"] == 6
    assert kinds["relu"] == (0 if name in STATIC else 5)
    assert [note.partition(" convolutions")[0] for note in notes] == (
        ["the quantized results of 3 of 6"] if name in STATIC else []
    )


def test_layers_that_are_not_quantized_state_their_types() -> None:
    """All but the convolutions: sums, the pooling and the dense layer."""
    found = quantized("qdq_convolutions")
    types = {node.layer.kind: node.dtype.text for node in found.network.nodes}
    assert types["conv"] == "int8"
    assert types["linear"] == types["global_avgpool"] == "float32"
    assert "\ndtype: int8\n" in found.text
    assert "{linear: 10, dtype: float32, name: fc}" in found.text


def test_branches_of_a_join_have_the_types_of_the_network() -> None:
    """`dtype` of a sum in float32 holds for its branches, which are quantized."""
    found = quantized("qdq_convolutions")
    sums = [node for node in found.network.nodes if node.layer.kind == "add"]
    assert {node.dtype.activations for node in sums} >= {"float32"}
    convolutions = [node for node in found.network.nodes if node.layer.kind == "conv"]
    assert {node.dtype.text for node in convolutions} == {"int8"}


def test_weights_of_4_bits_in_one_layer() -> None:
    found = quantized("qdq_dense_int4")
    assert "\ndtype:" not in found.text
    assert "{linear: 10, dtype: {weights: int4, activations: int8}, name: fc}" in found.text


def test_types_of_16_bits_without_a_sign_are_told() -> None:
    assert any("uint16 is stated as int16" in note for note in quantized("qdq_uint16_int8").notes)


# TensorFlow Lite


def test_weights_of_16_bits() -> None:
    found = imported(DATA / "tflite" / "residual_float16.tflite")
    assert found.network.types == DataTypes("float16", "float32")
    assert found.text.count("dtype") == 1


def test_large_weights_of_8_bits() -> None:
    """TensorFlow quantizes tensors of at least 1,024 elements alone: one of 3x3x12x12."""
    found = imported(DATA / "tflite" / "residual_dynamic.tflite")
    small = [node for node in found.network.nodes if node.dtype.weights == "int8"]
    assert [node.layer.weights(*node.input_shapes)["weight"].elements for node in small] == [1296]


# Keras

POLICIES: dict[str, tuple[Any, str]] = {
    "a word": ("float16", "float16"),
    "Keras 3": ({"class_name": "DTypePolicy", "config": {"name": "bfloat16"}}, "bfloat16"),
    "mixed": (
        {"class_name": "DTypePolicy", "config": {"name": "mixed_float16"}},
        "float32 weights, float16 activations",
    ),
    "mixed, Keras 2": (
        {"class_name": "Policy", "config": {"name": "mixed_bfloat16"}},
        "float32 weights, bfloat16 activations",
    ),
    "quantized": (
        {
            "class_name": "QuantizedDTypePolicy",
            "config": {"mode": "int8", "source_name": "mixed_bfloat16"},
        },
        "int8 weights, bfloat16 activations",
    ),
    "quantized in groups": (
        {
            "class_name": "Int4DTypePolicy",
            "config": {"mode": "int4/128", "source_name": "float32"},
        },
        "int4 weights, float32 activations",
    ),
    "several policies": (
        {
            "class_name": "DTypePolicyMap",
            "config": {
                "default_policy": {"class_name": "DTypePolicy", "config": {"name": "float16"}}
            },
        },
        "float16",
    ),
    "multiplied in 8 bits, stored in 32": (
        {
            "class_name": "QuantizedFloat8DTypePolicy",
            "config": {"mode": "float8", "source_name": "float32"},
        },
        "float32",
    ),
    "an unknown policy": ({"class_name": "Mine", "config": {"name": "mine"}}, "float32"),
}


@pytest.mark.parametrize("name", POLICIES)
def test_policies_of_keras(name: str, tmp_path: Path) -> None:
    policy, wanted = POLICIES[name]
    layers = [{"class_name": "Dense", "units": 4, "name": "a", "dtype": policy}]
    path = tmp_path / "net.json"
    path.write_text(document(layers, [None, 8]), "utf-8")
    assert imported(path).network.dtype == wanted


# Any layer may have any type


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_files_state_the_types_of_all_layers(data: st.DataObject) -> None:
    """Whatever they are: the folded file, or a less readable one, is exact."""
    sketch = exported("UNet")
    words = st.sampled_from(["", "int8", "float16"])
    pairs = st.builds(DataTypes, words, words)
    count = len(sketch.layers)
    types = data.draw(st.lists(pairs, min_size=count, max_size=count))
    layers = (layer._replace(types=own) for layer, own in zip(sketch.layers, types, strict=True))
    found = import_sketch(sketch._replace(layers=tuple(layers)))
    assert differences(found.text, found.sketch) == []

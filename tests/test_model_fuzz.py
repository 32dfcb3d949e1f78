"""Damaged model files of every format, and what campaigns of them found (tests/fuzz/models.py)."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from cnncalc.importers.errors import ImportFailed, InvalidModelFile
from cnncalc.importers.file_formats import ReadOptions
from cnncalc.importers.importing import ImportedModel, import_sketch
from cnncalc.importers.load import sketch_of_file

from .fuzz.model_inputs import EXTENSIONS, mutant, seeds
from .fuzz.models import outcome
from .support.caffe import layer, network
from .support.keras_files import document
from .support.pt2 import document as program
from .support.pt2 import write_pt2

MUTANTS = 100


@pytest.mark.parametrize("form", EXTENSIONS)
def test_mutants_are_networks_or_one_message(form: str, tmp_path: Path) -> None:
    """Other ones in a campaign: these are the same in each run."""
    found = set()
    for number in range(MUTANTS):
        random = Random(f"test {form} {number}")
        path = tmp_path / f"net{EXTENSIONS[form]}"
        path.write_bytes(mutant(random, form))
        found.add(outcome(path, ReadOptions(is_custom_allowed=number % 2 == 0)))
    assert found == {"network", "message"}


@pytest.mark.parametrize("form", EXTENSIONS)
def test_files_to_damage_are_networks(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"net{EXTENSIONS[form]}"
    outcomes = []
    for data in seeds(form):
        path.write_bytes(data)
        outcomes.append(outcome(path, ReadOptions(is_custom_allowed=True)))
    assert outcomes.count("network") > len(outcomes) / 2


def imported(text: str, path: Path) -> ImportedModel:
    path.write_text(text, "utf-8")
    return import_sketch(sketch_of_file(str(path)))


def model_of(calls: list[tuple[str, dict[str, Any], str]], outputs: list[str]) -> str:
    """The JSON text of a Functional model of Keras 3 on 8x8x3: each layer reads another one."""
    first = {"class_name": "InputLayer", "name": "x", "config": {"batch_shape": [None, 8, 8, 3]}}
    layers: list[dict[str, Any]] = [{**first, "inbound_nodes": []}]
    for number, (kind, config, source) in enumerate(calls):
        tensor = {"class_name": "__keras_tensor__", "config": {"keras_history": [source, 0, 0]}}
        entry = {"module": "keras.layers", "class_name": kind, "name": str(number)}
        node = [{"args": [tensor], "kwargs": {}}]
        layers.append({**entry, "config": {**config, "name": str(number)}, "inbound_nodes": node})
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [[name, 0, 0] for name in outputs]}
    config = {"name": "net", "layers": layers, **ends}
    return json.dumps({"module": "keras", "class_name": "Functional", "config": config})


CONV = {"filters": 4, "kernel_size": [3, 3]}


def test_outputs_that_are_one_value(tmp_path: Path) -> None:
    found = imported(model_of([("Conv2D", CONV, "x")], ["0", "0", "0"]), tmp_path / "net.json")
    assert len(found.network.outputs) == 1
    assert any("not repeated: 0_1, 0_2" in note for note in found.notes)


def test_numbers_that_a_file_cannot_have(tmp_path: Path) -> None:
    """The least number of 32 bits, as masks have it, is a constant; a slope that is no number."""
    path = tmp_path / "net.json"
    rescaling = {"class_name": "Rescaling", "name": "a", "scale": 1.0, "offset": -3.4028235e38}
    found = imported(document([rescaling], [None, 8, 8, 3]), path)
    kinds = [layer.kind for layer in found.sketch.layers]
    assert kinds == ["mul", "constant", "add"] and found.form == "folded"
    slope = {"class_name": "LeakyReLU", "name": "a", "negative_slope": float("nan")}
    with pytest.raises(ImportFailed, match=r"LeakyReLU .*is nan, which a file cannot have"):
        imported(document([slope], [None, 8]), path)


def test_sizes_that_a_file_cannot_have(tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match=r"the input `input` has more than 10\^15 elements"):
        imported(document([], [None, 10**9, 10**9, 3]), tmp_path / "net.json")


@pytest.mark.parametrize(
    ("tensor", "message"),
    [
        ({"sizes": [{"as_int": 10**18}, {"as_int": 3}]}, "more than 10^15 elements, parameters"),
        ({"sizes": [{"as_int": -4}, {"as_int": 3}]}, "a negative size"),
    ],
)
def test_sizes_of_programs(tensor: dict[str, Any], message: str, tmp_path: Path) -> None:
    content = program(["stem"])
    values = content["graph_module"]["graph"]["tensor_values"]
    values["w0"] = {**values["w0"], **tensor}
    path = write_pt2(tmp_path / "net.pt2", content)
    with pytest.raises((ImportFailed, InvalidModelFile)) as caught:
        import_sketch(sketch_of_file(str(path)))
    assert message in str(caught.value)


def test_names_of_stored_tensors_are_texts(tmp_path: Path) -> None:
    content = program(["stem"])
    content["graph_module"]["signature"]["input_specs"][0]["parameter"]["parameter_name"] = None
    with pytest.raises(InvalidModelFile, match="a stored tensor without a name"):
        sketch_of_file(str(write_pt2(tmp_path / "net.pt2", content)))


def test_layers_of_one_name_have_their_own_weights(tmp_path: Path) -> None:
    """As in Caffe, where only parameters that are named are shared: 3x3 kernels, 3 -> 4 -> 5."""
    conv = "convolution_param { num_output: %d kernel_size: 3 }"
    text = network(3, 8, 8)
    text += layer("Convolution", "same", "data", conv % 4, "a")
    text += layer("Convolution", "same", "a", conv % 5, "b")
    found = imported(text, tmp_path / "net.prototxt")
    assert found.totals.params == 9 * 3 * 4 + 4 + 9 * 4 * 5 + 5

"""`dtype`: types of weights and activations, of a file, a step and the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cnncalc
from cnncalc.dtype import BITS, TYPES_BY_WORD, packed_bytes
from cnncalc.parser import parse
from cnncalc.unparse.document import unparse

from .support.processes import cnncalc as run

NETWORK = """\
input: 3x5x5
dtype: {weights: int4, activations: int8}
layers:
  - {conv: 5, kernel: 3, dtype: int8}
  - bn
  - {conv: 3, kernel: 1, dtype: binary, name: bits}
  - {chunk: 3, name: part}
  - {from: "part[0]"}
  - flatten
  - {linear: 7, dtype: {activations: int16}}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "net.yaml"
    found.write_text(NETWORK)
    return found


def test_bits() -> None:
    """The names state the bits; `binary` has 1."""
    for name, bits in BITS.items():
        digits = "".join(filter(str.isdigit, name))
        assert bits == (int(digits) if digits else 1), name


@pytest.mark.parametrize(
    ("elements", "dtype", "expected"),
    [(0, "int4", 0), (1, "binary", 1), (8, "binary", 1), (9, "binary", 2), (7, "int2", 2)],
)
def test_packed(elements: int, dtype: str, expected: int) -> None:
    assert packed_bytes(elements, dtype) == expected


def test_words() -> None:
    words = {"w8a8": ("int8", "int8"), "w8a16": ("int8", "int16"), "w4a8": ("int4", "int8")}
    assert {word: tuple(TYPES_BY_WORD[word]) for word in words} == words


def test_bytes(path: Path) -> None:
    """By hand: each tensor and each part is rounded up to whole bytes."""
    analysis = cnncalc.analyse(cnncalc.load(path))
    numbers = [(layer.activation_bytes, layer.alive_bytes) for layer in analysis.layers]
    assert numbers == [
        (45, 75 + 45),  # 5x3x3 of int8, after 3x5x5
        (45, 45 + 45),
        (4, 45 + 4),  # 27 bits
        (27, 4 + 27),  # three parts of 9 values of int8
        (9, 9),  # the first part, which flatten does not copy
        (14, 9 + 14),  # 7 values of int16
    ]


def test_weight_bytes(path: Path) -> None:
    """8 bits: 140; bn of int4: 4 tensors of 5; binary: 15 and 3 bits; int4: 63 and 7 weights."""
    found = run("show", str(path), "--columns", "layer,weight_bytes", "--format", "csv").stdout
    rows = dict(line.split(",")[:2] for line in found.splitlines()[1:])
    assert rows["conv1"] == "140" and rows["bn1"] == "12" and rows["bits"] == "3"
    assert rows["linear1"] == str(32 + 4)
    assert cnncalc.analyse(cnncalc.load(path)).totals.weight_bytes == 140 + 12 + 3 + 36


def test_batch(path: Path) -> None:
    """Each sample is rounded up, so that all bytes are proportional to the batch."""
    one, four = (cnncalc.analyse(cnncalc.load(path), batch=batch) for batch in (1, 4))
    assert four.totals.peak_bytes == 4 * one.totals.peak_bytes
    assert four.totals.weight_bytes == one.totals.weight_bytes


# The language


def test_requested_types_replace_those_of_the_file() -> None:
    network = cnncalc.load("resnet", variant="resnet18", dtype="w4a8")
    assert network.dtype == "int4 weights, int8 activations"
    assert {node.dtype for node in network.nodes} == {TYPES_BY_WORD["w4a8"]}


def test_own_types_are_kept(path: Path) -> None:
    network = cnncalc.load(path, dtype="float16")
    assert [node.dtype.text for node in network.nodes] == [
        "int8",
        "float16",
        "binary",
        "float16",
        "float16",
        "float16 weights, int16 activations",
    ]


@pytest.mark.parametrize("word", ["w8a17", "int3", "w4", "{weights: int4}"])
def test_unknown_types_of_the_command_line(word: str) -> None:
    found = run("show", "alexnet", "--dtype", word)
    assert found.returncode == 2 and f"there is no dtype `{word}`" in found.stderr


def test_types_by_the_names_of_other_tools(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    for word, meant in (("fp16", "float16"), ("half", "float16"), ("BF16", "bfloat16")):
        hint = f"did you mean `{meant}`?"
        assert hint in run("show", "alexnet", "--dtype", word).stderr
        path.write_text(f"input: 8\ndtype: {word}\nlayers: [{{linear: 8}}]\n")
        assert hint in run("show", str(path)).stderr


def test_variables_and_variants(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(
        "input: 8\nvars: {bits: int4}\ndtype: {weights: bits}\n"
        "layers: [{linear: 8, bias: false}]\nvariants:\n  a:\n  b: {vars: {bits: int2}}\n"
    )
    sizes = [
        cnncalc.analyse(cnncalc.load(path, variant=variant)).totals.weight_bytes for variant in "ab"
    ]
    assert sizes == [32, 16]
    assert "8 B" in run("show", str(path), "--set", "bits=binary").stdout


def test_unparse() -> None:
    document = parse(NETWORK.encode(), "net.yaml").document
    assert document is not None
    written = unparse(document)
    assert "dtype: {weights: int4, activations: int8}" in written
    again = parse(written.encode(), "net.yaml")
    assert again.network is not None and not again.problems
    before = parse(NETWORK.encode(), "net.yaml").network
    assert before is not None
    assert [node.dtype for node in again.network.nodes] == [node.dtype for node in before.nodes]


def test_layer_command(tmp_path: Path) -> None:
    path = tmp_path / "layer.yaml"
    run("layer", "conv", "3x8x8", "out=4", "kernel=1", "--dtype", "w4a8", "-o", str(path))
    assert "dtype: {weights: int4, activations: int8}" in path.read_text()
    text = run("layer", "conv", "3x8x8", "out=3", "kernel=1", "--dtype", "w4a8").stdout
    assert (
        "ceil(9 x 4 / 8) = 5" in text or "ceil(elements x bits / 8) = ceil(9 x 4 / 8) = 5" in text
    )


# Output


def test_json(path: Path) -> None:
    """One word, or an object where the types differ; of a layer only its own."""
    found = json.loads(run("show", str(path), "--format", "json").stdout)
    assert found["dtype"] == {"weights": "int4", "activations": "int8"}
    own = [layer.get("dtype") for layer in found["layers"]]
    assert own[:3] == ["int8", None, "binary"]
    assert own[-1] == {"weights": "int4", "activations": "int16"}
    report = cnncalc.Report.from_json(json.dumps(found))
    assert json.loads(report.to_json()) == found
    assert report.layers[0].dtype == "int8" and report.layers[1].dtype is None
    explained = json.loads(run("explain", str(path), "--format", "json").stdout)
    assert explained["dtype"] == found["dtype"]


def test_diff(path: Path, tmp_path: Path) -> None:
    """The type of a step is a change of the layer, that of the file one of the network."""
    step, whole = tmp_path / "step.yaml", tmp_path / "whole.yaml"
    step.write_text(NETWORK.replace("dtype: binary", "dtype: int2"))
    whole.write_text(NETWORK.replace("weights: int4", "weights: int2"))
    assert "bits  dtype binary -> int2" in run("diff", str(path), str(step)).stdout
    text = run("diff", str(path), str(whole)).stdout
    assert "int4 weights, int8 activations -> int2 weights, int8 activations" in text


def test_column(path: Path) -> None:
    found = run("show", str(path), "--columns", "layer,dtype", "--format", "csv").stdout
    assert 'linear1,"int4 weights, int16 activations"' in found

"""Networks of Caffe.

tests/data/caffe/counts.csv is what Caffe itself makes of the files next to it: the numbers that it
stores, with the statistics of norms apart and without their factors, and the output of each layer.
"""

from __future__ import annotations

import csv
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnncalc.importers.caffe.text_format import parse_message
from cnncalc.importers.errors import ImportFailed, InvalidModelFile
from cnncalc.importers.file_formats import ReadOptions, is_caffe
from cnncalc.importers.importing import ImportedModel, import_sketch
from cnncalc.importers.load import sketch_of_file
from cnncalc.shape import Shape
from cnncalc.sketch import Sketch

from .support.caffe import layer, network, resnet50
from .support.hostile import HOSTILE
from .support.mutants import mutants, read_or_refused
from .support.paths import ROOT
from .support.processes import cnncalc as run

DATA = ROOT / "tests" / "data" / "caffe"
COUNTS = list(csv.DictReader((DATA / "counts.csv").read_text("utf-8").splitlines()))


def sketch_of(text: str, folder: Path, **options: object) -> Sketch:
    path = folder / "net.prototxt"
    path.write_text(text, "utf-8")
    return sketch_of_file(str(path), ReadOptions(**options))  # type: ignore[arg-type]


def imported(text: str, folder: Path) -> ImportedModel:
    return import_sketch(sketch_of(text, folder))


@pytest.mark.parametrize("row", COUNTS, ids=lambda row: row["file"])
def test_counts_are_those_of_caffe(row: dict[str, str]) -> None:
    """With the layers that only training has."""
    found = import_sketch(sketch_of_file(str(DATA / row["file"])))
    assert found.form == "folded", found.reasons
    layers = found.sketch.layers
    stored = {layer.weights: layer.params for layer in layers if layer.weights}
    assert sum(stored.values()) == int(row["params"])
    assert sum(layer.buffers for layer in layers) == int(row["statistics"])
    assert sum(layer.macs for layer in layers) == int(row["macs"])


@pytest.mark.parametrize("row", COUNTS, ids=lambda row: row["file"])
def test_outputs_of_layers_are_those_of_caffe(row: dict[str, str]) -> None:
    """Each layer as the only output; Caffe splits blobs that several layers read."""
    for pair in row["outputs"].split():
        name, _, sizes = pair.partition("=")
        sketch = sketch_of_file(str(DATA / row["file"]), ReadOptions(output=name))
        assert sketch.outputs[0].value.shape == tuple(map(int, sizes.split("x"))), name


def test_resnet50(tmp_path: Path) -> None:
    """He et al., ResNet-50-deploy.prototxt: 25,557,096 parameters, as conv1 has a bias."""
    found = imported(resnet50(), tmp_path)
    assert (found.totals.params, found.totals.buffers) == (25_557_096, 53_120)
    assert found.totals.macs == 3_857_973_248
    assert found.form == "folded" and found.lines <= 40
    assert "residual" in found.text


def test_blocks_are_called_after_the_names_of_their_layers() -> None:
    found = import_sketch(sketch_of_file(str(DATA / "training.prototxt")))
    assert "name: inception_a" in found.text and "name: inception_b" in found.text


def test_auxiliary_classifiers_are_in_training_only() -> None:
    found = sketch_of_file(str(DATA / "training.prototxt"))
    assert [(o.name, o.is_training_only) for o in found.outputs] == [
        ("classifier", False),
        ("aux/classifier", True),
    ]


def test_frozen_layers_are_not_trained() -> None:
    found = sketch_of_file(str(DATA / "segmentation.prototxt"))
    frozen = [layer.name for layer in found.layers if not layer.is_trainable]
    assert frozen == ["upscore2"]


def test_shared_weights_are_counted_once() -> None:
    found = import_sketch(sketch_of_file(str(DATA / "shared.prototxt")))
    assert found.totals.params == 5 * 9 + 5 + 5 * 18 * 18 * 4 + 4


def test_layers_that_only_training_has(tmp_path: Path) -> None:
    """A head with a rule for the phase: its parameters are those of training."""
    head = "include { phase: TRAIN } inner_product_param { num_output: 5 }"
    text = network(3, 8, 8) + layer(
        "InnerProduct", "main", "data", "inner_product_param { num_output: 4 }"
    )
    found = sketch_of(text + layer("InnerProduct", "extra", "data", head), tmp_path)
    assert found.totals().params == 192 * 4 + 4
    assert [output.is_training_only for output in found.outputs] == [False, True]


# What a file does not state


def test_sizes_of_data_are_asked_for(tmp_path: Path) -> None:
    text = 'layer { name: "data" type: "HDF5Data" top: "data" top: "label" }'
    text += layer("InnerProduct", "ip", "data", "inner_product_param { num_output: 2 }")
    with pytest.raises(ImportFailed, match="does not state the sizes of `data`"):
        sketch_of(text, tmp_path)
    found = sketch_of(text, tmp_path, inputs={"": Shape((4,))})
    assert found.totals().params == 10
    with pytest.raises(ImportFailed, match="no input `image`"):
        sketch_of(text, tmp_path, inputs={"image": Shape((4,))})


def test_fields_that_are_not_known_are_noted(tmp_path: Path) -> None:
    param = "pooling_param { kernel_size: 2 stride: 2 ceil_mode: false torch_pooling: true }"
    found = imported(network(3, 9, 9) + layer("Pooling", "pool", "data", param), tmp_path)
    assert found.sketch.outputs[0].value.shape == (3, 4, 4)
    assert any("torch_pooling" in note for note in found.notes)


# Layers that no layer states

DETECTOR = (
    network(3, 32, 32)
    + layer("Convolution", "conv", "data", "convolution_param { num_output: 8 kernel_size: 3 }")
    + 'layer { name: "proposal" type: "Python" bottom: "conv" bottom: "im_info" top: "rois" '
    'python_param { module: "rpn.proposal" layer: "ProposalLayer" } }'
    + 'layer { name: "roi" type: "ROIPooling" bottom: "conv" bottom: "rois" top: "roi" '
    "roi_pooling_param { pooled_h: 4 pooled_w: 4 } }"
    + layer("InnerProduct", "score", "roi", "inner_product_param { num_output: 2 }")
)


def test_all_unsupported_layers_are_in_one_message(tmp_path: Path) -> None:
    with pytest.raises(ImportFailed) as refused:
        sketch_of(DETECTOR, tmp_path)
    message = str(refused.value)
    assert "2 unsupported operators" in message and "code in Python" in message
    assert "ROIPooling (once, at `roi`, line" in message


def test_custom_layers_and_what_is_left_out(tmp_path: Path) -> None:
    found = import_sketch(sketch_of(DETECTOR, tmp_path, is_custom_allowed=True))
    assert found.totals.params == 8 * 27 + 8 + 2 * (8 * 16) + 2
    assert any("Python proposal is left out" in note for note in found.notes)


def test_output_stops_before_unsupported_layers(tmp_path: Path) -> None:
    assert sketch_of(DETECTOR, tmp_path, output="conv").outputs[0].value.shape == (8, 30, 30)
    with pytest.raises(ImportFailed, match="has no output `konv`"):
        sketch_of(DETECTOR, tmp_path, output="konv")


# The text format


def test_values_of_the_text_format() -> None:
    text = """
    a: 1, a: 2; b { c: 'x' "y" } b < c: "z" > d: [0x10, -3]  # comment
    e: { f: 1.5e-1f }
    """
    message = parse_message(text)
    assert message.integers("a") == [1, 2] and message.integers("d") == [16, -3]
    assert [inner.text("c") for inner in message.messages("b")] == ["xy", "z"]
    assert message.message("e").real("f") == 0.15


def test_start_of_a_file() -> None:
    assert is_caffe(b'name: "x"\ninput: "data"\nlayer {\n')
    assert is_caffe(b"layers {\n") and is_caffe(b"layer: {\n")
    assert not is_caffe(b"name: x\ninput: 3x8x8\nlayers:\n  - relu\n")
    assert not is_caffe(b"input: 3x8x8\nlayers: {conv: 8}\n")
    assert not is_caffe(b"\0layer {\n")


# Files of strangers


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty: export or download"),
        ("layer {", "ends in the middle"),
        ("layer { type }", "is not a value"),
        ("layer { name: 'x", "is not the text of a protocol buffer"),
        ("layer {" * 100, "nested more than 60 deep"),
        ("layer: 3", "`layer` at line 1 is not a message"),
        ("net: 'train.prototxt'\nbase_lr: 0.1", "is of a solver"),
        ("layers { layer { name: 'conv1' type: 'conv' } }", "upgrade the file"),
        (network(3, 8, 8), "has no layers of Caffe"),
        (network(3, 8, 8) + layer("Convolution", "c", "data", ""), "`kernel_size` .* 1 or more"),
        (
            network(3, 8, 8)
            + layer(
                "Convolution", "c", "data", "convolution_param { kernel_size: 99 num_output: 1 }"
            ),
            "larger than its padded input",
        ),
        (
            network(3, 8, 8)
            + layer("Convolution", "c", "data", "convolution_param { kernel_size: many }"),
            "is not a whole number",
        ),
        (
            network(3, 8, 8) + layer("Reshape", "r", "data", "reshape_param { shape { dim: 7 } }"),
            "cannot become",
        ),
        (network(3, 8, 8) + layer("Attention", "a", "data", ""), "not a layer that is known"),
        (network(3, 8, 8) + layer("Concat", "c", "data", 'bottom: "gone"'), "are not known"),
        (network(0, 8, 8) + layer("ReLU", "r", "data", ""), "not those of a batch"),
    ],
)
def test_invalid_files(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises((ImportFailed, InvalidModelFile), match=message):
        sketch_of(text, tmp_path)


def test_names_are_only_names(tmp_path: Path) -> None:
    for text in HOSTILE:
        name = text.encode("utf-8", "replace").decode().replace('"', "").replace("\n", " ")
        content = network(3, 8, 8) + layer("ReLU", name, "data", "")
        with suppress(InvalidModelFile):
            assert imported(content, tmp_path).totals.macs == 0, text


SMALL = [(DATA / row["file"]).read_bytes() for row in COUNTS]
PIECES = [b"-1", b"0", b"999999999999999", b"{", b"}", b'bottom: "data"', b"axis: 7", b": "]


@pytest.mark.parametrize("field", ["name: []", "type: []", "pool: []"])
def test_a_list_without_a_value_is_a_field_that_is_absent(field: str) -> None:
    name = field.partition(":")[0]
    layer = {"name": 'name: "p"', "type": 'type: "Pooling"', "pool": "pool: MAX"} | {name: field}
    text = (
        'input: "data" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 } layer { bottom: "data" top: "p" '
        f"{layer['name']} {layer['type']} pooling_param {{ {layer['pool']} kernel_size: 2 }} }}"
    )
    found = read_or_refused(text.encode(), "net.prototxt")
    assert found is None if name == "type" else found is not None


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutants(SMALL, PIECES), st.booleans())
def test_mutants_are_read_or_refused(data: bytes, is_custom_allowed: bool) -> None:
    read_or_refused(data, "net.prototxt", ReadOptions(is_custom_allowed=is_custom_allowed))


# The command line


def test_commands_take_a_network(tmp_path: Path) -> None:
    (tmp_path / "net.txt").write_bytes((DATA / "residual.prototxt").read_bytes())
    ran = run("import", "net.txt", "-o", "net.yaml", cwd=tmp_path)
    assert ran.returncode == 0
    counts = "2,432 parameters, 128 buffers, 373,536 MACs"
    assert f"the file states no counts; its layers have {counts}" in ran.stderr
    assert run("diff", "net.txt", "net.yaml", cwd=tmp_path).returncode == 0
    assert run("show", "net.txt", "--input", "3x64x64", cwd=tmp_path).returncode == 0


def test_missing_sizes_and_unknown_layers_are_one_message(tmp_path: Path) -> None:
    """Both have an option that helps, and nobody has to ask twice."""
    path = tmp_path / "net.prototxt"
    path.write_text(
        """
        layer { name: "data" type: "Data" top: "data" }
        layer { name: "fc" type: "InnerProduct" bottom: "data" top: "fc"
                inner_product_param { num_output: 4 } }
        layer { name: "a" type: "Python" bottom: "fc" top: "a" }
        layer { name: "b" type: "Python" bottom: "a" top: "b" }
        """,
        "utf-8",
    )
    with pytest.raises(ImportFailed) as refused:
        sketch_of_file(str(path))
    message = str(refused.value)
    assert "does not state the sizes of `data`: give them with --input" in message
    assert "Python (2 times, first at `a`" in message and "code in Python" in message
    assert "--allow-custom" in message

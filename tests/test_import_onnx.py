"""ONNX files of models: what is read from them, and how it is written.

The files are exported by tests/generate/onnx_files.py, with the counts of PyTorch and of the onnx
package, which know nothing of this project.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

import cnncalc
from cnncalc.importers.check import differences
from cnncalc.importers.graphs import have_equal_graphs
from cnncalc.importers.importing import import_sketch
from cnncalc.importers.load import sketch_of_file
from cnncalc.importers.structure import with_modules
from cnncalc.sketch import Sketch, SketchScope

from .support.onnx import (
    EXPORTS,
    FOLDER,
    entry,
    evaluated,
    exported,
    fields,
    imported,
    model,
    node,
    read,
    tensor,
    value,
    wholes,
)
from .support.paths import ROOT


@pytest.mark.parametrize("name", EXPORTS)
def test_multiply_accumulates_are_those_of_pytorch(name: str) -> None:
    """torch.utils.flop_counter.FlopCounterMode, halved."""
    assert exported(name).totals().macs == int(EXPORTS[name]["macs"])


@pytest.mark.parametrize("name", EXPORTS)
def test_parameters_are_the_tensors_of_the_file(name: str) -> None:
    assert exported(name).totals().params == int(EXPORTS[name]["stored"])


FILES = {
    "resnet50": (25_530_472, 0, 4_089_184_256),
    "resnet50_training": (25_557_032, 53_120, 4_089_184_256),
    "vgg11_bn": (132_863_336, 0, 7_609_090_048),
    "densenet121": (7_971_368, 68_672, 2_834_161_664),
    "googlenet": (6_617_624, 0, 1_498_376_192),
    "inception_v3": (23_817_352, 0, 5_713_216_096),
    "vit_b_16": (86_567_656, 0, 17_563_828_224),
    "convnext_tiny_13": (28_589_128, 0, 4_455_531_264),
    "convnext_tiny_17": (28_589_128, 0, 4_455_531_264),
    "convnext_tiny_20": (28_589_128, 0, 4_455_531_264),
    "shufflenet_v2_x1_0_open": (2_270_514, 0, 144_907_992),
    "tf_efficientnet_b0": (5_267_540, 0, 385_814_752),
    "r3d_18": (33_366_672, 0, 40_696_553_472),
    "mobilevit_s": (5_572_504, 0, 2_000_831_488),
}
"""Parameters, buffers and MACs, by another program that read files of the same models."""


@pytest.mark.parametrize("name", FILES)
def test_counts_are_those_of_another_reader(name: str) -> None:
    assert tuple(exported(name).totals()) == FILES[name]


@pytest.mark.parametrize("name", EXPORTS)
def test_file_is_folded_and_exact(name: str) -> None:
    found = imported(name)
    assert found.form == "folded", found.reasons
    assert differences(found.text, found.sketch) == []
    assert have_equal_graphs(found.sketch, found.network)


@pytest.mark.parametrize("name", EXPORTS)
def test_nothing_is_custom_but_constants(name: str) -> None:
    customs = [layer for layer in exported(name).layers if layer.kind == "custom"]
    assert {layer.inputs for layer in customs} <= {()}


@pytest.mark.parametrize("name", ["resnet50", "resnet50_training", "resnet50_dynamo"])
def test_blocks_of_resnet_are_found(name: str) -> None:
    """In at most twice the lines of the file that was written by hand, for all its depths."""
    written = (ROOT / "architectures" / "resnet.yaml").read_text("utf-8").count("\n")
    found = imported(name)
    assert found.lines <= 2 * written
    assert "blocks:" in found.text and "repeat: " in found.text


def test_flat_file_is_exact() -> None:
    found = import_sketch(exported("googlenet"), is_flat=True)
    assert found.form == "flat"
    assert differences(found.text, found.sketch) == []


def test_modules_have_the_names_of_the_model() -> None:
    paths = {scope.path for scope in exported("resnet50").scopes}
    assert {"layer1", "layer1.0", "layer4.2.conv3", "fc"} <= paths
    kinds = {scope.path: scope.kind for scope in exported("resnet50_dynamo").scopes}
    assert kinds["layer1.0"] == "torchvision.models.resnet.Bottleneck"


# The onnx package

LIGHT = {
    "bvlc_alexnet": (60_965_224, 0),
    "densenet121": (7_978_856, 83_648),
    "inception_v1": (6_998_552, 0),
    "resnet50": (25_557_032, 53_120),
    "squeezenet": (1_235_496, 0),
    "vgg19": (143_667_240, 0),
    "zfnet512": (87_250_536, 0),
}
"""Parameters and buffers of models that the onnx package brings with it, converted from Caffe.

Those of torchvision and of the papers, and 60,965,224 of AlexNet with its groups.
"""


@pytest.mark.parametrize("name", LIGHT)
def test_models_of_caffe(name: str) -> None:
    """Weights are calculated in these files, and a norm is three operators."""
    package = pytest.importorskip("onnx")
    folder = Path(package.__file__).parent / "backend" / "test" / "data" / "light"
    found = sketch_of_file(str(folder / f"light_{name}.onnx"))
    assert tuple(found.totals())[:2] == LIGHT[name]


@pytest.mark.parametrize("name", [name for name in EXPORTS if not name.endswith("_open")])
def test_sizes_are_those_of_the_onnx_package(name: str, tmp_path: Path) -> None:
    """Of all tensors that its shape inference knows; it does not calculate constants."""
    package = pytest.importorskip("onnx")
    path = tmp_path / "net.onnx"
    path.write_bytes(gzip.decompress((FOLDER / f"{name}.onnx.gz").read_bytes()))
    inferred = package.shape_inference.infer_shapes(package.load(str(path))).graph
    known = evaluated(str(path))
    compared = 0
    for info in (*inferred.value_info, *inferred.output):
        dims = [dim.dim_value for dim in info.type.tensor_type.shape.dim]
        if info.name in known and min(dims, default=0) > 0:
            assert known[info.name] == tuple(dims), info.name
            compared += 1
    assert compared > 5


# Notes


def test_folded_norms_are_a_note() -> None:
    wanted = "53 of 53 convolutions have weights that the exporter calculated"
    for name in ("resnet50", "resnet50_dynamo"):
        assert any(note.startswith(wanted) for note in exported(name).notes)
    assert exported("resnet50_training").notes == ()


def test_equal_tensors_of_an_untrained_model_are_counted_and_a_note() -> None:
    notes = exported("densenet121").notes
    assert any("equal to others and stored once" in note for note in notes)


def test_biases_that_the_exporter_dropped_are_a_note() -> None:
    missing = int(EXPORTS["resnet50"]["stored"]) - exported("resnet50_dynamo").totals().params
    assert missing == 26_560  # one bias for each channel that is normalized
    assert any("lost a bias of zeros" in note for note in exported("resnet50_dynamo").notes)


def test_gathered_tables_are_a_note() -> None:
    found = exported("swin_t")
    row = EXPORTS["swin_t"]
    assert any(note.startswith("12 tensors without a name") for note in found.notes)
    assert found.totals().params > int(row["params"])


def test_stacks_of_the_author_are_not_read() -> None:
    """They hold paths of the machine that the file was made on."""
    found = imported("resnet50_dynamo")
    assert "site-packages" not in found.text + str(found.sketch)


# Layers


def test_layers_that_are_several_operators_are_one() -> None:
    def kinds(name: str) -> set[str]:
        return {layer.kind for layer in exported(name).layers}

    assert {"layernorm", "gelu", "scale"} <= kinds("convnext_tiny_13")
    assert kinds("convnext_tiny_13") == kinds("convnext_tiny_20")
    assert not {"elementwise", "mul", "pad", "permute"} & kinds("convnext_tiny_13")
    assert "silu" in kinds("efficientnet_b0_dynamo")
    assert "channel_shuffle" in {
        layer.kind for layer in imported("shufflenet_v2_x1_0_open").sketch.layers
    }
    assert {"groupnorm", "instancenorm"} <= kinds("Volume")
    assert "lstm" in kinds("RecurrentAfterConvolutions")
    assert "roll" in kinds("swin_t")


def test_padding_of_tensorflow_is_same() -> None:
    found = imported("tf_efficientnet_b0")
    assert "padding: same" in found.text and "pad:" not in found.text


def test_shared_weights_are_shared() -> None:
    found = imported("SharedWeights")
    assert found.totals.params == int(EXPORTS["SharedWeights"]["params"])
    assert cnncalc.analyse(found.network).totals.params == found.totals.params


def test_outputs_and_inputs_have_their_names() -> None:
    found = exported("DetectionHead")
    assert len(found.outputs) == 3
    assert [str(output.value.shape) for output in found.outputs] == ["24x16x16", "24x8x8", "24x4x4"]
    assert len(exported("TwoInputs").inputs) == 2


# Files without modules


@pytest.mark.parametrize("name", ["resnet50", "resnet50_training", "resnet152"])
def test_blocks_are_found_without_names(name: str) -> None:
    """As simplifiers leave them, and exporters that number nodes."""
    sketch = exported(name)
    layers = (
        layer._replace(scope=0, name=f"Conv_{place}") for place, layer in enumerate(sketch.layers)
    )
    bare = sketch._replace(layers=tuple(layers), scopes=sketch.scopes[:1])
    found = import_sketch(with_modules(bare))
    assert found.form == "folded", found.reasons
    assert found.lines <= imported(name).lines + 6
    assert "\n  residual:" in found.text and "\n  stage:" in found.text
    assert found.totals == sketch.totals()


def test_names_of_layers_are_no_modules() -> None:
    """TensorFlow's scopes are layers: each has one matrix, and that of the model has all."""
    sketch = exported("resnet50_training")
    paths = [f"net.conv{place}" for place in range(len(sketch.layers))]
    scopes = [SketchScope("", "", None), SketchScope("net", "net", 0)]
    scopes += [SketchScope(path, path, 1) for path in paths]
    layers = (layer._replace(scope=place + 2) for place, layer in enumerate(sketch.layers))
    named = sketch._replace(layers=tuple(layers), scopes=tuple(scopes))
    found = with_modules(named)
    assert {"residual", "conv"} <= {scope.kind for scope in found.scopes}
    assert with_modules(sketch) == sketch
    chain = named._replace(layers=named.layers[:2], outputs=())
    assert with_modules(chain) == chain


def test_products_of_constants_are_stated() -> None:
    """Tables that a network of their own calculates, as in Swin V2: 2 x 3 numbers times 3 x 4."""
    nodes = [
        node("MatMul", ["table", "matrix"], ["m"]),
        node("Add", ["x", "m"], ["y"]),
    ]
    stored = [tensor("table", [2, 3]), tensor("matrix", [3, 4])]
    found = read(model(nodes, stored, (1, 2, 4)))
    assert found.totals().macs == 0
    assert any("1 product of constants (24 multiply-accumulates)" in note for note in found.notes)


# Modules that are called twice


def linear_twice(second: Sequence[float] | None) -> bytes:
    """What TorchScript writes of `fc(relu(fc(x)))`: each call has a transposed matrix of its own.

    `second` are the numbers of the second one; None for those of the first.
    """
    nodes = [
        node("MatMul", ["x", "onnx::MatMul_8"], ["m"], name="/fc/MatMul"),
        node("Add", ["fc.bias", "m"], ["a"], name="/fc/Add"),
        node("Relu", ["a"], ["r"], name="/Relu"),
        node("MatMul", ["r", "onnx::MatMul_9"], ["n"], name="/fc_1/MatMul"),
        node("Add", ["fc.bias", "n"], ["y"], name="/fc_1/Add"),
    ]
    stored = [
        tensor("fc.bias", [6]),
        tensor("onnx::MatMul_8", [6, 6]),
        tensor("onnx::MatMul_9", [6, 6], second),
    ]
    return model(nodes, stored, (1, 5, 6))


def test_a_matrix_that_is_transposed_for_each_call_is_counted_once() -> None:
    """PyTorch: `nn.Linear(6, 6)` has 42 parameters."""
    found = import_sketch(read(linear_twice(None)))
    assert found.totals.params == 42
    assert found.totals.macs == 2 * 5 * 36
    assert found.text.count("shared: fc") == 2


def test_matrices_with_other_numbers_are_not_one() -> None:
    nodes = [
        node("MatMul", ["x", "onnx::MatMul_8"], ["m"], name="/fc_1/MatMul"),
        node("MatMul", ["m", "onnx::MatMul_9"], ["y"], name="/fc_2/MatMul"),
    ]
    matrices = [tensor("onnx::MatMul_8", [6, 6]), tensor("onnx::MatMul_9", [6, 6], range(36))]
    assert read(model(nodes, matrices, (1, 5, 6))).totals().params == 2 * 36


def test_an_identity_that_is_not_counted_is_no_note() -> None:
    """The exporter merges the equal matrices of the calls again, through an Identity."""
    same = node("Identity", ["onnx::MatMul_8"], ["onnx::MatMul_9"])
    nodes = [
        same,
        node("MatMul", ["x", "onnx::MatMul_8"], ["m"], name="/fc/MatMul"),
        node("Relu", ["m"], ["r"], name="/Relu"),
        node("MatMul", ["r", "onnx::MatMul_9"], ["y"], name="/fc_1/MatMul"),
    ]
    found = read(model(nodes, [tensor("onnx::MatMul_8", [6, 6])], (1, 5, 6)))
    assert found.totals().params == 36
    assert not found.notes


@pytest.mark.parametrize("filters", [8, 96])
def test_normalized_weights_have_no_gain_of_ones(filters: int) -> None:
    """timm's StdConv2d(8, filters, 1, bias=False) of BiT has 8 * filters parameters."""
    weights = tensor("onnx::BatchNormalization_9", [1, filters, 8])
    sizes = wholes("sizes", [4], [filters, 8, 1, 1])
    ones = [f"/Constant_{place}_output_0" for place in range(4)]
    nodes = [
        *(
            node("Constant", [], [name], value=tensor(name, [filters], [float(not k)] * filters))
            for k, name in enumerate(ones)
        ),
        node("BatchNormalization", ["onnx::BatchNormalization_9", *ones], ["n"]),
        node("Reshape", ["n", "sizes"], ["w"]),
        node("Conv", ["x", "w"], ["y"]),
    ]
    found = read(model(nodes, [weights, sizes], (1, 8, 4, 4)))
    assert [layer.kind for layer in found.layers] == ["conv"]
    assert found.totals().params == 8 * filters


# What the newer exporter states of its tensors


def made_from(name: str, *names: str) -> bytes:
    """The type of a tensor that the exporter calculated."""
    text = str(sorted(names))
    return value(name, None) + fields(4, [entry("pkg.onnxscript.optimizer.folded_from", text)])


def with_signature(stated: Mapping[str, str], *values: bytes) -> Sketch:
    """A sum with each of three tables: `table`, `blocks.0.mask` and `cat_1`, 20 numbers each."""
    names = ["x", "table", "blocks.0.mask", "cat_1"]
    nodes = [
        node("Add", ["x", "table"], ["a"]),
        node("Mul", ["a", "blocks.0.mask"], ["b"]),
        node("Transpose", ["cat_1"], ["turned"], perm=[0, 1]),
        node("Add", ["b", "turned"], ["y"]),
    ]
    text = "\n".join(f"p_{name}: {kind} target='{name}'" for name, kind in stated.items())
    metadata = {"pkg.torch.export.ExportedProgram.graph_signature": text} if stated else {}
    tables = [tensor(name, [5, 4]) for name in names[1:]]
    return read(model(nodes, tables, (1, 5, 4), values=values, metadata=metadata))


def test_buffers_and_constants_are_no_parameters_if_the_file_says_so() -> None:
    assert with_signature({}).totals().params == 60
    stated = {"table": "PARAMETER", "blocks.0.mask": "BUFFER", "rope": "BUFFER"}
    assert with_signature(stated).totals().params == 40
    assert with_signature(stated, made_from("cat_1", "rope", "sin")).totals().params == 20


def test_tables_that_are_made_from_parameters_are_stated() -> None:
    stated = {"table": "PARAMETER", "blocks.0.mask": "BUFFER", "index": "BUFFER"}
    found = with_signature(stated, made_from("cat_1", "table", "index"))
    assert found.totals().params == 40
    assert any("1 tensor without a name of the model (20 elements)" in note for note in found.notes)


def test_tensors_of_parameters_and_constants_are_stated() -> None:
    """The biases of queries and values are learned, those of keys are zeros (BEiT, Swin V2)."""
    stated = {"fc.weight": "PARAMETER", "q_bias": "PARAMETER", "k_bias": "BUFFER"}
    text = "\n".join(f"p_{name}: {kind} target='{name}'" for name, kind in stated.items())
    nodes = [node("MatMul", ["x", "fc.weight"], ["a"]), node("Add", ["a", "cat_1"], ["y"])]
    tensors = [tensor("fc.weight", [4, 8]), tensor("cat_1", [8])]
    values = [made_from("cat_1", "q_bias", "k_bias")]
    metadata = {"pkg.torch.export.ExportedProgram.graph_signature": text}
    found = read(model(nodes, tensors, (1, 5, 4), values=values, metadata=metadata))
    assert found.totals().params == 40
    wanted = "1 tensor of parameters and constants (8 elements) is counted as parameters"
    assert wanted in found.notes


def test_zeros_that_are_joined_with_parameters_are_stated() -> None:
    """As TorchScript writes the biases of BEiT, whose bias of the keys is a buffer."""
    nodes = [
        node("MatMul", ["x", "onnx::MatMul_8"], ["a"]),
        node("Add", ["onnx::Add_7", "a"], ["y"]),
    ]
    told = "the middle third of 1 vector of biases is zeros: 4 of the parameters"
    ones, zeros = [1.0] * 4, [0.0] * 4
    for middle, is_told in ((zeros, True), (ones, False)):
        biases = tensor("onnx::Add_7", [12], [*ones, *middle, *ones])
        stored = [tensor("onnx::MatMul_8", [4, 12]), biases]
        found = read(model(nodes, stored, (1, 5, 4)))
        assert found.totals().params == 60
        assert any(told in note for note in found.notes) == is_told


def test_weights_that_have_lost_their_gain_are_stated() -> None:
    stated = {"table": "PARAMETER", "gain": "PARAMETER", "blocks.0.mask": "BUFFER"}
    found = with_signature(stated, made_from("cat_1", "table", "gain", "val_3"))
    assert found.totals().params == 40
    assert any("1 tensor from several parameters each" in note for note in found.notes)


def test_parameters_of_one_size_in_a_calculation_are_all_counted() -> None:
    """A learned query of 4 numbers, which goes through `nn.Linear(4, 4)` of 20 parameters."""
    nodes = [
        node("MatMul", ["pool.latent", "onnx::MatMul_7"], ["m"]),
        node("Add", ["pool.q.bias", "m"], ["q"]),
        node("Mul", ["x", "q"], ["y"]),
    ]
    stored = [
        tensor("pool.latent", [1, 4]),
        tensor("onnx::MatMul_7", [4, 4]),
        tensor("pool.q.bias", [4]),
    ]
    assert read(model(nodes, stored, (1, 5, 4))).totals().params == 24

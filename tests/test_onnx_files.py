"""Small ONNX files made by hand: operators, options, and what a stranger's file can do."""

from __future__ import annotations

import tracemalloc
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.importers.errors import ImportFailed, InvalidModelFile
from cnncalc.importers.file_formats import ReadOptions
from cnncalc.importers.guard import UnforeseenContent, reading
from cnncalc.importers.importing import import_sketch
from cnncalc.importers.load import sketch_of_file
from cnncalc.importers.onnx.file import OnnxFile
from cnncalc.importers.onnx.nodes import OnnxNode
from cnncalc.importers.onnx.scopes import CLASSES, SCOPES, ScopeTree
from cnncalc.shape import Shape
from cnncalc.sketch import Sketch

from .support import onnx
from .support.mutants import read_or_refused
from .support.onnx import field, fields, node, read, tensor, value, whole, wholes
from .support.processes import cnncalc as run

CONV = node("Conv", ["x", "w", "b"], ["a"], name="stem", pads=[1, 1, 1, 1])
WEIGHTS = (tensor("w", [4, 3, 3, 3]), tensor("b", [4]))
STEM = 4 * 3 * 9 + 4
"""The parameters of CONV."""


def chain(*nodes: bytes, tensors: tuple[bytes, ...] = (), **options: object) -> bytes:
    """A file with a convolution of 4 channels before other nodes, the last of which makes `y`."""
    return onnx.model([CONV, *nodes], [*WEIGHTS, *tensors], **options)  # type: ignore[arg-type]


def kinds(found: Sketch) -> list[str]:
    return [layer.kind for layer in found.layers]


# Operators

UNARY = {
    "Relu": "relu",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "HardSwish": "hardswish",
    "Mish": "mish",
    "Selu": "selu",
    "Abs": "abs",
    "Softplus": "softplus",
    "Elu": "elu",
    "LeakyRelu": "leaky_relu",
    "Gelu": "gelu",
    "HardSigmoid": "hardsigmoid",
    "Exp": "elementwise",
    "Sqrt": "elementwise",
    "Softmax": "softmax",
    "GlobalAveragePool": "global_avgpool",
    "GlobalMaxPool": "global_maxpool",
}


@pytest.mark.parametrize(("operator", "kind"), UNARY.items())
def test_operators_of_one_input(operator: str, kind: str) -> None:
    found = read(chain(node(operator, ["a"], ["y"])))
    assert kinds(found) == ["conv", kind]


POSITIONS = [n for place in product(range(1), range(4), range(8), range(8)) for n in place]
WINDOW: dict[str, Any] = {"kernel_shape": [3, 3], "strides": [2, 2]}

NODES: dict[str, tuple[tuple[bytes, ...], tuple[bytes, ...], list[str], str]] = {
    "clip to 6": (
        (node("Clip", ["a"], ["y"], min=0.0, max=6.0),),
        (),
        ["relu6"],
        "4x8x8",
    ),
    "bounds as inputs": (
        (node("Clip", ["a", "least", "most"], ["y"]),),
        (tensor("least", [], [0.0]), tensor("most", [], [6.0])),
        ["relu6"],
        "4x8x8",
    ),
    "padding as TensorFlow's": (
        (
            node(
                "MaxPool", ["a"], ["y"], kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER"
            ),
        ),
        (),
        ["maxpool"],
        "4x4x4",
    ),
    "rounding up": (
        (node("AveragePool", ["a"], ["y"], ceil_mode=1, **WINDOW),),
        (),
        ["avgpool"],
        "4x4x4",
    ),
    "slices of opset 9 and of opset 10": (
        (
            node("Slice", ["a"], ["s"], starts=[1], ends=[100], axes=[2]),
            node("Slice", ["s", "from", "to", "of", "by"], ["y"]),
        ),
        (whole("from", 0), whole("to", 8), whole("of", 3), whole("by", 2)),
        ["slice", "slice"],
        "4x7x4",
    ),
    "axes as arguments and as inputs": (
        (
            node("ReduceMean", ["a"], ["m"], axes=[2], keepdims=0),
            node("Unsqueeze", ["m", "axes"], ["y"]),
        ),
        (whole("axes", 2),),
        ["reduce_mean", "reshape"],
        "4x1x8",
    ),
    "positions along an axis": (
        (node("Gather", ["a", "places"], ["y"], axis=1),),
        (whole("places", 3, 0, 2),),
        ["select"],
        "3x8x8",
    ),
    "doubled by scales": (
        (node("Resize", ["a", "", "scales"], ["y"], mode="linear"),),
        (tensor("scales", [4], [1.0, 1.0, 2.0, 2.0]),),
        ["upsample"],
        "4x16x16",
    ),
    "channels to positions": (
        (node("DepthToSpace", ["a"], ["y"], blocksize=2),),
        (),
        ["pixel_shuffle"],
        "1x16x16",
    ),
    "a part of each size": (
        (
            node("Split", ["a"], ["p", "q"], axis=1, split=[1, 3]),
            node("Concat", ["q", "p"], ["y"], axis=1),
        ),
        (),
        ["chunk", "concat"],
        "4x8x8",
    ),
    "transposed convolution of a stated size": (
        (node("ConvTranspose", ["a", "t"], ["y"], strides=[2, 2], output_shape=[16, 16]),),
        (tensor("t", [4, 2, 3, 3]),),
        ["conv_transpose"],
        "2x16x16",
    ),
    "an assignment to all positions": (
        (node("Relu", ["a"], ["r"]), node("ScatterND", ["a", "places", "r"], ["y"])),
        (wholes("places", [1, 4, 8, 8, 4], POSITIONS),),
        ["relu"],
        "4x8x8",
    ),
    "flatten and a matrix": (
        (
            node("Flatten", ["a"], ["f"]),
            node("Gemm", ["f", "m", "c"], ["y"], transB=1),
        ),
        (tensor("m", [10, 256]), tensor("c", [10])),
        ["flatten", "linear"],
        "10",
    ),
}


@pytest.mark.parametrize("name", NODES)
def test_operators(name: str) -> None:
    nodes, tensors, wanted, shape = NODES[name]
    found = read(chain(*nodes, tensors=tensors))
    assert kinds(found) == ["conv", *wanted]
    assert str(found.outputs[0].value.shape) == shape


def test_a_module_that_is_entered_again_is_another_call(tmp_path: Path) -> None:
    """The last node of a module reads what one outside makes of its first one.

    Both in one call would depend on the one outside, and it on them.
    """
    nodes = (
        OnnxNode("Relu", ("x",), ("first",), "/block/first/Relu"),
        OnnxNode("Tanh", ("first",), ("other",), "/other/Tanh"),
        OnnxNode("Tanh", ("x",), ("second",), "/block/second/Tanh"),
        OnnxNode("Add", ("other", "second"), ("y",), "/block/Add"),
    )
    (tmp_path / "net.onnx").write_bytes(onnx.model([RELU]))
    with (tmp_path / "net.onnx").open("rb", buffering=0) as opened:
        tree = ScopeTree(OnnxFile(opened))
        first, _, second, last = map(tree.enter, nodes)
    assert tree.found[first].parent == tree.found[second].parent != last
    assert tree.found[last].path == "block"


def test_members_of_two_lists_are_other_modules(tmp_path: Path) -> None:
    """As in HRNet: both lists have a member `0`, and lists are not called themselves."""
    names = ("/stage/branches.0/branches.0.1/Relu", "/stage/fuse.0/Tanh", "/stage/branches.0/Relu")
    (tmp_path / "net.onnx").write_bytes(onnx.model([RELU]))
    with (tmp_path / "net.onnx").open("rb", buffering=0) as opened:
        tree = ScopeTree(OnnxFile(opened))
        for number, name in enumerate(names):
            tree.enter(OnnxNode("Relu", (f"x{number}",), (f"y{number}",), name))
    paths = [call.path for call in tree.found[1:]]
    assert paths == ["stage", "stage.branches.0", "stage.branches.0.1", "stage.fuse.0"]


def test_a_node_without_metadata_is_in_the_modules_around_its_readers() -> None:
    """PyTorch's newer exporter writes none at the Split that a `chunk` becomes."""

    def inside(operator: str, inputs: list[str], output: str, *scopes: str) -> bytes:
        names = ["", *scopes, output]
        return node(operator, inputs, [output], metadata={SCOPES: str(names), CLASSES: str(names)})

    nodes = (
        inside("Relu", ["a"], "r", "mlp", "mlp.act"),
        node("Split", ["r"], ["first", "second"], axis=1),
        inside("Sigmoid", ["first"], "s", "mlp", "mlp.gate", "mlp.gate.act"),
        inside("Mul", ["s", "second"], "y", "mlp", "mlp.gate"),
    )
    found = read(chain(*nodes))
    paths = {layer.kind: found.scopes[layer.scope].path for layer in found.layers}
    assert paths["chunk"] == paths["mul"] == "mlp.gate"
    assert paths["sigmoid"] == "mlp.gate.act"


def test_a_bias_that_a_folded_norm_gave_back_is_not_lost() -> None:
    lost = "may have lost a bias of zeros"
    for inputs, is_lost in ((["x", "w"], True), (["x", "w", "b"], False)):
        metadata = {"pkg.onnxscript.rewriter.rule_name": "RemoveOptionalBiasFromConv"}
        conv = node("Conv", inputs, ["y"], metadata=metadata, pads=[1, 1, 1, 1])
        notes = read(onnx.model([conv], WEIGHTS)).notes
        assert any(lost in note for note in notes) == is_lost


@pytest.mark.parametrize("bias", ["w.bias", "other.bias"])
def test_a_layer_without_a_bias_has_lost_none(bias: str) -> None:
    """The exporter writes zeros for `bias=False`, and drops them: the program has no such bias."""
    rule = {"pkg.onnxscript.rewriter.rule_name": "RemoveOptionalBiasFromConv"}
    conv = node("Conv", ["x", "w.weight"], ["y"], metadata=rule, pads=[1, 1, 1, 1])
    words = [f"p: PARAMETER target='{name}'" for name in ("w.weight", bias)]
    metadata = {"pkg.torch.export.ExportedProgram.graph_signature": "\n".join(words)}
    found = read(onnx.model([conv], [tensor("w.weight", [4, 3, 3, 3])], metadata=metadata))
    assert any("may have lost" in note for note in found.notes) == (bias == "w.bias")


def test_a_form_that_is_nested_too_deeply_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: object, **__: object) -> None:
        raise RecursionError("maximum recursion depth exceeded")

    monkeypatch.setattr("cnncalc.importers.importing.folded_tree", endless)
    found = import_sketch(read(chain(node("Relu", ["a"], ["y"]))))
    assert found.form == "flat"
    assert found.totals.params == STEM


def test_sizes_that_are_calculated_are_constants() -> None:
    """As PyTorch writes x.view(x.size(0), -1), for a batch that is not fixed."""
    nodes = (
        node("Shape", ["a"], ["s"]),
        node("Gather", ["s", "first"], ["n"], axis=0),
        node("Unsqueeze", ["n"], ["u"], axes=[0]),
        node("Concat", ["u", "rest"], ["t"], axis=0),
        node("Reshape", ["a", "t"], ["f"]),
        node("Gemm", ["f", "m"], ["y"]),
    )
    tensors = (wholes("first", [], [0]), whole("rest", -1), tensor("m", [256, 5]))
    found = read(chain(*nodes, tensors=tensors, opset=11, sizes=("batch", 3, 8, 8)))
    assert kinds(found) == ["conv", "flatten", "linear"]
    assert found.notes == ()


def test_batch_that_constants_fix_is_a_note() -> None:
    nodes = (node("Reshape", ["a", "t"], ["f"]), node("Gemm", ["f", "m"], ["y"]))
    tensors = (whole("t", 1, 256), tensor("m", [256, 5]))
    found = read(chain(*nodes, tensors=tensors, sizes=("batch", 3, 8, 8)))
    assert kinds(found) == ["conv", "flatten", "linear"]
    assert any("a batch of 1" in note for note in found.notes)


def test_weights_of_layers_that_no_output_depends_on_are_a_note() -> None:
    nodes = (node("Relu", ["a"], ["y"]), node("Conv", ["a", "head"], ["unread"]))
    data = chain(*nodes, tensors=(tensor("head", [10, 4, 1, 1]),))
    found = read(data)
    assert kinds(found) == ["conv", "relu"]
    wanted = "1 stored tensor (40 elements), on which no output depends, is not counted"
    assert found.notes == (wanted,)
    assert read(data, ReadOptions(output="a")).notes == ()


def test_weights_among_the_inputs() -> None:
    """Files of version 3 and older list all stored tensors as inputs, too."""
    inputs = [value("w", [4, 3, 3, 3]), value("b", [4])]
    found = read(chain(node("Relu", ["a"], ["y"]), inputs=inputs))
    assert [entry.name for entry in found.inputs] == ["input"]
    assert found.totals().params == STEM


def test_norm_of_caffe_is_one_layer() -> None:
    """BatchNormalization, then Mul and Add with an element for each channel."""
    ones = [1.0] * 4
    nodes = (
        node("BatchNormalization", ["a", "s", "o", "mean", "var"], ["n"]),
        node("Mul", ["n", "gain"], ["g"]),
        node("Add", ["g", "shift"], ["y"]),
    )
    tensors = (
        tensor("s", [4], ones),
        tensor("o", [4], [0.0] * 4),
        *(tensor(name, [4]) for name in ("mean", "var")),
        *(tensor(name, [4, 1, 1]) for name in ("gain", "shift")),
    )
    found = read(chain(*nodes, tensors=tensors))
    assert kinds(found) == ["conv", "bn"]
    assert tuple(found.totals())[:2] == (STEM + 8, 8)


def test_values_that_are_read_elsewhere_stay() -> None:
    """x * sigmoid(x) is not one layer if the sigmoid is read again."""
    gate = node("Sigmoid", ["a"], ["s"])
    product = node("Mul", ["a", "s"], ["p"])
    assert kinds(read(chain(gate, node("Mul", ["a", "s"], ["y"])))) == ["conv", "silu"]
    again = read(chain(gate, product, node("Add", ["p", "s"], ["y"])))
    assert kinds(again) == ["conv", "sigmoid", "mul", "add"]
    as_output = read(chain(gate, node("Mul", ["a", "s"], ["y"]), outputs=("y", "s")))
    assert kinds(as_output) == ["conv", "sigmoid", "mul"]


def test_tensor_of_tensorflow() -> None:
    """Names of scopes, channels moved to the front and back, padding `same`."""
    nodes = (
        node("Transpose", ["x"], ["c"], name="model/conv1/Conv2D__6", perm=[0, 3, 1, 2]),
        node("Conv", ["c", "w"], ["a"], name="model/conv1/Conv2D", auto_pad="SAME_UPPER"),
        node("Transpose", ["a"], ["d"], name="model/conv1/Conv2D__7", perm=[0, 2, 3, 1]),
        node("Add", ["d", "b"], ["e"], name="model/conv1/BiasAdd"),
        node("Relu", ["e"], ["r"], name="model/conv1/Relu"),
        node("ReduceMean", ["r"], ["m"], name="model/gap/Mean", axes=[1, 2], keepdims=0),
        node("MatMul", ["m", "k"], ["y"], name="model/fc/MatMul"),
    )
    found = read(onnx.model(nodes, [*WEIGHTS, tensor("k", [4, 10])], (1, 8, 8, 3)))
    assert "permute" in kinds(found)  # the input has its channels last
    assert kinds(found).count("permute") == 1
    assert found.totals().params == STEM + 40
    assert {"model.conv1", "model.fc"} <= {scope.path for scope in found.scopes}


# Functions and conditions


def test_functions_are_read_in_place() -> None:
    body = [node("Relu", ["v"], ["r"]), node("Add", ["r", "v"], ["o"])]
    functions = [onnx.function("Twice", ["v"], ["o"], body)]
    nodes = (
        node("Twice", ["a"], ["c"], domain="own"),
        node("Twice", ["c"], ["y"], domain="own"),
    )
    found = read(chain(*nodes, functions=functions))
    assert kinds(found) == ["conv", "relu", "add", "relu", "add"]


def test_known_conditions_choose_a_branch() -> None:
    branches: dict[str, Any] = {
        "then_branch": onnx.graph([node("Relu", ["a"], ["t"])], outputs=("t",)),
        "else_branch": onnx.graph([node("Tanh", ["a"], ["t"])], outputs=("t",)),
    }
    nodes = (
        node("Shape", ["a"], ["s"]),
        node("Size", ["s"], ["rank"]),
        node("Equal", ["rank", "four"], ["is_image"]),
        node("If", ["is_image"], ["y"], **branches),
    )
    found = read(chain(*nodes, tensors=(wholes("four", [], [4]),)))
    assert kinds(found) == ["conv", "relu"]


# Quantized files


def test_weights_of_8_bits_are_the_dtype() -> None:
    scale, zero = tensor("scale", [], [0.1]), tensor("zero", [], [0], onnx.INT8)
    nodes = [
        node("QuantizeLinear", ["x", "scale", "zero"], ["q"]),
        node("DequantizeLinear", ["q", "scale", "zero"], ["d"]),
        node("DequantizeLinear", ["w", "scale", "zero"], ["v"]),
        node("Conv", ["d", "v"], ["y"]),
    ]
    weights = tensor("w", [4, 3, 3, 3], [1] * 108, onnx.INT8)
    found = read(onnx.model(nodes, [weights, scale, zero]))
    assert kinds(found) == ["conv"]
    assert found.totals().params == 108
    assert "\ndtype: {weights: int8, activations: float32}\n" in import_sketch(found).text


def test_products_of_whole_numbers() -> None:
    """As dynamic quantization writes them: the scale depends on the data."""
    nodes = [
        node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]),
        node("ConvInteger", ["q", "w", "z"], ["i"]),
        node("Cast", ["i"], ["f"], to=1),
        node("Mul", ["s", "scale"], ["m"]),
        node("Mul", ["f", "m"], ["y"]),
    ]
    weights = tensor("w", [4, 3, 3, 3], [1] * 108, onnx.INT8)
    found = read(onnx.model(nodes, [weights, tensor("scale", [], [0.1])]))
    assert kinds(found) == ["conv"]
    assert found.totals().macs == 108 * 36


def test_convolution_with_scales() -> None:
    names = ["x", "s", "z", "w", "s", "z", "s", "z", "b"]
    stored = [
        tensor("w", [4, 3, 3, 3], [1] * 108, onnx.INT8),
        tensor("s", [], [0.1]),
        tensor("z", [], [0], onnx.INT8),
        tensor("b", [4]),
    ]
    found = read(onnx.model([node("QLinearConv", names, ["y"])], stored))
    assert (kinds(found), found.totals().params) == (["conv"], 112)


# Options


def test_open_sizes_are_refused_by_name() -> None:
    data = chain(node("Relu", ["a"], ["y"]), sizes=("batch", 3, "height", "width"))
    with pytest.raises(ImportFailed, match=r"`height`, `width`.*--input x=3x224x224"):
        read(data)
    found = read(data, ReadOptions(inputs={"": Shape((3, 32, 16))}))
    assert found.outputs[0].value.shape == (4, 32, 16)
    with pytest.raises(ImportFailed, match="there is no input `image`"):
        read(data, ReadOptions(inputs={"image": Shape((3, 32, 16))}))
    with pytest.raises(ImportFailed, match="has 3 axes without the batch, found 32x16"):
        read(data, ReadOptions(inputs={"": Shape((32, 16))}))


UNKNOWN = chain(
    node("Relu", ["a"], ["r"], name="act"),
    node("Mystery", ["r"], ["m"], name="first", domain="own"),
    node("Mystery", ["m"], ["n"], name="second", domain="own"),
    node("ArgMax", ["r"], ["k"], name="last", axis=1),
    outputs=("n", "k"),
)


def test_all_unknown_operators_are_in_one_message() -> None:
    with pytest.raises(ImportFailed) as raised:
        read(UNKNOWN)
    lines = str(raised.value).splitlines()
    assert lines[0].endswith("has 2 unsupported operators:")
    assert lines[1] == "  own.Mystery (once, at first): no corresponding layer"
    assert lines[2] == "  ArgMax (once, at last): no corresponding layer"


def test_a_series_has_three_axes() -> None:
    weights = tuple(onnx.tensor(name, [1, 16, 4]) for name in ("inner", "outer"))
    data = chain(node("LSTM", ["a", "inner", "outer"], ["y"], hidden_size=4), tensors=weights)
    with pytest.raises(ImportFailed, match="do not have three axes"):
        read(data)


def test_an_output_without_elements_is_refused() -> None:
    data = chain(
        node("Flatten", ["a"], ["f"]),
        node("Gemm", ["f", "m"], ["y"], transB=1),
        tensors=(tensor("m", [0, 256]),),
    )
    with pytest.raises(ImportFailed, match="not supported: it has no elements: 0"):
        read(data, ReadOptions(is_custom_allowed=True))


@pytest.mark.parametrize("name", ["r", "act"])
def test_an_output_before_them_is_read(name: str) -> None:
    """By the name of a tensor, or of a node."""
    assert kinds(read(UNKNOWN, ReadOptions(output=name))) == ["conv", "relu"]


def test_an_output_that_is_not_there_has_a_hint() -> None:
    with pytest.raises(ImportFailed, match="no output, tensor or node `atc`: did you mean `act`"):
        read(UNKNOWN, ReadOptions(output="atc"))


def test_shapes_that_the_file_states_are_those_of_unknown_operators() -> None:
    data = chain(
        node("Mystery", ["a"], ["m"], domain="own"),
        node("Relu", ["m"], ["y"]),
        values=[value("m", [1, 6, 2, 2])],
    )
    found = read(data, ReadOptions(is_custom_allowed=True))
    assert kinds(found) == ["conv", "custom", "relu"]
    assert found.outputs[0].value.shape == (6, 2, 2)


def test_what_an_unknown_operator_reads_is_an_output_if_nothing_is_known_of_it() -> None:
    data = chain(node("Relu", ["a"], ["r"]), node("NonMaxSuppression", ["r"], ["y"]))
    found = read(data, ReadOptions(is_custom_allowed=True))
    assert kinds(found) == ["conv", "relu"]
    assert any("1 output of the file depend" in note for note in found.notes)


def test_parts_of_a_learned_tensor_are_its_parameters() -> None:
    """As many as are read: a table of two rows, of which each scales one value."""
    nodes = (
        node("Gather", ["table", "first"], ["g"], axis=0),
        node("Mul", ["a", "g"], ["p"]),
        node("Gather", ["table", "second"], ["h"], axis=0),
        node("Mul", ["p", "h"], ["y"]),
    )
    indices = (wholes("first", [], [0]), wholes("second", [], [1]))
    found = read(chain(*nodes, tensors=(tensor("table", [2, 4, 1, 1]), *indices)))
    assert kinds(found) == ["conv", "scale", "scale"]
    assert found.totals().params == STEM + 8


def test_a_batch_of_1_is_joined_with_heads_and_not_with_queries_and_keys() -> None:
    """Windows of Segment Anything (arXiv:2304.02643): (3, 1, heads, ...) to (3, heads, ...)."""
    nodes = (
        node("Reshape", ["a", "apart"], ["p"]),
        node("Transpose", ["p"], ["t"], perm=[1, 0, 2, 3]),
        node("Reshape", ["t", "joined"], ["q"]),
        node("Slice", ["q", "zero", "one", "zero"], ["first"]),
        node("Slice", ["q", "one", "two", "zero"], ["second"]),
        node("Add", ["first", "second"], ["y"]),
    )
    places = tuple(whole(name, n) for n, name in enumerate(("zero", "one", "two")))
    sizes = (whole("apart", 1, 2, 2, 64), whole("joined", 2, 2, 64))
    found = read(chain(*nodes, tensors=(*places, *sizes)))
    assert kinds(found) == ["conv", "reshape", "slice", "slice", "add"]
    assert found.outputs[0].value.shape.elements == 128


@pytest.mark.parametrize(
    ("name", "params"), [("/bias/Constant_1_output_0", STEM + 12), ("table", STEM + 12 + 192)]
)
def test_constants_of_a_trace_are_no_parameters(name: str, params: int) -> None:
    """PyTorch's TorchScript exporter stores parameters in the graph, and coordinates in a node."""
    nodes = (
        node("Constant", [], [name], value=tensor("", [8, 8, 3])),
        node("MatMul", [name, "m"], ["t"]),
        node("Transpose", ["t"], ["p"], perm=[2, 0, 1]),
        node("Mul", ["a", "p"], ["y"]),
    )
    found = read(chain(*nodes, tensors=(tensor("m", [3, 4]),)))
    assert found.totals().params == params


def test_custom_layers_are_marked() -> None:
    data = chain(node("ArgMax", ["a"], ["y"], axis=1))
    found = read(data, ReadOptions(is_custom_allowed=True))
    assert kinds(found) == ["conv", "custom"]
    assert import_sketch(found).text.count("no corresponding layer") == 1


# Other files


def external(name: str, location: str) -> bytes:
    """A vector of sizes whose numbers are in another file."""
    where = fields(13, [onnx.entry("location", location), onnx.entry("offset", "8")])
    return fields(1, [2]) + field(2, onnx.INT64) + field(8, name) + where + field(14, 1)


def with_external(location: str) -> bytes:
    return chain(node("Reshape", ["a", "t"], ["y"]), tensors=(external("t", location),))


def test_numbers_in_a_file_next_to_the_model(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(with_external("net.data"))
    (tmp_path / "net.data").write_bytes(b"".join(n.to_bytes(8, "little") for n in (7, 1, 256)))
    assert cnncalc.load(str(tmp_path / "net.onnx")).outputs["output"].shape == (256,)


@pytest.mark.parametrize("location", ["../net.data", "/etc/passwd", "a/b", "..", "a\\b", ""])
def test_other_places_are_refused(tmp_path: Path, location: str) -> None:
    (tmp_path / "net.data").write_bytes(bytes(24))
    with pytest.raises(InvalidModelFile, match="not in a file next to the model"):
        read(with_external(location))


@pytest.mark.parametrize("kind", ["link", "folder", "nothing"])
def test_only_regular_files_are_opened(tmp_path: Path, kind: str) -> None:
    (tmp_path / "secret").write_bytes(b"".join(n.to_bytes(8, "little") for n in (7, 1, 256)))
    if kind == "link":
        (tmp_path / "net.data").symlink_to(tmp_path / "secret")
    elif kind == "folder":
        (tmp_path / "net.data").mkdir()
    (tmp_path / "net.onnx").write_bytes(with_external("net.data"))
    with pytest.raises(cnncalc.Error, match=r"depend on the data|net\.data"):
        cnncalc.load(str(tmp_path / "net.onnx"))


# What a stranger's file can do

RELU = node("Relu", ["x"], ["y"])
MANY = 3_000_000


def recursive() -> bytes:
    functions = [onnx.function("F", ["v"], ["o"], [node("F", ["v"], ["o"], domain="own")])]
    return chain(node("F", ["a"], ["y"], domain="own"), functions=functions)


def doubled() -> bytes:
    """Each function calls the next one twice: 2 to the 18th nodes."""
    functions = [
        onnx.function(
            f"F{n}",
            ["v"],
            ["o"],
            [
                node(f"F{n + 1}", ["v"], ["u"], domain="own"),
                node(f"F{n + 1}", ["u"], ["o"], domain="own"),
            ],
        )
        for n in range(18)
    ]
    functions.append(onnx.function("F18", ["v"], ["o"], [node("Relu", ["v"], ["o"])]))
    return chain(node("F0", ["a"], ["y"], domain="own"), functions=functions)


def nested(depth: int) -> bytes:
    """Graphs that are arguments of nodes of graphs."""
    found = onnx.graph([RELU])
    for _ in range(depth):
        found = onnx.graph([node("If", ["x"], ["y"], then_branch=found)])
    return field(7, found)


HOSTILE = {
    "empty": b"",
    "text": b"name: lenet\n",
    "zeros": bytes(1000),
    "no graph": field(1, 8),
    "no nodes": field(7, onnx.graph([])),
    "packed sizes": onnx.model([RELU], [field(1, bytes(MANY)) + field(8, "w")]),
    "many fields": b"\x08\x01" * MANY,
    "many nodes": field(7, b"\x0a\x00" * MANY),
    "many attributes": onnx.model([field(4, "Relu") + b"\x2a\x00" * MANY]),
    "packed numbers": onnx.model([field(4, "Relu") + field(5, field(8, bytes(MANY)))]),
    "many inputs": onnx.model([field(4, "Relu") + b"\x0a\x00" * MANY]),
    "a long name": onnx.model([node("R" * 100_000, ["x"], ["y"])]),
    "deep graphs": nested(200),
    "a function of itself": recursive(),
    "functions that double": doubled(),
    "a cut off file": onnx.model([RELU])[:-4],
    "an input of nothing": onnx.model([node("Relu", ["nothing"], ["y"])]),
    "a number for a name": field(7, fields(1, [field(4, 7)])),
    "an old version": onnx.model([RELU], opset=5),
    "a new version": onnx.model([RELU], opset=99),
    "an input without a shape": field(7, onnx.graph([RELU], inputs=[value("x", None)]))
    + field(8, field(2, 17)),
    "a large exponent": chain(
        node("Pow", ["n", "n"], ["p"]),
        node("Reshape", ["a", "p"], ["y"]),
        tensors=(whole("n", 10**18),),
    ),
    "a large range": chain(
        node("Range", ["zero", "n", "one"], ["p"]),
        node("Reshape", ["a", "p"], ["y"]),
        tensors=(wholes("n", [], [10**18]), wholes("zero", [], [0]), wholes("one", [], [1])),
    ),
    "a large constant": chain(
        node("ConstantOfShape", ["n"], ["p"]),
        node("Reshape", ["a", "p"], ["y"]),
        tensors=(whole("n", 10**18),),
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_have_one_message(name: str, tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(HOSTILE[name])
    ran = run("show", "net.onnx", cwd=tmp_path)
    assert ran.returncode == 2, ran.stdout
    assert "Traceback" not in ran.stderr and ran.stderr.startswith("cnncalc: ")
    assert str(tmp_path) not in ran.stderr


@pytest.mark.parametrize("name", ["", "stored"])
def test_outputs_that_no_layer_states(name: str) -> None:
    """One without a name, and a stored tensor that is empty."""
    nodes = [node("Relu", ["x"], ["y"]), node("Identity", ["w"], ["stored"])]
    with pytest.raises(ImportFailed):
        read(onnx.model(nodes, [tensor("w", [4, 0])], (1, 8, 8, 8), (name,)))


MOST_BYTES_OF_A_FIELD = 4
"""Of those in a bomb: a key and a size, of which the latter has up to three."""


@pytest.mark.parametrize("name", ["packed sizes", "many fields", "many nodes", "packed numbers"])
def test_bombs_are_found_before_they_are_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader looks at a million fields at most, whatever the size of the file."""
    from cnncalc.importers.onnx.wire import MAX_FIELDS, FileBytes

    places = 0
    plain = FileBytes.__getitem__

    def counted(data: FileBytes, place: int | slice) -> object:
        nonlocal places
        places += 1
        return plain(data, place)

    monkeypatch.setattr(FileBytes, "__getitem__", counted)
    with pytest.raises(InvalidModelFile):
        read(HOSTILE[name])
    assert places <= MOST_BYTES_OF_A_FIELD * MAX_FIELDS


SEEDS = (
    chain(
        *NODES["slices of opset 9 and of opset 10"][0],
        tensors=NODES["slices of opset 9 and of opset 10"][1],
    ),
    chain(*NODES["flatten and a matrix"][0], tensors=NODES["flatten and a matrix"][1]),
    with_external("net.data"),
    UNKNOWN,
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_mutants_have_one_message(seed: bytes, changes: list[tuple[int, int]]) -> None:
    data = bytearray(seed)
    for place, byte in changes:
        data[place % len(data)] = byte
    found = read_or_refused(bytes(data), "net.onnx", ReadOptions(is_custom_allowed=True))
    assert found is None or found.layers is not None


# The command line


def test_every_command_takes_a_file(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(chain(node("Relu", ["a"], ["y"])))
    for words in (
        ["show", "net.onnx"],
        ["explain", "net.onnx"],
        ["graph", "net.onnx"],
        ["compare", "net.onnx", "lenet5"],
        ["diff", "lenet5", "net.onnx"],
        ["import", "net.onnx", "--flat"],
    ):
        ran = run(*words, cwd=tmp_path)
        assert ran.returncode == 0 and ran.stdout, (words, ran.stderr)


def test_import_with_options(tmp_path: Path) -> None:
    data = chain(node("Relu", ["a"], ["y"]), sizes=("batch", 3, "height", "width"))
    (tmp_path / "net.onnx").write_bytes(data)
    ran = run("import", "net.onnx", "--input", "x=3x16x16", "--name", "mine", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith('name: mine\nsource: "net.onnx, written by pytorch 2.14.1"\n')
    assert ran.stderr.splitlines()[:2] == [
        "2 layers in 9 lines",
        "each layer agrees with the sizes of the model's tensors: "
        "112 parameters, 0 buffers, 27,648 MACs",
    ]
    ran = run("import", "net.onnx", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "--input x=3x224x224" in ran.stderr


def test_weights_are_not_read(tmp_path: Path) -> None:
    """A file of a gigabyte, of which all but the start is a hole, takes little memory."""
    size = 1 << 30
    nodes = [node("Flatten", ["x"], ["f"]), node("Gemm", ["f", "m"], ["y"], transB=1)]
    matrix = fields(1, [1 << 20, 256]) + field(2, onnx.FLOAT) + field(8, "m")
    matrix += onnx.head(9, size)
    inner = onnx.graph(nodes, (), [value("x", (1, 4, 8, 8))])
    inner += onnx.head(5, len(matrix) + size) + matrix
    start = field(1, 8) + field(8, field(2, 17)) + onnx.head(7, len(inner) + size) + inner
    path = tmp_path / "net.onnx"
    with path.open("wb") as file:
        file.write(start)
        file.truncate(len(start) + size)
    tracemalloc.start()
    try:
        found = sketch_of_file(str(path))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.totals().params == 256 << 20
    assert peak < 20_000_000


# Notes


@pytest.mark.parametrize(
    ("filters", "is_fixed"),
    [([1, 2, 2, 4] * 4, True), ([1, 2, 2, 4] * 3 + [1, 2, 2, 3], False), ([0] * 16, False)],
)
def test_filters_that_no_training_makes_are_told(filters: list[int], is_fixed: bool) -> None:
    """Those of a blur are equal for all channels; their elements are not parameters of a model."""
    numbers = [value / 9 for value in filters]
    nodes = (node("Conv", ["a", "f"], ["y"], group=4, kernel_shape=[2, 2]),)
    found = read(chain(*nodes, tensors=(tensor("f", [4, 1, 2, 2], numbers),)))
    assert kinds(found) == ["conv", "depthwise"]
    told = "16 of the parameters are most likely constants"
    assert any(told in note for note in found.notes) == is_fixed


MOVES = {
    "identity": [node("Identity", ["x"], ["y"])],
    "permute": [node("Transpose", ["x"], ["y"], perm=[0, 3, 1, 2])],
    "tokens": [node("Reshape", ["x", "flat"], ["y"])],
}


@pytest.mark.parametrize("kind", MOVES)
def test_models_that_only_move_elements(kind: str) -> None:
    """Where no layer needs them, moved axes are those of the model."""
    found = read(onnx.model(MOVES[kind], [wholes("flat", [3], [0, 0, -1])]))
    assert kinds(found) == [kind]
    import_sketch(found)


@pytest.mark.parametrize("name", ["weight", "/constant"])
def test_models_that_read_no_input(name: str) -> None:
    """A learned tensor is a weight; numbers that an exporter calculates are a constant."""
    filled = node("ConstantOfShape", ["sizes"], [name])
    nodes = [filled, node("Identity", [name], ["y"])]
    found = read(onnx.model(nodes, [wholes("sizes", [3], [1, 4, 2])]))
    assert kinds(found) == [name.strip("/")]
    assert found.outputs[0].value.shape == (4, 2)


# Training


@pytest.mark.parametrize("is_scaled", [True, False])
def test_stochastic_depth(is_scaled: bool) -> None:
    """A factor for each sample, 1 with probability 0.75, as PyTorch exports it for training."""
    nodes = [
        node("RandomUniformLike", ["sizes"], ["r"]),
        node("Less", ["r", "survival"], ["l"]),
        node("Cast", ["l"], ["f"], to=1),
        *([node("Div", ["f", "scale"], ["s"])] if is_scaled else []),
        node("Mul", ["a", "s" if is_scaled else "f"], ["y"]),
    ]
    stored = (
        tensor("sizes", [1, 1, 1, 1], [0.5]),
        tensor("survival", [], [0.75]),
        tensor("scale", [], [0.75]),
    )
    found = read(chain(*nodes, tensors=stored))
    assert kinds(found) == ["conv", "droppath"]
    assert found.layers[1].arguments == {"p": 0.25}


def test_other_random_numbers_are_refused() -> None:
    nodes = [node("RandomUniformLike", ["sizes"], ["r"]), node("Mul", ["a", "r"], ["y"])]
    with pytest.raises(ImportFailed, match="RandomUniformLike"):
        read(chain(*nodes, tensors=(tensor("sizes", [1, 4, 8, 8]),)))


def test_an_error_is_at_the_place_that_is_read_then() -> None:
    place = 0
    with pytest.raises(UnforeseenContent, match="malformed at node 1"):  # noqa: SIM117
        with reading(lambda: f"node {place}"):
            place = 1
            raise KeyError

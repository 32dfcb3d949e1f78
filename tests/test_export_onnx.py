"""`cnncalc export --to onnx`: files that the onnx package accepts, and that are read as they were.

What the onnx package and onnxruntime say is recorded in tests/data/onnx_exports.csv, and the
comparison with PyTorch in tests/data/onnx_torch.csv, by tests/generate.
"""

from __future__ import annotations

import os
import pty
import struct
import subprocess
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.escape import safe
from cnncalc.exporters.errors import ExportError
from cnncalc.exporters.formats import FORMATS, Exported, ExportOptions
from cnncalc.exporters.onnx.layers.table import WRITERS
from cnncalc.exporters.onnx.wire_writer import WireWriter
from cnncalc.layers import LAYERS
from cnncalc.onnx_format.elements import FLOAT, INT64
from cnncalc.onnx_format.fields import ByteSpan, FieldKind
from cnncalc.onnx_format.messages import (
    TABLE,
    Attribute,
    Dimension,
    GraphProto,
    Model,
    NodeProto,
    TensorProto,
    TensorShape,
    TensorType,
    ValueInfo,
    ValueType,
)
from cnncalc.problem import Error

from .support.exports import (
    EXPORTED,
    ONNX_TABLE,
    graph_of,
    model_of,
    rows_of,
    traced,
    traced_network,
)
from .support.hostile import TITLES, network_text
from .support.networks import example_text
from .support.paths import ROOT
from .support.processes import PATIENCE, cnncalc
from .support.round_trips import ONNX_READ_AS, differences, read_back, unexplained

DATA = ROOT / "tests" / "data"

EXPORTS = rows_of(ONNX_TABLE)
COMPARED = rows_of(DATA / "onnx_torch.csv")

SAMPLE = (
    *("alexnet", "resnet18", "googlenet", "mobilenet_v3_small", "densenet121", "lenet5"),
    *("efficientnet_b0", "convnext_tiny", "shufflenet_v2_x1_0", "yolov3", "ssd300", "mobileone_s0"),
)


def exported(text: str, weights: str = "") -> Exported:
    return FORMATS["onnx"].write(traced(text), ExportOptions(weights=weights))


# The format


def test_what_is_written_is_what_is_read() -> None:
    size = Dimension(2**40), Dimension(0, "batch")
    info = ValueInfo("x", ValueType(TensorType(FLOAT, TensorShape(size))))
    arguments = (Attribute("f", f=-0.5, type=1), Attribute("i", i=-3), Attribute("n", ints=(0, -1)))
    node = NodeProto(("x", "", "y"), ("z",), "/a/Conv", "Conv", arguments)
    model = Model(9, "cnncalc", graph=GraphProto((node,), "net", (), (info,), (info,)))
    assert model_of(WireWriter(TABLE).encoded(model)) == model


VALUES: dict[FieldKind, st.SearchStrategy[Any]] = {
    "integer": st.integers(-(2**63), 2**63 - 1),
    "real": st.floats(width=32, allow_nan=False),
    "text": st.text(st.characters(codec="utf-8"), max_size=10),
    "span": st.binary(max_size=20),
}
MAX_DEPTH = 5


OF_MESSAGES = ("value_info", "value", *(f"{kind}_data" for kind in ("float", "int32", "int64")))
OF_MESSAGES += ("double_data", "uint64_data")
"""Spans whose bytes are not any: inner messages, texts and packed numbers."""


def messages(
    kind: type[tuple[Any, ...]], without: Collection[str] = (), depth: int = 0
) -> st.SearchStrategy[Any]:
    """Messages of a kind, with the contents of spans in their places; `without` some fields."""
    fields = {}
    for field in TABLE[kind].values():
        if field.name in without:
            continue
        if isinstance(field.kind, str):
            one = VALUES[field.kind]
        elif depth < MAX_DEPTH:
            one = later(field.kind, without, depth + 1)
        else:
            continue
        fields[field.name] = st.lists(one, max_size=2).map(tuple) if field.most else one
    return st.fixed_dictionaries({}, optional=fields).map(lambda given: kind(**given))


def later(
    kind: type[tuple[Any, ...]], without: Collection[str], depth: int
) -> st.SearchStrategy[Any]:
    """Inner messages: a graph may be in an attribute of its nodes."""
    return st.deferred(lambda: messages(kind, without, depth))


def mapped(value: Any, kind: type, change: Callable[[Any], Any]) -> Any:
    """A message in which values of a kind are changed."""
    if isinstance(value, kind):
        return change(value)
    if not isinstance(value, tuple):
        return value
    values = [mapped(one, kind, change) for one in value]
    return type(value)(*values) if hasattr(value, "_fields") else tuple(values)


@settings(deadline=None)
@given(messages(Model))
def test_any_message_is_read_as_it_was_written(model: Model) -> None:
    """But for the places of spans: those of the reader are in the file."""
    writer = WireWriter(TABLE)
    data = writer.encoded(mapped(model, bytes, writer.span))
    assert mapped(model_of(data), ByteSpan, lambda place: data[place.start : place.end]) == model


@settings(deadline=None)
@given(messages(GraphProto, OF_MESSAGES))
def test_the_onnx_package_reads_the_same(graph: GraphProto) -> None:
    onnx = pytest.importorskip("onnx", reason="the onnx package is not installed")
    writer = WireWriter(TABLE)
    found = onnx.ModelProto()
    found.ParseFromString(writer.encoded(Model(graph=mapped(graph, bytes, writer.span))))
    assert [node.op_type for node in found.graph.node] == [node.op_type for node in graph.node]
    for one, other in zip(found.graph.initializer, graph.initializer, strict=True):
        assert (one.name, tuple(one.dims), one.raw_data) == (
            other.name,
            other.dims,
            other.raw_data or b"",
        )


@given(st.lists(st.binary(max_size=300), max_size=4))
def test_the_numbers_of_tensors_are_where_their_spans_are(contents: list[bytes]) -> None:
    writer = WireWriter(TABLE)
    stored = tuple(TensorProto((1,), 1, raw_data=writer.span(content)) for content in contents)
    data = writer.encoded(Model(graph=GraphProto(initializer=stored)))
    spans = [tensor.raw_data for tensor in graph_of(data).initializer]
    assert [data[span.start : span.end] for span in spans if span is not None] == contents


def test_bytes_are_those_of_the_specification() -> None:
    """The first examples of https://protobuf.dev/programming-guides/encoding."""
    assert WireWriter(TABLE).encoded(Dimension(150)).hex() == "089601"
    assert WireWriter(TABLE).encoded(Dimension(0, "testing")).hex() == "120774657374696e67"


# A small network

TINY = """\
name: Tiny
input: {image: 3x8x8}
blocks:
  unit: {params: [out], layers: [{conv: out, kernel: 3, padding: 1}, bn, relu]}
layers:
  - {unit: 4, name: stem}
  - global_avgpool
  - {linear: 10, name: head}
"""


def test_names_are_scopes_and_parameters_of_pytorch() -> None:
    graph = graph_of(exported(TINY).data)
    made = [node for node in graph.node if node.op_type != "ConstantOfShape"]
    assert [node.name for node in made] == [
        "/stem/conv1/Conv",
        "/stem/bn1/BatchNormalization",
        "/stem/relu1/Relu",
        "/global_avgpool1/GlobalAveragePool",
        "/head/Flatten",
        "/head/Gemm",
    ]
    assert [name for node in graph.node if node not in made for name in node.output] == [
        *("stem.conv1.weight", "stem.conv1.bias", "stem.bn1.weight", "stem.bn1.bias"),
        *("stem.bn1.running_mean", "stem.bn1.running_var", "head.weight", "head.bias"),
    ]


def test_the_batch_is_open_and_inputs_and_outputs_have_their_names() -> None:
    data = exported(TINY).data
    sizes = TensorShape((Dimension(0, "batch"), Dimension(3), Dimension(8), Dimension(8)))
    assert graph_of(data).input == (ValueInfo("image", ValueType(TensorType(FLOAT, sizes))),)
    classes = TensorShape((Dimension(0, "batch"), Dimension(10)))
    assert graph_of(data).output == (ValueInfo("output", ValueType(TensorType(FLOAT, classes))),)
    assert [found.version for found in model_of(data).opset_import] == [20]


def test_several_inputs_and_outputs_have_names() -> None:
    text = """\
input: {left: 4x8x8, right: 4x8x8}
layers:
  - {add: [left, right], name: sum}
  - {output: [{conv: 2}], name: boxes, from: sum}
  - {conv: 3, from: sum}
"""
    graph = graph_of(exported(text).data)
    assert [info.name for info in graph.input] == ["left", "right"]
    assert {info.name for info in graph.output} == {"boxes", "output"}


def test_an_output_that_is_a_weight_is_a_node() -> None:
    graph = graph_of(exported("input: 3x8x8\nlayers: [{weight: 4x2}]\n").data)
    assert [info.name for info in graph.output] == ["output"]
    assert [node.op_type for node in graph.node] == ["ConstantOfShape", "Identity"]


def test_stochastic_depth_and_frozen_weights_are_stated() -> None:
    """ONNX has neither: what acts in training alone is in the metadata of nodes."""
    text = "input: 3x8x8\nlayers:\n- {conv: 4, kernel: 3, trainable: false}\n- {droppath: 0.25}\n"
    data = exported(text).data
    assert [node.op_type for node in graph_of(data).node][-1] == "Identity"
    conv, droppath = read_back(data, ".onnx").nodes
    assert not conv.trainable and droppath.layer.arguments() == {"p": 0.25}


def test_indices_are_whole_numbers() -> None:
    graph = graph_of(exported(example_text("embedding")).data)
    (tokens,) = graph.input
    assert tokens.type.tensor_type is not None and tokens.type.tensor_type.elem_type == INT64


# Weights


def test_zeros_need_no_space() -> None:
    """The parameters of VGG-16 are 138,357,544 numbers of four bytes."""
    data = FORMATS["onnx"].write(traced_network("vgg16"), ExportOptions()).data
    assert len(data) < 20_000


def test_random_weights_are_the_same_each_time_and_in_the_file() -> None:
    found = exported(TINY, "random").data
    assert found == exported(TINY, "random").data
    stored = {tensor.name: tensor for tensor in graph_of(found).initializer}
    assert tuple(stored["stem.conv1.weight"].dims) == (4, 3, 3, 3)
    for name, least, most in (
        ("stem.conv1.weight", -0.5, 0.5),  # sqrt(6 / 27) is 0.47
        ("stem.bn1.weight", 0.9, 1.1),
        ("stem.bn1.running_var", 0.9, 1.1),
        ("head.bias", -0.1, 0.1),
    ):
        span = stored[name].raw_data
        assert span is not None
        numbers = [value for (value,) in struct.iter_unpack("<f", found[span.start : span.end])]
        assert least <= min(numbers) < max(numbers) <= most, name


def test_weights_that_are_none_are_inputs() -> None:
    graph = graph_of(exported(TINY, "none").data)
    names = [info.name for info in graph.input]
    assert names[:2] == ["image", "stem.conv1.weight"] and len(names) == 9
    assert not any(node.op_type == "ConstantOfShape" for node in graph.node)


def test_shared_weights_are_stored_once() -> None:
    step = "{conv: 3, kernel: 3, padding: 1, shared: tag}"
    graph = graph_of(exported(f"input: 3x8x8\nlayers: [{step}, relu, {step}]\n", "random").data)
    first, second = [node for node in graph.node if node.op_type == "Conv"]
    assert first.input[1:] == second.input[1:] == ("conv1.weight", "conv1.bias")
    assert [tensor.name for tensor in graph.initializer] == ["conv1.weight", "conv1.bias"]


def test_random_weights_repeat_so_that_large_ones_take_no_memory() -> None:
    """VGG-16 has 138,357,544 weights; its parts are in memory one after the other."""
    found = FORMATS["onnx"].write(traced_network("vgg16"), ExportOptions(weights="random"))
    sizes = [len(part) for part in found.parts]
    assert 4 * 138_357_544 < sum(sizes) < 4 * 138_357_544 + 50_000
    assert max(sizes) < 300_000
    assert sum(len(chunk) for chunk in found.written if isinstance(chunk, bytes)) < 50_000


def test_weights_that_are_too_many_for_a_file_are_refused() -> None:
    text = "input: 40000\nlayers: [{linear: 40000}]\n"
    with pytest.raises(ExportError, match=r"would have 6,400,16.* of at most 2,147,483,647"):
        exported(text, "random")
    assert len(exported(text).data) < 1000


# Names

CLASHES = [
    'input: 3x8x8\nlayers: [{relu: , name: a}, {output: [{conv: 3}], name: "/a/Relu_output_0"}]\n',
    'input: {"/constant_0": 3x8x8}\nlayers: [{relu: , name: a}, {conv: 3}]\n',
    'input: {"/a/Relu_output_0": 3x8x8}\nlayers: [{relu: , name: a}, {conv: 3}]\n',
    "input: {a/b: 3x8x8, a_b: 3x8x8}\nlayers: [{add: [a/b, a_b]}, {output: [relu], name: a|b}]\n",
    "input: {Größe: 3x8x8}\nlayers: [{relu: , name: \"日本 'q' / é\"}, {conv: 3}]\n",
    f"name: {'x' * 100_000}\ninput: 3x8x8\nlayers: [{{conv: 3, name: {'y' * 500}}}]\n",
]


@pytest.mark.parametrize("text", [*map(network_text, TITLES), *CLASHES])
def test_files_with_any_names_are_valid(text: str) -> None:
    data = exported(text).data
    graph = graph_of(data)
    made = [name for node in graph.node for name in node.output]
    names = [*(info.name for info in graph.input), *(one.name for one in graph.initializer), *made]
    assert len(names) == len(set(names))
    assert all(name.isprintable() for name in names)
    assert safe(graph.name) == graph.name and len(graph.name) <= 200
    assert {info.name for info in graph.output} <= {*names}
    assert read_back(data, ".onnx").nodes
    onnx = pytest.importorskip("onnx", reason="the onnx package is not installed")
    onnx.checker.check_model(onnx.load_model_from_string(data), full_check=True)


# What a file does not have


def test_outputs_of_training_are_left_out_with_a_remark() -> None:
    found = FORMATS["onnx"].write(traced_network("googlenet"), ExportOptions())
    assert found.remarks == ("outputs of training are left out: aux1, aux2",)
    assert [info.name for info in graph_of(found.data).output] == ["output"]
    assert not any("aux" in node.name for node in graph_of(found.data).node)


def test_all_layers_that_cannot_be_written_are_one_message() -> None:
    text = "input: 8x8x8\nlayers: [{unpool: 2}, relu, {local_conv: 2}, {custom: f, shape: 4}]\n"
    with pytest.raises(ExportError) as error:
        exported(text)
    message = str(error.value)
    assert all(f"`{name}1` ({name}): " in message for name in ("unpool", "local_conv", "custom"))


def test_a_weight_that_differs_between_samples_is_refused() -> None:
    text = """\
input: 4x8x8
layers:
  - {conv: 36, name: made}
  - global_avgpool
  - {reshape: 4x1x3x3, name: kernel}
  - {conv: 4, kernel: 3, groups: 4, weights: kernel, from: input}
"""
    with pytest.raises(ExportError, match="another one for each sample"):
        exported(text)


def test_every_kind_is_written_or_refused_with_a_reason() -> None:
    assert set(WRITERS) == set(LAYERS)


# What the onnx package, onnxruntime and PyTorch say


def test_everything_is_recorded() -> None:
    assert set(EXPORTS) == {*EXPORTED, *(f"layer:{kind}" for kind in LAYERS)}


def test_the_checker_accepts_every_file_and_onnxruntime_runs_it() -> None:
    written = [row for row in EXPORTS.values() if row["bytes"]]
    assert {row["checker"] for row in written} == {"ok"}
    assert {row["runtime"] for row in written} <= {"ok", "not run"}
    assert all(EXPORTS[name]["bytes"] for name in EXPORTED)


def test_files_compute_what_the_exported_source_does() -> None:
    """On random weights and inputs, relative to the largest output."""
    assert len(COMPARED) >= 6
    assert all(float(row["difference"]) < 1e-4 for row in COMPARED.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", [*(f"layer:{kind}" for kind in LAYERS), *SAMPLE])
def test_the_onnx_package_accepts_files(name: str) -> None:
    onnx = pytest.importorskip("onnx", reason="the onnx package is not installed")
    if not EXPORTS[name]["bytes"]:
        return
    data = FORMATS["onnx"].write(traced_network(name), ExportOptions()).data
    onnx.checker.check_model(onnx.load_model_from_string(data), full_check=True)


# What is read from the files


def test_every_difference_has_a_reason() -> None:
    read = [row["read"] for row in EXPORTS.values() if not row["read"].startswith("not read: ")]
    assert {kind for words in read for kind in unexplained(words, ONNX_READ_AS)} == set()
    unread = {row["name"] for row in EXPORTS.values() if row["read"].startswith("not read: ")}
    assert unread <= {f"layer:{kind}" for kind in ONNX_READ_AS}


def test_most_networks_are_read_as_they_are() -> None:
    """What differs in the others is in the table, by kind, argument and number."""
    different = [name for name in EXPORTED if EXPORTS[name]["read"] != "equal"]
    assert len(different) <= 3


@pytest.mark.slow
@pytest.mark.parametrize("name", [*(f"layer:{kind}" for kind in LAYERS), *SAMPLE])
def test_what_is_read_is_what_is_recorded(name: str) -> None:
    traced, row = traced_network(name), EXPORTS[name]
    try:
        data = FORMATS["onnx"].write(traced, ExportOptions()).data
    except ExportError as error:
        assert str(error) == row["reason"]
        return
    assert len(data) == int(row["bytes"])
    try:
        found = read_back(data, ".onnx")
        read = differences(traced.network, found, has_training=False) or "equal"
    except Error as error:
        read = f"not read: {str(error).partition(';')[0]}"
    assert read == row["read"]


# The command


def test_a_file_and_a_pipe_get_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(TINY)
    ran = cnncalc("export", "net.yaml", "-o", "net.onnx", cwd=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    data = (tmp_path / "net.onnx").read_bytes()
    assert data == exported(TINY).data
    piped = subprocess.run(
        [sys.executable, "-m", "cnncalc", "export", "net.yaml", "--to", "onnx"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=PATIENCE,
        check=True,
    )
    assert piped.stdout == data


def test_a_terminal_is_refused(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(TINY)
    master, terminal = pty.openpty()
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "cnncalc", "export", "net.yaml", "--to", "onnx"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=terminal,
            stderr=subprocess.PIPE,
            timeout=PATIENCE,
            check=False,
        )
    finally:
        os.close(terminal)
        os.close(master)
    assert ran.returncode == 2
    assert b"onnx is binary: write it to a file with -o FILE, or to a pipe" in ran.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--to", "onnx", "--flat"], "--flat is for pytorch and keras, not for onnx"),
        (["--to", "pytorch", "--weights", "zeros"], "--weights is for onnx, not for pytorch"),
        (["--to", "onnx", "-o", "net.py"], ".py is the extension of pytorch"),
        (["--to", "onnx", "--weights", "ones"], "'ones' is not one of"),
    ],
)
def test_wrong_options_are_one_message(words: list[str], message: str, tmp_path: Path) -> None:
    ran = cnncalc("export", "alexnet", *words, cwd=tmp_path)
    assert ran.returncode == 2 and message in ran.stderr, ran.stderr
    assert not list(tmp_path.iterdir())

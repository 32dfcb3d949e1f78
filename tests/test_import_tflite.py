"""Files of TensorFlow Lite.

tests/data/tflite/counts.csv is what TensorFlow counts of the models of these files
(tests/generate/tflite_files.py); the larger files of MLPerf Tiny are not kept, but their counts.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnncalc.importers.errors import ImportFailed, InvalidModelFile
from cnncalc.importers.file_formats import ReadOptions
from cnncalc.importers.importing import import_sketch
from cnncalc.importers.load import sketch_of_file
from cnncalc.importers.tflite.model import TfliteFile
from cnncalc.shape import Shape
from cnncalc.sketch import Sketch

from .support.hostile import HOSTILE
from .support.mutants import mutants, read_or_refused
from .support.paths import ROOT
from .support.processes import cnncalc as run
from .support.tflite import Fields, Operator, Scalar, Tensor, integers, model, weights

DATA = ROOT / "tests" / "data" / "tflite"
ROWS = {
    row["file"]: row
    for row in csv.DictReader((DATA / "counts.csv").read_text("utf-8").splitlines())
    if (DATA / row["file"]).exists()
}
LOOP = "loop_float.tflite"
DILATED = "open_dilations.tflite"
"""Its convolutions have biases of zeros, and those of the model are added after them."""

COUNTED = [name for name in ROWS if name != LOOP]


def sketch_of(data: bytes, folder: Path, **options: object) -> Sketch:
    path = folder / "net.tflite"
    path.write_bytes(data)
    return sketch_of_file(str(path), ReadOptions(**options))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", COUNTED)
def test_counts_are_those_of_tensorflow(name: str) -> None:
    row = ROWS[name]
    found = import_sketch(sketch_of_file(str(DATA / name)))
    assert found.form == "folded", found.reasons
    assert (found.totals.params, found.totals.macs) == (int(row["params"]), int(row["macs"]))
    shapes = [Shape(map(int, text.split("x"))) for text in row["outputs"].split()]
    outputs = [output.value.shape for output in found.sketch.outputs]
    assert sorted(outputs) == sorted(Shape((s[-1], *s[:-1])) for s in shapes)


@pytest.mark.parametrize("name", [name for name in COUNTED if name != DILATED])
def test_every_constant_is_counted(name: str) -> None:
    """The parameters are the elements of the file's own tensors that are not lists of sizes."""
    with TfliteFile(str(DATA / name)) as found:
        tensors = found.subgraphs[0].tensors
        read = {n for operator in found.subgraphs[0].operators for n in operator.inputs}
        stored = sum(
            tensor.elements
            for number, tensor in enumerate(tensors)
            if number in read and tensor.is_constant and tensor.elements > 1
            if tensor.type.word != "int32" or tensor.is_quantized
        )
    assert sketch_of_file(str(DATA / name)).totals().params == stored


def test_sizes_that_are_calculated_for_an_open_batch() -> None:
    """TensorFlow 2.15 reads the size of the batch from a tensor for each transposed convolution.

    The file is Conv2DTranspose(4, 3, strides=2, output_padding=1) and Conv2DTranspose(4, 5,
    strides=3, padding="same", output_padding=(1, 0)) on 7x8x3, whose result is 47x52x4 in Keras.
    """
    sketch = sketch_of_file(str(DATA / "open_batch.tflite"))
    assert [layer.kind for layer in sketch.layers] == ["conv_transpose"] * 2
    assert sketch.outputs[0].value.shape == (4, 47, 52)
    totals = sketch.totals()
    assert totals.params == 3 * 3 * 3 * 4 + 4 + 5 * 5 * 4 * 4 + 4
    assert totals.macs == 7 * 8 * 3 * (3 * 3 * 4) + 16 * 18 * 4 * (5 * 5 * 4)


ONE_LAYER = {
    "open_attention.tflite": ["layernorm", "attention", "layernorm", "linear", "gelu", "linear"],
    "open_norms.tflite": ["layernorm", "layernorm", "groupnorm", "conv"],
}
"""The layers of the models in tests/generate/tflite_files.py, which their files have as parts."""


@pytest.mark.parametrize("name", ONE_LAYER)
def test_parts_of_norms_and_attention_are_one_layer(name: str) -> None:
    layers = import_sketch(sketch_of_file(str(DATA / name))).sketch.layers
    kinds = [layer.kind for layer in layers]
    wanted = ONE_LAYER[name]
    assert [kind for kind in kinds if kind in wanted] == wanted
    assert set(kinds) - set(wanted) <= {"add", "conv", "global_avgpool", "flatten"}


def test_an_inner_tensor_of_a_norm_is_still_an_output() -> None:
    """What is between the parts of a norm is read by its name."""
    path = str(DATA / "open_norms.tflite")
    with TfliteFile(path) as found:
        graph = found.subgraphs[0]
        (first, *_) = [entry for entry in graph.operators if entry.kind == "SQUARED_DIFFERENCE"]
        name = graph.tensors[first.outputs[0]].name
    layers = sketch_of_file(path, ReadOptions(output=name)).layers
    assert [layer.kind for layer in layers] == ["reduce_mean", "sub", "elementwise"]


def open_model(kinds: Sequence[Operator], constants: Sequence[Tensor], rank: int) -> bytes:
    """A file whose batch is open: an input of 4x6, and a RESHAPE to sizes that are calculated.

    Tensors are the input (0), its sizes (1), the constants, and one for each operator.
    """
    start = Tensor((1, 4, 6), "float32", b"", (-1, 4, 6))
    unknown = [Tensor((1,), "int32", b"", (-1,)) for _ in kinds]
    end = Tensor((1,) * rank, "float32", b"", (-1,) * rank)
    tensors = [start, Tensor((3,), "int32"), *constants, *unknown, end]
    last = len(tensors) - 1
    sizes = Operator("SHAPE", [0], [1])
    return model(tensors, [sizes, *kinds, Operator("RESHAPE", [0, last - 1], [last])])


SHRINK: tuple[int, Fields] = (
    32,
    {4: Scalar("i", 1)},
)  # the options of a STRIDED_SLICE that drops the first axis


@pytest.mark.parametrize(
    ("constants", "kinds", "shape"),
    [
        pytest.param(  # (batch, 4, 6) * (1, 2, 1) // (1, 1, 2)
            [integers(1, 2, 1), integers(1, 1, 2)],
            [Operator("MUL", [1, 2], [4]), Operator("FLOOR_DIV", [4, 3], [5])],
            (3, 8),
            id="arithmetic",
        ),
        pytest.param(  # the batch from a slice, and the product of the others
            [integers(0), integers(1), integers(1, 2)],
            [
                Operator("STRIDED_SLICE", [1, 2, 3, 3], [5], SHRINK),
                Operator("GATHER", [1, 4], [6]),
                Operator("REDUCE_PROD", [6, 2], [7]),
                Operator("PACK", [5, 7], [8], (59, {0: Scalar("i", 2)})),
            ],
            (24,),
            id="product",
        ),
        pytest.param(  # one of the sizes is what the others leave
            [integers(0), integers(1), integers(2, -1)],
            [Operator("SLICE", [1, 2, 3], [5]), Operator("CONCATENATION", [5, 4], [6])],
            (12, 2),
            id="rest",
        ),
        pytest.param(  # the sizes as they are, after operators that leave them so
            [integers(1, 1, 1), integers(1), integers(1), integers(0, 2)],
            [
                Operator("MAXIMUM", [1, 2], [6]),
                Operator("CAST", [6], [7]),
                Operator("EXPAND_DIMS", [7, 3], [8]),
                Operator("SQUEEZE", [7], [9]),
                Operator("BROADCAST_ARGS", [7, 2], [10]),
            ],
            (6, 4),
            id="other",
        ),
    ],
)
def test_sizes_are_calculated(
    constants: list[Tensor], kinds: list[Operator], shape: tuple[int, ...], tmp_path: Path
) -> None:
    """The sizes after the batch, in any order, are those of the calculation by hand."""
    data = open_model(kinds, constants, len(shape) + 1)
    assert sorted(sketch_of(data, tmp_path).outputs[0].value.shape) == sorted(shape)


def test_convolutions_between_moved_positions_are_dilated() -> None:
    """Conv1D with dilation 2 and 3, Conv2D with 2x3, and DepthwiseConv2D with 2, as in Keras."""
    layers = sketch_of_file(str(DATA / DILATED)).layers
    dilations = [layer.arguments["dilation"] for layer in layers if "dilation" in layer.arguments]
    assert dilations == [(1, 2), (1, 3), (2, 3), 2]
    assert [layer.kind for layer in layers].count("add") == 0  # of biases


def test_moved_positions_without_a_convolution_are_refused(tmp_path: Path) -> None:
    pairs = Tensor((1, 2), "int32", bytes(8))
    tensors = [Tensor((1, 8, 3)), integers(2), pairs, Tensor((2, 4, 3)), Tensor((2, 4, 3))]
    ends = [Operator("SPACE_TO_BATCH_ND", [0, 1, 2], [3]), Operator("TANH", [3], [4])]
    back = Operator("BATCH_TO_SPACE_ND", [4, 1, 2], [5])
    with pytest.raises(ImportFailed, match=r"SPACE_TO_BATCH_ND \(once"):
        sketch_of(model([*tensors, Tensor((1, 8, 3))], [*ends, back]), tmp_path)


def test_a_batch_of_one_sample_may_be_stated_as_open(tmp_path: Path) -> None:
    """All elements in one axis: the model is one for a single sample, whatever its input says."""
    end = Tensor((24,), "float32")
    start = Tensor((1, 4, 6), "float32", b"", (-1, 4, 6))
    data = model([start, integers(24), end], [Operator("RESHAPE", [0, 1], [2])])
    assert sketch_of(data, tmp_path).outputs[0].value.shape.elements == 24


def test_residual_blocks_are_found() -> None:
    found = import_sketch(sketch_of_file(str(DATA / "residual_int8.tflite")))
    assert "  residual:" in found.text and found.lines <= 30
    assert any("5 of 6 convolutions contain a batch norm" in note for note in found.notes)
    assert found.sketch.types.text == "int8" and "\ndtype: int8\n" in found.text


def test_pads_of_other_operators_are_merged() -> None:
    text = import_sketch(sketch_of_file(str(DATA / "mobile_float.tflite"))).text
    assert "pad:" not in text and "{depthwise: 5, padding: same, multiplier: 2}" in text


def test_values_of_a_file() -> None:
    """What a plan of memory needs: operators, types, sizes and bytes, without any layer."""
    with TfliteFile(str(DATA / "residual_int8.tflite")) as found:
        graph = found.subgraphs[0]
        kinds = [operator.kind for operator in graph.operators]
        start = graph.tensors[graph.inputs[0]]
    assert kinds.count("CONV_2D") == 6 and kinds[-1] == "SOFTMAX"
    assert (start.type.word, start.sizes, start.bytes) == ("int8", (1, 16, 16, 3), 768)
    assert start.is_quantized and not start.is_constant
    makers = [number for operator in graph.operators for number in operator.outputs]
    assert all(not graph.tensors[number].is_constant for number in makers)


# Operators that a converter does not make on demand


def lstm_tensors(inputs: int, hidden: int, proj: int = 0) -> list[Tensor]:
    """The input and the weights of a sequence LSTM, in the order of its inputs."""
    state = proj or hidden
    tensors = [Tensor((1, 9, inputs))]
    tensors += [weights(hidden, inputs)] * 4 + [weights(hidden, state)] * 4
    tensors += [weights(hidden)] * 4 + ([weights(proj, hidden)] if proj else [])
    return [*tensors, Tensor((1, 9, state))]


@pytest.mark.parametrize("proj", [0, 3])
def test_sequence_lstm(proj: int, tmp_path: Path) -> None:
    """Four gates with one bias each; the weights are counted by hand."""
    tensors = lstm_tensors(6, 5, proj)
    absent = [-1] * 3
    inputs = [*range(9), *absent, *range(9, 13), 13 if proj else -1]
    found = sketch_of(
        model(tensors, [Operator("UNIDIRECTIONAL_SEQUENCE_LSTM", inputs, [len(tensors) - 1])]),
        tmp_path,
    )
    state = proj or 5
    assert found.totals().params == 4 * 5 * (6 + state + 1) + proj * 5
    assert found.totals().macs == 9 * (4 * 5 * (6 + state) + proj * 5)
    assert found.outputs[0].value.shape == (state, 9)


@pytest.mark.parametrize(
    ("tensors", "operator", "shape"),
    [
        (
            [Tensor((1, 4, 6, 8)), integers(1, 2), Tensor((1, 8))],
            Operator("MEAN", [0, 1], [2]),
            (8,),
        ),
        (
            [Tensor((1, 4, 6, 8)), integers(3), Tensor((1, 4, 6, 1))],
            Operator("REDUCE_MAX", [0, 1], [2], (27, {0: Scalar("?", 1)})),
            (1, 4, 6),
        ),
        (
            [Tensor((1, 4, 6, 8)), Tensor((1, 2, 3, 32))],
            Operator("SPACE_TO_DEPTH", [0], [1], (19, {0: Scalar("i", 2)})),
            (32, 2, 3),
        ),
        (
            [Tensor((1, 4, 6, 8)), integers(0, 3, 1, 2), Tensor((1, 8, 4, 6))],
            Operator("TRANSPOSE", [0, 1], [2]),
            (8, 4, 6),
        ),
        (
            [
                *(Tensor((1, 4, 6, 8)), integers(0, 1, 0, 2), integers(1, 2, 6, 4)),
                Tensor((1, 2, 6, 4)),
            ],
            Operator("SLICE", [0, 1, 2], [3]),
            (4, 2, 6),
        ),
        (
            [Tensor((1, 4, 6, 8)), integers(5, 0, 2), Tensor((1, 4, 6, 3))],
            Operator("GATHER", [0, 1], [2], (23, {0: Scalar("i", 3)})),
            (3, 4, 6),
        ),
        (
            [
                *(Tensor((1, 6, 8)), integers(0, 5, 0), integers(1, 6, 8), integers(1, 1, 1)),
                Tensor((1, 8)),
            ],
            Operator("STRIDED_SLICE", [0, 1, 2, 3], [4], (32, {4: Scalar("i", 2)})),
            (8,),
        ),
        (
            [Tensor((1, 5, 7, 2)), integers(1, 5, 7, 2), Tensor((1, 70))],
            Operator("RESHAPE", [0, 1], [2]),
            (70,),
        ),
        (
            [
                Tensor((1, 4, 6)),
                integers(2),
                Tensor((1, 4, 2)),
                Tensor((1, 4, 2)),
                Tensor((1, 4, 2)),
            ],
            Operator("SPLIT", [1, 0], [2, 3, 4], (35, {0: Scalar("i", 3)})),
            (2, 4),
        ),
        ([Tensor((1, 7)), Tensor((1, 7))], Operator("TANH", [0], [1]), (7,)),
    ],
    ids=lambda value: value.kind if isinstance(value, Operator) else "",
)
def test_operators_without_weights(
    tensors: list[Tensor], operator: Operator, shape: tuple[int, ...], tmp_path: Path
) -> None:
    found = sketch_of(model(tensors, [operator]), tmp_path)
    assert found.outputs[0].value.shape == shape
    assert found.totals() == (0, 0, 0)
    assert import_sketch(found).form == "folded"


def test_a_constant_factor_of_each_channel_is_learned(tmp_path: Path) -> None:
    tensors = [Tensor((1, 4, 4, 6)), weights(6), Tensor((1, 4, 4, 6)), weights(1, 4, 4, 6)]
    tensors += [Tensor((1, 4, 4, 6))]
    operators = [Operator("MUL", [0, 1], [2]), Operator("ADD", [2, 3], [4])]
    found = import_sketch(sketch_of(model(tensors, operators), tmp_path))
    assert found.totals.params == 6 + 96 and "- scale" in found.text


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_a_constant_that_is_joined_is_learned(order: list[int], tmp_path: Path) -> None:
    """The class token of a vision transformer, next to 9 tokens of width 6."""
    tensors = [Tensor((1, 9, 6)), weights(1, 1, 6), Tensor((1, 10, 6))]
    joined = Operator("CONCATENATION", order, [2], (10, {0: Scalar("i", 1)}))
    found = sketch_of(model(tensors, [joined]), tmp_path)
    assert [layer.kind for layer in found.layers] == ["weight", "concat"]
    assert found.outputs[0].value.shape == (6, 10)
    assert found.totals().params == 6
    assert import_sketch(found).form == "folded"


def test_a_factor_and_a_summand_of_each_channel_are_one_layer(tmp_path: Path) -> None:
    """A batch normalization that is not folded into a convolution."""
    tensors = [Tensor((1, 4, 4, 6)), weights(6), weights(6), Tensor((1, 4, 4, 6))]
    operators = [Operator("MUL", [0, 1], [3]), Operator("ADD", [3, 2], [4])]
    found = sketch_of(model([*tensors, Tensor((1, 4, 4, 6))], operators), tmp_path)
    assert [layer.kind for layer in found.layers] == ["scale"]
    assert found.totals().params == 12


# Operators that no layer states


def test_loops_are_refused_with_all_others(tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match=r"1 unsupported operator:\n  WHILE"):
        sketch_of_file(str(DATA / LOOP))
    tensors = [Tensor((1, 8)), Tensor((1, 8)), Tensor((1, 8)), Tensor((1, 8))]
    kinds = ["TOPK_V2", "my op", "TOPK_V2"]
    operators = [Operator(kind, [n], [n + 1]) for n, kind in enumerate(kinds)]
    data = model(tensors, operators)
    with pytest.raises(ImportFailed) as refused:
        sketch_of(data, tmp_path)
    assert "3 unsupported operators" in str(refused.value)
    assert "TOPK_V2 (2 times" in str(refused.value) and "my op (once" in str(refused.value)


def test_custom_layers_own_the_constants(tmp_path: Path) -> None:
    """An SVDF has a matrix of features, filters along time, and a bias."""
    tensors = [Tensor((1, 10)), weights(8, 10), weights(8, 4), weights(8), Tensor((1, 32))]
    operator = Operator("SVDF", [0, 1, 2, 3, -1], [5], (6, {0: Scalar("i", 1)}))
    data = model([*tensors, Tensor((1, 8))], [operator])
    found = import_sketch(sketch_of(data, tmp_path, is_custom_allowed=True))
    assert (found.totals.params, found.totals.macs) == (80 + 32 + 8, 80 + 32)
    assert any("svdf" in note for note in found.notes)


def test_output_stops_before_unsupported_operators(tmp_path: Path) -> None:
    tensors = [Tensor((1, 8)), Tensor((1, 8)), Tensor((1, 8))]
    operators = [Operator("TANH", [0], [1]), Operator("my op", [1], [2])]
    data = model(tensors, operators)
    assert sketch_of(data, tmp_path, output="t1").outputs[0].value.shape == (8,)
    with pytest.raises(ImportFailed, match="has no output `t7`"):
        sketch_of(data, tmp_path, output="t7")
    with pytest.raises(ImportFailed, match="--input does not apply"):
        sketch_of(data, tmp_path, inputs={"": Shape((8,))})


def test_open_sizes_are_refused(tmp_path: Path) -> None:
    """All sizes in the file are then those for an input of one position; a batch may be open."""
    for signature, is_open in (((-1, 8, 8, 3), False), ((-1, -1, -1, 3), True)):
        start = Tensor((1, 8, 8, 3), "float32", b"", signature)
        data = model([start, Tensor((1, 8, 8, 3))], [Operator("TANH", [0], [1])])
        if is_open:
            with pytest.raises(ImportFailed, match="leaves sizes of `t0` open"):
                sketch_of(data, tmp_path)
        else:
            assert sketch_of(data, tmp_path).outputs[0].value.shape == (3, 8, 8)


def test_sizes_that_contradict_the_layer_are_refused(tmp_path: Path) -> None:
    tensors = [Tensor((1, 8, 8, 3)), weights(4, 3, 3, 3), Tensor((1, 9, 9, 4))]
    strides = {1: Scalar("i", 1), 2: Scalar("i", 1)}
    data = model(tensors, [Operator("CONV_2D", [0, 1], [2], (1, {**strides}))])
    with pytest.raises(ImportFailed, match=r"takes .* MACs|other sizes"):
        sketch_of(data, tmp_path)


# Files of strangers


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is not a model file|is empty"),
        (b"\0\0\0\0TFL3", "leads outside|malformed"),
        (b"\xff\xff\xff\xffTFL3" + bytes(40), "leads outside"),
        (b"\x08\0\0\0TFL3" + bytes(40), "malformed"),
        (b"\x10\0\0\0TFL2" + bytes(40), "is not a model file|not of TensorFlow Lite"),
    ],
)
def test_invalid_files(data: bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises((ImportFailed, InvalidModelFile), match=message):
        sketch_of(data, tmp_path)


def test_long_lists_are_refused_before_they_are_read(tmp_path: Path) -> None:
    """A tensor of 300 million axes."""
    data = bytearray(model([Tensor((1, 7)), Tensor((1, 7))], [Operator("TANH", [0], [1])]))
    place = data.index(b"\x02\0\0\0\x01\0\0\0\x07\0\0\0")
    data[place : place + 4] = b"\0\0\0\x12"
    with pytest.raises(InvalidModelFile, match="is longer than it"):
        sketch_of(bytes(data), tmp_path)


def test_names_are_only_names(tmp_path: Path) -> None:
    for text in HOSTILE:
        kind = text.encode("utf-8", "replace").decode()
        data = model([Tensor((1, 7)), Tensor((1, 7))], [Operator(kind, [0], [1])])
        found = import_sketch(sketch_of(data, tmp_path, is_custom_allowed=True))
        assert found.totals.macs == 0, text


SMALL = [(DATA / name).read_bytes() for name in ROWS]
SMALL.append(model([Tensor((1, 7)), Tensor((1, 7))], [Operator("TANH", [0], [1])]))
PIECES = [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x01\0\0\0", b"\0\0\0\x80"]


ADJOINT: tuple[int, Fields] = (101, {1: Scalar("?", 1)})  # the second factor is transposed


@pytest.mark.parametrize(
    ("factors", "matrix", "options", "shape", "params"),
    [
        pytest.param((0, 1), (6, 5), None, (5, 4), 30, id="on the right"),
        pytest.param((0, 1), (1, 5, 6), ADJOINT, (5, 4), 30, id="transposed"),
        pytest.param((1, 0), (7, 4), None, (6, 7), 28, id="on the left"),
    ],
)
def test_a_product_with_a_constant_matrix_is_linear(
    factors: tuple[int, int],
    matrix: tuple[int, ...],
    options: tuple[int, Fields] | None,
    shape: tuple[int, ...],
    params: int,
    tmp_path: Path,
) -> None:
    """A series of 4 vectors of 6 channels; by the definition of tf.matmul."""
    result = Tensor((1, *reversed(shape)))
    tensors = [Tensor((1, 4, 6)), weights(*matrix), result]
    data = model(tensors, [Operator("BATCH_MATMUL", factors, [2], options)])
    sketch = sketch_of(data, tmp_path)
    totals = sketch.totals()
    assert [layer.kind for layer in sketch.layers if layer.params] == ["linear"]
    assert sorted(sketch.outputs[0].value.shape) == sorted(shape)
    other = 4 if factors == (0, 1) else 6
    assert (totals.params, totals.macs) == (params, params * other)


def test_a_product_with_a_matrix_for_each_position(tmp_path: Path) -> None:
    """5 products of 7x8 and 8x6."""
    tensors = [Tensor((1, 5, 7, 8)), weights(1, 5, 8, 6), Tensor((1, 5, 7, 6))]
    sketch = sketch_of(model(tensors, [Operator("BATCH_MATMUL", [0, 1], [2])]), tmp_path)
    totals = sketch.totals()
    assert (totals.params, totals.macs) == (5 * 8 * 6, 5 * 7 * 8 * 6)


def test_positions_of_maxima(tmp_path: Path) -> None:
    tensors = [Tensor((1, 4, 6, 3)), integers(-1), Tensor((1, 4, 6), "int64")]
    data = model(tensors, [Operator("ARG_MAX", [0, 1], [2])])
    with pytest.raises(ImportFailed, match=r"ARG_MAX \(once, .*the positions of maxima or minima"):
        sketch_of(data, tmp_path)
    sketch = sketch_of(data, tmp_path, is_custom_allowed=True)
    assert sorted(sketch.outputs[0].value.shape) == [4, 6] and not sketch.totals().macs


def test_variables_have_no_value(tmp_path: Path) -> None:
    tensors = [Tensor((1, 6)), Tensor((1,), "resource"), Tensor((6,)), Tensor((1, 6))]
    operators = [
        Operator("VAR_HANDLE", [], [1]),
        Operator("READ_VARIABLE", [1], [2]),
        Operator("MUL", [0, 2], [3]),
    ]
    with pytest.raises(ImportFailed, match=r"READ_VARIABLE \(once, .*convert the model with const"):
        sketch_of(model(tensors, operators), tmp_path)


def test_a_product_with_its_own_sigmoid_is_silu(tmp_path: Path) -> None:
    tensors = [Tensor((1, 6)), Tensor((1, 6)), Tensor((1, 6))]
    operators = [Operator("LOGISTIC", [0], [1]), Operator("MUL", [1, 0], [2])]
    assert [layer.kind for layer in sketch_of(model(tensors, operators), tmp_path).layers] == [
        "silu"
    ]


def test_operators_that_read_what_is_made_after_them(tmp_path: Path) -> None:
    """Patterns do not follow such tensors around for ever."""
    tensors = [Tensor((1, 6)), *[Tensor((1, 6)) for _ in range(4)]]
    operators = [
        Operator("CAST", [2], [1]),
        Operator("CAST", [1], [2]),
        Operator("LOGISTIC", [1], [3]),
        Operator("MUL", [3, 2], [4]),
    ]
    with pytest.raises(ImportFailed, match="does not depend on the input"):
        sketch_of(model(tensors, operators), tmp_path)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutants(SMALL, PIECES), st.booleans())
def test_mutants_are_read_or_refused(data: bytes, is_custom_allowed: bool) -> None:
    read_or_refused(data, "net.tflite", ReadOptions(is_custom_allowed=is_custom_allowed))


# The command line


def test_commands_take_a_file(tmp_path: Path) -> None:
    (tmp_path / "net.bin").write_bytes((DATA / "residual_int8.tflite").read_bytes())
    ran = run("import", "net.bin", "-o", "net.yaml", cwd=tmp_path)
    assert ran.returncode == 0
    counts = "3,814 parameters, 0 buffers, 494,712 MACs"
    assert f"each layer agrees with the sizes of the model's tensors: {counts}" in ran.stderr
    assert run("diff", "net.bin", "net.yaml", cwd=tmp_path).returncode == 0
    assert "494,712" in run("show", "net.bin", "--exact", cwd=tmp_path).stdout


def test_refused_files_on_the_command_line() -> None:
    ran = run("import", str(DATA / LOOP))
    assert ran.returncode == 2 and "WHILE" in ran.stderr

"""Attention that is written as its products becomes the layer `attention`, and only then."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from contextlib import suppress
from math import prod
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnncalc.importers.builder import Owned, SketchBuilder
from cnncalc.importers.check import differences
from cnncalc.importers.compositions import Factor, whole
from cnncalc.importers.errors import ImportFailed
from cnncalc.importers.file_formats import ReadOptions
from cnncalc.importers.importing import import_sketch
from cnncalc.shape import Shape
from cnncalc.sketch import Sketch, SketchInput, SketchLayer, SketchOutput, SketchScope, SketchValue

from .support.mutants import read_or_refused
from .support.onnx import EXPORTS, FOLDER, exported, imported

WIDTH, HEADS, LENGTH = 24, 3, 10
DEPTH = WIDTH // HEADS


class Writer:
    """Writes the layers of a model by hand."""

    def __init__(self, *shapes: Sequence[int]) -> None:
        inputs = [SketchInput(f"x{number}", Shape(shape)) for number, shape in enumerate(shapes)]
        self.builder = SketchBuilder(inputs)

    def input(self, index: int = 0) -> SketchValue:
        return self.builder.input(index)

    def add(self, kind: str, *inputs: SketchValue | float, **arguments: Any) -> SketchValue:
        return self.builder.add(kind, arguments, inputs)

    def linear(self, x: SketchValue, out: int, **arguments: Any) -> SketchValue:
        size = x.shape[arguments.get("axis") or 0]
        params = out * (size + arguments.setdefault("bias", True))
        owned = Owned((f"weight{len(self.builder.layers)}",), params)
        return self.builder.add("linear", {"out": out, **arguments}, [x], owned)

    def reshape(self, x: SketchValue, *shape: int) -> SketchValue:
        return self.add("reshape", x, shape=shape)

    def permute(self, x: SketchValue, *order: int) -> SketchValue:
        return self.add("permute", x, order=order)

    def select(self, x: SketchValue, index: int, axis: int = 0) -> SketchValue:
        return self.add("select", x, index=index, axis=axis)

    def scores(self, query: SketchValue, key: SketchValue) -> SketchValue:
        """Of matrices whose rows are channels."""
        rows = (*range(len(query.shape) - 2), len(query.shape) - 1, len(query.shape) - 2)
        return self.add("matmul", self.permute(query, *rows), key)

    def attended(self, scores: SketchValue, value: SketchValue) -> SketchValue:
        """The weighted values, whose rows are positions."""
        last = len(value.shape) - 1
        found = self.add("softmax", scores, axis=last)
        return self.add("matmul", found, self.permute(value, *range(last - 1), last, last - 1))

    def sketch(self, *outputs: SketchValue) -> Sketch:
        made = tuple(
            SketchOutput(f"y{number}" if len(outputs) > 1 else "", value)
            for number, value in enumerate(outputs)
        )
        scopes = (SketchScope("", "", None),)
        layers = tuple(self.builder.layers)
        return Sketch("net", "by hand", self.builder.inputs, layers, scopes, made)


def attention_in(sketch: Sketch) -> SketchLayer | None:
    """The attention in the file of a model, which has its counts; None if there is none."""
    found = import_sketch(sketch)
    assert found.totals == sketch.totals()
    assert differences(found.text, found.sketch) == []
    layers = [layer for layer in found.sketch.layers if layer.kind == "attention"]
    assert len(layers) < 2
    return layers[0] if layers else None


def self_attention(
    change: Callable[[Writer, SketchValue], SketchValue] = lambda net, scores: scores,
    *,
    order: str = "parts, heads, depth",
    scale: float = DEPTH**-0.5,
    key: int = 1,
) -> Sketch:
    """Queries, keys and values of one matrix, with something done to the scores."""
    net = Writer((WIDTH, LENGTH))
    qkv = net.linear(net.input(), 3 * WIDTH)
    if order == "parts, heads, depth":
        split = net.reshape(qkv, 3, HEADS, DEPTH, LENGTH)
        parts = [net.select(split, part) for part in (0, key, 2)]
    else:
        split = net.reshape(qkv, HEADS, 3, DEPTH, LENGTH)
        parts = [net.select(split, part, axis=1) for part in (0, key, 2)]
    scores = change(net, net.add("mul", net.scores(parts[0], parts[1]), scale))
    found = net.permute(net.attended(scores, parts[2]), 0, 2, 1)
    return net.sketch(net.linear(net.reshape(found, WIDTH, LENGTH), WIDTH))


@pytest.mark.parametrize("order", ["parts, heads, depth", "heads, parts, depth"])
def test_one_matrix_for_queries_keys_and_values(order: str) -> None:
    """Its parameters are 4 (C^2 + C), and its MACs 4 N C^2 + 2 N^2 C."""
    sketch = self_attention(order=order)
    layer = attention_in(sketch)
    assert layer is not None
    assert layer.arguments == {"heads": HEADS, "bias": True, "out_bias": True}
    assert layer.params == 4 * (WIDTH**2 + WIDTH)
    assert layer.macs == 4 * LENGTH * WIDTH**2 + 2 * LENGTH**2 * WIDTH
    assert len(import_sketch(sketch).sketch.layers) == 1


def masked(net: Writer, scores: SketchValue) -> SketchValue:
    return net.add("add", scores, net.add("constant", shape=tuple(scores.shape)))


def biased(shape: Sequence[int], params: int) -> Callable[[Writer, SketchValue], SketchValue]:
    """Something computed of weights is added to the scores."""

    def change(net: Writer, scores: SketchValue) -> SketchValue:
        owned = Owned(("table",), params)
        bias = net.builder.add_custom("gather", Shape(shape), [], "computed", owned)
        return net.add("add", scores, bias)

    return change


def divided(net: Writer, scores: SketchValue) -> SketchValue:
    return net.add("div", net.add("mul", scores, 3.0), 3.0)


OTHERS: dict[str, Sketch] = {
    "a mask": self_attention(masked),
    "a bias with another number of weights": self_attention(
        biased((HEADS, LENGTH, LENGTH), HEADS * LENGTH)
    ),
    "no factor": self_attention(scale=1.0),
    "another factor": self_attention(scale=WIDTH**-0.5),
    "queries that are the keys": self_attention(key=0),
    "scores through a sigmoid": self_attention(lambda net, scores: net.add("sigmoid", scores)),
    "a weight for each score": self_attention(
        lambda net, scores: net.builder.add("scale", {}, [scores], Owned(("gain",), HEADS))
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_not_exactly_attention_stays(name: str) -> None:
    assert attention_in(OTHERS[name]) is None


def test_a_bias_for_each_head_and_offset_is_relative() -> None:
    """Two positions of a series of N are at one of 2N - 1 offsets."""
    table = HEADS * (2 * LENGTH - 1)
    layer = attention_in(self_attention(biased((HEADS, LENGTH, LENGTH), table)))
    assert layer is not None
    assert layer.arguments["rel_bias"] is True
    assert layer.params == 4 * (WIDTH**2 + WIDTH) + table


def test_factors_may_be_in_several_places() -> None:
    assert attention_in(self_attention(divided)) is not None


def test_scores_that_something_else_reads_stay() -> None:
    net = Writer((WIDTH, LENGTH))
    parts = [net.reshape(net.linear(net.input(), WIDTH), HEADS, DEPTH, LENGTH) for _ in range(3)]
    scores = net.add("mul", net.scores(parts[0], parts[1]), DEPTH**-0.5)
    found = net.permute(net.attended(scores, parts[2]), 0, 2, 1)
    out = net.linear(net.reshape(found, WIDTH, LENGTH), WIDTH)
    assert attention_in(net.sketch(out)) is not None
    assert attention_in(net.sketch(out, scores)) is None


def separate(biases: Sequence[bool], heads: Sequence[int] = (HEADS, HEADS, HEADS)) -> Sketch:
    """Three projections, with biases, and split into heads."""
    net = Writer((WIDTH, LENGTH))
    parts = []
    for bias, count in zip(biases, heads, strict=True):
        part = net.linear(net.input(), WIDTH, bias=bias)
        split = net.reshape(part, count, WIDTH // count, LENGTH)
        parts.append(split if count == HEADS else net.reshape(split, HEADS, DEPTH, LENGTH))
    scores = net.add("mul", net.scores(parts[0], parts[1]), DEPTH**-0.5)
    found = net.permute(net.attended(scores, parts[2]), 0, 2, 1)
    return net.sketch(net.linear(net.reshape(found, WIDTH, LENGTH), WIDTH, bias=False))


def test_three_projections_have_biases_or_none() -> None:
    with_biases, without = (attention_in(separate([bias] * 3)) for bias in (True, False))
    assert with_biases is not None and without is not None
    assert with_biases.params - without.params == 3 * WIDTH
    assert without.arguments == {"heads": HEADS, "bias": False, "out_bias": False}
    assert attention_in(separate([True, False, True])) is None


def test_cross_attention_has_two_inputs() -> None:
    """Keys and values of another value with other channels and positions."""
    net = Writer((WIDTH, LENGTH), (16, 7))
    query = net.reshape(net.linear(net.input(), WIDTH), HEADS, DEPTH, LENGTH)
    pair = net.linear(net.input(1), 2 * WIDTH)
    key, value = net.builder.add_parts({"parts": 2, "axis": 0}, pair)
    key, value = (net.reshape(part, HEADS, DEPTH, 7) for part in (key, value))
    scores = net.add("mul", net.scores(query, key), DEPTH**-0.5)
    found = net.permute(net.attended(scores, value), 0, 2, 1)
    out = net.linear(net.reshape(found, WIDTH, LENGTH), WIDTH)
    layer = attention_in(net.sketch(out))
    assert layer is not None and [value.layer for value in layer.values] == [-1, -2]
    assert layer.macs == 2 * LENGTH * WIDTH**2 + 2 * 7 * 16 * WIDTH + 2 * LENGTH * 7 * WIDTH


@pytest.mark.parametrize(("shape", "kinds"), [((8, 1), ["linear"]), ((1, 5), None), ((8, 5), None)])
def test_vector_that_is_added_to_channels_is_a_bias(
    shape: tuple[int, int], kinds: list[str] | None
) -> None:
    """One number for each channel, and not for each position."""
    net = Writer((4, 5))
    product = net.linear(net.input(), 8, bias=False)
    vector = net.builder.add("weight", {"shape": shape}, [], Owned(("vector",), prod(shape)))
    sketch = net.sketch(net.add("add", product, vector))
    found = import_sketch(sketch).sketch
    assert [layer.kind for layer in found.layers] == (kinds or ["linear", "weight", "add"])
    assert found.totals().params == 32 + prod(shape) == sketch.totals().params
    assert found.layers[0].arguments["bias"] is (kinds is not None)


def test_copies_along_several_axes_are_one_layer() -> None:
    net = Writer((4, 1, 1))
    wide = net.add("expand", net.input(), shape=(4, 1, 6))
    found = import_sketch(net.sketch(net.add("expand", wide, shape=(4, 5, 6)))).sketch
    assert [(layer.kind, layer.shape) for layer in found.layers] == [("expand", (4, 5, 6))]


SIDE, WINDOW = 6, 3
COUNT = SIDE // WINDOW


def windows(*, is_dilated: bool, is_row_wise: bool = False, is_in_tokens: bool = False) -> Sketch:
    """Attention within windows of a map, of neighbors or of every second position."""
    net = Writer((WIDTH, SIDE, SIDE))
    x = net.input()
    outer, inner = (COUNT, WINDOW) if not is_dilated else (WINDOW, COUNT)
    split = net.reshape(x, WIDTH, outer, inner, outer, inner)
    order = (0, 1, 3, 2, 4) if not is_dilated else (0, 2, 4, 1, 3)
    grouped = net.permute(split, *order)
    number, length = COUNT**2, WINDOW**2
    if is_row_wise:
        grouped, number, length = x, SIDE, SIDE
    flat = net.reshape(grouped, WIDTH, number, length)
    parts = []
    for _ in range(3):
        part = net.linear(flat, WIDTH, axis=0)
        heads = net.reshape(part, HEADS, DEPTH, number, length)
        parts.append(net.permute(heads, 2, 0, 1, 3))
    scores = net.add("mul", net.scores(parts[0], parts[1]), DEPTH**-0.5)
    found = net.permute(net.attended(scores, parts[2]), 1, 3, 0, 2)
    back = [order.index(axis) for axis in range(5)]
    if is_in_tokens:
        found = net.permute(net.reshape(found, *grouped.shape), *back)
        return net.sketch(net.linear(net.reshape(found, WIDTH, SIDE**2), WIDTH))
    out = net.linear(net.reshape(found, WIDTH, number, length), WIDTH, axis=0)
    if not is_row_wise:
        out = net.permute(net.reshape(out, *grouped.shape), *back)
    return net.sketch(net.reshape(out, WIDTH, SIDE, SIDE))


def test_windows_of_neighbors() -> None:
    layer = attention_in(windows(is_dilated=False))
    assert layer is not None and layer.arguments["window"] == WINDOW
    assert layer.macs == SIDE**2 * (4 * WIDTH**2 + 2 * WINDOW**2 * WIDTH)


def test_rows_are_one_axis() -> None:
    layer = attention_in(windows(is_dilated=False, is_row_wise=True))
    assert layer is not None and layer.arguments["axes"] == (2,)
    assert layer.macs == SIDE**2 * (4 * WIDTH**2 + 2 * SIDE * WIDTH)


def test_windows_of_distant_positions_are_no_windows_of_the_layer() -> None:
    """They are along the outer axes of rows and columns that are divided in two each."""
    layer = attention_in(windows(is_dilated=True))
    assert layer is not None and layer.arguments.get("window") is None
    assert layer.arguments["axes"] == (1, 3)
    assert layer.macs == SIDE**2 * (4 * WIDTH**2 + 2 * WINDOW**2 * WIDTH)


def test_result_with_other_axes_is_moved() -> None:
    """The positions of the result are one axis, those of the source two."""
    found = import_sketch(windows(is_dilated=False, is_in_tokens=True)).sketch
    assert [layer.kind for layer in found.layers] == ["attention", "reshape"]
    assert found.layers[0].arguments["window"] == WINDOW
    assert found.outputs[0].value.shape == (WIDTH, SIDE**2)


def test_result_with_swapped_axes_is_moved() -> None:
    net = Writer((WIDTH, LENGTH))
    parts = [net.reshape(net.linear(net.input(), WIDTH), HEADS, DEPTH, LENGTH) for _ in range(3)]
    scores = net.add("mul", net.scores(parts[0], parts[1]), DEPTH**-0.5)
    found = net.permute(net.attended(scores, parts[2]), 1, 0, 2)
    out = net.linear(net.reshape(found, LENGTH, WIDTH), WIDTH, axis=1)
    kinds = [layer.kind for layer in import_sketch(net.sketch(out)).sketch.layers]
    assert kinds == ["attention", "permute"]


# Compositions


def test_composition_of_an_axis() -> None:
    """Two parts of 4 heads with 3 channels: those of the second part begin at 12."""
    found = whole(Shape((24, 5))).reshaped((2, 4, 3, 5))
    assert found is not None
    assert found.axes == (
        (Factor(0, 12, 2),),
        (Factor(0, 3, 4),),
        (Factor(0, 1, 3),),
        (Factor(1, 1, 5),),
    )
    second = found.cut(0, 1, 1)
    assert second is not None and second.starts == (12, 0)
    joined = second.without(0).reshaped((12, 5))
    assert joined is not None and joined.axes == ((Factor(0, 1, 12),), (Factor(1, 1, 5),))


def test_compositions_that_are_not_factors() -> None:
    found = whole(Shape((24, 5)))
    assert found.reshaped((5, 24)) is None
    swapped = found.permuted((1, 0)).reshaped((10, 12))
    assert swapped is not None and swapped.axes[0] == (Factor(1, 1, 5), Factor(0, 12, 2))
    assert prod(swapped.sizes) == 120
    assert swapped.cut(0, 1, 1) is None
    halves = swapped.cut(0, 2, 2)
    assert halves is not None and halves.starts == (0, 1)


# Exported models

MODELS = {
    "vit_b_16": (12, 12),
    "SelfAttention": (2, 4),
    "vit_tiny": (12, 3),
    "vit_tiny_dynamo": (12, 3),
}
"""The number of attention layers, and of their heads."""


@pytest.mark.parametrize("name", MODELS)
def test_exported_models_have_attention(name: str) -> None:
    layers = [layer for layer in imported(name).sketch.layers if layer.kind == "attention"]
    assert (len(layers), layers[0].arguments["heads"]) == MODELS[name]
    assert imported(name).totals.macs == int(EXPORTS[name]["macs"])
    assert imported(name).totals == exported(name).totals()
    kinds = {layer.kind for layer in imported(name).sketch.layers}
    assert kinds.isdisjoint({"softmax", "matmul", "permute"})


def test_shifted_windows_stay() -> None:
    """Of Swin: their scores have a mask, and tables that the exporter gathered."""
    assert all(layer.kind != "attention" for layer in imported("swin_t").sketch.layers)


FILE = gzip.decompress((FOLDER / "SelfAttention.onnx.gz").read_bytes())


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(0, len(FILE) - 1), st.integers(0, 255)), max_size=3))
def test_mutants_are_exact_or_refused(changes: list[tuple[int, int]]) -> None:
    data = bytearray(FILE)
    for place, byte in changes:
        data[place] = byte
    found = read_or_refused(bytes(data), "net.onnx", ReadOptions(is_custom_allowed=True))
    if found is None:
        return
    with suppress(ImportFailed):
        file = import_sketch(found)
        assert differences(file.text, file.sketch) == []

"""Shapes, weights and counts of every kind of layer, checked against PyTorch and by hand.

The table of PyTorch is made by tests/generate/layer_cases.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from cnncalc.layers import FAMILIES, LAYERS, layer_class
from cnncalc.layers.convolution import Conv
from cnncalc.layers.formula import Formulas
from cnncalc.layers.parameter import Default
from cnncalc.parser.expansion.instantiate import FEW_TENSORS, instantiate
from cnncalc.problem import Refusal
from cnncalc.shape import Shape

from .support.layer_cases import CASES, KERAS_CASES, value
from .support.networks import example_text, report_of


def ours(case: dict[str, Any]) -> dict[str, Any]:
    inputs = tuple(Shape(shape) for shape in case["inputs"])
    try:
        made = instantiate(
            case["kind"], {name: value(entry) for name, entry in case["arguments"].items()}, inputs
        )
    except Refusal:
        return {"refused": True}
    params = sorted(shape.elements for shape in made.layer.weights(*inputs).values())
    found: dict[str, Any] = {
        "output": [list(piece) for piece in made.outputs] if made.outputs else list(made.shape),
        "params": params,
        "buffers": made.layer.buffers(*inputs),
    }
    if "macs" in case:
        found["macs"] = made.layer.macs(*inputs)
    if case["kind"] == "attention":  # PyTorch keeps the three projections in one matrix
        found["params"] = sum(params)
    return found


@pytest.mark.parametrize("kind", sorted(CASES))
def test_same_as_pytorch(kind: str) -> None:
    differing = []
    for case in CASES[kind]:
        expected = {
            key: case[key]
            for key in ("output", "params", "buffers", "macs", "refused")
            if key in case
        }
        if kind == "attention":
            expected["params"] = sum(expected["params"])
        found = ours(case)
        if found != expected:
            differing.append((case["arguments"], case["inputs"], expected, found))
    assert not differing, differing[:5]


@pytest.mark.parametrize("kind", sorted({case["kind"] for case in KERAS_CASES}))
def test_same_as_keras(kind: str) -> None:
    for case in KERAS_CASES:
        if case["kind"] != kind:
            continue
        x = Shape(case["input"])
        made = instantiate(
            kind, {name: value(one) for name, one in case["arguments"].items()}, (x,)
        )
        params = sum(shape.elements for shape in made.layer.weights(x).values())
        found = list(made.shape), params, made.layer.buffers(x)
        assert found == (case["output"], case["params"], case["buffers"]), case


def test_there_are_enough_cases() -> None:
    assert len(KERAS_CASES) > 250
    assert sum(map(len, CASES.values())) > 3000
    assert sum("refused" in case for found in CASES.values() for case in found) > 100


@pytest.mark.parametrize("kind", sorted(LAYERS))
def test_every_kind_is_one_class_with_a_docstring(kind: str) -> None:
    cls = layer_class(kind)
    assert cls.kind == kind and cls.__doc__
    seen: set[str] = set()
    for name, field in cls.fields.items():
        assert field.type.expected
        if isinstance(field.default, Default) and field.default.argument:
            assert field.default.argument in seen
        seen.add(name)


@pytest.mark.parametrize(
    ("step", "constants", "label"),
    [
        ("{mul: [[], 0.5]}", ((1, 0.5),), "[], 0.5"),
        ("{sub: [1, []]}", ((0, 1),), "1, []"),
        ("{add: [2, input, n, []]}", ((0, 2), (2, 3)), "2, 3"),
        ("{add: ['p.*', 4]}", ((2, 4),), "[], 4"),
        ("{max: [[], []]}", (), ""),
    ],
)
def test_numbers_among_operands(step: str, constants: Any, label: str) -> None:
    """Exporters need which operand is a number, counted among all values, and which number."""
    text = "input: 4x6\nvars: {n: 3}\nlayers:\n  - {chunk: 2, name: p, axis: 1}\n"
    report = report_of(f"{text}  - {{from: input}}\n  - {step}\n")
    layer = report.layers[-1].node.layer
    assert layer.__dict__["constants"] == constants
    assert layer.label() == label
    assert layer.arguments() == ({"constants": constants} if constants else {})


def test_families_list_each_kind_once() -> None:
    kinds = [kind for family in FAMILIES.values() for kind in family]
    assert len(kinds) == len(set(kinds)) == len(LAYERS)


def test_layers_are_immutable_values() -> None:
    first, second = (
        instantiate("conv", {"out": 4, "kernel": 3}, (Shape((3, 8, 8)),)).layer for _ in range(2)
    )
    assert first == second and hash(first) == hash(second) and "kernel=(3, 3)" in repr(first)
    with pytest.raises(AttributeError):
        first.kind = "other"  # type: ignore[misc]


def test_transposed_convolution_has_no_causal_padding() -> None:
    with pytest.raises(
        Refusal, match=r"`padding` of conv_transpose: expected .*, or `same`, found causal"
    ):
        instantiate("conv_transpose", {"out": 4, "padding": "causal"}, (Shape((3, 8)),))


@pytest.mark.parametrize(
    ("kind", "arguments", "shape"),
    [
        ("unpool", {"kernel": 2, "size": 100}, (8, 4, 4)),  # torch.nn.MaxUnpool2d takes 7 to 9
        ("reduce_mean", {"axis": (1, 1)}, (8, 4, 4)),  # torch.mean: dim 1 appears multiple times
    ],
)
def test_refused_as_by_pytorch(kind: str, arguments: Any, shape: Any) -> None:
    with pytest.raises(Refusal):
        instantiate(kind, arguments, (Shape(shape),))


def test_note_on_a_window_that_does_not_divide_the_map() -> None:
    shape = (Shape((8, 8, 10)),)
    assert instantiate("attention", {"window": 4}, shape).layer.notes(*shape)
    assert not instantiate("attention", {"window": (4, 5)}, shape).layer.notes(*shape)


class DynamicConv(Conv):
    """A convolution whose weights are its second input."""

    kind = "dynamic_conv"
    arity = (2, 2)

    def weights(self, x: Shape, *_: Shape) -> dict[str, Shape]:
        return {}

    def weight_formulas(self, x: Shape, *_: Shape) -> Formulas:
        return {}


def test_a_convolution_can_have_a_second_input() -> None:
    inputs = (Shape((3, 8, 8)), Shape((4, 3, 3, 3)))
    given = {"out": 4, "kernel": 3, "padding": "same", "bias": False}
    dynamic = DynamicConv.create(given, inputs)
    conv = Conv.create(given, inputs[:1])
    assert dynamic.output(*inputs) == conv.output(inputs[0]) == (4, 8, 8)
    assert dynamic.macs(*inputs) == conv.macs(inputs[0])
    assert dynamic.macs_terms(*inputs) == conv.macs_terms(inputs[0])
    assert dynamic.shape_terms(*inputs) == conv.shape_terms(inputs[0])
    assert dynamic.footprints(*inputs) == conv.footprints(inputs[0])
    assert not dynamic.weights(*inputs) and not dynamic.weight_terms(*inputs)
    with pytest.raises(Refusal, match="dynamic_conv takes 2 values, found 1"):
        DynamicConv.create(given, inputs[:1])


# What PyTorch does not have, by hand


Shapes = list[tuple[int, ...]]

# kind, arguments, input shapes; output shape, params, MACs
BY_HAND: list[tuple[tuple[str, dict[str, Any], Shapes], tuple[tuple[int, ...], int, int]]] = [
    (
        ("local_conv", {"out": 2, "kernel": 3}, [(1, 5, 5)]),
        ((2, 3, 3), 2 * 9 * 9 + 2 * 9, 2 * 9 * 9),
    ),
    (
        ("conv_transpose", {"out": 2, "kernel": 3, "stride": 2, "padding": "same"}, [(4, 5, 7)]),
        ((2, 10, 14), 74, 4 * 35 * 18),
    ),
    (
        ("conv_transpose", {"out": 2, "kernel": 2, "stride": 4, "padding": "same"}, [(1, 5)]),
        ((2, 20), 6, 20),
    ),
    (("grn", {}, [(8, 4, 4)]), ((8, 4, 4), 16, 0)),
    (("l2norm", {}, [(8, 4, 4)]), ((8, 4, 4), 0, 0)),
    (("bn", {"scale": False}, [(8, 4, 4)]), ((8, 4, 4), 8, 0)),
    (("squash", {}, [(8, 4)]), ((8, 4), 0, 0)),
    (("bn", {"shift": False}, [(8, 4, 4)]), ((8, 4, 4), 8, 0)),
    (("prelu", {"per_element": True}, [(8, 16, 16)]), ((8, 16, 16), 2048, 0)),
    (("lstm", {"hidden": 20, "biases": 1}, [(16, 1)]), ((20, 1), 4 * 20 * (16 + 20 + 1), 2880)),
    # the layers of the example of Keras for next-frame prediction, as its summary prints them
    (
        ("conv_lstm", {"out": 64, "kernel": 5, "padding": "same"}, [(1, 10, 64, 64)]),
        ((64, 10, 64, 64), 416_256, 10 * 64 * 64 * (416_256 - 256)),
    ),
    # each row of 9 positions is a series of its own, and the 4 rows share the weights
    (
        ("lstm", {"hidden": 5, "bidirectional": True, "axis": 2}, [(3, 4, 9)]),
        ((10, 4, 9), 2 * (4 * 5 * (3 + 5) + 2 * 20), 4 * 9 * 2 * 4 * 5 * (3 + 5)),
    ),
    (("conv_lstm", {"out": 64, "kernel": 1}, [(64, 2, 3)]), ((64, 2, 3), 33_024, 6 * 32_768)),
    # equation 3 of Shi et al.: three peepholes of 4x5
    (
        ("conv_lstm", {"out": 4, "kernel": 3, "peepholes": True}, [(2, 3, 7)]),
        ((4, 3, 5), 16 * (2 + 4) * 3 + 16 + 3 * 20, 16 * 6 * 3 * 15),
    ),
    # FlowNetC: 21 x 21 displacements of maps of 256x48x64
    (
        ("correlation", {"displacement": 20, "step": 2}, [(256, 48, 64)] * 2),
        ((441, 48, 64), 0, 441 * 48 * 64 * 256),
    ),
    # the correlation layer of DispNetC is along the width alone
    (
        ("correlation", {"displacement": (0, 3), "kernel": 3, "padding": 1}, [(5, 6, 7)] * 2),
        ((7, 6, 7), 0, 7 * 42 * 45),
    ),
    # the attention of Mistral 7B: 32 heads, 8 of keys and values
    (
        (
            "attention",
            {"heads": 32, "kv_heads": 8, "bias": False, "out_bias": False},
            [(4096, 2)],
        ),
        ((4096, 2), 41_943_040, 2 * 41_943_040 + 2 * 2 * 2 * 4096),
    ),
    (
        ("attention", {"heads": 2, "dim": 4, "value_dim": 6}, [(3, 5), (7, 9)]),
        (
            (3, 5),
            (4 * 3 + 4) + (4 * 7 + 4) + (6 * 7 + 6) + (3 * 6 + 3),
            5 * 12 + 9 * 28 + 9 * 42 + 5 * 9 * 4 + 5 * 9 * 6 + 5 * 18,
        ),
    ),
    # torch.nn.utils.weight_norm: 6 norms of filters; of a transposed convolution 4, one per input
    (("conv", {"out": 6, "kernel": 3, "weight_norm": True}, [(4, 9)]), ((6, 7), 72 + 6 + 6, 504)),
    (
        ("conv_transpose", {"out": 6, "kernel": 3, "weight_norm": True}, [(4, 9)]),
        ((6, 11), 72 + 4 + 6, 648),
    ),
    (("linear", {"out": 6, "weight_norm": True}, [(4,)]), ((6,), 24 + 6 + 6, 24)),
    # 0.3 of 72 weights is 21.6, so 22 are kept
    (("conv", {"out": 6, "kernel": 3, "density": 0.3}, [(4, 9)]), ((6, 7), 22 + 6, 22 * 7)),
    (
        ("conv_transpose", {"out": 6, "kernel": 3, "density": 0.3}, [(4, 9)]),
        ((6, 11), 22 + 6, 22 * 9),
    ),
    (
        ("local_conv", {"out": 6, "kernel": 3, "density": 0.5, "bias": False}, [(4, 9)]),
        ((6, 7), 252, 252),
    ),
    (("linear", {"out": 5, "axis": 1, "density": 0.1}, [(8, 10, 12)]), ((8, 5, 12), 10, 480)),
    # 1 - 0.7 is 0.30000000000000004 in floating point
    (("linear", {"out": 1, "density": 1 - 0.7, "bias": False}, [(10,)]), ((1,), 3, 3)),
    (("abs", {}, [(8,)]), ((8,), 0, 0)),
    (("scale", {"bias": True}, [(8, 2, 2)]), ((8, 2, 2), 16, 0)),
    (("weight", {"shape": (1, 4)}, []), ((1, 4), 4, 0)),
    (("tokens", {}, [(8, 3, 5)]), ((8, 15), 0, 0)),
    (("reshape", {"shape": (2, -1)}, [(8, 3)]), ((2, 12), 0, 0)),
    (("slice", {"range": (1, -1)}, [(8, 3)]), ((6, 3), 0, 0)),
    (("slice", {"range": -2, "axis": 1}, [(8, 3)]), ((8, 2), 0, 0)),
    (("select", {"index": -1}, [(8, 3)]), ((3,), 0, 0)),
    (("select", {"index": (0, 2, 4)}, [(8, 3)]), ((3, 3), 0, 0)),
    (("crop", {"size": 3}, [(2, 8, 9)]), ((2, 3, 3), 0, 0)),
    (("roll", {}, [(2, 8, 9)]), ((2, 8, 9), 0, 0)),
    (("droppath", {"p": 0.1}, [(2, 8)]), ((2, 8), 0, 0)),
    (("linear", {"out": 3}, [(8, 1, 1)]), ((3,), 27, 24)),
    (("add", {}, [(8, 4, 4), (8,)]), ((8, 4, 4), 0, 0)),
    # axial: each of 6x5 positions attends to the 5 of its row
    (
        ("attention", {"heads": 2, "axes": 2}, [(4, 6, 5)]),
        ((4, 6, 5), 80, 4 * 30 * 16 + 2 * 30 * 5 * 4),
    ),
    # windows of 3x3 with a relative bias: 2 heads x 5 x 5
    (
        ("attention", {"heads": 2, "window": 3, "rel_bias": True}, [(4, 6, 6)]),
        ((4, 6, 6), 130, 4 * 36 * 16 + 2 * 36 * 9 * 4),
    ),
    # keys and values of 6 channels and 7 positions
    (
        ("attention", {"dim": 8}, [(4, 5), (6, 7)]),
        ((4, 5), 32 + 96 + 32 + 24 + 4, 160 + 2 * 7 * 48 + 2 * 5 * 7 * 8 + 160),
    ),
]


@pytest.mark.parametrize(("call", "numbers"), BY_HAND)
def test_by_hand(call: Any, numbers: Any) -> None:
    kind, arguments, inputs = call
    shapes = tuple(map(Shape, inputs))
    made = instantiate(kind, arguments, shapes)
    params = sum(shape.elements for shape in made.layer.weights(*shapes).values())
    assert (made.shape, params, made.layer.macs(*shapes)) == numbers


FLOPS: list[tuple[str, dict[str, Any], Shapes, int]] = [
    ("conv", {"out": 4, "kernel": 3}, [(2, 5, 5)], 36 * 36 + 36),
    ("bn", {}, [(2, 5)], 20),
    ("layernorm", {}, [(2, 5)], 70),
    ("layernorm", {"affine": False}, [(2, 5)], 50),
    ("instancenorm", {}, [(2, 5)], 50),
    ("instancenorm", {"affine": True}, [(2, 5)], 70),
    ("rmsnorm", {}, [(2, 5)], 40),
    ("grn", {}, [(2, 5)], 50),
    ("l2norm", {}, [(2, 5)], 30),
    ("lrn", {}, [(2, 5)], 80),
    ("relu", {}, [(2, 5)], 10),
    ("softmax", {}, [(2, 5)], 30),
    ("glu", {}, [(4, 5)], 20),
    ("maxpool", {"kernel": 3}, [(2, 9, 9)], 18 * 8),
    ("avgpool", {"kernel": 3}, [(2, 9, 9)], 18 * 9),
    ("global_avgpool", {}, [(2, 9, 9)], 162),
    ("adaptive_avgpool", {"size": 3}, [(2, 9, 9)], 162),
    ("reduce_sum", {"axis": 1}, [(2, 9, 9)], 162),
    ("add", {}, [(2, 5)] * 3, 20),
    ("scale", {"bias": True}, [(2, 5)], 20),
    ("upsample", {"factor": 2}, [(2, 5, 5)], 0),
    ("upsample", {"factor": 2, "mode": "bilinear"}, [(2, 5, 5)], 1400),
    ("upsample", {"factor": 2, "mode": "bicubic"}, [(2, 5, 5)], 6200),
    ("concat", {}, [(2, 5)] * 2, 0),
    ("layernorm", {"scale": False}, [(2, 5)], 60),
    ("layernorm", {"scale": False, "shift": False}, [(2, 5)], 50),
    ("elementwise", {"function": "sqrt"}, [(2, 5)], 10),
    ("reduce_var", {"axis": 1}, [(2, 9, 9)], 648),
    ("reduce_std", {"axis": 1}, [(2, 9, 9)], 648 + 18),
    ("correlation", {"displacement": 1}, [(2, 4)] * 2, 2 * 2 * 12 + 12),
    # 3 steps of 2x5 units: 8 filters of 3 x (3 + 2) for each; bias, gates and states
    (
        "conv_lstm",
        {"out": 2, "kernel": 3, "padding": 1},
        [(3, 3, 5)],
        30 * (2 * 4 * 15 + 4 + 4 + 2),
    ),
    ("lstm", {"hidden": 4, "biases": 1}, [(6, 3)], 3 * (2 * 160 + 16 + 16 + 8)),
    ("lstm", {"hidden": 4, "axis": 1}, [(6, 3, 5, 2)], 10 * 3 * (2 * 160 + 32 + 16 + 8)),
    # 3 steps of 4 units: 2 x (4x4x6 + 4x4x4) of matrices, 8x4 biases, 4x4 gates, 2x4 states
    ("lstm", {"hidden": 4}, [(6, 3)], 3 * (2 * 160 + 32 + 16 + 8)),
]


@pytest.mark.parametrize(("kind", "arguments", "inputs", "flops"), FLOPS)
def test_flops(kind: str, arguments: Any, inputs: Any, flops: int) -> None:
    """By the table of docs/numbers.md."""
    shapes = tuple(map(Shape, inputs))
    layer = instantiate(kind, arguments, shapes).layer
    assert 2 * layer.macs(*shapes) + layer.other_flops(*shapes) == flops


@pytest.mark.parametrize("kind", LAYERS)
def test_layers_that_may_have_many_weights_say_so(kind: str) -> None:
    """Building a network counts the weights of those alone."""
    nodes = report_of(example_text(kind)).network.nodes
    found = [len(node.layer.weights(*node.input_shapes)) for node in nodes]
    assert max(found) <= FEW_TENSORS or layer_class(kind).has_many_weights


@pytest.mark.parametrize("kind", ["lstm", "gru", "rnn", "custom"])
def test_the_number_of_weights_is_an_argument(kind: str) -> None:
    assert layer_class(kind).has_many_weights

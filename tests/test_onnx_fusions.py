"""Layers that exporters of ONNX write as several operators, as PyTorch's two exporters do.

The nodes are those of files that torch.onnx.export of PyTorch 2.14.1 wrote, with and without
`dynamo=True`, of timm's GlobalResponseNorm, of ConvNeXt V2's GRN, and of functions of torch.
"""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Iterator

import pytest

from cnncalc.importers.importing import import_sketch
from cnncalc.importers.patterns import matching
from cnncalc.importers.patterns.matching import Match
from cnncalc.sketch import Sketch

from .support import onnx
from .support.onnx import node, read, tensor, whole, wholes

VECTORS = tuple(tensor(name, [1, 4, 1, 1]) for name in ("gain", "shift"))
WINDOWS = (
    wholes("rows", [3, 8], [row + step for step in range(3) for row in range(8)]),
    wholes("odd", [3, 8], [row + step // 2 for step in range(3) for row in range(8)]),
    wholes("around", [8], [0, 0, 1, 1, 0, 0, 1, 1]),
    wholes("columns", [3], [0, 36, -1]),
    whole("half", 2),
    whole("whole", 4),
    whole("none", 0),
    whole("channels", 1),
)
NUMBER = re.compile(r"[\d.]+(e-\d+)?$")
CONV = node("Conv", ["x", "w"], ["a"], pads=[1, 1, 1, 1])
STORED = (tensor("w", [4, 3, 3, 3]), *VECTORS, *WINDOWS)

RESPONSE = """
length = ReduceL2 a axes=[2,3]
mean = ReduceMean length axes=[1]
below = Add mean 1e-6
relative = Div length below
product = Mul a relative
"""
CENTERED = """
mean = ReduceMean a axes=[2,3]
centered = Sub a mean
squares = Mul centered centered
"""
MULTIPLIED = """
mean = ReduceMean a axes=[1]
centered = Sub a mean
squares = Mul centered centered
spread = ReduceMean squares axes=[1]
below = Add spread 1e-6
deviation = Sqrt below
inverse = Reciprocal deviation
factor = Mul inverse gain
scaled = Mul a factor
"""
"""As tf.nn.batch_normalization calculates it."""

LENGTHS = """
squares = Pow a 2.0
sum = ReduceSum squares channels keepdims=1
below = Add sum 1.0
part = Div sum below
"""
GATHERED = """
padded = Pad a around
first = Gather padded rows axis=2
both = Gather first rows axis=4
order = Transpose both perm=[0,1,2,4,3,5]
y = Reshape order sizes
"""

ONE_LAYER = {
    "timm's GRN by TorchScript": (
        RESPONSE
        + """
scaled = Mul gain product
again = Mul scaled 1.0
moved = Add shift again
y = Add a moved
""",
        "grn",
    ),
    "ConvNeXt V2's GRN": (
        RESPONSE + "scaled = Mul gain product\nmoved = Add scaled shift\ny = Add moved a",
        "grn",
    ),
    "a GRN whose lengths are sums": (
        RESPONSE.replace(
            "length = ReduceL2 a axes=[2,3]",
            "squares = Pow a 2.0\nsum = ReduceSum squares positions\nlength = Sqrt sum",
        )
        + "scaled = Mul gain product\nmoved = Add scaled shift\ny = Add moved a",
        "grn",
    ),
    "glu by a Split": ("v, g = Split a axis=1\ns = Sigmoid g\ny = Mul v s", "glu"),
    "glu by slices": (
        """
v = Slice a none half channels
g = Slice a half whole channels
s = Sigmoid g
y = Mul v s
""",
        "glu",
    ),
    "squash of a sum": (
        LENGTHS + "p = Mul part a\ne = Add sum 1e-6\nroot = Sqrt e\ny = Div p root",
        "squash",
    ),
    "squash of a norm": (
        """
length = ReduceL2 a axes=[1]
squares = Pow length 2.0
below = Add squares 1.0
part = Div squares below
unit = Div a length
y = Mul part unit
""",
        "squash",
    ),
    "var": (
        CENTERED + "spread = ReduceMean squares axes=[2,3] keepdims=0\n"
        "all = Mul spread 64.0\ny = Div all 63.0",
        "reduce_var",
    ),
    "var of a sum": (
        CENTERED + "spread = ReduceSum squares positions keepdims=0\ny = Div spread 63.0",
        "reduce_var",
    ),
    "std without a correction": (
        CENTERED + "spread = ReduceMean squares axes=[2,3] keepdims=0\ny = Sqrt spread",
        "reduce_std",
    ),
    "the layer norm of TensorFlow": (
        MULTIPLIED + "less = Mul mean factor\nmoved = Sub shift less\ny = Add scaled moved",
        "layernorm",
    ),
    "the layer norm of TensorFlow without a shift": (
        MULTIPLIED + "less = Mul mean factor\ny = Sub scaled less",
        "layernorm",
    ),
    "the layer norm of TensorFlow without a gain": (
        MULTIPLIED.replace("factor = Mul inverse gain", "factor = Identity inverse")
        + "less = Mul mean factor\nmoved = Sub shift less\ny = Add scaled moved",
        "layernorm",
    ),
    "unfold": (GATHERED, "unfold"),
    "pixel_unshuffle": (
        """
apart = Reshape a apart_sizes
order = Transpose apart perm=[0,1,3,5,2,4]
y = Reshape order back_sizes
""",
        "pixel_unshuffle",
    ),
}
SEVERAL_LAYERS = {
    "a GRN with lengths along the channels": ONE_LAYER["ConvNeXt V2's GRN"][0].replace(
        "length = ReduceL2 a axes=[2,3]", "length = ReduceL2 a axes=[1,2]"
    ),
    "a GRN without its input": RESPONSE + "scaled = Mul gain product\ny = Add scaled shift",
    "glu with the 60.0 half": "g, v = Split a axis=1\ns = Sigmoid g\ny = Mul v s",
    "glu of 60.0 slices": ONE_LAYER["glu by slices"][0].replace("half whole", "none half"),
    "squash with another number": ONE_LAYER["squash of a sum"][0].replace("sum 1.0", "sum 2.0"),
    "a layer norm with a spread along other axes": MULTIPLIED.replace(
        "squares axes=[1]", "squares axes=[1,2]"
    )
    + "less = Mul mean factor\ny = Sub scaled less",
    "var along other axes": ONE_LAYER["var"][0].replace("squares axes=[2,3]", "squares axes=[1,3]"),
    "windows that are no windows": GATHERED.replace("first rows", "first odd"),
}


def network(text: str) -> Sketch:
    """A convolution of 4 channels, `a`, and the nodes of a text: outputs = Operator inputs."""
    sizes = {"sizes": [1, 36, 64], "apart_sizes": [1, 4, 4, 2, 4, 2], "back_sizes": [1, 16, 4, 4]}
    stored = [wholes(name, [len(found)], found) for name, found in sizes.items()]
    lines = [line for line in text.splitlines() if line]
    nodes = [node_of(line) for line in lines]
    numbers = {word for line in lines for word in line.split() if NUMBER.match(word)}
    stored += [tensor(f"/{number}", [], [float(number)]) for number in numbers]
    positions = wholes("positions", [2], [2, 3])
    found = read(onnx.model([CONV, *nodes], [*STORED, *stored, positions], opset=17))
    return import_sketch(found).sketch


def node_of(line: str) -> bytes:
    outputs, _, words = line.partition(" = ")
    operator, *given = words.split()
    inputs = [f"/{word}" if NUMBER.match(word) else word for word in given if "=" not in word]
    pairs = [word.split("=") for word in given if "=" in word]
    attributes = {name: literal_eval(value) for name, value in pairs}
    return node(operator, inputs, outputs.split(", "), **attributes)


@pytest.mark.parametrize("name", ONE_LAYER)
def test_operators_are_one_layer(name: str) -> None:
    text, kind = ONE_LAYER[name]
    assert [layer.kind for layer in network(text).layers] == ["conv", kind]


@pytest.mark.parametrize("name", SEVERAL_LAYERS)
def test_others_are_several_layers(name: str) -> None:
    found = [layer.kind for layer in network(SEVERAL_LAYERS[name]).layers]
    assert not {kind for _, kind in ONE_LAYER.values()}.intersection(found)
    assert len(found) > 3


def test_patterns_with_constants_are_not_sought_where_none_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A sum of two convolutions is not a convolution and its bias: no operand is compared."""
    compared: list[tuple[str, ...]] = []

    def of_operands(_: object, __: object, names: tuple[str, ...], ___: object) -> Iterator[Match]:
        compared.append(names)
        return iter(())

    monkeypatch.setattr(matching, "of_operands", of_operands)
    network("b = Conv x w pads=[1,1,1,1]\ny = Add a b")
    assert not compared
    network("y = Add a shift")
    assert {"a", "shift"} in map(set, compared)


def test_arguments_of_windows_and_spreads() -> None:
    unfold = network(ONE_LAYER["unfold"][0]).layers[-1]
    assert unfold.arguments["kernel"] == 3 and unfold.arguments["padding"] == 1
    spread = network(ONE_LAYER["std without a correction"][0]).layers[-1]
    assert spread.arguments == {"axis": (1, 2), "keep": False, "correction": 0}


def test_recurrent_layers_of_one_module_are_one() -> None:
    """As nn.LSTM of two layers is written; those of two modules are two."""
    weights = [
        *(tensor(f"w{n}", [1, 16, 4]) for n in range(2)),
        *(tensor(f"r{n}", [1, 16, 4]) for n in range(2)),
        wholes("joined", [3], [0, 0, -1]),
        tensor("w", [4, 3, 1]),
    ]

    def read_lstms(*scopes: str) -> list[tuple[str, object]]:
        nodes = [
            node("Conv", ["x", "w"], ["c"]),
            node("Transpose", ["c"], ["s0"], perm=[2, 0, 1]),
        ]
        for n, scope in enumerate(scopes):
            inputs = [f"s{n}", f"w{n}", f"r{n}"]
            nodes += [
                node("LSTM", inputs, [f"l{n}"], name=f"/{scope}/LSTM_{n}", hidden_size=4),
                node("Transpose", [f"l{n}"], [f"t{n}"], name=f"/{scope}/T_{n}", perm=[0, 2, 1, 3]),
                node("Reshape", [f"t{n}", "joined"], [f"s{n + 1}"], name=f"/{scope}/R_{n}"),
            ]
        nodes.append(node("Transpose", ["s2"], ["y"], perm=[1, 2, 0]))
        found = read(onnx.model(nodes, weights, (1, 3, 9)))
        return [(layer.kind, layer.arguments.get("layers")) for layer in found.layers[1:]]

    assert read_lstms("rnn", "rnn") == [("lstm", 2)]
    assert read_lstms("first", "second") == [("lstm", 1), ("lstm", 1)]

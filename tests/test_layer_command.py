"""`cnncalc layer`: a layer or a chain without a file, and the paddings that give a shape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.cli.main import main
from cnncalc.layers import layer_class
from cnncalc.parser import parse
from cnncalc.problem import Refusal
from cnncalc.shape import Shape
from cnncalc.sources.inline import InlineError, document_text

from .support.networks import report_of
from .support.processes import cnncalc, terminal

# Each with its output shape and parameters, by the lecture note (see numbers.md) or by PyTorch.
LAYERS: list[tuple[list[str], list[int], int]] = [
    (["conv", "3x227x227", "out=96", "kernel=11", "stride=4"], [96, 55, 55], 34_944),
    (["conv", "3x227x227", "96", "kernel=11", "stride=4", "bias=false"], [96, 55, 55], 34_848),
    (["1x7x7", "conv 1 kernel=3"], [1, 5, 5], 10),
    (["3x32x32", "conv 4 kernel=5 bias=false"], [4, 28, 28], 300),
    (["3x32x32", "conv 4 kernel=5", "relu", "conv 10 kernel=5"], [10, 24, 24], 1_010),
    (["conv", "128x40x50", "64", "kernel=3", "bias=false"], [64, 38, 48], 73_728),
    (
        ["conv", "128x40x50", "64", "kernel=3", "padding=1", "stride=2", "bias=false"],
        [64, 20, 25],
        73_728,
    ),
    (["linear", "43264", "4096", "bias=false"], [4096], 177_209_344),
    (["conv", "3x32x48", "8", "kernel=3x5", "padding=[1, 2]"], [8, 32, 48], 368),
    (["add", "64x56x56", "64x56x56"], [64, 56, 56], 0),
    (["add", "64", "64"], [64], 0),
    (["concat", "64x28x28", "128x28x28", "32x28x28"], [224, 28, 28], 0),
    (["attention", "768x197", "12"], [768, 197], 2_362_368),
    (["attention", "64x10", "64x20", "4"], [64, 10], 16_640),
    (["matmul", "12x197x64", "12x64x197"], [12, 197, 197], 0),
    (["upsample", "21x65x65", "size=513", "mode=bilinear"], [21, 513, 513], 0),
    (["weight", "768x197"], [768, 197], 151_296),
    (["weight", "shape=768x197"], [768, 197], 151_296),
    (["bn", "64x56x56"], [64, 56, 56], 128),
    (["conv", "128x14x14", "min(64, 256)", "kernel=3", "padding=same"], [64, 14, 14], 73_792),
]


@pytest.mark.parametrize(("words", "shape", "params"), LAYERS)
def test_layers(words: list[str], shape: list[int], params: int) -> None:
    ran = cnncalc("layer", *words, "--format", "json")
    assert ran.returncode == 0, ran.stderr
    last = json.loads(ran.stdout)["layers"][-1]
    assert last["output_shape"] == shape
    assert next(one["total"] for one in last["numbers"] if one["number"] == "params") == params


def test_parts() -> None:
    found = json.loads(cnncalc("layer", "chunk", "64x8x8", "2", "--format", "json").stdout)
    assert found["layers"][0]["output_shape"] == [64, 8, 8]
    assert "64x8x8 → 32x8x8 + 32x8x8" in cnncalc("layer", "chunk", "64x8x8", "2").stdout


@pytest.mark.parametrize("words", [words for words, _, _ in LAYERS])
def test_layers_as_a_file(words: list[str]) -> None:
    """The file has the numbers that the words have."""
    ran = CliRunner().invoke(main, ["layer", *words, "--format", "yaml"])
    assert ran.exit_code == 0, ran.output
    found, stated = report_of(ran.stdout), report_of(document_text(words))
    assert [layer.node.layer for layer in found.layers] == [
        layer.node.layer for layer in stated.layers
    ]
    assert found.totals == stated.totals


def test_a_chain_as_a_file(tmp_path: Path) -> None:
    chain = ["3x32x32", "conv 8 kernel=[3, 5] padding=same", "relu", "linear max(2,3)", "chunk 3"]
    path = tmp_path / "net.yaml"
    words = ["layer", *chain, "--dtype", "float16", "-o", str(path)]
    ran = CliRunner().invoke(main, [*words[:4], "flatten", *words[4:]])
    assert (ran.exit_code, ran.output) == (0, "")
    assert (
        path.read_text("utf-8")
        == """\
input: 3x32x32
dtype: float16

layers:
  - {conv: 8, kernel: [3, 5], padding: same}
  - relu
  - flatten
  - {linear: "max(2,3)"}
  - {chunk: 3, name: parts}
  - {from: "parts[0]"}
"""
    )


def test_texts_are_quoted() -> None:
    """Marks of YAML, and characters beyond 16 bits, which YAML escapes otherwise than JSON."""
    words = ["custom", "3x8x8", "a: #1, 😀", "shape=3x8x8"]
    ran = CliRunner().invoke(main, ["layer", *words, "--format", "yaml"])
    assert ran.stdout.endswith('  - {custom: "a: #1, 😀", shape: 3x8x8}\n')


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (
            ["con", "3x8x8"],
            2,
            "con is neither a layer nor a shape such as 3x227x227: did you mean `conv`?",
        ),
        (["conv"], 2, "the input shape of conv is missing"),
        (["conv", "out=4"], 2, "the input shape of conv is missing"),
        (["conv", "3x8x8", "4", "5"], 2, "give the second as NAME=5"),
        (["conv", "3x8x8"], 1, "conv needs `out`"),
        (["conv", "3x8x8", "out=4", "kernl=3"], 1, "did you mean `kernel`?"),
        (
            ["conv", "3x8x8", "4", "kernel=9"],
            1,
            "the 9x9 kernel of conv is larger than its padded input",
        ),
        (["3x8x8", "linear 4"], 1, "put `flatten` before it"),
        (["conv", "3x8x8", "out=four"], 1, "four"),
        (["3x8x8", "[conv"], 1, "[conv"),
        (["conv", "3x8x8", "4", "--want", "eight"], 2, "--want takes a shape"),
        (["relu", "3x8x8", "--want", "3x8x8"], 1, "relu has no window to pad"),
        (
            ["maxpool", "8x112x112", "3", "stride=2", "--want", "8x400x400"],
            1,
            "gives 8x400x400",
        ),
        (
            ["conv", "3x8x8", "4", "kernel=3", "--want", "5x8x8"],
            1,
            "the output of conv has 4 channels",
        ),
        (["conv", "3x8x8", "out={a: b}\n- x"], 1, "out"),
        (["conv\x1b[31m", "3x8x8"], 2, "conv\\x1b[31m"),
    ],
)
def test_errors(words: list[str], code: int, message: str) -> None:
    ran = cnncalc("layer", *words)
    assert (ran.returncode, ran.stdout) == (code, "")
    assert message in ran.stderr
    assert "\x1b" not in ran.stderr


def test_a_chain_ends_with_its_totals() -> None:
    out = cnncalc(
        "layer", "3x32x32", "conv 4 kernel=5 bias=false", "conv 10 kernel=5 bias=false"
    ).stdout
    assert out.endswith("total: 2 layers, 1,300 parameters, 811,200 MACs\n")


WORDS = st.one_of(
    st.sampled_from(
        [
            "conv",
            "3x8x8",
            "add",
            "chunk",
            "weight",
            "kernel=3",
            "out=4",
            "name=a",
            "from=input",
            "[]",
        ]
    ),
    st.text(max_size=12),
    st.builds(
        "{}={}".format, st.sampled_from(["out", "kernel", "stride", "x", ""]), st.text(max_size=8)
    ),
    st.builds(
        "{} {}".format, st.sampled_from(["conv", "relu", "linear", "split"]), st.text(max_size=8)
    ),
)


@pytest.mark.slow
@given(st.lists(WORDS, max_size=5))
@settings(max_examples=500)
def test_any_words_are_a_layer_or_an_error(words: list[str]) -> None:
    """Words that are a layer are read as a file with the same text."""
    try:
        text = document_text(words)
    except InlineError:
        return
    parsed = parse(text.encode("utf-8", "backslashreplace"), "x.yaml")
    assert parsed.network is not None or parsed.problems


# From the output shape to the padding


def test_want() -> None:
    """The stem of ResNet: 7x7, stride 2, from 224 to 112 (He et al., Table 1); PyTorch pads 3."""
    out = cnncalc(
        "layer", "conv", "3x224x224", "kernel=7", "stride=2", "--want", "64x112x112"
    ).stdout
    assert out.splitlines()[0] == "conv 7x7 /2, 64  3x224x224 -> 64x112x112 with"
    assert "padding: 3   " in out.splitlines()[1]
    assert "padding: 2, padding_end: 3   " in out.splitlines()[2]


def test_want_pads_a_window_that_does_not_fit() -> None:
    """A window that is larger than the input fits with padding."""
    out = cnncalc("layer", "conv", "3x4x4", "kernel=7", "--want", "8x4x4").stdout
    assert "padding: 3   " in out
    ran = cnncalc("layer", "maxpool", "8x112x112", "3", "stride=2", "--want", "8x400x400")
    assert "`padding: " in ran.stderr and "the output is 8x56x56" in ran.stderr


@pytest.mark.parametrize("columns", [48, 60, 100])
def test_want_fits_the_terminal(columns: int) -> None:
    lines = terminal(
        "layer",
        "conv",
        "3x224x224",
        "kernel=7",
        "stride=2",
        "--want",
        "64x112x112",
        columns=columns,
    ).splitlines()
    assert max(map(len, lines)) <= columns
    assert [line.strip() for line in lines if line.strip().endswith("= 112")] and len(lines) == (
        3 if columns > 72 else 5
    )


SIZES = st.integers(1, 40)
SMALL = st.integers(1, 7)


@given(SIZES, SMALL, SMALL, SMALL, st.integers(0, 9), st.integers(0, 9))
def test_paddings_of_convolutions(
    size: int, kernel: int, stride: int, dilation: int, before: int, after: int
) -> None:
    """Paddings are found for any output size that some padding has, and all of them have it."""
    fixed = {"out": 1, "kernel": kernel, "stride": stride, "dilation": dilation}
    check_paddings("conv", fixed, size, {"padding": before, "padding_end": after})


@given(SIZES, SMALL, SMALL, st.booleans(), st.integers(0, 3))
def test_paddings_of_poolings(
    size: int, kernel: int, stride: int, ceil: bool, padding: int
) -> None:
    check_paddings(
        "maxpool", {"kernel": kernel, "stride": stride, "ceil": ceil}, size, {"padding": padding}
    )


@given(SIZES, SMALL, SMALL, SMALL, st.integers(0, 9), st.integers(0, 6))
def test_paddings_of_transposed_convolutions(
    size: int, kernel: int, stride: int, dilation: int, padding: int, extra: int
) -> None:
    fixed = {"out": 1, "kernel": kernel, "stride": stride, "dilation": dilation}
    check_paddings("conv_transpose", fixed, size, {"padding": padding, "output_padding": extra})


def check_paddings(kind: str, fixed: dict[str, Any], size: int, padding: dict[str, int]) -> None:
    x = Shape((1, size))
    cls = layer_class(kind)

    def output(arguments: dict[str, Any]) -> Shape | None:
        try:
            out: Shape = cls.create({**fixed, **arguments}, (x,)).output(x)
        except Refusal:
            return None
        return out if min(out) > 0 else None

    wanted = output(padding)
    if wanted is None:
        return
    # The padding given for the layer does not matter.
    layer = cls.create({**fixed, **padding}, (x,))
    paddings = layer.paddings_for(wanted.spatial, x)
    assert paddings
    assert {output(arguments) for arguments in paddings} == {wanted}

"""The idioms of files that are written by hand: from the tree of a file to another one."""

from __future__ import annotations

from typing import Any

import pytest

from cnncalc.folding.derived import with_let
from cnncalc.folding.operand_order import with_usual_order
from cnncalc.folding.units import half, with_units


def conv(out: str, kernel: str = "1", **keys: str) -> dict[str, str]:
    padding = {"padding": str(int(kernel) // 2)} if kernel != "1" else {}
    return {"conv": out, "kernel": kernel, **padding, "bias": "false", **keys}


def units(*layers: Any, blocks: Any = None) -> dict[str, Any]:
    tree = {"input": "3x32x32", **({"blocks": blocks} if blocks else {}), "layers": list(layers)}
    return with_units(tree)


def test_three_units_are_a_block() -> None:
    found = units(conv("8", "3"), "bn", "relu", conv("16"), "bn", conv("24", stride="2"), "bn")
    layer = {"conv": "out", "kernel": "kernel", "stride": "stride", "padding": "kernel // 2"}
    assert found["blocks"] == {
        "conv_bn": {
            "params": ["out", "kernel=1", "stride=1"],
            "layers": [{**layer, "bias": "false"}, "bn"],
        }
    }
    calls = [{"conv_bn": "8", "kernel": "3"}, "relu", {"conv_bn": "16"}]
    assert found["layers"] == [*calls, {"conv_bn": "24", "stride": "2"}]


def test_two_units_are_left_alone() -> None:
    layers = [conv("8"), "bn", conv("16"), "bn"]
    assert units(*layers) == {"input": "3x32x32", "layers": layers}


def test_an_activation_after_all_of_them_is_in_the_block() -> None:
    found = units(*(step for out in "123" for step in (conv(out), "bn", "relu")))
    assert found["layers"] == [{"conv_bn_relu": out} for out in "123"]


def test_what_all_have_is_fixed() -> None:
    """Each is a separable convolution; only their strides differ."""
    depthwise = {"depthwise": "3", "padding": "1", "bias": "false"}
    found = units(depthwise, "bn", {**depthwise, "stride": "2"}, "bn", depthwise, "bn")
    (block,) = found["blocks"].values()
    assert block["params"] == ["stride=1"]
    assert found["layers"] == ["depthwise_bn", {"depthwise_bn": "2"}, "depthwise_bn"]


@pytest.mark.parametrize(
    "layer",
    [
        conv("8", "3", dilation="2"),
        {"conv": "8", "kernel": "3", "bias": "false"},  # without padding
        {"conv": "8", "kernel": "1"},  # with a bias
        {"conv": "8", "kernel": ["1", "3"], "bias": "false"},
        conv("8", name="fork"),  # another step refers to it
    ],
)
def test_other_convolutions_are_left_alone(layer: Any) -> None:
    others = [step for out in "123" for step in (conv(out), "bn")]
    found = units(layer, "bn", *others, {"add": ["fork", []]})
    assert found["layers"][:2] == [layer, "bn"]
    assert len(found["layers"]) == 6


def test_names_and_conditions_are_those_of_the_call() -> None:
    group = {"layers": [conv("8"), "bn"], "when": "stride != 1"}
    named = {"bn": "", "name": "fork"}
    found = units(conv("8"), "bn", conv("8"), named, group, {"add": ["fork", []]})
    calls = ["conv_bn", {"conv_bn": "", "name": "fork"}, {"conv_bn": "", "when": "stride != 1"}]
    assert found["layers"][:3] == calls


def test_an_expression_means_something_in_its_own_block_only() -> None:
    """Equal texts in two blocks are not equal widths."""
    blocks = {
        name: {"params": ["width"], "layers": [{"add": [[conv("width"), "bn"], []]}]}
        for name in ("one", "other", "third")
    }
    found = units({"one": "8"}, blocks=blocks)
    assert found["blocks"]["conv_bn"]["params"] == ["out"]
    assert found["blocks"]["one"]["layers"] == [{"add": [[{"conv_bn": "width"}], []]}]


def test_a_block_that_is_a_unit_is_used() -> None:
    layer = {"conv": "out", "kernel": "kernel", "padding": "kernel // 2", "bias": "false"}
    own = {"params": ["out", "kernel"], "layers": [layer, "bn"]}
    found = units({"conv_bn": "8", "kernel": "3"}, conv("16"), "bn", blocks={"conv_bn": own})
    assert found["blocks"]["conv_bn"]["params"] == ["out", "kernel=1"]
    assert found["layers"] == [{"conv_bn": "8", "kernel": "3"}, {"conv_bn": "16"}]


@pytest.mark.parametrize(
    ("kernel", "padding"),
    [("1", "0"), ("7", "3"), ("4", "?"), ("kernel", "kernel // 2"), (["1", "3"], "?")],
)
def test_padding_that_keeps_the_size(kernel: Any, padding: str) -> None:
    assert half(kernel) == padding


# Names for what is stated several times


def block(*layers: Any, params: Any = ("planes",)) -> Any:
    return with_let({"params": [*params], "layers": [*layers]}, ())


def test_a_product_that_a_block_states_three_times_has_a_name() -> None:
    found = block(
        {"conv": "4 * planes"}, {"conv": "4 * planes", "when": "in_channels != 4 * planes"}
    )
    assert found["let"] == {"out": "4 * planes"}
    assert found["layers"] == [{"conv": "out"}, {"conv": "out", "when": "in_channels != out"}]
    assert list(found) == ["params", "let", "layers"]


@pytest.mark.parametrize(
    "text",
    [
        "4 * in_channels",  # is another value in each step
        "8 // 4 * planes",  # is (8 // 4) * planes
        "4 * planes ** 2",
        "24 * planes",
    ],
)
def test_other_expressions_have_no_name(text: str) -> None:
    layers = [{"conv": text}, {"conv": "4 * planes"}, {"conv": "4 * planes"}]
    assert "let" not in block(*layers)


def test_a_name_that_is_taken_is_not_given() -> None:
    layers = [{"conv": "4 * planes"}] * 3
    assert block(*layers, params=("out", "planes"))["let"] == {"width": "4 * planes"}
    assert "let" not in block(*layers, params=("out", "width", "planes"))


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ({"add": [[], ["relu"]]}, {"add": [["relu"], []]}),
        ({"mul": [["relu"], []]}, {"mul": [[], ["relu"]]}),
        ({"add": [[], "input"], "name": "x"}, {"add": ["input", []], "name": "x"}),
        ({"mul": [[], "0.5"]}, {"mul": [[], "0.5"]}),
        ({"concat": [[], ["relu"]]}, {"concat": [[], ["relu"]]}),
        ({"add": [["relu"], ["bn"]]}, {"add": [["relu"], ["bn"]]}),
    ],
)
def test_usual_order_of_operands(step: Any, expected: Any) -> None:
    assert with_usual_order([{"output": [step]}]) == [{"output": [expected]}]

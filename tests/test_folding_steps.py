"""The steps of folding, each on a small model: what it returns for what it is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cnncalc.folding.defaults import default_of
from cnncalc.folding.drafts import MISSING, DraftRef, DraftStep
from cnncalc.folding.expressions import Expressions
from cnncalc.folding.folding import folded_tree
from cnncalc.folding.literals import literal, quoted
from cnncalc.folding.literals import number as number_text
from cnncalc.folding.merged import MergedStep, list_cost, merge_all, merged_lists
from cnncalc.folding.merged_runs import fold_merged
from cnncalc.folding.names import block_name, parameter_name, singular, step_name, wanted_name
from cnncalc.folding.scopes import Leaf, ModuleScope, module_tree
from cnncalc.folding.slots import Slot
from cnncalc.importers.importing import import_sketch
from cnncalc.shape import Shape
from cnncalc.sketch import Sketch, SketchValue

from .support.models import Model

# Module tree


def outline(scope: ModuleScope) -> list[Any]:
    """The items of a tree: paths of layers, and (role, path, items) of modules."""
    return [
        item.path if isinstance(item, Leaf) else (item.role, item.path, outline(item))
        for item in scope.items
    ]


def one_layer(model: Model, x: SketchValue, kind: str = "relu") -> SketchValue:
    return model.layer(kind, x)


def conv_bn(model: Model, x: SketchValue, out: int = 8) -> SketchValue:
    return model.layer("bn", model.conv(x, out))


def small(*calls: tuple[str, str, Callable[..., Any]]) -> Sketch:
    """Modules one after the other: their paths, classes and functions."""
    model = Model("8x8x8")
    (x,) = model.inputs
    for path, kind, forward in calls:
        x = model.module(path, kind, forward, x)
    return model.sketch(x)


def test_a_module_of_one_layer_is_the_layer() -> None:
    sketch = small(("act", "ReLU", one_layer), ("act2", "ReLU", one_layer))
    assert outline(module_tree(sketch)) == ["act", "act2"]


def test_a_wrapper_of_one_module_is_that_module() -> None:
    """It has the name of the outer one."""

    def wrapper(model: Model, x: SketchValue) -> SketchValue:
        found: SketchValue = model.module("inner", "ConvBN", conv_bn, x)
        return found

    sketch = small(("a", "Wrapper", wrapper), ("b", "Wrapper", wrapper))
    assert outline(module_tree(sketch)) == [("block", "a", ["", ""]), ("block", "b", ["", ""])]


def test_a_class_that_is_called_twice_is_a_block_and_another_one_a_group() -> None:
    def mlp(model: Model, x: SketchValue) -> SketchValue:
        return model.layer("relu", model.layer("linear", model.layer("flatten", x), out=8))

    sketch = small(("a", "ConvBN", conv_bn), ("b", "ConvBN", conv_bn), ("head", "Head", mlp))
    roles = [(item[0], item[1]) for item in outline(module_tree(sketch))]
    assert roles == [("block", "a"), ("block", "b"), ("group", "head")]


def test_a_module_of_most_layers_is_dissolved() -> None:
    def features(model: Model, x: SketchValue) -> SketchValue:
        return model.conv(model.conv(model.conv(x, 4), 5), 6)

    sketch = small(("features", "Features", features), ("act", "ReLU", one_layer))
    assert outline(module_tree(sketch)) == ["", "", "", "act"]


def test_a_concat_at_the_start_of_a_module_is_before_it() -> None:
    def up(model: Model, x: SketchValue, skip: SketchValue) -> SketchValue:
        return conv_bn(model, model.layer("concat", skip, x))

    model = Model("8x8x8")
    (x,) = model.inputs
    y = model.module("up1", "Up", up, model.layer("relu", x), x)
    z = model.module("up2", "Up", up, model.layer("relu", y), y)
    tree = module_tree(model.sketch(z))
    assert [len(scope.inputs) for scope in tree.scopes] == [1, 1]
    assert outline(tree)[1:3] == ["", ("block", "up1", ["", ""])]


# Merging


def steps(*kinds: str, **arguments: Any) -> list[DraftStep]:
    return [DraftStep(kind, dict(arguments)) for kind in kinds]


@pytest.mark.parametrize(
    ("one", "other", "cost"),
    [
        (("conv", "relu"), ("conv", "relu"), 0),
        (("conv", "relu"), ("conv", "silu"), 0.6),  # another activation
        (("conv", "bn", "relu"), ("conv", "relu"), 1),  # a step that only one has
        (("conv", "bn"), ("linear", "bn"), 2),  # one of each
    ],
)
def test_cost_of_writing_two_lists_as_one(
    one: tuple[str, ...], other: tuple[str, ...], cost: float
) -> None:
    assert list_cost(merge_all(steps(*one), 0), steps(*other)) == cost


def test_cost_of_an_argument_that_differs() -> None:
    assert list_cost(merge_all(steps("conv", out=3), 0), steps("conv", out=4)) == 0.05


def test_a_step_that_is_missing_in_one_instance_is_optional() -> None:
    merged = merged_lists(merge_all(steps("conv", "bn", "relu"), 0), steps("conv", "relu"), 1)
    assert [(step.kind, sorted(step.members)) for step in merged] == [
        ("conv", [0, 1]),
        ("bn", [0]),
        ("relu", [0, 1]),
    ]


# Expressions


def slot(
    argument: str, values: list[Any], channels: list[int | None] | None = None, kind: str = "conv"
) -> Slot:
    numbered = dict(enumerate(values))
    inputs = dict(enumerate(channels or [None] * len(values)))
    return Slot(MergedStep(DraftStep(kind), 0), argument, numbered, "argument", inputs)


EXPRESSIONS: list[
    tuple[str, list[Any], dict[str, list[Any]], list[int | None] | None, str | None]
] = [
    ("out", [8, 16], {"planes": [8, 16]}, None, "planes"),
    ("out", [32, 64], {"planes": [8, 16]}, None, "4 * planes"),
    ("out", [4, 8], {"planes": [8, 16]}, None, "planes // 2"),
    ("out", [8, 16], {}, [8, 16], "in_channels"),
    ("out", [16, 32], {}, [8, 16], "2 * in_channels"),
    ("out", [8, 12], {"planes": [8, 16]}, None, None),
    ("padding", [1, 2], {"kernel": [3, 5]}, None, "kernel // 2"),
    ("padding", [2, 8], {"kernel": [3, 5], "dilation": [2, 4]}, None, "dilation * (kernel // 2)"),
    ("bias", [True, False], {"norm": [False, True]}, None, "not norm"),
    # What one value has in common with another is a coincidence, and so is a quotient of widths
    ("out", [32, 32], {"planes": [8, 8]}, None, None),
    ("stride", [1, 2], {"planes": [1, 2]}, None, None),
    ("stride", [1, 2], {"s": [1, 2]}, None, "s"),
    ("stride", [2, 4], {}, [2, 4], None),
    ("stride", [1, 2], {"kernel": [1, 2]}, None, None),
    ("out", [9, 15], {"kernel": [3, 5]}, None, None),
]


@pytest.mark.parametrize(("argument", "values", "parameters", "channels", "expected"), EXPRESSIONS)
def test_the_simplest_expression_that_holds_everywhere(
    argument: str,
    values: list[Any],
    parameters: dict[str, list[Any]],
    channels: list[int | None] | None,
    expected: str | None,
) -> None:
    expressions = Expressions({}, "")
    expressions.parameters = {name: dict(enumerate(found)) for name, found in parameters.items()}
    offer = expressions.find(slot(argument, values, channels))
    assert (offer.text if offer else None) == expected


def test_a_parameter_states_the_argument_that_it_was_made_for() -> None:
    """`blocks_axis` has a word for counts in it, and is an axis."""
    expressions = Expressions({}, "")
    expressions.parameters = {"blocks_axis": {0: 1, 1: 2}}
    assert expressions.find(slot("axis", [1, 2])) is None
    expressions.made_for["blocks_axis"] = "axis"
    offer = expressions.find(slot("axis", [1, 2]))
    assert offer is not None
    assert offer.text == "blocks_axis"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            [(8, 4, 7, 4, 7), (16, 2, 7, 2, 7)],
            "[in_channels, in_size[0] // 7, 7, in_size[1] // 7, 7]",
        ),
        ([(8, 784), (16, 196)], "[in_channels, -1]"),  # the one that the others leave
        ([(8, 28, 28), (16, 14, 14)], "shape(input)"),
        ([(8, 5, 6, 3), (16, 7, 2, 9)], None),
        ([(8, 0, 6, 3), (16, -1, 2, 9)], None),
    ],
)
def test_a_shape_is_stated_by_the_sizes_of_the_input(
    values: list[Any], expected: str | None
) -> None:
    shapes = {0: Shape((8, 28, 28)), 1: Shape((16, 14, 14))}
    merged = MergedStep(DraftStep("reshape"), 0)
    merged.add(DraftStep("reshape"), 1)
    for number, member in merged.members.items():
        member.input_shape = shapes[number]
    channels = {number: shape.channels for number, shape in shapes.items()}
    expressions = Expressions(channels, "input", [("input", shapes)])
    offer = expressions.find(Slot(merged, "shape", dict(enumerate(values)), "argument", channels))
    assert (offer.text if offer else None) == expected


# Defaults


@pytest.mark.parametrize(
    ("name", "values", "default"),
    [
        ("stride", [1, 2, 2, 2, 2, 1], 1),  # the usual one, in a third of the calls
        ("stride", [2, 2], MISSING),  # two calls are no rule
        ("act", ["relu", "relu", "silu"], "relu"),
        ("out", [64, 128, 256], MISSING),
        ("out", [64, 64, 64, 64, 128], MISSING),  # a frequent width is not what one expects
        ("expand", [1, 1, 1, 6], 1),
    ],
)
def test_defaults(name: str, values: list[Any], default: Any) -> None:
    assert default_of(name, values, has_gaps=False) == default


# Names


@pytest.mark.parametrize(
    ("class_name", "expected"),
    [
        ("InvertedResidual", "inverted_residual"),
        ("SqueezeExcitation", "squeeze_excitation"),
        ("Conv", "conv_block"),  # a layer
        ("2d", "b2d"),
        ("_ASPP", "aspp"),
        ("", "block"),
    ],
)
def test_names_of_blocks(class_name: str, expected: str) -> None:
    assert block_name(class_name, ()) == expected
    assert block_name(class_name, (expected,)) == f"{expected}2"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("out_channels", "out"),
        ("kernel_size", "kernel"),
        ("in_channels", "in_channels_"),
        ("3d", "p3d"),
    ],
)
def test_names_of_parameters(wanted: str, expected: str) -> None:
    assert parameter_name(wanted, (), ()) == expected


@pytest.mark.parametrize(
    ("wanted", "first", "second"),
    [
        ("layer1", "layer1", "layer1_2"),
        ("encoder", "encoder", "encoder2"),
        ("0", "x0", "x0_2"),
        ("1x1", "_1x1", "_1x1_2"),
        ("a-b", "a_b", "a_b2"),
        ("input", "input_", "input_2"),  # a word of the language
        ("lstm", "lstm1", "lstm2"),  # a layer
    ],
)
def test_names_of_steps(wanted: str, first: str, second: str) -> None:
    assert step_name(wanted, ()) == first
    assert step_name(wanted, (first,)) == second


def test_the_members_of_a_list_have_the_name_of_the_list() -> None:
    assert wanted_name("layers.0", ["layers.0", "layers.1"], 2, has_own_name=False) == "layer"
    assert wanted_name("blocks.3", [], 1, has_own_name=False) == "block3"
    assert [singular(word) for word in ("blocks", "branches", "axis", "gas")] == [
        "block",
        "branch",
        "axi",
        "ga",
    ]


# Literals


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"),
        (1 / 24, "1 / 24"),
        (32**-0.5, "32 ** -0.5"),
        (80**-0.25, "80 ** -0.25"),
        (3 * 0.0125, "3 * 0.0125"),
        (1e-12, "1e-12"),
        (0.1234567891234, "0.1234567891234"),
        (7.0, "7"),
    ],
)
def test_numbers_are_exact(value: float, text: str) -> None:
    assert number_text(value) == text
    assert eval(text) == value


@pytest.mark.parametrize(
    ("value", "argument", "tree"),
    [
        ((3, 5), "kernel", "3x5"),
        ((3, 5), "order", ["3", "5"]),
        ((3, -1), "shape", ["3", "-1"]),
        ((0, 2), "padding", ["0", "2"]),
        (True, "bias", "true"),
        (None, "act", "none"),
    ],
)
def test_literals(value: Any, argument: str, tree: Any) -> None:
    assert literal(value, argument) == tree


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4 * c", "4 * c"),
        ("max(1, c)", '"max(1, c)"'),
        ("*c", '"*c"'),
        ('a "b": c', '"a \\"b\\": c"'),
    ],
)
def test_quotes(text: str, expected: str) -> None:
    assert quoted(text) == expected


# Repetitions and blocks


def layers_of(sketch: Sketch) -> Any:
    return folded_tree(sketch)["layers"]


def test_equal_steps_are_repeated() -> None:
    model = Model("8x8x8")
    (x,) = model.inputs
    for _ in range(3):
        x = model.layer("relu", model.conv(x, 8))
    (group,) = layers_of(model.sketch(x))
    assert group["repeat"] == "3"
    assert [*group["layers"]] == [{"conv": "8", "kernel": "3", "padding": "1"}, "relu"]


def test_steps_that_differ_in_a_number_are_a_loop() -> None:
    model = Model("3x32x32")
    (x,) = model.inputs
    for number, out in enumerate((8, 12, 20, 33)):
        x = model.module(f"act{number}", "ReLU", one_layer, model.conv(x, out))
        x = model.layer("maxpool", x, kernel=2)
    (loop,) = layers_of(model.sketch(x))
    assert loop["for"] == {"out": ["8", "12", "20", "33"]}


def test_a_stride_of_the_first_call_is_that_of_the_first_iteration() -> None:
    def block(model: Model, x: SketchValue, out: int, stride: int) -> SketchValue:
        return model.layer("relu", model.layer("bn", model.conv(x, out, stride=stride)))

    model = Model("8x16x16")
    (x,) = model.inputs
    for stage, out in enumerate((8, 16)):
        for number in range(3):
            stride = 2 if number == 0 else 1
            constructor = {"planes": out, "stride": stride}
            path = f"layer{stage}.{number}"
            x = model.module(path, "Block", block, x, given=(out, stride), constructor=constructor)
    tree: Any = folded_tree(model.sketch(x))
    assert tree["blocks"]["block"]["params"] == ["planes", "stride=1"]
    assert tree["layers"] == [
        {"block": out, "stride": "2 if i == 0 else 1", "repeat": "3", "name": f"layer{stage}"}
        for stage, out in enumerate(("8", "16"))
    ]


def residual(model: Model, x: SketchValue, out: int, stride: int) -> SketchValue:
    return model.layer("relu", model.layer("bn", model.conv(x, out, stride=stride)))


def stage(model: Model, x: SketchValue, out: int) -> SketchValue:
    for number, stride in enumerate((2, 1, 1)):
        given = {"planes": out, "stride": stride}
        x = model.module(str(number), "Unit", residual, x, given=(out, stride), constructor=given)
    return x


def staged(*widths: int) -> Any:
    """The file of a model with a stage of three blocks for each width, whose first halves."""
    model = Model("8x64x64")
    (x,) = model.inputs
    for number, out in enumerate(widths, 1):
        path = f"layer{number}"
        x = model.module(path, "Sequential", stage, x, given=(out,), is_container=True)
    return folded_tree(model.sketch(x))


def test_three_stages_of_one_block_are_a_block() -> None:
    tree = staged(8, 16, 24)
    (stage,) = tree["blocks"]["stage"]["layers"]
    assert stage["stride"] == "2 if i == 0 else 1"
    assert tree["layers"][1] == {"stage": "16", "name": "layer2"}
    assert "stage" not in staged(8, 16)["blocks"]


def group(model: Model, x: SketchValue, out: int) -> SketchValue:
    x = model.layer("maxpool", x, kernel=2)
    return model.layer("relu", model.layer("bn", model.conv(x, out)))


def test_groups_of_one_structure_are_a_block_of_their_name() -> None:
    model = Model("8x64x64")
    (x,) = model.inputs
    for number, (out, kind) in enumerate(((8, "tanh"), (16, "sigmoid"), (24, "gelu"))):
        path = f"down{number}"
        x = model.module(path, "Sequential", group, x, given=(out,), is_container=True)
        x = model.layer(kind, x)
    tree: Any = folded_tree(model.sketch(x))
    assert tree["blocks"]["down"]["params"] == ["out"]
    assert tree["layers"][0] == {"down": "8", "name": "down0"}


def test_a_group_of_plain_layers_is_written_in_line() -> None:
    model = Model("8x8x8")
    (x,) = model.inputs
    x = model.module("stem", "Sequential", conv_bn, x, is_container=True)
    for kind in ("relu", "tanh", "sigmoid"):
        x = model.layer(kind, x)
    first, norm, *_ = layers_of(model.sketch(x))
    assert (first["name"], norm) == ("stem", "bn")


def test_two_equal_pairs_of_layers_are_a_coincidence() -> None:
    """Four are two runs, which are folded."""

    def layers(*widths: int) -> Any:
        model = Model("8x8x8")
        (x,) = model.inputs
        for out in widths:
            x = model.layer("relu", model.conv(x, out))
        return layers_of(model.sketch(x))

    assert len(layers(4, 8, 8)) == 6
    assert len(layers(8, 8, 12, 12)) <= 2


def test_two_of_several_modules_with_numbers_are_not_repeated() -> None:
    def numbered(*widths: int) -> Any:
        model = Model("8x8x8")
        (x,) = model.inputs
        for number, out in enumerate(widths):
            x = model.module(f"stage{number}", "Unit", residual, x, given=(out, 1))
        return layers_of(model.sketch(x))

    assert len(numbered(8, 8, 12, 16)) == 4
    assert [step["repeat"] for step in numbered(8, 8, 8, 12)[:1]] == ["3"]


def test_an_optional_step_has_a_condition_of_the_constructor() -> None:
    def block(model: Model, x: SketchValue, stride: int) -> SketchValue:
        y = model.layer("bn", model.conv(x, 8, stride=stride))
        y = model.layer("bn", model.conv(y, 8))
        return model.layer("add", x, y) if stride == 1 else y

    model = Model("8x64x64")
    (x,) = model.inputs
    for number, stride in enumerate((1, 2, 1, 2, 1)):
        constructor = {"stride": stride}
        x = model.module(f"m{number}", "Block", block, x, given=(stride,), constructor=constructor)
        x = model.layer("relu", x)
    tree: Any = folded_tree(model.sketch(x))
    last = tree["blocks"]["block"]["layers"][-1]
    assert last == {"add": ["input", []], "when": "stride == 1"}


def test_sums_with_different_values_are_no_repetition() -> None:
    """They have equal texts before the steps that they read have names."""
    one, other = steps("relu", "sigmoid")
    sums = steps("add", "add")
    for step, target in zip(sums, (one, other), strict=True):
        step.operands = [[], DraftRef(target)]
        target.is_read = True
    assert len(fold_merged(merge_all([one, other, *sums], 0))) == 4
    sums[1].operands = [[], DraftRef(one)]
    assert len(fold_merged(merge_all([one, other, *sums], 0))) == 3


def test_a_step_in_which_a_value_is_read_later_is_not_repeated() -> None:
    """Two equal sums, of which the last one has a convolution that another sum reads."""
    model = Model("8x8x8")
    (x,) = model.inputs
    x = model.layer("add", model.conv(x, 8), x)
    inner = model.conv(x, 8)
    x = model.layer("add", inner, x)
    found = import_sketch(model.sketch(model.layer("add", model.conv(x, 8), inner)))
    assert found.form == "folded", found.reasons
    assert "repeat" not in found.text


def test_the_last_part_of_a_chunk_is_what_is_left() -> None:
    """Dual paths: blocks that pass on the first channels as a sum and add the rest to a list.

    Two equal parts are no other argument than two sizes.
    """

    def block(model: Model, x: Any, keep: int) -> Any:
        first, rest = model.builder.add_parts(
            {"parts": 2 if 2 * keep == x.shape[0] else (keep, x.shape[0] - keep), "axis": 0}, x
        )
        new = model.layer("relu", model.conv(x, keep))
        return model.layer("concat", model.layer("add", first, new), rest, model.conv(x, 4))

    model = Model("12x8x8")
    (x,) = model.inputs
    for number in range(4):
        x = model.module(f"m.{number}", "Block", block, x, given=(8,), constructor={"keep": 8})
    for number in range(4, 7):
        x = model.module(f"m.{number}", "Block", block, x, given=(16,), constructor={"keep": 16})
    tree: Any = folded_tree(model.sketch(x))
    assert "[keep, in_channels - keep]" in str(tree["blocks"]["block"])
    assert [step["repeat"] for step in tree["layers"]] == ["4", "3"]


# Without modules


def test_blocks_of_a_model_without_modules() -> None:
    """A sum that occurs four times with other widths is a block, whose name is its kind."""
    model = Model("8x8x8")
    (x,) = model.inputs
    for out in (8, 12, 16, 24):
        x = model.layer("maxpool", model.conv(x, out, 1), kernel=1)
        y = model.layer("relu", model.layer("bn", model.conv(x, out)))
        x = model.layer("relu", model.layer("add", model.layer("bn", model.conv(y, out)), x))
    tree: Any = folded_tree(model.sketch(x))
    (block,) = tree["blocks"].values()
    assert block["layers"][-1] == "relu"
    assert len(tree["layers"]) < 6


def test_a_value_that_is_read_later_is_in_no_block() -> None:
    model = Model("8x8x8")
    (x,) = model.inputs
    inner = []
    for _ in range(4):
        y = model.layer("relu", model.layer("bn", model.conv(x, 8)))
        inner.append(y)
        x = model.layer("add", model.layer("bn", model.conv(y, 8)), x)
    tree: Any = folded_tree(model.sketch(model.layer("concat", x, *inner)))
    found = [step for block in tree["blocks"].values() for step in block["layers"]]
    assert found == [{"conv": "8", "kernel": "3", "padding": "1"}, "bn"]

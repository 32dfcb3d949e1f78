"""Folding: each step on small models, and random models through all of them."""

from __future__ import annotations

from hypothesis import given, settings

from cnncalc.folding.interleaved import as_wholes, layers_in
from cnncalc.folding.scopes import module_tree
from cnncalc.importers.check import differences
from cnncalc.importers.graphs import have_equal_graphs
from cnncalc.importers.importing import import_sketch
from cnncalc.sketch import Sketch, SketchValue

from .support.models import Model
from .support.random_models import random_sketches, without_modules


def folded(sketch: Sketch) -> str:
    """The file without its first lines and `expect`; it is exact and folded."""
    found = import_sketch(sketch)
    assert found.form == "folded", found.reasons
    body = found.text.partition("\n\n")[2].rpartition("\nexpect:")[0]
    return body.strip()


@settings(max_examples=150)
@given(random_sketches())
def test_random_models_are_folded_exactly(sketch: Sketch) -> None:
    """Random graphs in nested calls of classes, with shared weights and several values."""
    found = import_sketch(sketch)
    assert found.form == "folded", found.reasons
    assert have_equal_graphs(found.sketch, found.network)
    flat = import_sketch(sketch, is_flat=True)
    assert have_equal_graphs(flat.sketch, flat.network)


@settings(max_examples=100)
@given(random_sketches())
def test_models_without_modules_are_exact(sketch: Sketch) -> None:
    """Blocks are what occurs several times."""
    found = import_sketch(without_modules(sketch))
    assert found.form == "folded", found.reasons
    assert have_equal_graphs(found.sketch, found.network)


def test_graphs_of_equal_layers_may_differ() -> None:
    """The check of the graph sees what the counts do not: which of two equal shapes is read."""
    sketches = []
    for is_first in (True, False):
        model = Model("8x8x8")
        (x,) = model.inputs
        one = model.conv(x, 8)
        other = model.layer("sigmoid", one)
        y = model.layer("bn", other)
        sketches.append(model.sketch(model.layer("add", y, one if is_first else other)))
    found = import_sketch(sketches[0])
    assert have_equal_graphs(sketches[0], found.network)
    assert not have_equal_graphs(sketches[1], found.network)
    assert differences(found.text, sketches[0]) == []
    assert differences(found.text, sketches[1]) != []


# Values


def test_a_layer_that_nothing_reads_is_kept() -> None:
    """It is run, so it has parameters and multiply-accumulates."""
    model = Model("3x8x8")
    (x,) = model.inputs
    model.conv(x, 8)
    text = folded(model.sketch(model.layer("maxpool", x, kernel=2)))
    assert "{conv: 8, kernel: 3, padding: 1}" in text
    assert "{maxpool: 2, from: input}" in text


def test_what_two_outputs_read_is_not_in_the_chain_of_one() -> None:
    """Also where the values on the way to the first output pass it by."""
    model = Model("8x8x8")
    (x,) = model.inputs
    start = model.layer("relu", x)
    both = model.layer("sigmoid", model.conv(start, 8))
    joined = model.layer("concat", model.layer("tanh", start), both)
    first, second = model.conv(joined, 4), model.conv(model.layer("relu", both), 2)
    folded(model.sketch(second, first))
    folded(model.sketch(first, second))


def test_the_only_input_is_called_input() -> None:
    """Whatever `forward` calls it."""
    model = Model("3x8x8", names=("image",))
    (x,) = model.inputs
    y = model.layer("mul", model.layer("sigmoid", model.conv(x, 3)), x)
    assert folded(model.sketch(model.layer("add", y, x))).endswith("- add: [input, []]")


def test_one_part_of_a_chunk_is_the_output_of_a_group() -> None:
    """The group has one value then, which needs no number."""

    def half(model: Model, x: SketchValue) -> SketchValue:
        return model.chunk(model.conv(x, 8))[0]

    model = Model("3x8x8")
    x = model.module("half", "Half", half, *model.inputs)
    y = model.layer("mul", model.conv(x, 4), model.layer("sigmoid", x))
    assert 'from: "half' not in folded(model.sketch(y))


def test_a_module_that_reads_what_was_run_between_its_layers() -> None:
    """Names in a file put layers of one call apart; the module comes after what it reads."""
    model = Model("8x8x8")
    (x,) = model.inputs

    def first(model: Model, x: SketchValue) -> SketchValue:
        return model.layer("sigmoid", model.conv(x, 8))

    def gate(model: Model, x: SketchValue, y: SketchValue) -> SketchValue:
        return model.conv(model.layer("mul", x, model.layer("sigmoid", y)), 8)

    early = model.module("a", "Pair", first, x)
    side = model.module("b", "Side", first, x)
    halves = model.chunk(model.conv(side, 8))
    late = model.module("c", "Gate", gate, *halves)
    again = model.module("a", "Pair", first, late)  # without the other layer: not the same call
    sketch = model.sketch(model.layer("add", early, again))
    layers = list(sketch.layers)
    layers[4] = layers[4]._replace(scope=layers[0].scope)
    interleaved = sketch._replace(layers=tuple(layers))
    tree = as_wholes(interleaved, module_tree(interleaved))
    own = [list(layers_in(item)) for item in tree.items]
    assert own == [[2, 3], [0, 1, 4], [5], [6, 7, 8], [9, 10], [11]]
    folded(interleaved)


# Shared weights


def test_a_module_that_is_called_twice_is_shared() -> None:
    def head(model: Model, x: SketchValue) -> SketchValue:
        return model.layer("sigmoid", model.conv(x, 8))

    model = Model("8x8x8")
    (x,) = model.inputs
    x = model.module("head", "Head", head, x)
    x = model.layer("maxpool", x, kernel=2)
    x = model.module("head", "Head", head, x)
    text = folded(model.sketch(x))
    assert text.count("shared: head") == 2
    assert text.count("conv:") == 1


def test_weights_that_only_some_steps_of_a_group_share() -> None:
    """The tag is one of the layers, as the groups are different."""

    def plain(model: Model, x: SketchValue) -> SketchValue:
        return model.conv(x, 8)

    def activated(model: Model, x: SketchValue) -> SketchValue:
        return model.layer("sigmoid", model.conv(x, 8))

    model = Model("8x8x8")
    x = model.module("head", "Head", plain, *model.inputs)
    x = model.module("head", "Head", activated, x)
    text = folded(model.sketch(x))
    assert text.count("shared: head") == 2
    assert text.count("conv: 8") == 2


def test_weights_that_calls_of_other_structure_share() -> None:
    """A tag covers calls of equal steps, so these are not calls."""

    def forward(model: Model, x: SketchValue, is_chain: bool) -> SketchValue:
        y = model.conv(x, 8)
        return model.layer("add", model.conv(y if is_chain else x, 8), y)

    model = Model("8x8x8")
    x = model.inputs[0]
    for is_chain in (True, False):
        x = model.module("m", "Block", forward, x, given=(is_chain,))
    sketch = model.sketch(x)
    assert sketch.totals().params == 2 * (8 * 8 * 9 + 8)
    folded(sketch)


# Names


def test_a_parameter_may_be_called_after_a_module_of_another_family() -> None:
    """The axes of `blocks`: a word for counts in the name does not exclude it."""

    def block(model: Model, x: SketchValue, axis: int, other: int) -> SketchValue:
        x = model.layer("reduce_mean", model.conv(x, 8), axis=axis)
        return model.layer("layernorm", model.layer("softmax", x, axis=other))

    model = Model("8x8x8")
    (x,) = model.inputs
    pairs = ((0, 0), (1, 1), (2, 0), (0, 1))
    found = [model.module(f"m{n}", "Block", block, x, given=pair) for n, pair in enumerate(pairs)]
    folded(model.sketch(*found))

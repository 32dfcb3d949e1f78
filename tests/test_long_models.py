"""Model files of many nodes: the work grows with the file, and not with its square."""

from __future__ import annotations

import cProfile
import random
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from cnncalc.folding.blocks import BlockFolder
from cnncalc.folding.dominators import Dominators
from cnncalc.folding.drafts import DraftBody
from cnncalc.folding.equal_calls import CallNumbers
from cnncalc.folding.scopes import ModuleScope, module_tree
from cnncalc.importers import importing
from cnncalc.importers.errors import ImportFailed
from cnncalc.importers.importing import import_sketch
from cnncalc.sketch import SketchValue

from .support import onnx
from .support.models import Model
from .support.onnx import node, tensor
from .support.processes import cnncalc as run

LAYERS = 20_000
"""Seeking similar steps around each of them by going through all would take many minutes."""


def sequence(widths: list[int], module: str = "") -> bytes:
    """Convolutions of these widths with activations, in a module each if there is a name of it."""
    nodes: list[bytes] = []
    tensors: list[bytes] = []
    value, channels = "x", 8
    for number, width in enumerate(widths):
        scope = f"/{module}.{number}" if module else ""
        weights, out, result = (f"{number}.{word}" for word in ("w", "a", "b"))
        tensors.append(tensor(weights, [width, channels, 1, 1]))
        nodes.append(node("Conv", [value, weights], [out], f"{scope}/conv/Conv" if scope else ""))
        nodes.append(node("Relu", [out], [result], f"{scope}/act/Relu" if scope else ""))
        value, channels = result, width
    return onnx.model(nodes, tensors, (1, 8, 8, 8), (value,))


def imported(data: bytes, folder: Path) -> tuple[str, str]:
    """The file of a model and what is said of it, within the limits of `limited`."""
    path = folder / "long.onnx"
    path.write_bytes(data)
    ran = run("import", str(path), is_limited=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout, ran.stderr


@pytest.mark.slow
@pytest.mark.parametrize("module", ["", "blocks"])
def test_equal_layers_are_a_few_lines(module: str, tmp_path: Path) -> None:
    text, _ = imported(sequence([8] * (LAYERS // 2), module), tmp_path)
    assert text.count("\n") < 20


@pytest.mark.slow
@pytest.mark.parametrize("module", ["", "blocks"])
def test_layers_that_do_not_repeat(module: str, tmp_path: Path) -> None:
    """Without modules, nothing similar is sought among so many: a note says so."""
    draw = random.Random(0)
    widths = [8 * draw.randint(1, 9) for _ in range(LAYERS // 2)]
    _, said = imported(sequence(widths, module), tmp_path)
    is_noted = "the model has no modules and more than 10,000 layers" in said
    assert is_noted == (not module)


@pytest.mark.slow
def test_layers_that_share_their_weights(tmp_path: Path) -> None:
    """Who else has the weights of a layer is not sought among all layers."""
    names = ["x", *(f"{number}.y" for number in range(LAYERS))]
    nodes = [node("Conv", [given, "w"], [made]) for given, made in pairwise(names)]
    data = onnx.model(nodes, [tensor("w", [8, 8, 1, 1])], (1, 8, 8, 8), (names[-1],))
    text, _ = imported(data, tmp_path)
    assert "params: 64," in text


def test_too_many_layers_are_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each form would be written and read before it is refused."""
    monkeypatch.setattr(importing, "MAX_LAYERS", 3)
    monkeypatch.setattr(importing, "folded_tree", None)
    with pytest.raises(ImportFailed, match="has 4 layers, more than 3"):
        import_sketch(onnx.read(sequence([8, 8])))


# Chains of sums


def two_before(count: int) -> list[bytes]:
    """Each sum is of the two before: none has all of its terms from one value."""
    names = ["x", "a", *(f"{number}.y" for number in range(count - 1)), "y"]
    triples = zip(names, names[1:], names[2:], strict=False)
    sums = [node("Add", [older, newer], [made]) for older, newer, made in triples]
    return [node("Relu", ["x"], ["a"]), *sums]


def skipped_to_the_end(count: int) -> list[bytes]:
    """The outputs of all modules of a chain are added up, as those of WaveNet."""
    names = ["x", *(f"{number}.a" for number in range(count))]
    sums = ["x", *(f"{number}.s" for number in range(count - 1)), "y"]
    nodes = []
    for number in range(count):
        given, made = names[number : number + 2]
        nodes += [
            node("Relu", [given], [f"{number}.r"], f"/blocks.{number}/act/Relu"),
            node("Sigmoid", [f"{number}.r"], [made], f"/blocks.{number}/gate/Sigmoid"),
            node("Add", [sums[number], made], [sums[number + 1]]),
        ]
    return nodes


def added_later(count: int) -> list[bytes]:
    """The values of a chain are added up after all of it."""
    names = ["x", *(f"{number}.a" for number in range(count))]
    sums = ["x", *(f"{number}.s" for number in range(count - 1)), "y"]
    nodes = [
        node(("Relu", "Tanh")[number % 2], [given], [made])
        for number, (given, made) in enumerate(pairwise(names))
    ]
    terms = zip(sums, names[1:], sums[1:], strict=False)
    return nodes + [node("Add", [so_far, term], [made]) for so_far, term, made in terms]


def joined_sums(count: int) -> list[bytes]:
    """All sums of a chain of residual layers are joined."""
    names = ["x", *(f"{number}.s" for number in range(count))]
    nodes = []
    for given, made in pairwise(names):
        nodes += [node("Relu", [given], [f"{made}.r"]), node("Add", [given, f"{made}.r"], [made])]
    return [*nodes, node("Concat", names[1:], ["y"], axis=1)]


CHAINS = (two_before, skipped_to_the_end, added_later, joined_sums)


@pytest.mark.parametrize("chain", CHAINS)
def test_chains_of_sums_take_time_by_their_length(chain: Callable[[int], list[bytes]]) -> None:
    """The calls of functions for twice the length are about twice as many."""
    short, long = (calls_of_import(chain(count)) for count in (200, 400))
    assert long < 2.6 * short


def calls_of_import(nodes: list[bytes]) -> int:
    """How many functions are called to import a model that ends with the value `y`."""
    sketch = onnx.read(onnx.model(nodes, [], (1, 8, 8, 8), ("y",)))
    profile = cProfile.Profile()
    profile.enable()
    import_sketch(sketch)
    profile.disable()
    return sum(entry.callcount for entry in profile.getstats())


def test_where_two_ways_meet() -> None:
    """As by going up one place at a time, in graphs made at random."""
    draw = random.Random(0)
    for size in range(1, 60):
        found = Dominators(-1)
        above = {-1: [-1]}
        for place in range(size):
            sources = draw.sample(range(place), min(place, draw.randint(0, 3)))
            found.add(place, sources)
            ways = [above[source] for source in sources] or [above[-1]]
            meeting = next(p for p in ways[0] if all(p in way for way in ways))
            above[place] = [place, *above[meeting]]
            assert found.above[place] == meeting


def test_a_hundred_layers_are_blocks() -> None:
    """Of calls that differ in several numbers, a few windows are tried as loops, and not all."""
    draw = random.Random(0)
    widths = [8 * draw.randint(1, 9) for _ in range(100)]
    found = import_sketch(onnx.read(sequence(widths)))
    assert found.form == "folded"
    assert found.lines < 100


def test_modules_of_one_class_are_decomposed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second time only where two calls may be the first and the others of a stage."""
    found: list[str] = []
    plain = BlockFolder.body

    def counted(folder: BlockFolder, scope: ModuleScope) -> DraftBody:
        found.append(scope.path)
        return plain(folder, scope)

    monkeypatch.setattr(BlockFolder, "body", counted)
    import_sketch(onnx.exported("densenet121"))
    assert len(found) == len(set(found)) > 60


# Equal calls


def calls(*widths: int, shared: bool = False) -> list[int]:
    """The numbers of modules with a convolution of each width."""

    def forward(model: Model, x: SketchValue, out: int) -> SketchValue:
        return model.layer("relu", model.conv(x, out))

    model = Model("8x8x8")
    (x,) = model.inputs
    for number, width in enumerate(widths):
        path = "block" if shared else f"block{number}"
        x = model.module(path, "Block", forward, x, given=(width,))
    sketch = model.sketch(x)
    numbers = CallNumbers(sketch)
    return [numbers.number(scope) for scope in module_tree(sketch).scopes]


def test_equal_calls_have_one_number() -> None:
    assert calls(8, 8, 8) == [0, 0, 0]


def test_other_arguments_and_shapes_are_other_calls() -> None:
    """The third has another input than the others, and the fourth other weights."""
    assert calls(8, 16, 16, 8, 8) == [0, 1, 2, 3, 0]


def test_calls_that_share_weights_are_equal_to_each_other() -> None:
    assert calls(8, 8, shared=True) == [0, 0]

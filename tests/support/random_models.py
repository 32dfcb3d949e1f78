"""Random models: layers in random graphs, in nested calls of a few classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from cnncalc.importers.errors import Unsupported
from cnncalc.named_tuple import NamedTuple
from cnncalc.problem import Refusal
from cnncalc.sketch import Sketch, SketchValue

from .models import Model

OPERATIONS = (
    *("conv", "conv", "width", "bn", "relu", "silu", "sigmoid", "pool", "add", "add", "concat"),
    *("mul", "chunk", "number", "call", "call", "call", "shared", "stage", "squeeze"),
)
CALLS = (*OPERATIONS, *("call", "call", "call", "stage", "stage", "shared"))
MAX_LAYERS = 60


class Instruction(NamedTuple):
    """One line of a class: an operation on values, taken from those so far by number.

    `flag` is the number of the constructor's flag that it depends on; negative for none.
    """

    operation: str
    one: int
    other: int
    number: int
    flag: int = -1


class Recipe(NamedTuple):
    """A class: what its calls do with their inputs; the last values are its outputs."""

    lines: tuple[Instruction, ...]
    inputs: int = 1
    outputs: int = 1


class RandomModel:
    """Runs recipes.  A class calls only those before it, so that the calls end."""

    def __init__(self, recipes: list[Recipe], shapes: tuple[str, ...]) -> None:
        self.recipes = recipes
        self.model = Model(*shapes)

    def run(self, number: int, values: list[SketchValue], width: int, flags: int) -> list[Any]:
        """The outputs of a class for some inputs."""
        recipe = self.recipes[number]
        for place, line in enumerate(recipe.lines):
            if line.flag >= 0 and not flags >> line.flag & 1:
                continue
            if len(self.model.builder.layers) > MAX_LAYERS:
                break
            if line.operation == "pool" and values[-1 - line.one % len(values)].shape[-1] < 2:
                continue
            try:
                values = values + self.results(number, place, line, values, width, flags)
            except (Unsupported, Refusal):
                continue  # shapes that do not fit
        return values[-recipe.outputs :] if len(values) >= recipe.outputs else values[-1:]

    def results(
        self,
        recipe: int,
        place: int,
        line: Instruction,
        values: list[SketchValue],
        width: int,
        flags: int,
    ) -> list[SketchValue]:
        """The new values of one line."""
        one, other = (values[-1 - n % len(values)] for n in (line.one, line.other))
        model = self.model
        simple = {
            "conv": lambda: model.conv(one, width, (1, 3)[line.number % 2]),
            "width": lambda: model.conv(one, width * (line.number % 3 + 1), 1, bias=False),
            "pool": lambda: model.layer("maxpool", one, kernel=2),
            "number": lambda: model.layer("mul", one, 0.5),
            "squeeze": lambda: model.layer("mul", one, model.layer("global_avgpool", one)),
        }
        if line.operation in simple:
            return [simple[line.operation]()]
        if line.operation in ("add", "concat", "mul"):
            return [model.layer(line.operation, one, other)]
        if line.operation == "chunk":
            return model.chunk(one) if one.shape.channels % 2 == 0 else []
        if line.operation in ("call", "shared", "stage"):
            return self.calls(recipe, place, line, values, width, flags)
        return [model.layer(line.operation, one)]

    def calls(
        self,
        recipe: int,
        place: int,
        line: Instruction,
        values: list[SketchValue],
        width: int,
        flags: int,
    ) -> list[SketchValue]:
        """The outputs of a module: of a class before this one, or of one that is called again."""
        if recipe == 0:
            return []
        called = line.other % recipe
        inputs = self.recipes[called].inputs
        given = [values[-1 - (line.one + n) % len(values)] for n in range(inputs)]
        is_shared = line.operation == "shared"
        wide = width * (1 + line.number // 4 % 2) if not is_shared else 4
        own_flags = line.number if line.number % 3 and not is_shared else flags

        def forward(model: Model, *x: SketchValue) -> Any:
            found = self.run(called, list(x), wide, own_flags)
            return tuple(found) if len(found) > 1 else found[0]

        def one_call(path: str) -> list[SketchValue]:
            known = {"width": wide, "flag": bool(own_flags & 1)} if line.number % 2 else {}
            found = self.model.module(path, f"Class{called}", forward, *given, constructor=known)
            return [found] if isinstance(found, SketchValue) else list(found)

        if line.operation != "stage":
            return one_call(f"again{called}" if is_shared else f"m{place}")
        found: list[SketchValue] = []
        for number in range(line.number % 3 + 1):
            found = one_call(f"m{place}.{number}")
            given = [found[-1 - n % len(found)] for n in range(inputs)]
        return found

    def sketch(self) -> Sketch:
        """The Sketch of the last class."""
        found = self.run(len(self.recipes) - 1, list(self.model.inputs), 4, 1)
        distinct = {value.key: value for value in found if value.layer >= 0}
        if not distinct:
            value = self.model.conv(found[0], 4)
            distinct = {value.key: value}
        return self.model.sketch(*distinct.values())


def instructions(operations: Sequence[str]) -> st.SearchStrategy[Instruction]:
    return st.builds(
        Instruction,
        st.sampled_from(operations),
        st.sampled_from((0, 0, 0, 1, 2, 3)),
        st.integers(0, 4),
        st.integers(0, 11),
        st.sampled_from((-1, -1, -1, -1, 0, 1)),
    )


@st.composite
def random_sketches(draw: st.DrawFn) -> Sketch:
    """Sketches of a network that calls up to three classes, with one or two inputs and outputs."""
    count = st.sampled_from((1, 1, 1, 2))
    classes = st.builds(
        Recipe, st.lists(instructions(OPERATIONS), min_size=2, max_size=7).map(tuple), count, count
    )
    network = st.builds(
        Recipe, st.lists(instructions(CALLS), min_size=2, max_size=7).map(tuple), count, count
    )
    recipes = [*draw(st.lists(classes, min_size=1, max_size=3)), draw(network)]
    shapes = ("4x8x8", draw(st.sampled_from(("4x8x8", "6x8x8"))))[: recipes[-1].inputs]
    return RandomModel(recipes, shapes).sketch()


def without_modules(sketch: Sketch) -> Sketch:
    """The same layers, all in the model itself."""
    layers = tuple(layer._replace(scope=0) for layer in sketch.layers)
    return sketch._replace(layers=layers, scopes=sketch.scopes[:1])

"""Sketches in a few lines: a model is a function that calls layers and modules, as in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnncalc.importers.builder import Owned, SketchBuilder, given_arguments
from cnncalc.shape import Shape
from cnncalc.sketch import Sketch, SketchInput, SketchOutput, SketchScope, SketchValue

Forward = Callable[..., Any]


class Model:
    """A Sketch while it is stated.

    Layers with weights own tensors that are named after their module and their number in the call:
    a module that is called twice has the same weights in both calls.
    """

    def __init__(self, *shapes: str, names: tuple[str, ...] = ()) -> None:
        names = names or tuple(f"x{n}" for n in range(1, len(shapes) + 1))
        sizes = [Shape(map(int, shape.split("x"))) for shape in shapes]
        self.builder = SketchBuilder(
            [SketchInput(*pair) for pair in zip(names, sizes, strict=True)]
        )
        self.scopes = [SketchScope("", "Net", None)]
        self.counts = {0: 0}
        self.inputs = tuple(map(self.builder.input, range(len(shapes))))

    def layer(
        self, kind: str, *inputs: SketchValue | float, name: str = "", **arguments: Any
    ) -> SketchValue:
        """One layer, with the numbers that the catalogue has for it."""
        shapes = tuple(value.shape for value in inputs if isinstance(value, SketchValue))
        made = self.builder.numbers(kind, given_arguments(kind, arguments, inputs), shapes)
        params = made.params
        here = self.builder.scope
        self.counts[here] += 1
        tensor = f"{self.scopes[here].path}.{self.counts[here]}.{params}"
        owned = Owned((tensor,) if params else (), params, made.buffers)
        return self.builder.add(kind, arguments, inputs, owned, name=name)

    def conv(self, value: SketchValue, out: int, kernel: int = 3, **arguments: Any) -> SketchValue:
        """A convolution that keeps the size at stride 1."""
        given = {"out": out, "kernel": kernel, "padding": kernel // 2, **arguments}
        return self.layer("conv", value, **given)

    def chunk(self, value: SketchValue, parts: int = 2) -> list[SketchValue]:
        return self.builder.add_parts({"parts": parts, "axis": 0}, value)

    def module(
        self,
        path: str,
        kind: str,
        forward: Forward,
        *inputs: SketchValue,
        given: tuple[Any, ...] = (),
        constructor: dict[str, Any] | None = None,
        is_container: bool = False,
    ) -> Any:
        """Call a module: `forward(model, *inputs, *given)` states its layers."""
        around = self.builder.scope
        here = self.builder.scope = len(self.scopes)
        self.counts[here] = 0
        names = tuple(f"x{n}" for n in range(1, len(inputs) + 1))
        full = f"{self.scopes[around].path}.{path}".lstrip(".")
        facts = SketchScope(full, kind, around, is_container, inputs, (), names, constructor or {})
        self.scopes.append(facts)
        found = forward(self, *inputs, *given)
        outputs = (found,) if isinstance(found, SketchValue) else tuple(found)
        self.scopes[here] = facts._replace(outputs=outputs)
        self.builder.scope = around
        return found

    def sequential(
        self, path: str, *forwards: tuple[str, Forward], value: SketchValue
    ) -> SketchValue:
        """Modules one after the other in a container, by their classes."""

        def forward(model: Model, x: SketchValue) -> SketchValue:
            for number, (kind, inner) in enumerate(forwards):
                x = model.module(str(number), kind, inner, x)
            return x

        found: SketchValue = self.module(path, "Sequential", forward, value, is_container=True)
        return found

    def sketch(self, *outputs: SketchValue, name: str = "net") -> Sketch:
        """The Sketch, with these outputs."""
        names = [""] if len(outputs) == 1 else [f"out{n}" for n in range(1, len(outputs) + 1)]
        found = tuple(SketchOutput(*pair) for pair in zip(names, outputs, strict=True))
        layers = tuple(self.builder.layers)
        return Sketch(name, "", self.builder.inputs, layers, tuple(self.scopes), found)

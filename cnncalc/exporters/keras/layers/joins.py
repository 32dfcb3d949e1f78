"""Layers of several values."""

from __future__ import annotations

from typing import Any

from ....shape import Shape
from ...python.arguments import keyword
from .form import KerasForm, KerasPlace, NoKerasForm, expression, keras_axis, merging

OPERATORS = {"add": "+", "sub": "-", "mul": "*", "div": "/"}


def concat(join: Any, place: KerasPlace) -> KerasForm:
    return merging("Concatenate", keyword("axis", keras_axis(join.axis, place.x), -1))


def elementwise(join: Any, place: KerasPlace) -> KerasForm:
    """A layer, or an expression with the numbers of the file."""
    names = {"add": "Add", "sub": "Subtract", "mul": "Multiply", "max": "Maximum"}
    if not join.constants and join.kind in names:
        return merging(names[join.kind])
    texts = [f"{{{index}}}" for index in range(len(place.inputs))]
    if len({len(shape) for shape in place.inputs}) > 1:
        raise NoKerasForm(f"a {join.kind} of values with other numbers of axes")
    for position, number in join.constants:
        texts.insert(position, f"({number!r})" if number < 0 else repr(number))
    if join.kind == "max":
        return expression(f"ops.maximum({', '.join(texts)})" if len(texts) == 2 else texts[0])
    return expression(f" {OPERATORS[join.kind]} ".join(texts))


def matmul(join: Any, place: KerasPlace) -> KerasForm:
    """The transposed product, as the channels are last."""
    if any(len(shape) != 2 for shape in place.inputs) or len(place.inputs) != 2:
        return of_maps(place.inputs)
    return expression("ops.matmul({1}, {0})")


def of_maps(inputs: tuple[Shape, ...]) -> KerasForm:
    """A product of the last two axes, for each channel: with the channels first meanwhile."""
    if len(inputs) != 2 or {len(shape) for shape in inputs} != {3}:
        raise NoKerasForm("a product of values that are not matrices")
    first, second = (f"ops.transpose({{{index}}}, (0, 3, 1, 2))" for index in (0, 1))
    return expression(f"ops.transpose(ops.matmul({first}, {second}), (0, 2, 3, 1))")


def correlation(join: Any, place: KerasPlace) -> KerasForm:
    raise NoKerasForm("Keras has no correlation")


FORMS = {
    "concat": concat,
    **dict.fromkeys(("add", "sub", "mul", "div", "max"), elementwise),
    "matmul": matmul,
    "correlation": correlation,
}

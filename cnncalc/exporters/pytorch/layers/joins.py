"""Joins: several values become one."""

from __future__ import annotations

from functools import reduce
from typing import Any

from ....shape import Shape
from ...python.arguments import keyword
from .form import NoForm, TorchForm, module

OPERATORS = {"add": "+", "sub": "-", "mul": "*", "div": "/"}


def concat(layer: Any, *operands: Shape) -> TorchForm:
    names = ", ".join(f"{{{index}}}" for index in range(len(operands)))
    return TorchForm(expression=f"torch.cat([{names}], dim={layer.axis + 1})")


def operand_texts(layer: Any, operands: tuple[Shape, ...]) -> list[str]:
    """The operands of an element-wise join with its numbers in their places.

    A vector that is joined with a map is a map of one position.
    """
    axes = max(map(len, operands))
    texts = []
    for index, shape in enumerate(operands):
        missing = axes - len(shape)
        more = f"[:, :{', None' * missing}]" if len(shape) == 1 and missing else ""
        texts.append(f"{{{index}}}{more}")
    for position, number in layer.constants:
        texts.insert(position, f"({number!r})" if number < 0 else repr(number))
    return texts


def elementwise(layer: Any, *operands: Shape) -> TorchForm:
    mark = f" {OPERATORS[layer.kind]} "
    return TorchForm(expression=mark.join(operand_texts(layer, operands)))


def maximum(layer: Any, *operands: Shape) -> TorchForm:
    texts = operand_texts(layer, operands)
    numbers = {position for position, _ in layer.constants}
    values = [text for position, text in enumerate(texts) if position not in numbers]
    joined = reduce(lambda one, two: f"torch.maximum({one}, {two})", values)
    for _, number in layer.constants:
        joined = f"{joined}.clamp(min={number!r})"
    return TorchForm(expression=joined)


def matmul(layer: Any, *operands: Shape) -> TorchForm:
    return TorchForm(expression="{0} @ {1}")


def correlation(layer: Any, left: Shape, right: Shape) -> TorchForm:
    usual = set(layer.kernel) == {1} == set(layer.stride) and set(layer.padding) == {0}
    if not usual or len(left.spatial) != 2:
        raise NoForm("a correlation is written for images, with a kernel and a stride of 1")
    return module(
        "Correlation",
        keyword("", layer.displacement, None, "displacement"),
        keyword("step", layer.step, 1, "step"),
    )


FORMS = {
    "concat": concat,
    **dict.fromkeys(OPERATORS, elementwise),
    "max": maximum,
    "matmul": matmul,
    "correlation": correlation,
}

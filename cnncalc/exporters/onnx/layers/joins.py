"""Joins: several values become one."""

from __future__ import annotations

from typing import Any

from ....shape import Shape
from ..layer_writer import LayerWriter, NoOperator

OPERATORS = {"add": "Add", "sub": "Sub", "mul": "Mul", "div": "Div", "max": "Max"}


def elementwise(w: LayerWriter, layer: Any, *operands: Shape) -> str:
    """One operand after the other; a sum of several tensors, and a maximum, is one node."""
    names = operand_names(w, layer, operands)
    if len(names) == 1:
        return w.op("Identity", names[0])
    if layer.kind == "max" or (layer.kind == "add" and len(operands) == len(names) > 2):
        return w.op("Max" if layer.kind == "max" else "Sum", *names)
    result = names[0]
    for name in names[1:]:
        result = w.op(OPERATORS[layer.kind], result, name)
    return result


def operand_names(w: LayerWriter, layer: Any, operands: tuple[Shape, ...]) -> list[str]:
    """The operands with numbers in their places; a vector among maps is a map of one position."""
    axes = max(map(len, operands))
    pairs = zip(w.inputs, operands, strict=True)
    names = [w.per_rank(name, len(shape), axes) for name, shape in pairs]
    for position, number in layer.constants:
        names.insert(position, w.number(number))
    return names


def concat(w: LayerWriter, layer: Any, *operands: Shape) -> str:
    """What all samples share is repeated for each, if others differ between samples."""
    batched = [name for name in w.inputs if not w.is_batchless(name)]
    names = list(w.inputs)
    if batched and len(batched) < len(names):
        size = w.op("Shape", batched[0], start=0, end=1)
        names = [
            repeated(w, name, size, shape) if w.is_batchless(name) else name
            for name, shape in zip(w.inputs, operands, strict=True)
        ]
    return w.op("Concat", *names, axis=layer.axis + 1)


def repeated(w: LayerWriter, name: str, batch: str, shape: Shape) -> str:
    """A tensor that all samples share, once for each."""
    return w.op("Expand", name, w.op("Concat", batch, w.wholes(*shape), axis=0))


def matmul(w: LayerWriter, layer: Any, *operands: Shape) -> str:
    return w.op("MatMul", *w.inputs)


def correlation(w: LayerWriter, layer: Any, *operands: Shape) -> str:
    raise NoOperator("no operator has the products of patches of two maps")


WRITERS = {
    **dict.fromkeys(OPERATORS, elementwise),
    "concat": concat,
    "matmul": matmul,
    "correlation": correlation,
}

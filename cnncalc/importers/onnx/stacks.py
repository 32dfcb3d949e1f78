"""Recurrent layers of several layers, for each of which a file has a node."""

from __future__ import annotations

from typing import Any

from ...sketch import Sketch, SketchLayer
from ..rewrite import Rewrite

KINDS = ("lstm", "gru", "rnn")


def stacked(sketch: Sketch) -> Sketch:
    """Recurrent layers of one module, one after the other with equal arguments, are one layer."""
    rewrite = Rewrite(sketch)
    for index, layer in enumerate(sketch.layers):
        below = rewrite.source(layer.inputs[0]) if layer.kind in KINDS else None
        if below is None or not rewrite.is_read_once(layer.values[0].layer):
            continue
        if is_stack(below, layer):
            rewrite.removed.add(layer.values[0].layer)
            rewrite.layers[index] = layer._replace(
                arguments={**layer.arguments, "layers": layers_of(below) + layers_of(layer)},
                inputs=below.inputs,
                weights=(*below.weights, *layer.weights),
                params=below.params + layer.params,
                macs=below.macs + layer.macs,
            )
    return rewrite.result()


def is_stack(below: SketchLayer, above: SketchLayer) -> bool:
    """Whether two layers differ in their weights and the number of layers alone."""
    is_in_module = below.scope == above.scope != 0
    return is_in_module and alike(below) == alike(above)


def alike(layer: SketchLayer) -> tuple[Any, ...]:
    arguments = {name: value for name, value in layer.arguments.items() if name != "layers"}
    return layer.kind, arguments, layer.is_trainable, layer.types


def layers_of(layer: SketchLayer) -> int:
    number: Any = layer.arguments.get("layers", 1)
    return int(number)

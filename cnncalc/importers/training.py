"""Outputs that a model has in training only: auxiliary classifiers.

The model is run in both modes.  If the layers of evaluation are those of one output in training,
the others are added to them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ..sketch import Sketch, SketchLayer, SketchValue


def with_training_outputs(evaluated: Sketch, trained: Sketch) -> Sketch:
    """The model in evaluation with its further outputs in training, as far as they fit.

    Otherwise a note says that there are some.
    """
    if len(trained.outputs) <= len(evaluated.outputs):
        return evaluated
    main = main_output(evaluated, trained)
    others = [number for number in range(len(trained.outputs)) if number != main]
    names = [trained.outputs[number].name for number in others]
    if main is None:
        note = f"in training, the model has other outputs, which are not here: {', '.join(names)}"
        return evaluated._replace(notes=(*evaluated.notes, note))
    first = trained.outputs[main]._replace(name=evaluated.outputs[0].name)
    training = [trained.outputs[number]._replace(is_training_only=True) for number in others]
    return trained._replace(outputs=(first, *training), notes=evaluated.notes)


def main_output(evaluated: Sketch, trained: Sketch) -> int | None:
    """The output in training whose layers are those of evaluation; None if there is none."""
    if len(evaluated.outputs) != 1:
        return None
    wanted = facts(evaluated, evaluated.ancestors([evaluated.outputs[0].value]))
    for number, output in enumerate(trained.outputs):
        if facts(trained, trained.ancestors([output.value])) == wanted:
            return number
    return None


def facts(sketch: Sketch, layers: Iterable[int]) -> Counter[object]:
    """What is the same for a layer in both modes."""
    return Counter(map(layer_facts, (sketch.layers[index] for index in layers)))


def layer_facts(layer: SketchLayer) -> object:
    numbers = tuple(value for value in layer.inputs if not isinstance(value, SketchValue))
    arguments = tuple(sorted(layer.arguments.items()))
    return layer.kind, arguments, numbers, layer.shape, layer.weights

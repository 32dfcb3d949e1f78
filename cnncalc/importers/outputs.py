"""The outputs of a model: one of them, or those that are different values."""

from __future__ import annotations

from ..problem import did_you_mean
from ..sketch import Sketch, SketchOutput
from .errors import ImportFailed
from .rewrite import ValueKey


def only_output(sketch: Sketch, name: str) -> Sketch:
    """The model with one of its outputs.  Raises ImportFailed if it has no such output."""
    names = [output.name for output in sketch.outputs]
    if name not in names:
        hint = (
            did_you_mean(name, [*filter(None, names)])
            or f"it has {', '.join(names) or 'one without a name'}"
        )
        raise ImportFailed(f"{sketch.name} has no output `{name}`: {hint}")
    kept = sketch.outputs[names.index(name)]
    return sketch._replace(outputs=(kept._replace(name=""),))


def with_different_outputs(sketch: Sketch) -> Sketch:
    """The model without outputs that are the value of another one, and a note on them."""
    kept: dict[ValueKey, SketchOutput] = {}
    for output in sorted(sketch.outputs, key=lambda output: output.is_training_only):
        kept.setdefault(output.value.key, output)
    if len(kept) == len(sketch.outputs):
        return sketch
    outputs = tuple(output for output in sketch.outputs if kept[output.value.key] is output)
    names = [o.name for o in sketch.outputs if kept[o.value.key] is not o]
    listed = ", ".join(names[:MOST_NAMES]) + (", ..." if len(names) > MOST_NAMES else "")
    if len(outputs) == 1:
        outputs = (outputs[0]._replace(name=""),)
    note = f"outputs that are the same value as another one are not repeated: {listed}"
    return sketch._replace(outputs=outputs, notes=(*sketch.notes, note))


MOST_NAMES = 6
"""That a note lists."""

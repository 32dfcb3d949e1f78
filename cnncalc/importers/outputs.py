"""Selects one output of a model."""

from __future__ import annotations

from ..problem import did_you_mean
from ..sketch import Sketch
from .errors import ImportFailed


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

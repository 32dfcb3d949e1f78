"""The module calls of a Program as scopes of a Sketch."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...sketch import SketchScope, SketchValue
from ..program import ModuleCall, Program, TensorRef

CONTAINERS = frozenset(
    ("Sequential", "ModuleList", "ModuleDict", "SequentialCell", "FeatureDictNet", "FeatureListNet")
)
"""Classes that only hold other modules: those of torch.nn and timm."""

ValuesOf = Callable[[Sequence[TensorRef]], tuple[SketchValue, ...]]


def sketch_scopes(program: Program, values_of: ValuesOf) -> tuple[SketchScope, ...]:
    """One scope for each call, in the same order; at least that of the model."""
    calls = program.calls or (ModuleCall("", "", None, 0, len(program.operations)),)
    return tuple(
        SketchScope(
            call.path,
            call.kind,
            call.parent,
            call.class_name in CONTAINERS,
            values_of(call.inputs),
            values_of(call.outputs),
            call.input_names,
            call.constructor,
        )
        for call in calls
    )

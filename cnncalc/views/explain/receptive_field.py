"""How a receptive field grew, and what an output sees, in words."""

from __future__ import annotations

from collections.abc import Sequence

from ...engine.analysis import Analysis
from ...engine.receptive_field import AxisField
from ...explain import LayerExplanation
from ...explain.overview import Sight
from ...explain.receptive_field import FieldStep
from ...layers.layer import Footprint, axis_name
from ..layout import Style, bold, wrapped
from ..text import safe

WHOLE = "the whole input"


def field_text(explained: LayerExplanation, style: Style) -> str:
    """The field of a layer, and every step in which it grew."""
    if not explained.field and explained.layer.receptive_field is None:
        return ""
    field = explained.layer.receptive_field
    steps = [(safe(step.path), step_words(step)) for step in explained.field]
    wide = max((len(name) for name, _ in steps), default=0)
    lines = [wrapped(f"{bold('receptive field', style)}  {field_words(field)}", style)]
    lines += [wrapped(f"  {name:<{wide}}  {words}", style, wide + 4) for name, words in steps]
    return "\n".join(lines)


def field_words(field: Sequence[AxisField | None] | None) -> str:
    """A field in words.

    >>> field_words((AxisField(11, 4, -2), AxisField(11, 4, -2)))
    '11x11 pixels of the input, from one position to the next 4'
    """
    if not field or None in field:
        known = [axis for axis in field or () if axis is not None]
        return (
            WHOLE
            if not known
            else f"{times([axis.size if axis else 'all' for axis in field or ()])} of the input"
        )
    axes = [axis for axis in field if axis is not None]
    moves = {str(axis.stride) for axis in axes}
    step = moves.pop() if len(moves) == 1 else times([axis.stride for axis in axes])
    noun = "pixels" if len(axes) > 1 else "steps"
    return f"{times([axis.size for axis in axes])} {noun} of the input, from one position to the next {step}"


def times(sizes: Sequence[object]) -> str:
    return "x".join(map(str, sizes))


def step_words(step: FieldStep) -> str:
    """One step, for all axes at once where they are alike."""
    if not any(step.after):
        return f"sees all of what enters: from here on {WHOLE}"
    words = []
    if len(step.before) != len(step.after) or len(step.footprints) != len(step.after):
        return "another shape: its axes see what they saw"
    for before, view, after in zip(step.before, step.footprints, step.after, strict=True):
        words.append(axis_words(before, view, after))
    if len(set(words)) == 1:
        return words[0]
    return "; ".join(f"{axis_name(axis, len(words))} {text}" for axis, text in enumerate(words))


def axis_words(before: AxisField | None, view: Footprint | None, after: AxisField | None) -> str:
    if after is None:
        return WHOLE
    if before is None or view is None:
        return f"{after.size}"
    if before.size + (view.features - 1) * before.stride != after.size:
        return f"{after.size}, the union of what its operands see"
    grown = (
        f"{before.size} + ({view.features} - 1) x {before.stride} = " if view.features != 1 else ""
    )
    if view.step == 1:
        return f"{grown}{after.size}"
    return f"{grown}{after.size}, moving by {before.stride} x {view.step} = {after.stride}"


def sight_sentence(sight: Sight, report: Analysis) -> str:
    """What an output sees of the input."""
    sizes = [
        int(axis.size) if axis and axis.size == int(axis.size) else axis and str(axis.size)
        for axis in sight.field
    ]
    text = f"A position of {safe(sight.path)} sees {times(sizes)} of the input"
    first = next(iter(report.network.inputs.values()))
    if len(report.network.inputs) == 1 and len(first.spatial) == len(sizes):
        text += f", which is {times(first.spatial)}"
    return (
        f"{text}; from {safe(sight.whole_from)} on all of it is seen."
        if sight.whole_from
        else f"{text}."
    )

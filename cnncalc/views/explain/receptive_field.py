"""Receptive fields in words: how one grows, and that of the output."""

from __future__ import annotations

from collections.abc import Sequence

from ...engine.analysis import Analysis
from ...engine.receptive_field import AxisField
from ...escape import safe
from ...explain import LayerExplanation
from ...explain.overview import OutputField
from ...explain.receptive_field import FieldStep
from ...layers.footprint import Footprint
from ...layers.layer import axis_name
from ..layout import bold, width_of, wrapped
from ..style import Style

WHOLE = "the whole input"


def field_section(explained: LayerExplanation, style: Style) -> str:
    """The receptive field of a layer, and each step in which it grows."""
    field = explained.layer.receptive_field
    if not explained.field and field is None:
        return ""
    steps = [(safe(step.path), step_text(step)) for step in explained.field]
    wide = max((len(name) for name, _ in steps), default=0)
    lines = [wrapped(f"{bold('receptive field', style)}  {field_text(field)}", style)]
    for name, text in steps:
        line = f"  {name:<{wide}}  {text}"
        if style.width is None or width_of(line) <= style.width:
            lines.append(line)
        else:
            narrow = style._replace(width=style.width - 4)
            lines += [
                f"  {name}",
                *(f"    {part}" for part in wrapped(text, narrow, 0).split("\n")),
            ]
    return "\n".join(lines)


def field_text(field: Sequence[AxisField | None] | None) -> str:
    """A receptive field in words.

    >>> field_text((AxisField(11, 4, -2), AxisField(11, 4, -2)))
    '11x11 pixels of the input, stride 4'
    """
    axes = [axis for axis in field or () if axis is not None]
    if not field or not axes:
        return WHOLE
    if None in field:
        return f"{joined([axis.pixels if axis else 'all' for axis in field])} of the input"
    strides = {str(axis.stride) for axis in axes}
    stride = strides.pop() if len(strides) == 1 else joined([axis.stride for axis in axes])
    noun = "pixels" if len(axes) > 1 else "positions"
    return f"{joined([axis.pixels for axis in axes])} {noun} of the input, stride {stride}"


def joined(sizes: Sequence[object]) -> str:
    return "x".join(map(str, sizes))


def step_text(step: FieldStep) -> str:
    """One step, for all axes at once if they are equal."""
    if not any(step.after):
        return f"covers its whole input: from here on, {WHOLE}"
    if not len(step.before) == len(step.footprints) == len(step.after):
        return "changes the axes, not the receptive field"
    axes = zip(step.before, step.footprints, step.after, strict=True)
    texts = [axis_text(*axis) for axis in axes]
    if len(set(texts)) == 1:
        return texts[0]
    return "; ".join(f"{axis_name(axis, len(texts))} {text}" for axis, text in enumerate(texts))


def axis_text(
    before: AxisField | None, footprint: Footprint | None, after: AxisField | None
) -> str:
    if after is None:
        return WHOLE
    if before is None or footprint is None:
        return f"{after.size}"
    size, jump, taps = before.size, before.stride, footprint.features
    if size + (taps - 1) * jump != after.size:
        return f"{after.size}, the union of the fields of its inputs"
    grown = f"{size} + ({taps} - 1) x {jump} = " if taps != 1 else ""
    whole = "" if after.size == after.pixels else f", so at most {after.pixels}"
    if footprint.step == 1:
        return f"{grown}{after.size}{whole}"
    return f"{grown}{after.size}{whole}, stride {jump} x {footprint.step} = {after.stride}"


def output_sentence(output: OutputField, analysis: Analysis) -> str:
    """The part of the input that an output position sees."""
    sizes = [axis and axis.pixels for axis in output.field]
    text = f"A position of {safe(output.path)} sees {joined(sizes)} pixels of the input"
    first = next(iter(analysis.network.inputs.values()))
    if len(analysis.network.inputs) == 1 and len(first.spatial) == len(sizes):
        text += f", which is {joined(first.spatial)}"
    if output.whole_from:
        text += f"; from {safe(output.whole_from)} on, every position sees all of it"
    return f"{text}."

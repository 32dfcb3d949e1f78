"""Finds attention around each softmax.

The operands of the products are followed back to the linear layers that make them, the result on
to the one that it is projected by.  All of that is one layer if each head of a query attends to
the keys of its own head, and if parameters and multiply-accumulates are those of the layer.
Anything else in between, such as a mask, leaves it as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isclose
from typing import Any

from ...named_tuple import NamedTuple
from ...shape import Shape
from ...sketch import Sketch, SketchLayer, SketchValue
from ..builder import LayerArguments, numbers_of
from ..compositions import MOVING, Composition, Factors, moves, rearranged, whole
from ..errors import Unsupported
from ..rewrite import Rewrite, without_unread
from .core import PLAIN, AttentionCore, core_around, only_reader
from .heads import (
    AttendedValue,
    HeadLayout,
    attended_positions,
    attended_values,
    head_count,
    layout_of,
    projected_factors,
)

TOLERANCE = 2e-3
"""How far the factor of the scores may be from 1 / sqrt(depth), relative to it: some round it."""


class AttentionEnd(NamedTuple):
    """The layer that projects the result, and the last one, whose axes are `axes`.

    `members` are all layers from the first projections on.
    """

    projection: int
    last: int
    axes: tuple[Factors, ...]
    members: frozenset[int]


def attentions(sketch: Sketch) -> Sketch:
    """A Sketch with the layer `attention` for the layers that are one, with equal totals."""
    rewrite = Rewrite(sketch)
    for index, layer in enumerate(sketch.layers):
        core = core_around(rewrite, index) if layer.kind == "softmax" else None
        if core is not None:
            replace_by_attention(rewrite, core)
    if not rewrite.removed:
        return sketch
    result = without_unread(rewrite.result())
    return result if result.totals() == sketch.totals() else sketch


def replace_by_attention(rewrite: Rewrite, core: AttentionCore) -> None:
    """Put one layer in place of all those around a softmax, if they are it.

    If the result has its axes in another order than the source, layers that move them follow.
    """
    for is_moved in (False, True):
        for source, context in attended_values(rewrite, core):
            layouts = layouts_of(rewrite, core, source, context)
            arguments = arguments_of(core, layouts, source, context) if layouts else None
            if layouts is None or arguments is None or not uses_all(rewrite, core, layouts):
                continue
            end = end_of(rewrite, core, result_of(layouts, source), source, is_moved)
            if end is None or not is_closed(rewrite, end):
                continue
            inputs = (source.value,) if source == context else (source.value, context.value)
            layer = one_layer(rewrite.sketch, core, arguments, inputs, end)
            if layer is not None:
                replace(rewrite, end, [*in_series(layer), *moved_layers(source, end)])
                return


def replace(rewrite: Rewrite, end: AttentionEnd, layers: Sequence[SketchLayer]) -> None:
    """Put a chain of layers in place of the last members, whose first three follow the source."""
    slots = sorted(end.members)[-len(layers) :]
    rewrite.removed |= end.members - set(slots)
    rewrite.layers[slots[0]] = layers[0]
    for before, slot, layer in zip(slots, slots[1:], layers[1:], strict=False):
        value = SketchValue(before, rewrite.layers[before].shape)
        scope = layers[0].scope
        rewrite.layers[slot] = layer._replace(inputs=(value,), scope=scope)


def in_series(layer: SketchLayer) -> list[SketchLayer]:
    """The layer, which gets a vector as the series of one position that it is."""
    x = layer.values[0].shape
    if len(x) > 1:
        return [layer]
    series, scope = one_position(x), layer.scope
    before = SketchLayer("reshape", {"shape": tuple(series)}, layer.inputs, series, scope)
    return [before, layer, SketchLayer("flatten", {}, (), Shape(layer.shape[:1]), scope)]


def one_position(x: Shape) -> Shape:
    """The shape of a vector as a series; others are unchanged."""
    return x if len(x) > 1 else Shape((*x, 1))


def moved_layers(source: AttendedValue, end: AttentionEnd) -> Iterator[SketchLayer]:
    """At most three layers from the axes of the source to those at the end."""
    own = own_composition(source)
    if own.axes == end.axes:
        return
    axes = [
        tuple(factor._replace(axis=factor.axis % source.projected_axis) for factor in axis)
        for axis in end.axes
    ]
    for kind, argument, sizes in moves(own.sizes, axes):
        name = "order" if kind == "permute" else "shape"
        yield SketchLayer(kind, {name: argument}, (), Shape(sizes), 0)


Layouts = tuple[HeadLayout, HeadLayout, HeadLayout]
"""Of queries, keys and values."""


def layouts_of(
    rewrite: Rewrite, core: AttentionCore, source: AttendedValue, context: AttendedValue
) -> Layouts | None:
    query = layout_of(rewrite, core.query, source)
    key = layout_of(rewrite, core.key, context, is_transposed=True)
    value = layout_of(rewrite, core.value, context)
    return (query, key, value) if query and key and value else None


def arguments_of(
    core: AttentionCore, layouts: Layouts, source: AttendedValue, context: AttendedValue
) -> LayerArguments | None:
    """The arguments of the layer, without those of biases; None if it is not attention."""
    query, _, value = layouts
    attended = attended_positions(*layouts, source, source == context)
    heads = head_count(layouts)
    is_scaled = isclose(core.factor, query.depth**-0.5, rel_tol=TOLERANCE)
    if attended is None or heads is None or not is_scaled:
        return None
    dims: LayerArguments = {"dim": heads * query.depth, "value_dim": heads * value.depth}
    is_usual = set(dims.values()) == {source.value.shape[0]}
    return {"heads": heads, **attended, **({} if is_usual else dims)}


def uses_all(rewrite: Rewrite, core: AttentionCore, layouts: Layouts) -> bool:
    """True if each channel of the projections is a query, a key or a value, and is that once."""
    used: dict[int, list[int]] = {}
    for operand, layout in zip(core.operands, layouts, strict=True):
        used.setdefault(operand.projection, []).extend(layout.used)
    return all(
        sorted(channels) == list(range(len(channels)))
        and len(channels) == rewrite.layers[projection].arguments["out"]
        for projection, channels in used.items()
    )


def result_of(layouts: Layouts, source: AttendedValue) -> Composition:
    """The second product: heads and positions of the queries, and the depth of the values."""
    query, _, value = layouts
    outer = (
        tuple(
            factor._replace(stride=value.depth) if factor.axis == source.projected_axis else factor
            for factor in axis
        )
        for axis in query.axes
    )
    axes = (*outer, query.rows, source.channels(value.depth))
    return Composition(axes, (0,) * (source.projected_axis + 1))


def own_composition(source: AttendedValue) -> Composition:
    """A value with the shape of the source, with channels of a projection."""
    return whole(source.value.shape).with_axis(0, source.channels(source.value.shape[0]))


def end_of(
    rewrite: Rewrite,
    core: AttentionCore,
    found: Composition | None,
    source: AttendedValue,
    is_moved: bool,
) -> AttentionEnd | None:
    """The projection of the result, and what puts its axes into the order of the source.

    If `is_moved`, the end is the projection, in whatever order its axes are.
    """
    own = own_composition(source).axes
    projection, last, members = -1, core.last, set(core.members)
    while found is not None and (projection < 0 or not (is_moved or found.axes == own)):
        reader = only_reader(rewrite, last)
        if reader is None:
            return None
        last, layer = reader, rewrite.layers[reader]
        members.add(last)
        if layer.kind in MOVING:
            found = rearranged(layer, None, found)
        elif layer.kind == "linear" and projection < 0 and layer.arguments.keys() <= PLAIN:
            axis: Any = layer.arguments.get("axis") or 0
            if projected_factors(found.axes[axis], source) != found.axes[axis]:
                return None
            projection, found = last, found.with_axis(axis, source.channels(layer.shape[axis]))
        else:
            return None
    return None if found is None else AttentionEnd(projection, last, found.axes, frozenset(members))


def is_closed(rewrite: Rewrite, end: AttentionEnd) -> bool:
    """True if nothing else reads what is inside."""
    for layer in end.members - {end.last}:
        for part in (None, *range(len(rewrite.layers[layer].parts))):
            if not end.members.issuperset(rewrite.readers.get((layer, part), ())):
                return False
    return True


def one_layer(
    sketch: Sketch,
    core: AttentionCore,
    arguments: LayerArguments,
    inputs: tuple[SketchValue, ...],
    end: AttentionEnd,
) -> SketchLayer | None:
    """The layer, if its biases, parameters and multiply-accumulates are those of all members."""
    projections = dict.fromkeys([*(op.projection for op in core.operands), end.projection])
    *layers, last = (sketch.layers[index] for index in projections)
    tables = [] if core.bias is None else [sketch.layers[core.bias]]
    biases = {layer.arguments.get("bias", True) for layer in layers}
    everything = (*layers, *tables, last)
    trainable = {layer.is_trainable for layer in everything}
    types = {layer.types.weights for layer in everything}
    if max(len(biases), len(trainable), len(types)) > 1:
        return None
    given = {**arguments, "bias": biases.pop(), "out_bias": last.arguments.get("bias", True)}
    if tables:
        given["rel_bias"] = True
    shapes = tuple(value.shape for value in inputs)
    if len(shapes) == 1:
        shapes = (one_position(shapes[0]),)
    try:
        found = numbers_of("attention", given, shapes)
    except Unsupported:
        return None
    params = sum(layer.params for layer in everything)
    macs = sum(sketch.layers[index].macs for index in end.members)
    if (found.params, found.macs) != (params, macs):
        return None
    weights = tuple(name for layer in everything for name in layer.weights)
    scope = common_scope(sketch, {sketch.layers[index].scope for index in end.members})
    facts = ("attention", given, inputs, found.shape, scope, "", (), weights)
    return SketchLayer(*facts, params, 0, macs, trainable.pop(), types=last.types)


def common_scope(sketch: Sketch, scopes: Iterable[int]) -> int:
    """The innermost scope that all of some are in."""
    chains = [list(outer_scopes(sketch, scope))[::-1] for scope in scopes]
    common = 0
    for level in zip(*chains, strict=False):
        if len(set(level)) > 1:
            break
        common = level[0]
    return common


def outer_scopes(sketch: Sketch, scope: int | None) -> Iterator[int]:
    """A scope and all that it is in, the innermost first."""
    while scope is not None:
        yield scope
        scope = sketch.scopes[scope].parent

"""Receptive fields, by the recurrence of Araujo, Norris and Sim, Computing Receptive Fields of
Convolutional Neural Networks, Distill, 2019.

For each axis a field has a size, a stride (by how many input pixels it moves from one output
position to the next), and the input pixel at which the field of output 0 starts.  A layer states
its footprint on its input; this module composes the footprints.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..layers.footprint import POINT, Footprint, Footprints
from ..limits import MAX_FIELD
from ..named_tuple import NamedTuple
from ..network import FEW_VALUES, Network, Node, Value
from ..shape import Shape

if TYPE_CHECKING:
    from fractions import Fraction

    Number = int | Fraction


class AxisField(NamedTuple):
    """The field along one axis, in input pixels; `start` may lie in the padding.

    Output i depends on no pixels but the whole numbers from start + i stride to
    start + i stride + size - 1.  After upsampling, all three are fractions.
    """

    size: Number
    stride: Number
    start: Number

    @property
    def pixels(self) -> int:
        """The most pixels that an output depends on, from the first to the last."""
        return int(self.size)

    @property
    def offset(self) -> Number:
        """The center of the field of output 0."""
        twice = 2 * self.start + self.size - 1
        if twice % 2 == 0:
            return twice // 2
        from fractions import Fraction  # slow to import, and most windows are odd

        return Fraction(twice) / 2


ReceptiveField = tuple[AxisField | None, ...]
"""A field for each axis; None where it is the whole axis."""

TOO_LARGE = "the receptive field is given as the whole axis: its numbers exceed 10^15"


class MergedField(NamedTuple):
    """The field of a series of the positions of a map, row by row: along the axes of the map."""

    axes: ReceptiveField
    sizes: tuple[int, ...]


AnyField = ReceptiveField | MergedField


def axes_of(field: AnyField) -> ReceptiveField:
    return field.axes if isinstance(field, MergedField) else field


NO_MAP: ReceptiveField | None = None
"""The field of a value that depends on no map: a vector as input, a learned tensor."""


def input_field(shape: Shape) -> ReceptiveField | None:
    """The field of an input of the network."""
    return tuple(AxisField(1, 1, 0) for _ in shape.spatial) if shape.spatial else NO_MAP


def through(
    field: ReceptiveField, source: Shape, out: Shape, footprints: Footprints
) -> ReceptiveField:
    """The field after a layer whose input, of shape `source`, has the given field.

    >>> through((AxisField(3, 2, -1),), Shape((8, 16)), Shape((8, 8)), (Footprint(3, 2, -1),))[0]
    AxisField(size=7, stride=4, start=-3)
    """
    if len(field) != len(footprints) or len(source) != len(out):
        return (None,) * len(out.spatial)
    if source.spatial == out.spatial and footprints == (POINT,) * len(footprints):
        return field  # the common case
    axes = zip(field, footprints, source.spatial, out.spatial, strict=True)
    return tuple(axis_through(*axis) for axis in axes)


def axis_through(
    axis: AxisField | None, footprint: Footprint | None, before: int, after: int
) -> AxisField | None:
    """The field along one axis, whose size changes from `before` to `after`.

    The whole axis (None) contains every field, and replaces one whose numbers are too large.
    """
    if axis is None or footprint is None:
        return None
    if before == 1 and after > 1 and footprint.features == 1 and footprint.step == 1:
        # One position is repeated over many: the whole axis is the safe answer.
        return None
    field = composed(axis, footprint)
    return None if is_too_large(field) else field


def composed(axis: AxisField, footprint: Footprint) -> AxisField:
    """The field of a layer with this footprint, whose input has the given field."""
    return AxisField(
        axis.size + (footprint.features - 1) * axis.stride,
        axis.stride * footprint.step,
        axis.start + footprint.start * axis.stride,
    )


def is_too_large(field: AxisField) -> bool:
    """True if a number of a field is over MAX_FIELD; of a fraction, its numerator or denominator.

    Strides multiply: without a bound, the digits of a field would grow with each layer.
    """
    size, stride, start = field
    return (
        size.numerator > MAX_FIELD
        or stride.numerator > MAX_FIELD
        or not -MAX_FIELD <= start.numerator <= MAX_FIELD
        or max(size.denominator, stride.denominator, start.denominator) > MAX_FIELD
    )


def union(fields: list[ReceptiveField], sizes: tuple[int, ...]) -> tuple[ReceptiveField, bool]:
    """The field of a join whose output has these sizes; whether the strides of its inputs differ.

    It contains the fields of all inputs, for every output position, and has the largest stride.
    """
    if fields.count(fields[0]) == len(fields):
        return fields[0], False
    joined: list[AxisField | None] = []
    differ = False
    for axes, size in zip(zip(*fields, strict=True), sizes, strict=True):
        known = [axis for axis in axes if axis is not None]
        if len(known) < len(axes):
            joined.append(None)
            continue
        strides = {axis.stride for axis in known}
        differ = differ or len(strides) > 1
        field = axis_union(known, max(strides), size)
        joined.append(None if is_too_large(field) else field)
    return tuple(joined), differ


def axis_union(fields: list[AxisField], stride: Number, size: int) -> AxisField:
    """The field with this stride that contains others, for all of `size` output positions.

    >>> axis_union([AxisField(2, 2, 0), AxisField(1, 1, 8)], 2, 16)  # the second is behind at 15
    AxisField(size=16, stride=2, start=-7)
    """
    starts = []
    ends = []
    for field in fields:
        # Relative to the stride, a field moves evenly: it is farthest at the first or last output.
        behind = (size - 1) * (stride - field.stride)
        starts.append(field.start - behind)
        ends.append(field.start + field.size)
    first = min(starts)
    return AxisField(max(ends) - first, stride, first)


def receptive_fields(
    network: Network, footprints: list[Footprints]
) -> tuple[list[ReceptiveField | None], dict[int, str]]:
    """The field of every node, and notes on nodes by index.

    A note states that a node joins fields of different strides, or that a field became too large.
    """
    inputs: list[AnyField | None] = [input_field(shape) for shape in network.inputs.values()]
    fields: list[AnyField | None] = []
    notes: dict[int, str] = {}
    known: dict[object, AnyField] = {}
    for index, node in enumerate(network.nodes):
        operands = operand_fields(node, fields, inputs, footprints[index])
        if not operands:
            fields.append(NO_MAP)
            continue
        field, differ = joined(operands, node.shape.spatial)
        if differ:
            notes[index] = "joins values whose receptive fields move by different strides"
        elif None in axes_of(field) and outgrows(node, fields, inputs, footprints[index]):
            notes[index] = TOO_LARGE
        fields.append(known.setdefault(field, field))
    return [None if field is None else axes_of(field) for field in fields], notes


def outgrows(
    node: Node,
    fields: Sequence[AnyField | None],
    inputs: Sequence[AnyField | None],
    footprints: Footprints,
) -> bool:
    """True if a field becomes the whole axis at this node because its numbers are too large."""
    for value in node.inputs:
        before = fields[value.node] if value.node >= 0 else inputs[-1 - value.node]
        if isinstance(before, MergedField):
            continue
        for axis, footprint in zip(before or (), footprints, strict=False):
            if (
                axis is not None
                and footprint is not None
                and is_too_large(composed(axis, footprint))
            ):
                return True
    return False


def first_positions(inputs: tuple[Value, ...]) -> Iterable[int]:
    """The positions of the inputs of a node, each of many equal ones once."""
    if len(inputs) <= FEW_VALUES:
        return range(len(inputs))
    return sorted(dict(zip(reversed(inputs), reversed(range(len(inputs))), strict=True)).values())


def operand_fields(
    node: Node,
    fields: Sequence[AnyField | None],
    inputs: Sequence[AnyField | None],
    footprints: Footprints,
) -> list[AnyField]:
    """The field through each input of a node that depends on a map."""
    found: list[AnyField] = []
    for position in first_positions(node.inputs):
        value, shape = node.inputs[position], node.input_shapes[position]
        field = fields[value.node] if value.node >= 0 else inputs[-1 - value.node]
        if field is None:
            continue
        if node.layer.reads_all(position, node.input_shapes):
            found.append((None,) * len(node.shape.spatial))
        elif isinstance(field, MergedField):
            found.append(through_merged(field, shape, node.shape, footprints))
        elif merged := merged_field(field, node, shape):
            found.append(merged)
        else:
            found.append(through(field, shape, node.shape, footprints))
    return found


# The positions of a map as a series


def merged_field(field: ReceptiveField, node: Node, source: Shape) -> MergedField | None:
    """The field of a series that a layer makes of the positions of a map; None for other layers."""
    if len(node.inputs) > 1 or len(source) <= 2:
        return None
    merged = node.layer.merged_positions(source)
    if merged is None or len(merged.sizes) != len(field):
        return None
    axes = zip(field, merged.footprints, source.spatial, merged.sizes, strict=True)
    axes_of_map = tuple([axis_through(*axis) for axis in axes])
    return MergedField(axes_of_map, merged.sizes) if any(axes_of_map) else None


def through_merged(
    field: MergedField, source: Shape, out: Shape, footprints: Footprints
) -> AnyField:
    """The field after a layer that reads a series of positions.

    It remains if each output position depends on its own input alone, or if a reshape, which keeps
    the order of the elements, makes the map again.
    """
    if out.spatial == source.spatial and footprints == (POINT,):
        return field
    if out.spatial == field.sizes and out.channels == source.channels:
        return field.axes
    return (None,) * len(out.spatial)


def joined(fields: list[AnyField], sizes: tuple[int, ...]) -> tuple[AnyField, bool]:
    """The union of fields, also of series of the positions of maps of one size."""
    merged = [field for field in fields if isinstance(field, MergedField)]
    if not merged:
        return union(fields, sizes)  # type: ignore[arg-type]
    if len(merged) == len(fields) and len({field.sizes for field in merged}) == 1:
        axes, differ = union([field.axes for field in merged], merged[0].sizes)
        return MergedField(axes, merged[0].sizes), differ
    return (None,), False

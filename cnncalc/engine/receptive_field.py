"""Receptive fields, by the recurrence of Araujo et al., Computing Receptive Fields of CNNs, Distill, 2019.

For each axis a field has its size, by how many input pixels it moves from one output position to the next, and the
input pixel at which that of output 0 starts.  A layer says what it sees of what enters it; this composes what it says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..layers.layer import POINT, Footprints
from ..network import Network
from ..shape import Shape

if TYPE_CHECKING:
    from fractions import Fraction

    Number = int | Fraction


class AxisField(NamedTuple):
    """The field along one axis, in input pixels; `start` may lie in the padding before the input."""

    size: Number
    stride: Number
    start: Number

    @property
    def offset(self) -> Number:
        """The centre of the field of output 0."""
        twice = 2 * self.start + self.size - 1
        if twice % 2 == 0:
            return twice // 2
        from fractions import Fraction  # slow to import, and most windows are odd

        return Fraction(twice) / 2


ReceptiveField = tuple[AxisField | None, ...]
"""A field for each axis; None where it is the whole axis."""

NO_MAP: ReceptiveField | None = None
"""What depends on no map: a vector that enters, a learned tensor."""


def start(shape: Shape) -> ReceptiveField | None:
    """The field of a network's input."""
    return tuple(AxisField(1, 1, 0) for _ in shape.spatial) if shape.spatial else NO_MAP


def through(
    field: ReceptiveField, entering: Shape, out: Shape, footprints: Footprints
) -> ReceptiveField:
    """The field behind a layer that sees `views` of what has this field.

    >>> from cnncalc.layers.layer import Footprint
    >>> through((AxisField(3, 2, -1),), Shape((8, 16)), Shape((8, 8)), (Footprint(3, 2, -1),))[0]
    AxisField(size=7, stride=4, start=-3)
    """
    if len(field) != len(footprints) or len(entering) != len(out):
        return (None,) * len(out.spatial)
    if entering.spatial == out.spatial and footprints == (POINT,) * len(footprints):
        return field  # what most layers do to it
    return tuple(
        # One position that is repeated over many lies everywhere: the whole axis is the safe answer.
        None
        if axis is None
        or view is None
        or (before == 1 and after > 1 and view.features == 1 and view.step == 1)
        else AxisField(
            axis.size + (view.features - 1) * axis.stride,
            axis.stride * view.step,
            axis.start + view.start * axis.stride,
        )
        for axis, view, before, after in zip(
            field, footprints, entering.spatial, out.spatial, strict=True
        )
    )


def union(fields: list[ReceptiveField]) -> tuple[ReceptiveField, bool]:
    """The field of a join: from the least start to the greatest end.  Also tells whether the strides differ."""
    if len(fields) == 1:
        return fields[0], False
    joined: list[AxisField | None] = []
    differ = False
    for axes in zip(*fields, strict=True):
        known = [axis for axis in axes if axis is not None]
        if len(known) < len(axes):
            joined.append(None)
            continue
        first = min(axis.start for axis in known)
        end = max(axis.start + axis.size for axis in known)
        strides = {axis.stride for axis in known}
        differ = differ or len(strides) > 1
        joined.append(AxisField(end - first, max(strides), first))
    return tuple(joined), differ


def receptive_fields(
    network: Network, footprints: list[Footprints]
) -> tuple[list[ReceptiveField | None], dict[int, str]]:
    """The field of every node, and a note for those that join fields of different strides."""
    inputs = [start(shape) for shape in network.inputs.values()]
    fields: list[ReceptiveField | None] = []
    notes: dict[int, str] = {}
    known: dict[object, ReceptiveField] = {}
    for index, node in enumerate(network.nodes):
        entering = []
        for value, shape in zip(node.inputs, node.input_shapes, strict=True):
            field = fields[value.node] if value.node >= 0 else inputs[-1 - value.node]
            if field is not None:
                entering.append(through(field, shape, node.shape, footprints[index]))
        if not entering:
            fields.append(NO_MAP)
            continue
        field, differ = union(entering)
        if differ:
            notes[index] = "joins values whose receptive fields move by different strides"
        fields.append(known.setdefault(field, field))
    return fields, notes

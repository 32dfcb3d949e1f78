"""Shuffling: elements are moved along an axis, and no size changes."""

from typing import Annotated

from ..problem import Refusal, count
from ..shape import Shape
from .footprint import Footprints
from .layer import Layer, check_groups
from .parameter import Axis, IntegerOrList, ListOf, NoneOr, PositiveInt


class Roll(Layer):
    """A cyclic shift of the positions, as for shifted windows.  (C, *S) -> (C, *S).

    Its arguments change no number.

    Source: Liu et al., Swin Transformer, arXiv:2103.14030, section 3.2; torch.roll.
    """

    kind = "roll"
    example = (
        "96x56x56",
        "{roll: [-3, -3], axis: [1, 2]}",
        "by half a window, in the first stage of Swin-T",
    )
    shift: Annotated[
        int | tuple[int, ...] | None, NoneOr(IntegerOrList("a number of positions"))
    ] = None
    axis: Annotated[tuple[int, ...] | None, NoneOr(ListOf(Axis(), "an axis or a list of axes"))] = (
        None
    )

    def check(self, x: Shape) -> None:
        shift, axis = self.shift, self.axis
        if isinstance(shift, tuple) and axis is not None and len(shift) != len(axis):
            message = f"{count(len(shift), 'shift')} for {count(len(axis), 'axis')}"
            raise Refusal(f"{message}: write one for each", argument="shift")

    def output(self, x: Shape) -> Shape:
        return x

    def shifts(self, x: Shape) -> dict[int, int]:
        """The shift along each axis that is moved; empty if it is not stated."""
        found: dict[int, int] = {}
        axes, shift = self.axis or (), self.shift or 0
        amounts = shift if isinstance(shift, tuple) else (shift,)
        amounts *= len(axes) if len(amounts) == 1 else 1
        for axis, amount in zip(axes, amounts, strict=True):
            found[axis % len(x)] = found.get(axis % len(x), 0) + amount
        return found

    def canonical(self, x: Shape) -> Layer:
        """By less than the size of each axis, the axes that it is along in order."""
        if self.shift is None or self.axis is None:
            return self
        shifts = {axis: amount % x[axis] for axis, amount in sorted(self.shifts(x).items())}
        moved = {axis: amount for axis, amount in shifts.items() if amount} or shifts
        return self.with_arguments(shift=tuple(moved.values()), axis=tuple(moved))

    def is_nothing(self, x: Shape) -> bool:
        shifts = self.shifts(x)
        return bool(shifts) and not any(amount % x[axis] for axis, amount in shifts.items())

    def footprints(self, x: Shape) -> Footprints:
        return (None,) * len(x.spatial)


class ChannelShuffle(Layer):
    """The channels of the groups, interleaved.  (C, *S) -> (C, *S).

    Source: Zhang et al., arXiv:1707.01083, section 3.1.
    """

    kind = "channel_shuffle"
    example = ("60x28x28", "{channel_shuffle: 3}", "in stage 2 of ShuffleNet 1x with 3 groups")
    groups: PositiveInt

    def check(self, x: Shape) -> None:
        check_groups(x.channels, self.groups)

    def output(self, x: Shape) -> Shape:
        return x

    def is_nothing(self, x: Shape) -> bool:
        return self.groups in (1, x.channels)

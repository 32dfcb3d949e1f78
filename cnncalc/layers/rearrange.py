"""Rearranging: elements are moved or dropped, and nothing is computed."""

from math import prod
from typing import Annotated

from ..datum import show
from ..problem import Refusal
from ..shape import Shape
from .field import Arguments
from .footprint import POINT, Footprint, Footprints, MergedPositions
from .formula import Formula, Formulas
from .layer import Layer, axis_names, elements, size_argument, size_names, unchanged_sizes
from .parameter import (
    Axis,
    AxisIndex,
    Integer,
    IntegerOrList,
    ListOf,
    PositiveInt,
    sizes_text,
)

IntOrInts = int | tuple[int, ...]


# The same elements under another shape


class Flatten(Layer):
    """All elements as a vector.  (C, *S) -> (C * prod(S)).  Source: torch.nn.Flatten."""

    kind = "flatten"
    example = ("256x6x6", "flatten", "before fc6 of AlexNet")
    is_alias = True

    def output(self, x: Shape) -> Shape:
        return Shape((x.elements,))

    def footprints(self, x: Shape) -> Footprints:
        return ()

    def shape_formulas(self, x: Shape) -> Formulas:
        return {"channels": Formula(elements(x), "all elements in a row, channel by channel")}


class Tokens(Layer):
    """The positions of a map as a series.  (C, *S) -> (C, prod(S)).

    Source: Dosovitskiy et al., arXiv:2010.11929, section 3.1.
    """

    kind = "tokens"
    example = ("768x14x14", "tokens", "the patches of ViT-B/16")
    spatial_axes = (1, 2, 3)
    is_alias = True

    def output(self, x: Shape) -> Shape:
        return Shape((x.channels, x.positions))

    def merged_positions(self, x: Shape) -> MergedPositions | None:
        return MergedPositions((POINT,) * len(x.spatial), x.spatial)

    def footprints(self, x: Shape) -> Footprints:
        return (POINT,) if len(x) == 2 else (None,)

    def shape_formulas(self, x: Shape) -> Formulas:
        return {
            "channels": Formula("C"),
            "length": Formula("S", "all positions in a row, line by line"),
        }


class Reshape(Layer):
    """The same elements under another shape.  (C, *S) -> shape.

    One size may be -1: it is calculated from the others.  Source: torch.reshape.
    """

    kind = "reshape"
    example = (
        "16384",
        "{reshape: 1024x4x4}",
        "the projected noise of DCGAN's generator (Radford et al., arXiv:1511.06434)",
    )
    is_alias = True
    shape: Annotated[
        tuple[int, ...], ListOf(Integer(-1), "a shape such as 64x16x16 or [-1, 16, 16]")
    ]

    @classmethod
    def check_arguments(cls, values: Arguments) -> None:
        shape = values["shape"]
        if shape.count(-1) > 1 or 0 in shape:
            raise Refusal(
                f"expected sizes of 1 or more, at most one of them -1, found {show(shape)}",
                argument="shape",
                rule="bad-value",
            )

    def output(self, x: Shape) -> Shape:
        known = prod(size for size in self.shape if size != -1)
        fits = x.elements % known == 0 if -1 in self.shape else x.elements == known
        if not fits:
            raise Refusal(
                f"{x} has {x.elements:,} elements, which do not fit {show(self.shape)} ({known:,})",
                argument="shape",
            )
        return Shape(x.elements // known if size == -1 else size for size in self.shape)

    def canonical(self, x: Shape) -> Layer:
        return self.with_arguments(shape=tuple(self.output(x)))

    def merged_positions(self, x: Shape) -> MergedPositions | None:
        if self.output(x) != (x.channels, x.positions):
            return None
        return MergedPositions((POINT,) * len(x.spatial), x.spatial)

    def footprints(self, x: Shape) -> Footprints:
        out = self.output(x)
        return (POINT if out.spatial == x.spatial else None,) * len(out.spatial)

    def shape_formulas(self, x: Shape) -> Formulas:
        others = tuple(size for size in self.shape if size != -1)
        text = f"{elements(x)} / others" if others else elements(x)
        rest = Formula(text, "the elements divided by the other sizes", others=others)
        sizes = [rest if size == -1 else size_argument(size) for size in self.shape]
        return dict(zip(axis_names(self.output(x)), sizes, strict=True))

    def label(self) -> str:
        return sizes_text(self.shape)


class Permute(Layer):
    """The axes in another order.  (C, *S) -> the sizes in that order.  Source: torch.permute."""

    kind = "permute"
    example = (
        "96x56x56",
        "{permute: [1, 2, 0]}",
        "to channels last, before the norm of ConvNeXt-T's first stage",
    )
    order: Annotated[
        tuple[int, ...],
        ListOf(Axis(), "the axes in their new order, such as [0, 2, 1]", scalar=False),
    ]

    def check(self, x: Shape) -> None:
        if sorted(self.order) != list(range(len(x))):
            raise Refusal(
                f"expected each axis of {x} once (0 to {len(x) - 1}), found {show(self.order)}",
                argument="order",
            )

    def output(self, x: Shape) -> Shape:
        return Shape(x[axis] for axis in self.order)

    def footprints(self, x: Shape) -> Footprints:
        is_identity = self.order == tuple(range(len(self.order)))
        return (POINT if is_identity else None,) * (len(self.order) - 1)

    def shape_formulas(self, x: Shape) -> Formulas:
        names = size_names(x)
        sizes = [Formula(names[axis], f"axis {axis} of the input") for axis in self.order]
        return dict(zip(axis_names(x), sizes, strict=True))


# Parts of an axis


class Slice(Layer):
    """A range of one axis: from a start to the end, or `[start, end]`, every `step` positions.

    Negative indices count from the end.  (C, *S) -> the input shape with
    ceil((end - start) / step) on that axis.  Source: Python's slices.
    """

    kind = "slice"
    example = ("768x197", "{slice: 1, axis: 1}", "the patches of ViT-B/16 without its class token")
    range: Annotated[IntOrInts, IntegerOrList("a start, or [start, end]")]
    axis: AxisIndex = 0
    step: PositiveInt = 1

    @classmethod
    def check_arguments(cls, values: Arguments) -> None:
        given = values["range"]
        if isinstance(given, tuple) and len(given) != 2:
            message = f"expected a start, or [start, end], found {show(given)}"
            raise Refusal(message, argument="range", rule="bad-value")

    def bounds(self, x: Shape) -> tuple[int, int]:
        """The first index, and the one after the last; both from 0 if they are in the axis."""
        size = x[self.axis]
        start, end = self.range if isinstance(self.range, tuple) else (self.range, size)
        return start + size * (start < 0), end + size * (end < 0)

    def check(self, x: Shape) -> None:
        size = x[self.axis]
        start, end = self.bounds(x)
        if not 0 <= start < end <= size:
            raise Refusal(
                f"{show(self.range)} is not a range of axis {self.axis} of {x}, which has {size}",
                argument="range",
            )

    def output(self, x: Shape) -> Shape:
        start, end = self.bounds(x)
        return x.with_axis(self.axis, -(-(end - start) // self.step))

    def canonical(self, x: Shape) -> Layer:
        """To the index after the last one that is read."""
        start, end = self.bounds(x)
        last = start + (end - 1 - start) // self.step * self.step
        return self.with_arguments(range=(start, last + 1))

    def is_nothing(self, x: Shape) -> bool:
        return self.output(x) == x

    def footprints(self, x: Shape) -> Footprints:
        moved = Footprint(step=self.step, start=self.bounds(x)[0])
        return tuple(moved if axis == self.axis else POINT for axis in range(1, len(x)))

    def shape_formulas(self, x: Shape) -> Formulas:
        start, end = self.bounds(x)
        reason = "from the first index to the one before the end"
        size = Formula("end - start", reason, start=start, end=end)
        if self.step > 1:
            reason = f"one of {self.step} indices, from the first one on"
            size = Formula("ceil((end - start) / step)", reason, start=start, end=end)
        return unchanged_sizes(x) | {axis_names(x)[self.axis]: size}

    def label(self) -> str:
        start, end = self.range if isinstance(self.range, tuple) else (self.range, "")
        step = f":{self.step}" if self.step > 1 else ""
        return f"[{start}:{end}{step}]" + (f" of axis {self.axis}" if self.axis else "")


class Select(Layer):
    """Some indices of an axis; negative ones count from the end.

    (C, *S) -> the input shape without that axis, or with the length of a list of indices on it.
    Source: torch.select, torch.index_select.
    """

    kind = "select"
    example = ("768x197", "{select: 0, axis: 1}", "the class token of ViT-B/16")
    index: Annotated[IntOrInts, IntegerOrList("an index, or a list of them")]
    axis: AxisIndex = 0

    def check(self, x: Shape) -> None:
        size = x[self.axis]
        for index in self.index if isinstance(self.index, tuple) else (self.index,):
            if not -size <= index < size:
                raise Refusal(
                    f"there is no index {index} on axis {self.axis} of {x}, which has {size}",
                    argument="index",
                )
        if not isinstance(self.index, tuple) and len(x) == 1:
            raise Refusal(
                f"one index drops the only axis of {x}: write [{self.index}] to keep it",
                argument="index",
            )

    def output(self, x: Shape) -> Shape:
        if isinstance(self.index, tuple):
            return x.with_axis(self.axis, len(self.index))
        return Shape((*x[: self.axis], *x[self.axis + 1 :]))

    def canonical(self, x: Shape) -> Layer:
        """Indices that follow one another, or with equal steps, are a slice."""
        size, given = x[self.axis], self.index
        if not isinstance(given, tuple):
            return self.with_arguments(index=given % size)
        indices = tuple(index % size for index in given)
        step = indices[1] - indices[0] if len(indices) > 1 else 1
        if step < 1 or indices != tuple(range(indices[0], indices[-1] + 1, step)):
            return self.with_arguments(index=indices)
        return Slice(range=(indices[0], indices[-1] + 1), axis=self.axis, step=step)

    def footprints(self, x: Shape) -> Footprints:
        out = self.output(x)
        selects_channels = self.axis == 0 and len(out) == len(x)
        return (POINT if selects_channels else None,) * (len(out) - 1)

    def shape_formulas(self, x: Shape) -> Formulas:
        if isinstance(self.index, tuple):
            size = Formula("indices", "one position for each index", indices=len(self.index))
            return unchanged_sizes(x) | {axis_names(x)[self.axis]: size}
        names = size_names(x)
        del names[self.axis]
        return dict(zip(axis_names(self.output(x)), map(Formula, names), strict=True))


class Chunk(Layer):
    """Split along an axis into parts that are read as `name[k]`.

    (C, *S) -> the parts: a number of equal ones, the last possibly smaller, or parts of the given
    sizes.  Source: torch.chunk, torch.split.
    """

    kind = "chunk"
    example = ("2304x197", "{chunk: 3}", "query, key and value of ViT-B/16, from one matrix")
    parts: Annotated[
        IntOrInts, IntegerOrList("a count up to 10,000, or a list of sizes", 1, 10_000)
    ]
    axis: AxisIndex = 0

    def part_sizes(self, x: Shape) -> tuple[int, ...]:
        """The size of each part along the axis."""
        if isinstance(self.parts, tuple):
            return self.parts
        each = -(-x[self.axis] // self.parts)
        whole, rest = divmod(x[self.axis], each)
        return (each,) * whole + ((rest,) if rest else ())

    def check(self, x: Shape) -> None:
        size = x[self.axis]
        axis = f"axis {self.axis} of {x} has {size}"
        if isinstance(self.parts, tuple):
            if sum(self.parts) != size:
                found = f"the parts {show(self.parts)} add up to {sum(self.parts)}"
                raise Refusal(f"{axis}, but {found}", argument="parts")
            return
        if self.parts > size:
            raise Refusal(f"{axis}, too few for {self.parts} parts", argument="parts")
        sizes = self.part_sizes(x)
        if len(sizes) != self.parts:
            message = f"{axis}, which cannot be split into {self.parts} parts of {sizes[0]}"
            raise Refusal(message, "give the sizes as a list", "parts")

    def output(self, x: Shape) -> Shape:
        return x

    def outputs(self, x: Shape) -> tuple[Shape, ...]:
        return tuple(x.with_axis(self.axis, size) for size in self.part_sizes(x))

    def canonical(self, x: Shape) -> Layer:
        return self.with_arguments(parts=self.part_sizes(x))

    def is_nothing(self, x: Shape) -> bool:
        return len(self.part_sizes(x)) == 1

    def footprints(self, x: Shape) -> Footprints:
        # Along its axis, each part starts at another input.
        return tuple(None if axis == self.axis else POINT for axis in range(1, len(x)))

    def shape_formulas(self, x: Shape) -> Formulas:
        if isinstance(self.parts, tuple):
            first = Formula("size", "the first of the given sizes", size=self.parts[0])
        else:
            reason = "equal parts"
            if x[self.axis] % self.parts:
                reason = "equal parts, except for a smaller last one"
            first = Formula(f"ceil({size_names(x)[self.axis]} / parts)", reason)
        return unchanged_sizes(x) | {axis_names(x)[self.axis]: first}

    def label(self) -> str:
        axis = f" along axis {self.axis}" if self.axis else ""
        return f"into {show(self.parts)}{axis}"


# Elements in another order

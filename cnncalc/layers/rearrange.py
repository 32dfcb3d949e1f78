"""Rearranging: elements are moved or left out, and nothing is computed."""

from math import prod
from typing import Annotated, Any

from ..datum import show
from ..problem import Refusal
from ..shape import Shape
from .formula import Terms
from .layer import POINT, Footprint, Footprints, Layer, axis_names, elements, size_names
from .parameter import Axis, AxisNumber, Count, Listed, Optional, Whole, WholeOrList, as_entries


class Flatten(Layer):
    """All elements as a vector.  (C, *S) -> (C * prod(S)).  Source: torch.nn.Flatten."""

    kind = "flatten"
    example = ("256x6x6", "flatten", "before fc6 of AlexNet")
    is_alias = True

    def output(self, *inputs: Any) -> Shape:
        return Shape((inputs[0].elements,))

    def shape_terms(self, *inputs: Any) -> Terms:
        return {
            "channels": self.term(
                inputs, elements(inputs[0]), "all elements in a row, channel after channel"
            )
        }

    def footprints(self, *inputs: Any) -> Footprints:
        return ()


class Tokens(Layer):
    """The positions of a map as a series.  (C, *S) -> (C, prod(S)).

    Source: Dosovitskiy et al., arXiv:2010.11929, section 3.1.
    """

    kind = "tokens"
    example = ("768x14x14", "tokens", "the patches of ViT-B/16")
    spatial_axes = (1, 2, 3)
    is_alias = True

    def output(self, *inputs: Any) -> Shape:
        (x,) = inputs
        return Shape((x.channels, x.positions))

    def shape_terms(self, *inputs: Any) -> Terms:
        return {
            "channels": self.term(inputs, "C"),
            "length": self.term(inputs, "S", "all positions in a row, line after line"),
        }

    def footprints(self, *inputs: Any) -> Footprints:
        return (POINT,) if len(inputs[0]) == 2 else (None,)


class Reshape(Layer):
    """The same elements under another shape; one size may be -1, and is then what is left.  (C, *S) -> shape.

    Source: torch.reshape.
    """

    kind = "reshape"
    example = (
        "16384",
        "{reshape: 1024x4x4}",
        "the projected noise of DCGAN's generator (Radford et al., arXiv:1511.06434)",
    )
    is_alias = True
    shape: Annotated[tuple[int, ...], Listed(Whole(-1), "a shape such as 64x16x16 or [-1, 16, 16]")]

    @classmethod
    def check_arguments(cls, values: dict[str, Any]) -> None:
        shape = values["shape"]
        if shape.count(-1) > 1 or 0 in shape:
            raise Refusal(
                f"expected sizes of 1 or more, of which one may be -1, found {show(shape)}",
                argument="shape",
                rule="bad-value",
            )

    def output(self, *inputs: Any) -> Shape:
        (x,) = inputs
        known = prod(size for size in self.shape if size != -1)
        if (x.elements % known) if -1 in self.shape else known != x.elements:
            raise Refusal(
                f"{x} has {x.elements:,} elements, which do not fit {show(self.shape)} ({known:,})",
                argument="shape",
            )
        return Shape(x.elements // known if size == -1 else size for size in self.shape)

    def shape_terms(self, *inputs: Any) -> Terms:
        (x,) = inputs
        others = tuple(size for size in self.shape if size != -1)
        rest = self.term(
            inputs,
            f"{elements(x)} / others" if others else elements(x),
            "what is left over for it",
            others=others,
        )
        told = "it is what the layer is told"
        return {
            axis: rest if size == -1 else self.term(inputs, "size", told, size=size)
            for axis, size in zip(axis_names(self.output(x)), self.shape, strict=True)
        }

    def footprints(self, *inputs: Any) -> Footprints:
        (x,) = inputs
        out = self.output(x)
        return (
            (POINT,) * len(out.spatial) if out.spatial == x.spatial else (None,) * len(out.spatial)
        )

    def label(self) -> str:
        return as_entries(self.shape)


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
        Listed(Axis(), "the axes in their new order, such as [0, 2, 1]", lone=False),
    ]

    def check(self, *inputs: Any) -> None:
        (x,) = inputs
        if sorted(self.order) != list(range(len(x))):
            raise Refusal(
                f"expected each axis of {x} once (0 to {len(x) - 1}), found {show(self.order)}",
                argument="order",
            )

    def output(self, *inputs: Any) -> Shape:
        return Shape(inputs[0][axis] for axis in self.order)

    def shape_terms(self, *inputs: Any) -> Terms:
        (x,) = inputs
        before = size_names(x)
        terms = [
            self.term(inputs, before[axis], f"axis {axis} of what enters") for axis in self.order
        ]
        return dict(zip(axis_names(x), terms, strict=True))

    def footprints(self, *inputs: Any) -> Footprints:
        identity = self.order == tuple(range(len(self.order)))
        return (POINT if identity else None,) * (len(self.order) - 1)


class Slice(Layer):
    """A stretch of one axis: from a start to the end, or `[start, end]`; negatives count from the end.

    (C, *S) -> the same, with end - start on that axis.  Source: the slices of Python.
    """

    kind = "slice"
    example = ("768x197", "{slice: 1, axis: 1}", "the patches of ViT-B/16 without its class token")
    range: Annotated[int | tuple[int, ...], WholeOrList("a start, or [start, end]")]
    axis: AxisNumber = 0

    def bounds(self, size: int) -> tuple[int, int]:
        """The first index and the one behind the last, of an axis of that size."""
        start, end = self.range if isinstance(self.range, tuple) else (self.range, size)
        return start + size * (start < 0), end + size * (end < 0)

    @classmethod
    def check_arguments(cls, values: dict[str, Any]) -> None:
        given = values["range"]
        if isinstance(given, tuple) and len(given) != 2:
            raise Refusal(
                f"expected a start, or [start, end], found {show(given)}",
                argument="range",
                rule="bad-value",
            )

    def check(self, *inputs: Any) -> None:
        (x,) = inputs
        size = x[self.axis]
        start, end = self.bounds(size)
        if not 0 <= start < end <= size:
            raise Refusal(
                f"{show(self.range)} is no stretch of axis {self.axis} of {x}, which has {size}",
                argument="range",
            )

    def output(self, *inputs: Any) -> Shape:
        (x,) = inputs
        start, end = self.bounds(x[self.axis])
        return Shape(x.with_axis(self.axis, end - start))

    def shape_terms(self, *inputs: Any) -> Terms:
        (x,) = inputs
        start, end = self.bounds(x[self.axis])
        cut = self.term(
            inputs, "end - start", "from the one index to before the other", start=start, end=end
        )
        return self.unchanged(x) | {axis_names(x)[self.axis]: cut}

    def footprints(self, *inputs: Any) -> Footprints:
        (x,) = inputs
        start, _ = self.bounds(x[self.axis])
        return tuple(
            Footprint(1, 1, start) if axis == self.axis else POINT for axis in range(1, len(x))
        )

    def label(self) -> str:
        start, end = self.range if isinstance(self.range, tuple) else (self.range, "")
        return f"[{start}:{end}]" + (f" of axis {self.axis}" if self.axis else "")


class Select(Layer):
    """Some indices of an axis; negatives count from the end.

    (C, *S) -> the same without that axis, or with a list as many on it as that has.  Source: torch.select, torch.index_select.
    """

    kind = "select"
    example = ("768x197", "{select: 0, axis: 1}", "the class token of ViT-B/16")
    index: Annotated[int | tuple[int, ...], WholeOrList("an index, or a list of them")]
    axis: AxisNumber = 0

    def check(self, *inputs: Any) -> None:
        (x,) = inputs
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

    def output(self, *inputs: Any) -> Shape:
        (x,) = inputs
        if isinstance(self.index, tuple):
            return Shape(x.with_axis(self.axis, len(self.index)))
        return Shape((*x[: self.axis], *x[self.axis + 1 :]))

    def shape_terms(self, *inputs: Any) -> Terms:
        (x,) = inputs
        if isinstance(self.index, tuple):
            some = self.term(inputs, "indices", "as many as are picked", indices=len(self.index))
            return self.unchanged(x) | {axis_names(x)[self.axis]: some}
        kept = [
            self.term(inputs, name) for axis, name in enumerate(size_names(x)) if axis != self.axis
        ]
        return dict(zip(axis_names(self.output(x)), kept, strict=True))

    def footprints(self, *inputs: Any) -> Footprints:
        (x,) = inputs
        out = self.output(x)
        kept = self.axis == 0 and len(out) == len(x)
        return (POINT if kept else None,) * (len(out) - 1)


class Chunk(Layer):
    """Split along an axis into parts that are read as `name[k]`.

    (C, *S) -> the parts: a count of equal ones, the last perhaps smaller, or ones of the sizes that are given.
    Source: torch.chunk, torch.split.
    """

    kind = "chunk"
    example = ("2304x197", "{chunk: 3}", "query, key and value of ViT-B/16, out of one matrix")
    parts: Annotated[
        int | tuple[int, ...], WholeOrList("a count up to 10,000, or a list of sizes", 1, 10_000)
    ]
    axis: AxisNumber = 0

    def sizes(self, size: int) -> tuple[int, ...]:
        if isinstance(self.parts, tuple):
            return self.parts
        each = -(-size // self.parts)
        return (each,) * (size // each) + ((size % each,) if size % each else ())

    def check(self, *inputs: Any) -> None:
        (x,) = inputs
        size = x[self.axis]
        if not isinstance(self.parts, tuple) and self.parts > size:
            raise Refusal(
                f"axis {self.axis} of {x} has {size}, too few for {self.parts} parts",
                argument="parts",
            )
        sizes = self.sizes(size)
        if isinstance(self.parts, tuple) and sum(sizes) != size:
            raise Refusal(
                f"axis {self.axis} of {x} has {size}, the parts {show(sizes)} make {sum(sizes)}",
                argument="parts",
            )
        if not isinstance(self.parts, tuple) and len(sizes) != self.parts:
            raise Refusal(
                f"axis {self.axis} of {x} has {size}, which does not make {self.parts} parts of {sizes[0]}",
                "give the sizes as a list",
                "parts",
            )

    def output(self, *inputs: Any) -> Shape:
        x: Shape = inputs[0]
        return x

    def outputs(self, *inputs: Any) -> tuple[Shape, ...]:
        (x,) = inputs
        return tuple(x.with_axis(self.axis, size) for size in self.sizes(x[self.axis]))

    def shape_terms(self, *inputs: Any) -> Terms:
        (x,) = inputs
        if isinstance(self.parts, tuple):
            first = self.term(
                inputs, "size", "the first of the sizes that it is told", size=self.parts[0]
            )
        else:
            equal = (
                "equal parts"
                if x[self.axis] % self.parts == 0
                else "equal parts, but for the last, which is what is left"
            )
            first = self.term(inputs, f"ceil({size_names(x)[self.axis]} / parts)", equal)
        return self.unchanged(x) | {axis_names(x)[self.axis]: first}

    def label(self) -> str:
        parts = f"into {self.parts}" if isinstance(self.parts, int) else f"into {show(self.parts)}"
        return parts + (f" along axis {self.axis}" if self.axis else "")


class Roll(Layer):
    """The positions shifted round, as shifted windows need it.  (C, *S) -> (C, *S).

    Its arguments change no number.  Source: Liu et al., Swin Transformer, arXiv:2103.14030, section 3.2; torch.roll.
    """

    kind = "roll"
    example = (
        "96x56x56",
        "{roll: [-3, -3], axis: [1, 2]}",
        "by half a window, in the first stage of Swin-T",
    )
    shift: Annotated[
        int | tuple[int, ...] | None, Optional(WholeOrList("a number of positions"))
    ] = None
    axis: Annotated[
        tuple[int, ...] | None, Optional(Listed(Axis(), "an axis or a list of axes"))
    ] = None

    def output(self, *inputs: Any) -> Shape:
        x: Shape = inputs[0]
        return x

    def footprints(self, *inputs: Any) -> Footprints:
        return (None,) * len(inputs[0].spatial)


class ChannelShuffle(Layer):
    """The channels of the groups interleaved.  (C, *S) -> (C, *S).  Source: Zhang et al., arXiv:1707.01083, section 3.1."""

    kind = "channel_shuffle"
    example = ("60x28x28", "{channel_shuffle: 3}", "in stage 2 of ShuffleNet 1x with 3 groups")
    groups: Count

    def check(self, *inputs: Any) -> None:
        if inputs[0].channels % self.groups:
            raise Refusal(
                f"{inputs[0].channels} channels cannot be split into {self.groups} groups",
                argument="groups",
            )

    def output(self, *inputs: Any) -> Shape:
        x: Shape = inputs[0]
        return x

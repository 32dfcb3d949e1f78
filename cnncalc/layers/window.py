"""The window: what convolutions and poolings move over the space, by its stride.

Window an axis of S positions it has S' = floor((S + padding + padding_end - dilation (kernel - 1) - 1) / stride) + 1
places, of which there must be at least 1.  `padding: same` gives ceil(S / stride) places, with an odd position of the
padding at the end; `padding: causal` puts all padding, dilation (kernel - 1), in front.

Source: Dumoulin and Visin, A Guide to Convolution Arithmetic for Deep Learning, arXiv:1603.07285, relationship 15.
"""

from collections.abc import Iterator
from typing import Any

from ..problem import Refusal
from ..shape import Shape, effective_kernel, output_size, output_size_ceil, same_padding, unread
from .formula import Term, Terms
from .layer import Footprint, Footprints, Layer, Window, axis_name, axis_names, size_names
from .parameter import as_entries


def settle_padding(values: dict[str, Any], x: Shape) -> None:
    """Turn `padding: same` and `padding: causal` into the pixels before and after each axis."""
    padding = values["padding"]
    if not isinstance(padding, str):
        return
    dilation = values.get("dilation") or (1,) * len(x.spatial)
    axes = list(zip(x.spatial, values["kernel"], values["stride"], dilation, strict=True))
    if padding == "same":
        pairs = [same_padding(*axis) for axis in axes]
    else:
        pairs = [(effective_kernel(kernel, dilated) - 1, 0) for _, kernel, _, dilated in axes]
    values["padding"] = tuple([before for before, _ in pairs])
    values["padding_end"] = tuple([after for _, after in pairs])


class Windowed(Layer):
    """A layer whose window moves over the space by its stride."""

    kernel: Any
    stride: Any
    padding: Any
    padding_end: Any
    dilation: Any = None
    ceil: Any = False

    @classmethod
    def check_arguments(cls, values: dict[str, Any]) -> None:
        padding = values["padding"]
        if isinstance(padding, str) and not isinstance(values["padding_end"], str):
            raise Refusal(
                f"`padding: {padding}` already says the padding at the end",
                "leave out `padding_end`",
                "padding_end",
                "bad-value",
            )

    @classmethod
    def resolve(cls, values: dict[str, Any], *inputs: Any) -> None:
        settle_padding(values, inputs[0])

    def along(self, x: Shape) -> Iterator[Window]:
        """Size, kernel, stride, padding before and after, and dilation of each axis."""
        dilation = self.dilation or (1,) * len(x.spatial)
        return zip(
            x.spatial,
            self.kernel,
            self.stride,
            self.padding,
            self.padding_end,
            dilation,
            strict=True,
        )

    def windows(self, *inputs: Any) -> dict[str, Window]:
        return dict(zip(axis_names(inputs[0])[1:], self.along(inputs[0]), strict=True))

    def paddings_for(self, space: tuple[int, ...], *inputs: Any) -> list[dict[str, Any]]:
        axes = [
            paddings(output_size, *along[:3], along[5], self.ceil)
            for output_size, along in zip(space, self.along(inputs[0]), strict=True)
        ]
        alike = len(set(map(tuple, axes))) == 1
        ways = (
            [(pair,) * len(axes) for pair in axes[0]]
            if alike
            else [tuple(axis[0] for axis in axes)]
            if all(axes)
            else []
        )
        return [
            {
                "padding": tuple(before for before, _ in way),
                "padding_end": tuple(after for _, after in way),
            }
            for way in ways
        ]

    def spatial(self, x: Shape) -> tuple[int, ...]:
        """How many places the window has along each axis."""
        count = output_size_ceil if self.ceil else output_size
        return tuple([count(*axis) for axis in self.along(x)])

    def footprints(self, *inputs: Any) -> Footprints:
        return tuple(
            Footprint(effective_kernel(kernel, dilation), stride, -before)
            for _, kernel, stride, before, _, dilation in self.along(inputs[0])
        )

    def channel_term(self, *inputs: Any) -> Term:
        """How many channels come out."""
        return self.term(inputs, "C", "each channel is pooled by itself")

    def shape_terms(self, *inputs: Any) -> Terms:
        x = inputs[0]
        names = zip(axis_names(x)[1:], size_names(x)[1:], self.along(x), strict=True)
        return {"channels": self.channel_term(x)} | {
            axis: places_term(name, *sizes, self.ceil) for axis, name, sizes in names
        }

    def notes(self, *inputs: Any) -> list[str]:
        if self.ceil:
            return []
        x = inputs[0]
        notes = []
        for axis, numbers in enumerate(self.along(x)):
            rest = unread(*numbers)
            if rest:
                noun = {"height": "row", "width": "column"}.get(
                    axis_name(axis, len(x.spatial)), "position"
                )
                size, kernel, stride, before, after, dilation = numbers
                padding = f" + {before + after} of padding" if before + after else ""
                span, moves = effective_kernel(kernel, dilation), output_size(*numbers) - 1
                behind = size + before + after - span - moves * stride
                notes.append(
                    f"the stride leaves {rest} {noun}{'s' * (rest > 1)} of the {axis_name(axis, len(x.spatial))} over: "
                    f"{size}{padding} = {span}{f' + {moves} x {stride}' if moves else ''} + {behind}"
                )
        return notes

    def arguments(self) -> dict[str, Any]:
        """Without `padding_end` where it is the padding, as in nearly every layer."""
        arguments = super().arguments()
        if self.padding_end == self.padding:
            del arguments["padding_end"]
        return arguments

    def window_text(self) -> str:
        """The window in the shorthand of papers: `11x11 /4`, with what is unusual behind it."""
        text = as_entries(self.kernel)
        if any(stride != 1 for stride in self.stride):
            text += f" /{as_one(self.stride)}"
        if self.dilation and any(step != 1 for step in self.dilation):
            text += f" dilation {as_one(self.dilation)}"
        return text


def places_term(
    name: str,
    size: int,
    kernel: int,
    stride: int = 1,
    before: int = 0,
    after: int = 0,
    dilation: int = 1,
    ceil: bool = False,
) -> Term:
    """How many places a window has along an axis whose size is called `name`.

    >>> places_term("W", 224, kernel=7, stride=2, before=3, after=3)[0]
    'floor((W + 2 x padding - kernel) / stride) + 1'
    """
    padding = "2 x padding" if before == after else "padding + padding_end"
    span = "kernel" if dilation == 1 else "dilation x (kernel - 1) - 1"
    formula = f"{'ceil' if ceil else 'floor'}(({name} + {padding} - {span}) / stride) + 1"
    reason = "the first place of the window, and one more for each stride that fits behind it"
    if stride == 1 and before + after == effective_kernel(kernel, dilation) - 1 > 0:
        reason = "the padding makes up for what the window takes off"
    if ceil:
        reason = "the first place, and one more for each stride behind it that begins a window, which may hang over the end"
        if (
            output_size_ceil(size, kernel, stride, before, after, dilation) - 1
        ) * stride < size + before + after - effective_kernel(kernel, dilation):
            formula, reason = (
                f"{formula} - 1",
                "the last window would begin behind the input, and is left out",
            )
    values = {
        name: size,
        "padding": before,
        "padding_end": after,
        "kernel": kernel,
        "dilation": dilation,
        "stride": stride,
    }
    return Term.of(formula, values, reason)


def paddings(
    wanted: int, size: int, kernel: int, stride: int, dilation: int, ceil: bool
) -> list[tuple[int, int]]:
    """The paddings (before, after) of an axis that give so many places, those that are alike first.

    >>> paddings(112, size=224, kernel=7, stride=2, dilation=1, ceil=False)
    [(3, 3), (2, 3)]
    """
    fewest = (
        (wanted - 1) * stride + effective_kernel(kernel, dilation) - size
    )  # padding in all with which the last window just fits
    count = output_size_ceil if ceil else output_size
    totals = range(max(0, fewest - stride), max(0, fewest + stride))
    pairs = [
        (total // 2, total - total // 2) for total in sorted(totals, key=lambda total: total % 2)
    ]
    return [pair for pair in pairs if count(size, kernel, stride, *pair, dilation) == wanted]


def as_one(sizes: tuple[int, ...]) -> str:
    """Sizes that are alike as one number.

    >>> as_one((2, 2)), as_one((2, 1))
    ('2', '2x1')
    """
    return str(sizes[0]) if len(set(sizes)) == 1 else as_entries(sizes)

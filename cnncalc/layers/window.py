"""The window: convolution and pooling layers move it along the spatial axes, by the stride.

Along an axis of S positions the output size is
S' = floor((S + padding + padding_end - dilation (kernel - 1) - 1) / stride) + 1, which must be at
least 1.  `padding: same` gives S' = ceil(S / stride), with an odd position of the padding at the
end; `padding: causal` puts all padding, dilation (kernel - 1), before the input.

Source: Dumoulin and Visin, A Guide to Convolution Arithmetic for Deep Learning, arXiv:1603.07285,
relationship 15.
"""

from ..named_tuple import make
from ..problem import Refusal
from ..shape import AxisWindow, Shape, effective_kernel, same_padding
from .field import Arguments
from .footprint import Footprint, Footprints
from .formula import Formula, Formulas
from .layer import Layer, axis_names, size_names
from .parameter import short_sizes_text, sizes_text


class Windowed(Layer):
    """A layer whose window moves along the spatial axes."""

    # The rules use the first input alone, so that a subclass may have further inputs: for example
    # the weights of a dynamic convolution.

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    padding_end: tuple[int, ...]
    dilation: tuple[int, ...] | None = None
    ceil: bool = False

    @classmethod
    def check_arguments(cls, values: Arguments) -> None:
        padding = values["padding"]
        if isinstance(padding, str) and not isinstance(values["padding_end"], str):
            raise Refusal(
                f"`padding: {padding}` already determines the padding at the end",
                "remove `padding_end`",
                "padding_end",
                "bad-value",
            )

    @classmethod
    def resolve(cls, values: Arguments, x: Shape, *_: Shape) -> None:
        if isinstance(values["padding"], str):
            resolve_padding(values, x)

    def axis_windows(self, x: Shape) -> list[AxisWindow]:
        """The window along each spatial axis."""
        dilation = self.dilation or (1,) * len(x.spatial)
        ends = self.padding, self.padding_end
        axes = zip(x.spatial, self.kernel, self.stride, *ends, dilation, strict=True)
        return [make(AxisWindow, axis) for axis in axes]

    def windows(self, x: Shape, *_: Shape) -> dict[str, AxisWindow]:
        return dict(zip(axis_names(x)[1:], self.axis_windows(x), strict=True))

    def output_sizes(self, x: Shape) -> list[int]:
        """The output size along each spatial axis."""
        return [window.output_size(self.ceil) for window in self.axis_windows(x)]

    def paddings_for(
        self, spatial: tuple[int, ...], x: Shape, *_: Shape
    ) -> list[dict[str, tuple[int, ...]]]:
        """All paddings if the axes have the same ones; else one with the first of each axis."""
        axes = [
            axis_paddings(size, window, self.ceil)
            for size, window in zip(spatial, self.axis_windows(x), strict=True)
        ]
        if all(pairs == axes[0] for pairs in axes):
            choices = [(pair,) * len(axes) for pair in axes[0]]
        else:
            choices = [tuple(pairs[0] for pairs in axes)] if all(axes) else []
        return [padding_arguments(choice) for choice in choices]

    def footprints(self, x: Shape, *_: Shape) -> Footprints:
        return tuple(
            Footprint(window.effective_kernel, window.stride, -window.before)
            for window in self.axis_windows(x)
        )

    def channel_formula(self) -> Formula:
        """The number of output channels."""
        raise NotImplementedError

    def shape_formulas(self, x: Shape, *_: Shape) -> Formulas:
        formulas = {"channels": self.channel_formula()}
        names = zip(axis_names(x)[1:], size_names(x)[1:], self.axis_windows(x), strict=True)
        for axis, size, window in names:
            formulas[axis] = output_size_formula(size, window, self.ceil)
        return formulas

    def notes(self, x: Shape, *_: Shape) -> list[str]:
        if self.ceil:
            return []
        windows = self.windows(x).items()
        return [unread_note(axis, window) for axis, window in windows if window.unread]

    def arguments(self) -> Arguments:
        """The displayed arguments, without `padding_end` if it equals `padding`."""
        arguments = super().arguments()
        if self.padding_end == self.padding:
            del arguments["padding_end"]
        return arguments

    def window_label(self) -> str:
        """The window in the shorthand of papers: `11x11 /4`, then its dilation if it has one."""
        text = sizes_text(self.kernel)
        if any(stride != 1 for stride in self.stride):
            text += f" /{short_sizes_text(self.stride)}"
        if self.dilation and any(step != 1 for step in self.dilation):
            text += f" dilation {short_sizes_text(self.dilation)}"
        return text


# Padding


def resolve_padding(values: Arguments, x: Shape) -> None:
    """Replace `padding: same` and `padding: causal` by the padding at the ends of each axis."""
    dilation = values.get("dilation") or (1,) * len(x.spatial)
    axes = zip(x.spatial, values["kernel"], values["stride"], dilation, strict=True)
    if values["padding"] == "same":
        pairs = [same_padding(*axis) for axis in axes]
    else:
        pairs = [(effective_kernel(kernel, dilated) - 1, 0) for _, kernel, _, dilated in axes]
    values |= padding_arguments(tuple(pairs))


def padding_arguments(pairs: tuple[tuple[int, int], ...]) -> dict[str, tuple[int, ...]]:
    """The padding (before, after) of each axis as arguments."""
    return {
        "padding": tuple([before for before, _ in pairs]),
        "padding_end": tuple([after for _, after in pairs]),
    }


def axis_paddings(output_size: int, window: AxisWindow, ceil: bool) -> list[tuple[int, int]]:
    """The paddings (before, after) with which an axis has this output size, symmetric ones first.

    >>> axis_paddings(112, AxisWindow(224, kernel=7, stride=2), ceil=False)
    [(3, 3), (2, 3)]
    """
    # With this total padding, which may be negative, the last window just fits.
    least = (output_size - 1) * window.stride + window.effective_kernel - window.size
    totals = range(max(0, least - window.stride), max(0, least + window.stride))
    symmetric_first = sorted(totals, key=lambda total: total % 2)
    pairs = [(total // 2, total - total // 2) for total in symmetric_first]
    return [
        (before, after)
        for before, after in pairs
        if window._replace(before=before, after=after).output_size(ceil) == output_size
    ]


# The window in words


def output_size_formula(name: str, window: AxisWindow, ceil: bool = False) -> Formula:
    """The output size along an axis whose size is called `name`.

    >>> output_size_formula("W", AxisWindow(224, kernel=7, stride=2, before=3, after=3)).text
    'floor((W + 2 x padding - kernel) / stride) + 1'
    """
    padding = "2 x padding" if window.before == window.after else "padding + padding_end"
    extent = "kernel" if window.dilation == 1 else "dilation x (kernel - 1) - 1"
    text = f"{'ceil' if ceil else 'floor'}(({name} + {padding} - {extent}) / stride) + 1"
    reason = "the first position of the window, and one more for each stride that fits after it"
    added = window.before + window.after
    if window.stride == 1 and added == window.effective_kernel - 1 > 0:
        reason = "the padding compensates for the kernel size"
    if ceil:
        reason = (
            "the first position of the window, and one more for each stride after it, even if the "
            "last window extends past the end"
        )
        moved = (window.output_size(ceil) - 1) * window.stride
        if moved < window.padded_size - window.effective_kernel:
            text += " - 1"
            reason = "a last window that would start after the input is dropped"
    values = {
        name: window.size,
        "padding": window.before,
        "padding_end": window.after,
        "kernel": window.kernel,
        "dilation": window.dilation,
        "stride": window.stride,
    }
    return Formula(text, reason, **values)


def unread_note(axis: str, window: AxisWindow) -> str:
    """The arithmetic of the positions at the end of an axis that no window reaches.

    >>> unread_note("height", AxisWindow(224, kernel=11, stride=4))
    'the last row is never read: 224 = 11 + 53 x 4 + 1'
    """
    noun, along = {"height": ("row", ""), "width": ("column", "")}.get(
        axis, ("position", f" along the {axis}")
    )
    if window.unread == 1:
        subject = f"the last {noun}{along} is never read"
    else:
        subject = f"the last {window.unread} {noun}s{along} are never read"
    added = window.before + window.after
    moves = window.output_size() - 1
    rest = window.padded_size - window.effective_kernel - moves * window.stride
    padding = f" + {added} of padding" if added else ""
    strides = f" + {moves} x {window.stride}" if moves else ""
    return f"{subject}: {window.size}{padding} = {window.effective_kernel}{strides} + {rest}"

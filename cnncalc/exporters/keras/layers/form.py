"""What a layer is in Keras: calls in sequence, or an expression of its inputs."""

from __future__ import annotations

from collections.abc import Iterable

from ....datum import Datum
from ....layers.aliases import KERAS
from ....layers.layer import Layer
from ....named_tuple import NamedTuple
from ....problem import Error
from ....shape import Shape
from ...python.arguments import ModuleArgument, aliased_arguments


class NoKerasForm(Error):
    """Keras has no such layer; the message says which property it lacks."""


class CallForm(NamedTuple):
    """A layer that is constructed and called, or a function of the code that is called.

    `part` is a word after the name of the step, for a layer before or after the main one.  `inputs`
    has {0}, {1} for those of the call; "" is the only one or a list of all, LIST also one in a
    list.  A call that `is_named` has a name.
    """

    class_name: str
    arguments: tuple[ModuleArgument, ...] = ()
    part: str = ""
    inputs: str = ""
    is_named: bool = True


LIST = "[]"


class KerasForm(NamedTuple):
    """What a layer is in Keras: `calls` in sequence, or Python with {0}, {1} for the inputs.

    In the expression, {name} is the name of a layer.  Where `sized` is given, it is an expression
    for the case that the size is that of another value, {size}; `like` is a function that is called
    with that size, for the case that there are other arguments.
    """

    calls: tuple[CallForm, ...] = ()
    expression: str = ""
    sized: str = ""
    like: CallForm | None = None


class KerasPlace(NamedTuple):
    """What a form depends on besides the layer.

    `source` is the kind of the layer before, `is_flat` says which inputs are vectors in Keras
    instead of maps of one position, `leaves_vector` whether the output is to be one, and `padding`
    how a window is padded: one of `windows.MODES`.
    """

    inputs: tuple[Shape, ...]
    output: Shape
    source: str = ""
    is_flat: tuple[bool, ...] = ()
    leaves_vector: bool = False
    padding: str = ""

    @property
    def x(self) -> Shape:
        return self.inputs[0]


def layer(class_name: str, *arguments: ModuleArgument, part: str = "") -> KerasForm:
    """One layer of keras.layers."""
    return KerasForm((CallForm(f"layers.{class_name}", arguments, part),))


def merging(class_name: str, *arguments: ModuleArgument) -> KerasForm:
    """A layer of a list of values."""
    return KerasForm((CallForm(f"layers.{class_name}", arguments, inputs=LIST),))


def helper(name: str, *arguments: ModuleArgument) -> KerasForm:
    """A class of the code itself, or a function of layers."""
    return KerasForm((CallForm(name, arguments),))


def function(name: str, *arguments: ModuleArgument) -> KerasForm:
    """A function of the code itself that has no layers."""
    return KerasForm((CallForm(name, arguments, is_named=False),))


def expression(text: str) -> KerasForm:
    return KerasForm(expression=text)


def of_axes(kind: str, x: Shape, place: int = 0) -> str:
    """The class for the number of spatial axes: Conv -> Conv2D."""
    rank = len(x.spatial)
    names = [name for name in KERAS[kind].names if name.endswith(f"{rank}D")]
    names += [name for name in KERAS[kind].names if name.endswith(f"{rank}DTranspose")]
    if not names:
        raise NoKerasForm(f"Keras has none for {rank} spatial axes")
    return names[place]


def own_arguments(
    given: Layer, *, omit: Iterable[str] = (), positional: Iterable[str] = ()
) -> tuple[ModuleArgument, ...]:
    """The arguments of a layer by the names that Keras has for them."""
    return aliased_arguments(KERAS[given.kind], given, omit=omit, positional=positional)


def epsilon(given: Layer, usual: float | None = 1e-5) -> tuple[ModuleArgument, ...]:
    """The epsilon of a norm; one that the file does not state is that of PyTorch and ONNX."""
    eps = getattr(given, "eps", None)
    value = usual if eps is None else eps
    return () if value is None else (ModuleArgument("epsilon", value, "eps"),)


def keras_axis(axis: int, x: Shape) -> int:
    """An axis of a value in Keras, where the channels are the last.

    >>> keras_axis(0, Shape((3, 8, 9))), keras_axis(1, Shape((3, 8, 9)))
    (-1, 1)
    """
    return axis % len(x) or -1


def at_axis(axis: int, x: Shape, inside: str) -> str:
    """An index that takes a part along one axis.

    >>> at_axis(0, Shape((3, 8, 9)), ":2"), at_axis(1, Shape((3, 8, 9)), "0")
    ('..., :2', ':, 0')
    """
    axis = axis % len(x)
    return f"..., {inside}" if axis == 0 else ":, " * axis + inside


def first_last(value: Iterable[Datum]) -> tuple[Datum, ...]:
    """Something for each axis, in the order of Keras: the channels last.

    >>> first_last((3, 8, 9))
    (8, 9, 3)
    """
    channels, *others = value
    return (*others, channels)

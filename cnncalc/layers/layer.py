"""What a layer is: an immutable value whose fields are its arguments and whose methods are its formulas.

`Layer` makes its subclasses into values as `dataclasses.dataclass(frozen=True)` would, at a hundredth of the cost at
start-up: no code is generated, the annotations are only read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, NamedTuple, Self, dataclass_transform

from ..datum import Value, show
from ..problem import Refusal, count
from ..shape import AXIS_NAMES, Shape
from .formula import Term, Terms
from .parameter import Default, Parameter

RANKS = {0: "a vector (C)", 1: "a series (CxN)", 2: "an image (CxHxW)", 3: "a volume (CxDxHxW)"}
Category = Literal["conv", "dense", "recurrent", "attention", "norm", "other"]
CATEGORIES: tuple[Category, ...] = ("conv", "dense", "recurrent", "attention", "norm", "other")


class Field(NamedTuple):
    """One argument of a layer: its type and its default."""

    type: Parameter
    default: Any
    required: bool


class Footprint(NamedTuple):
    """What one output position sees along one axis, for the receptive field.

    `features` input positions from the first to the last; `start` is the first that output 0 sees, and `step` is by
    how many input positions the view moves from one output to the next (a fraction where something is upsampled).
    """

    features: Any = 1
    step: Any = 1
    start: Any = 0


POINT = Footprint()
Window = tuple[int, int, int, int, int, int]
"""A window along one axis: the size of the axis, kernel, stride, padding before and after, dilation."""
Footprints = tuple[Footprint | None, ...]
"""A view for each axis of the output's space; None where an output position sees all of that axis."""


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Layer:
    """A layer type.  Shapes are (C, *space), without a batch axis.

    A subclass states its arguments as annotated fields, in the order in which a file may give the first of them alone,
    and overrides the rules below.  The rules take the shapes that enter, in order.

    The reference page is made of its fields, its example and its docstrings: two spaces or an empty line part what it
    is, the rule of its shape (with a ->), what it takes (`Takes ...`, where `takes` and `spatial_axes` do not say it),
    its source (`Source: ...`) and more about it; `weights`, `buffers`, `macs` and `other_flops` state their formulas,
    in which a name in backquotes stands for the number that the class has under it.
    """

    kind: ClassVar[str] = ""
    category: ClassVar[Category] = "other"
    example: ClassVar[
        tuple[str, str, str]
    ]  # `input` and a step as a file has them, and where it is from
    takes: ClassVar[tuple[int, int | None]] = (
        1,
        1,
    )  # how many values may enter, at least and at most (None: any)
    spatial_axes: ClassVar[tuple[int, ...] | None] = (
        None  # how many axes of space it works on; None: any number
    )
    is_alias: ClassVar[bool] = (
        False  # puts out what enters under another shape or unchanged: no new value in memory
    )
    fields: ClassVar[Mapping[str, Field]] = {}

    def __init_subclass__(cls) -> None:
        fields = dict(cls.fields)
        # Evaluated annotations are needed here, so the modules of layers do without `from __future__ import annotations`.
        for name, annotation in cls.__annotations__.items():
            if isinstance(parameter := getattr(annotation, "__metadata__", (None,))[0], Parameter):
                default = cls.__dict__.get(name, ...)
                fields[name] = Field(parameter, default, default is ...)
        cls.fields = fields

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a layer is immutable: cannot set {name}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((self.kind, *self.__dict__.values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"

    # Making one from what a file says

    @classmethod
    def make(cls, given: Mapping[str, Value], inputs: tuple[Shape, ...]) -> Self:
        """Normalise the arguments that a file gives, for what enters.

        Raises Refusal where an argument is missing or of the wrong type, or where the layer cannot take what enters.
        """
        cls.check_inputs(inputs)
        entering = inputs[0] if inputs else None
        values = cls.read_arguments(given, entering)
        cls.check_arguments(values)
        cls.resolve(values, *inputs)
        layer = cls(**values)
        layer.check(*inputs)
        return layer

    @classmethod
    def read_arguments(cls, given: Mapping[str, Value], entering: Shape | None) -> dict[str, Any]:
        """Normalise the arguments by their types alone; `entering` is None while its shape is not known."""
        values: dict[str, Any] = {}
        for name, field in cls.fields.items():
            if name in given:
                try:
                    values[name] = field.type.read(given[name], entering)
                except Refusal as refusal:
                    raise Refusal(
                        f"`{name}` of {cls.kind}: {refusal.message}",
                        refusal.hint,
                        name,
                        refusal.rule,
                    ) from None
            elif field.required:
                raise Refusal(
                    f"{cls.kind} needs `{name}`",
                    f"`{name}` is {field.type.expected}",
                    rule="missing-argument",
                )
            elif isinstance(field.default, Default):
                values[name] = field.default.of(values, entering)
            else:
                values[name] = (
                    None if field.default is None else field.type.read(field.default, entering)
                )
        return values

    @classmethod
    def check_given(cls, given: Mapping[str, Value]) -> None:
        """Raise Refusal where the arguments would not do whatever enters."""
        cls.check_arguments(cls.read_arguments(given, None))

    @classmethod
    def check_arguments(cls, values: dict[str, Any]) -> None:
        """Raise Refusal where the arguments do not fit one another, whatever enters.

        Where that is not known, an argument of one entry an axis may have one for all.
        """

    @classmethod
    def check_inputs(cls, inputs: tuple[Shape, ...]) -> None:
        least, most = cls.takes
        if len(inputs) < least or (most is not None and len(inputs) > most):
            wanted = f"{least} or more values" if most is None else count(most, "value")
            hint = "say which with `from`, as in `from: name[0]`" if len(inputs) > least else ""
            raise Refusal(f"{cls.kind} takes {wanted}, found {len(inputs)}", hint, rule="inputs")
        if cls.spatial_axes is not None and inputs and len(inputs[0]) - 1 not in cls.spatial_axes:
            raise Refusal(f"{cls.kind} takes {ranks(cls.spatial_axes)}, found {inputs[0]}")

    @classmethod
    def resolve(cls, values: dict[str, Any], *inputs: Any) -> None:
        """Replace what depends on the sizes that enter (`padding: same`) by numbers."""

    def check(self, *inputs: Any) -> None:
        """Raise Refusal where the arguments do not fit one another or what enters."""

    # The rules: what a layer type is asked

    def output(self, *inputs: Any) -> Shape:
        """The shape that comes out."""
        raise NotImplementedError

    def outputs(self, *inputs: Any) -> tuple[Shape, ...]:
        """The shapes of the values that come out, where these are several that are read one by one; else none."""
        return ()

    def weights(self, *inputs: Any) -> dict[str, Shape]:
        """The learned tensors by name, as PyTorch names them."""
        return {}

    def buffers(self, *inputs: Any) -> int:
        """How many numbers are stored but not trained."""
        return 0

    def macs(self, *inputs: Any) -> int:
        """Multiply-accumulates."""
        return 0

    def other_flops(self, *inputs: Any) -> int:
        """Floating point operations besides the two of each multiply-accumulate."""
        return 0

    def footprints(self, *inputs: Any) -> Footprints:
        """What an output position sees along each axis."""
        return (POINT,) * (len(self.output(*inputs)) - 1)

    def notes(self, *inputs: Any) -> list[str]:
        """What a reader should know though nothing is wrong."""
        return []

    # How its numbers come about

    def shape_terms(self, *inputs: Any) -> Terms:
        """The sizes of what comes out, by the name of the axis; of the first part, where several values come out."""
        return self.unchanged(*inputs)

    def unchanged(self, *inputs: Any) -> Terms:
        """The sizes of what enters first, as they are."""
        names = zip(axis_names(inputs[0]), size_names(inputs[0]), strict=True)
        return {axis: self.term(inputs, size) for axis, size in names}

    def weight_terms(self, *inputs: Any) -> Terms:
        """The elements of each learned tensor."""
        return {}

    def buffer_terms(self, *inputs: Any) -> Terms:
        """The elements of each tensor that is stored but not trained."""
        return {}

    def macs_terms(self, *inputs: Any) -> Terms:
        """Multiply-accumulates, by what they do where that is several things."""
        return {}

    def flops_terms(self, *inputs: Any) -> Terms:
        """Floating point operations besides the two of each multiply-accumulate, by what they do."""
        return {}

    def windows(self, *inputs: Any) -> dict[str, Window]:
        """The numbers of the window along each axis of the space, for a layer that has one."""
        return {}

    def paddings_for(self, space: tuple[int, ...], *inputs: Any) -> list[dict[str, Any]]:
        """The paddings, as arguments, with which the space that comes out would be this one; none where none gives it."""
        return []

    def symbols(self, *inputs: Any) -> dict[str, Any]:
        """The numbers that its formulas may name.

        Its arguments; C and S of what enters first, also by axis (H and W of an image); C' and S' of what comes out.
        """
        out = self.output(*inputs)
        entering = (
            dict(zip(size_names(inputs[0]), inputs[0], strict=True)) | {"S": inputs[0].spatial}
            if inputs
            else {}
        )
        return {**self.__dict__, **entering, "C'": out.channels, "S'": out.spatial}

    def term(self, inputs: tuple[Any, ...], formula: str, reason: str = "", **values: Any) -> Term:
        """A formula with the numbers for its names: those that are given, else the symbols of this layer."""
        return Term.of(formula, self.symbols(*inputs) | values, reason)

    # How it is shown

    def arguments(self) -> dict[str, Any]:
        """The arguments after defaults; those that were left out and change no number are left out here too."""
        return {name: value for name, value in self.__dict__.items() if value is not None}

    def label(self) -> str:
        """The arguments that tell one layer from another, in the shorthand of papers: `11x11 /4, 96`."""
        told = []
        for name, field in self.fields.items():
            value = self.__dict__[name]
            if field.required:
                told.append(as_text(value))
            elif (
                value is not None
                and not isinstance(field.default, Default)
                and value != field.default
            ):
                told.append(f"{name} {as_text(value)}")
        return ", ".join(told)


def as_text(value: Any) -> str:
    """An argument as a table shows it: sizes as 3x3."""
    if isinstance(value, tuple) and all(type(entry) is int and entry >= 0 for entry in value):
        return "x".join(map(str, value))
    return show(value)


def size_names(shape: Shape) -> list[str]:
    """What the sizes of a shape are called in formulas.

    >>> size_names(Shape((3, 224, 224))), size_names(Shape((768, 197)))
    (['C', 'H', 'W'], ['C', 'N'])
    """
    axes = len(shape) - 1
    return [
        "C",
        *{1: "N", 2: "HW", 3: "DHW"}.get(axes, [f"S{axis}" for axis in range(1, axes + 1)]),
    ]


def axis_names(shape: Shape) -> list[str]:
    """What the axes of a shape are called.

    >>> axis_names(Shape((3, 224, 224)))
    ['channels', 'height', 'width']
    """
    return ["channels", *(axis_name(axis, len(shape) - 1) for axis in range(len(shape) - 1))]


def elements(shape: Shape, mark: str = "") -> str:
    """How many elements a shape has, as formulas say it: C x S, with a prime for what comes out."""
    return f"C{mark} x S{mark}" if len(shape) > 1 else f"C{mark}"


def ranks(spatial_axes: tuple[int, ...]) -> str:
    """What has so many axes of space, in words.

    >>> ranks((1, 2, 3))
    'a series (CxN), an image (CxHxW) or a volume (CxDxHxW)'
    """
    *others, last = [RANKS[axes] for axes in spatial_axes]
    return f"{', '.join(others)} or {last}" if others else last


def axis_name(axis: int, axes: int) -> str:
    """What an axis of the space (counted from 0) is called, of so many.

    >>> axis_name(1, 2)
    'width'
    """
    return AXIS_NAMES[axes][axis] if axes in AXIS_NAMES else f"axis {axis + 1}"

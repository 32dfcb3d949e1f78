"""The base of all layers: an immutable value whose fields are its arguments.

`Layer` makes its subclasses into values as `dataclasses.dataclass(frozen=True)` would, at a
hundredth of the start-up cost: no code is generated, only the annotations are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self, dataclass_transform

from ..datum import Datum, argument_text
from ..problem import Refusal, count
from ..shape import AXIS_NAMES, AxisWindow, Shape, rank_hint
from .field import Arguments, Field, fixed_defaults
from .footprint import POINT, Footprints, MergedPositions
from .formula import Formula, Formulas, Terms
from .parameter import Parameter

RANKS = {
    0: "a vector (C)",
    1: "a series (CxN)",
    2: "an image (CxHxW)",
    3: "a volume (CxDxHxW)",
    4: "a value with four spatial axes",
}
"""The name of a value, by the number of its spatial axes."""

Category = Literal["conv", "dense", "recurrent", "attention", "norm", "other"]
CATEGORIES: tuple[Category, ...] = ("conv", "dense", "recurrent", "attention", "norm", "other")

Symbols = dict[str, object]
"""Values by the names that formulas have for them."""


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Layer:
    """A kind of layer.  Shapes are (C, *S), without a batch axis.

    A subclass states its arguments as annotated fields, in the order in which a file may give the
    first of them without its name, and overrides the rules below.  A rule takes the shapes of the
    inputs, in order.  Its signature is open here, and narrowed by each subclass to what the kind
    accepts: `def output(self, x: Shape) -> Shape`.  An argument with the name of a rule is a field
    with a `_` after it.

    The reference page is made of the fields, the example and the docstrings of a class.  Two spaces
    or an empty line separate the parts of its docstring: the summary, the rule of the shape (with
    a ->), the inputs (`Takes ...`, if `arity` and `spatial_axes` do not describe them), the source
    (`Source: ...`) and anything else.  The docstrings of `weights`, `buffers`, `macs` and
    `other_flops` state their formulas, in which a name in backquotes is that number of the class.
    """

    kind: ClassVar[str] = ""
    category: ClassVar[Category] = "other"
    example: ClassVar[tuple[str, str, str]]  # `input` and a step as in a file, and its origin
    arity: ClassVar[tuple[int, int | None]] = (1, 1)  # the least and most inputs (None: no limit)
    spatial_axes: ClassVar[tuple[int, ...] | None] = None  # numbers of them it accepts; None: any
    is_alias: ClassVar[bool] = False  # the output shares the memory of the input
    is_commutative: ClassVar[bool] = False  # the order of the inputs does not matter
    stated: ClassVar[bool] = False  # its numbers are stated in the file, not calculated
    fields: ClassVar[Mapping[str, Field]] = {}
    has_many_weights: ClassVar[bool] = False  # the number of its learned tensors is an argument
    references: ClassVar[frozenset[str]] = frozenset()  # the arguments that are values
    known_defaults: ClassVar[dict[int | None, Arguments]] = {}  # by the number of axes

    def __init_subclass__(cls) -> None:
        fields = dict(cls.fields)
        for name, annotation in cls.__annotations__.items():
            parameter = getattr(annotation, "__metadata__", (None,))[0]
            if isinstance(parameter, Parameter):
                default = cls.__dict__.get(name, ...)
                fields[name.rstrip("_")] = Field(parameter, default, default is ...)
        cls.fields = fields
        cls.known_defaults = {}
        forms = {name: field.type.form for name, field in fields.items()}
        cls.references = frozenset(name for name, form in forms.items() if form == "reference")

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a layer is immutable: cannot set {name}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((self.kind, *self.__dict__.values()))

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{type(self).__name__}({values})"

    # From the arguments of a file to a layer

    @classmethod
    def create(cls, given: Mapping[str, Datum], inputs: tuple[Shape, ...]) -> Self:
        """A layer for inputs of these shapes, with its arguments normalized.

        Raises Refusal if an argument is missing or has the wrong type, or if the layer does not
        accept the inputs.
        """
        cls.check_inputs(inputs)
        values = cls.read_arguments(given, inputs[0] if inputs else None)
        cls.check_arguments(values)
        cls.resolve(values, *inputs)
        layer = cls(**values)
        layer.check(*inputs)
        return layer

    @classmethod
    def read_arguments(cls, given: Mapping[str, Datum], x: Shape | None) -> Arguments:
        """Normalize the arguments by their types alone; `x` is None while it is not known.

        Raises Refusal if an argument is missing or has the wrong type.
        """
        values: Arguments = {}
        fixed = cls.fixed_defaults(None if x is None else len(x))
        for name, field in cls.fields.items():
            if name in given:
                values[name] = cls.read_argument(name, given[name], x)
            elif name in fixed:
                values[name] = fixed[name]
            elif field.required:
                message = f"{cls.kind} needs `{name}`"
                hint = f"`{name}` is {field.type.expected}"
                raise Refusal(message, hint, rule="missing-argument")
            else:
                values[name] = field.default.of(values, x)
        return values

    @classmethod
    def fixed_defaults(cls, axes: int | None) -> Arguments:
        """The defaults that hold for all inputs with so many axes (None: not known)."""
        if axes not in cls.known_defaults:
            cls.known_defaults[axes] = fixed_defaults(cls.fields, axes)
        return cls.known_defaults[axes]

    @classmethod
    def read_argument(cls, name: str, value: Datum, x: Shape | None) -> Any:
        try:
            return cls.fields[name].type.read(value, x)
        except Refusal as refusal:
            message = f"`{name}` of {cls.kind}: {refusal.message}"
            raise Refusal(message, refusal.hint, name, refusal.rule) from None

    @classmethod
    def check_given(cls, given: Mapping[str, Datum]) -> None:
        """Raise Refusal if no input would make these arguments acceptable."""
        cls.check_arguments(cls.read_arguments(given, None))

    @classmethod
    def check_arguments(cls, values: Arguments) -> None:
        """Raise Refusal if the arguments contradict each other, whatever the input.

        While the input is not known, an argument with one entry per axis may have one for all.
        """

    @classmethod
    def check_inputs(cls, inputs: tuple[Shape, ...]) -> None:
        """Raise Refusal if there are too many or too few inputs, or the first has a wrong rank."""
        least, most = cls.arity
        if len(inputs) < least or (most is not None and len(inputs) > most):
            wanted = count(least, "value") if least == most else f"{least} to {most} values"
            wanted = f"{least} or more values" if most is None else wanted
            hint = "select one with `from`, as in `from: name[0]`" if len(inputs) > least else ""
            raise Refusal(f"{cls.kind} takes {wanted}, found {len(inputs)}", hint, rule="inputs")
        if cls.spatial_axes is not None and inputs and len(inputs[0]) - 1 not in cls.spatial_axes:
            message = f"{cls.kind} takes {ranks(cls.spatial_axes)}, found {inputs[0]}"
            raise Refusal(message, rank_hint(inputs[0], cls.spatial_axes))

    @classmethod
    def resolve(cls, values: Arguments, *inputs: Any, **none: Any) -> None:
        """Replace arguments that depend on the input sizes (`padding: same`) by numbers."""

    def check(self, *inputs: Any, **none: Any) -> None:
        """Raise Refusal if the arguments do not fit the inputs."""

    # The rules of a kind

    def output(self, *inputs: Any, **none: Any) -> Shape:
        """The output shape; of a kind with several outputs, the input shape."""
        raise NotImplementedError

    def outputs(self, *inputs: Any, **none: Any) -> tuple[Shape, ...]:
        """The shapes of several outputs that are referred to one by one; else empty."""
        return ()

    def weights(self, *inputs: Any, **none: Any) -> dict[str, Shape]:
        """The learned tensors by name, as PyTorch names them."""
        return {}

    def buffers(self, *inputs: Any, **none: Any) -> int:
        """The number of elements that are stored but not trained."""
        return 0

    def macs(self, *inputs: Any, **none: Any) -> int:
        """Multiply-accumulates for one sample."""
        return 0

    def other_flops(self, *inputs: Any, **none: Any) -> int:
        """Floating point operations for one sample, in addition to two per multiply-accumulate."""
        return 0

    def footprints(self, *inputs: Any, **none: Any) -> Footprints:
        """The part of each input axis that one output position depends on."""
        return (POINT,) * (len(self.output(*inputs)) - 1)

    def is_in_place(self, *inputs: Any, **none: Any) -> bool:
        """Whether each element of the output needs only that of the input, which it can replace."""
        return False

    def reads_all(self, position: int, inputs: tuple[Shape, ...]) -> bool:
        """Whether an output position depends on the whole of this input, whatever the footprints.

        Otherwise, the footprints are those on every input.
        """
        return False

    def merged_positions(self, *inputs: Any) -> MergedPositions | None:
        """How the positions of a map become one series, if they do."""
        return None

    def notes(self, *inputs: Any, **none: Any) -> list[str]:
        """Remarks on a layer that is valid but may not be what its author meant."""
        return []

    def windows(self, *inputs: Any, **none: Any) -> dict[str, AxisWindow]:
        """The window along each spatial axis, by the name of the axis; empty without a window."""
        return {}

    def paddings_for(
        self, spatial: tuple[int, ...], *inputs: Any, **none: Any
    ) -> list[dict[str, tuple[int, ...]]]:
        """The paddings, as arguments, with which the output has these spatial sizes."""
        return []

    # The formulas of its numbers

    def shape_formulas(self, *inputs: Any, **none: Any) -> Formulas:
        """The output sizes, by the name of the axis; of several outputs, those of the first."""
        return unchanged_sizes(inputs[0])

    def weight_formulas(self, *inputs: Any, **none: Any) -> Formulas:
        """The elements of each learned tensor."""
        return {}

    def buffer_formulas(self, *inputs: Any, **none: Any) -> Formulas:
        """The elements of each tensor that is stored but not trained."""
        return {}

    def macs_formulas(self, *inputs: Any, **none: Any) -> Formulas:
        """Multiply-accumulates, by what they compute."""
        return {}

    def flops_formulas(self, *inputs: Any, **none: Any) -> Formulas:
        """Floating point operations other than multiply-accumulates, by what they compute."""
        return {}

    def symbols(self, *inputs: Any, **none: Any) -> Symbols:
        """The values of the names in its formulas.

        Its arguments; C and S, the channels and spatial sizes of the first input, also by axis (H
        and W of an image); C' and S', those of the output.
        """
        symbols: Symbols = dict(self.__dict__)
        if inputs:
            x: Shape = inputs[0]
            symbols |= zip(size_names(x), x, strict=True)
            symbols["S"] = x.spatial
        out = self.output(*inputs)
        return symbols | {"C'": out.channels, "S'": out.spatial}

    def terms(self, formulas: Formulas, *inputs: Shape) -> Terms:
        """Formulas with the values of their names, for inputs of these shapes."""
        if not formulas:
            return {}
        symbols = self.symbols(*inputs)
        return {name: formula.term(symbols) for name, formula in formulas.items()}

    def shape_terms(self, *inputs: Shape) -> Terms:
        return self.terms(self.shape_formulas(*inputs), *inputs)

    def weight_terms(self, *inputs: Shape) -> Terms:
        return self.terms(self.weight_formulas(*inputs), *inputs)

    def buffer_terms(self, *inputs: Shape) -> Terms:
        return self.terms(self.buffer_formulas(*inputs), *inputs)

    def macs_terms(self, *inputs: Shape) -> Terms:
        return self.terms(self.macs_formulas(*inputs), *inputs)

    def flops_terms(self, *inputs: Shape) -> Terms:
        return self.terms(self.flops_formulas(*inputs), *inputs)

    # How a layer is compared

    def canonical(self, *inputs: Any, **none: Any) -> Layer:
        """The layer with the arguments that all layers have that calculate the same.

        That is, for inputs of these shapes: a size of -1 is a number, an index counts from 0.
        """
        return self

    def is_nothing(self, *inputs: Any, **none: Any) -> bool:
        """Whether the output is the input, in training too, without a cost."""
        return False

    def with_arguments(self, **values: Any) -> Self:
        """The layer with some of its arguments replaced."""
        return type(self)(**{**self.__dict__, **values})

    # How a layer is displayed

    def arguments(self) -> Arguments:
        """The arguments with their defaults, without those that are `none`."""
        return {name: value for name, value in self.__dict__.items() if value is not None}

    def label(self) -> str:
        """The arguments that distinguish layers, in the shorthand of papers: `11x11 /4, 96`."""
        words = []
        for name, field in self.fields.items():
            value = self.__dict__[name if name in self.__dict__ else f"{name}_"]
            if field.required:
                words.append(argument_text(value))
            elif value is not None and not field.is_default(value):
                words.append(f"{name} {argument_text(value)}")
        return ", ".join(words)


def check_groups(number: int, groups: int, what: str = "channels") -> None:
    """Raise Refusal if this number of channels (or filters) cannot be split into equal groups."""
    if number % groups:
        message = f"{number} {what} cannot be split into {groups} groups"
        raise Refusal(message, argument="groups")


# The names of axes and their sizes


def axis_name(axis: int, axes: int) -> str:
    """The name of a spatial axis (counted from 0), given their number.

    >>> axis_name(1, 2)
    'width'
    """
    return AXIS_NAMES[axes][axis] if axes in AXIS_NAMES else f"axis {axis + 1}"


def axis_names(shape: Shape) -> list[str]:
    """The names of all axes of a shape.

    >>> axis_names(Shape((3, 224, 224)))
    ['channels', 'height', 'width']
    """
    return ["channels", *(axis_name(axis, len(shape) - 1) for axis in range(len(shape) - 1))]


def size_names(shape: Shape) -> list[str]:
    """The names of the sizes of a shape in formulas.

    >>> size_names(Shape((3, 224, 224))), size_names(Shape((768, 197)))
    (['C', 'H', 'W'], ['C', 'N'])
    """
    axes = len(shape) - 1
    numbered = [f"S{axis}" for axis in range(1, axes + 1)]
    return ["C", *{1: "N", 2: "HW", 3: "DHW"}.get(axes, numbered)]


def ranks(spatial_axes: tuple[int, ...]) -> str:
    """The kinds of values with these numbers of spatial axes.

    >>> ranks((1, 2, 3))
    'a series (CxN), an image (CxHxW) or a volume (CxDxHxW)'
    """
    *others, last = [RANKS[axes] for axes in spatial_axes]
    return f"{', '.join(others)} or {last}" if others else last


# Formulas that several kinds share


def elements(shape: Shape, prime: str = "") -> str:
    """The number of elements of a shape in formulas: C x S, with a prime for the output."""
    return f"C{prime} x S{prime}" if len(shape) > 1 else f"C{prime}"


def unchanged_sizes(x: Shape) -> Formulas:
    """The sizes of the input, by the name of the axis.

    Their values are given here, since in attention N is the number of keys.
    """
    sizes = zip(axis_names(x), size_names(x), x, strict=True)
    return {axis: Formula(name, "", **{name: size}) for axis, name, size in sizes}


def size_argument(size: int) -> Formula:
    """A size that an argument gives."""
    return Formula("size", "given as an argument", size=size)

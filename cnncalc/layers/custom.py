"""Stated layers: any other operation, with its numbers stated in the file."""

from math import prod
from typing import Annotated, Any

from ..datum import Datum
from ..problem import Refusal
from ..shape import Shape
from .field import Arguments
from .footprint import Footprint, Footprints, Rational
from .formula import Formula, Formulas
from .layer import Layer, Symbols, axis_names, size_argument
from .parameter import (
    SHAPE,
    Choice,
    Integer,
    NoneOr,
    NonNegativeInt,
    Parameter,
    PerAxis,
    Real,
    Schema,
)

MAX_NAME = 100  # characters
MAX_DENOMINATOR = 1000  # of a stride that is a fraction
STATED = "stated in the file, not calculated"


class Text(Parameter):
    """A text that is not an expression: a name from outside of the file."""

    expected = f"a name of at most {MAX_NAME} characters"
    form = "text"

    def read(self, value: Datum, x: Shape | None) -> str:
        is_name = isinstance(value, str) and value.isprintable() and value.strip() == value
        if not is_name or not 0 < len(value) <= MAX_NAME:
            raise self.refuse(value)
        return str(value)

    def schema(self) -> Schema:
        return {"type": ["string", "number", "boolean"], "minLength": 1, "maxLength": MAX_NAME}


class ShapesByName(Parameter):
    """Names with the shapes of tensors, as pairs."""

    expected = "names with their shapes, as in {weight: 64x3x3x3, bias: 64}"
    form = "mapping"

    def read(self, value: Datum, x: Shape | None) -> tuple[tuple[str, tuple[int, ...]], ...]:
        if not isinstance(value, tuple) or not all(map(is_pair, value)):
            raise self.refuse(value)
        return tuple([(name, self.read_shape(name, shape, x)) for name, shape in value])

    def read_shape(self, name: str, shape: Datum, x: Shape | None) -> tuple[int, ...]:
        if len(name) > MAX_NAME or not is_tensor_name(name):
            hint = "a name has letters, digits, `_`, `-` and `.`, as in `norm.weight`"
            message = f"`{name[:MAX_NAME]}` is not a valid name of a tensor"
            raise Refusal(message, hint, rule="bad-name")
        try:
            return SHAPE.read(shape, x)
        except Refusal as refusal:
            message = f"`{name}`: {refusal.message}"
            raise Refusal(message, refusal.hint, rule=refusal.rule) from None

    def schema(self) -> Schema:
        return {
            "type": "object",
            "propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_.-]*$", "maxLength": MAX_NAME},
            "additionalProperties": {"$ref": "#/$defs/shape"},
            "errorMessage": f"expected {self.expected}",
        }


def is_tensor_name(name: str) -> bool:
    """True for a name as PyTorch has them.

    >>> is_tensor_name("norm.weight"), is_tensor_name("0.weight"), is_tensor_name("a|b")
    (True, False, False)
    """
    return name.isascii() and name.replace(".", "_").replace("-", "_").isidentifier()


def is_pair(value: Datum) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str)


class ShapeOrShapes(Parameter):
    """A shape; a list of shapes is one for each of several outputs."""

    expected = "a shape such as 64x16x16, or a list of shapes for several outputs"

    def read(self, value: Datum, x: Shape | None) -> tuple[Any, ...]:
        if isinstance(value, tuple) and any(isinstance(entry, tuple) for entry in value):
            return tuple([self.read_one(entry, x) for entry in value])
        return self.read_one(value, x)

    def read_one(self, value: Datum, x: Shape | None) -> tuple[int, ...]:
        try:
            return SHAPE.read(value, x)
        except Refusal:
            raise self.refuse(value) from None

    def schema(self) -> Schema:
        shape = SHAPE.schema()
        return {**shape, "items": {**shape, "type": [*shape["type"]]}}


class Custom(Layer):
    """An operation without a layer, whose numbers are stated.  (C, *S) -> shape.

    Takes one or more values.

    Source: the file, which states where its numbers come from.

    The first parameter is the name of the operation, as it is written. `weights` and `buffers` are
    the shapes of its tensors by name. `flops` counts all operations, with two for each MAC. An
    output position is assumed to depend on the whole input, unless `receptive_field` states the
    size of the window that it reads; `stride` is the distance by which the window moves, by default
    the ratio of the sizes of input and output, rounded. A list of several shapes gives several
    outputs, which are referred to like the parts of a `chunk`. Tables and totals mark the numbers
    as stated, not calculated.
    """

    kind = "custom"
    has_many_weights = True
    example = (
        "128",
        "{custom: spectral_linear, shape: 1, weights: {weight: 1x128}, buffers: {u: 1, v: 128}, "
        "macs: 257, flops: 642}",
        "the end of the discriminator of SN-GAN (Miyato et al., arXiv:1802.05957), whose weights "
        "are divided by their norm, u (W v)",
    )
    arity = (1, None)
    stated = True
    operation: Annotated[str, Text()]
    shape: Annotated[tuple[Any, ...], ShapeOrShapes()]
    weights_: Annotated[tuple[tuple[str, tuple[int, ...]], ...], ShapesByName()] = ()
    buffers_: Annotated[tuple[tuple[str, tuple[int, ...]], ...], ShapesByName()] = ()
    macs_: NonNegativeInt = 0
    flops: Annotated[int | None, NoneOr(Integer(0))] = None
    receptive_field: Annotated[Any, Choice("all", otherwise=PerAxis(Integer(1)))] = "all"
    stride: Annotated[Any, NoneOr(PerAxis(Real(0)))] = None

    def __init__(self, **values: Any) -> None:
        super().__init__(**{attribute_of(name): value for name, value in values.items()})

    def check(self, *inputs: Shape) -> None:
        if self.flops is not None and self.flops < 2 * self.macs_:
            message = f"{self.flops} FLOPs are fewer than two for each of {self.macs_} MACs"
            raise Refusal(message, "`flops` counts all operations", "flops", "bad-value")
        if self.receptive_field == "all":
            if self.stride is not None:
                hint = "state the size of the window: `receptive_field: 3`"
                raise Refusal("`stride` needs `receptive_field`", hint, "stride", "bad-value")
            return
        x = inputs[0]
        if any(len(out) != len(x) or out.spatial != self.shapes[0].spatial for out in self.shapes):
            found = " and ".join(map(str, self.shapes))
            message = f"`receptive_field` needs an output with the axes of {x}, found {found}"
            raise Refusal(message, "write `receptive_field: all`", "receptive_field", "bad-value")

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shapes of its outputs."""
        if isinstance(self.shape[0], tuple):
            return tuple(map(Shape, self.shape))
        return (Shape(self.shape),)

    def output(self, *inputs: Shape) -> Shape:
        return self.shapes[0]

    def outputs(self, *inputs: Shape) -> tuple[Shape, ...]:
        return self.shapes if len(self.shapes) > 1 else ()

    def weights(self, *inputs: Shape) -> dict[str, Shape]:
        """Those that are stated."""
        return {name: Shape(shape) for name, shape in self.weights_}

    def buffers(self, *inputs: Shape) -> int:
        """The elements of those that are stated."""
        return sum(prod(shape) for _, shape in self.buffers_)

    def macs(self, *inputs: Shape) -> int:
        """Those that are stated."""
        return self.macs_

    def other_flops(self, *inputs: Shape) -> int:
        """The stated `flops`, without two for each MAC."""
        return 0 if self.flops is None else self.flops - 2 * self.macs_

    def footprints(self, *inputs: Shape) -> Footprints:
        out = self.shapes[0]
        if self.receptive_field == "all":
            return (None,) * len(out.spatial)
        strides = self.stride or (None,) * len(out.spatial)
        axes = zip(self.receptive_field, strides, inputs[0].spatial, out.spatial, strict=True)
        return tuple(window_footprint(*axis) for axis in axes)

    def reads_all(self, position: int, inputs: tuple[Shape, ...]) -> bool:
        return inputs[position] != inputs[0]

    # Formulas

    def symbols(self, *inputs: Shape) -> Symbols:
        return {"macs": self.macs_, "flops": self.flops or 0}

    def shape_formulas(self, *inputs: Shape) -> Formulas:
        out = self.shapes[0]
        return dict(zip(axis_names(out), map(size_argument, out), strict=True))

    def weight_formulas(self, *inputs: Shape) -> Formulas:
        return {name: Formula("shape", STATED, shape=shape) for name, shape in self.weights_}

    def buffer_formulas(self, *inputs: Shape) -> Formulas:
        return {name: Formula("shape", STATED, shape=shape) for name, shape in self.buffers_}

    def macs_formulas(self, *inputs: Shape) -> Formulas:
        return {"stated": Formula("macs", STATED)} if self.macs_ else {}

    def flops_formulas(self, *inputs: Shape) -> Formulas:
        if not self.other_flops():
            return {}
        return {"others": Formula("flops - 2 x macs", STATED)}

    # How it is displayed

    def arguments(self) -> Arguments:
        found = {name.rstrip("_"): value for name, value in self.__dict__.items()}
        for name in ("weights", "buffers"):
            found[name] = dict(found[name])
        return {name: value for name, value in found.items() if value not in (None, {})}

    def label(self) -> str:
        return self.operation


def attribute_of(argument: str) -> str:
    """The attribute of an argument: with a `_` if `Layer` has a rule of this name.

    >>> attribute_of("macs"), attribute_of("shape")
    ('macs_', 'shape')
    """
    return f"{argument}_" if hasattr(Layer, argument) else argument


def window_footprint(features: int, stride: float | None, size: int, out: int) -> Footprint:
    """The footprint along one axis of a window of this size, centered on the axis.

    Without a stride, the ratio of the sizes of input and output, rounded.
    >>> window_footprint(3, None, 56, 28)
    Footprint(features=3, step=2, start=0)
    >>> window_footprint(1, None, 28, 56).step
    Fraction(1, 2)
    """
    if stride is None:
        stride = max(1, round(size / out)) if size >= out else 1 / round(out / size)
    step: Rational = int(stride)
    if step != stride:
        from fractions import Fraction  # slow to import, and few strides are fractions

        step = Fraction(stride).limit_denominator(MAX_DENOMINATOR)
    total = (out - 1) * step + features - size
    return Footprint(features, step, -(total // 2) if total > 0 else 0)

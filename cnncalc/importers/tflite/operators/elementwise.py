"""Functions of each element, fused or not, and of the elements of two tensors."""

from __future__ import annotations

from ....sketch import SketchArgument
from ...axes import TensorView, channels_at
from ...builder import LayerArguments, Owned
from ...errors import Unsupported
from ...operands import aligned, in_single_axes
from ..context import TfliteContext
from ..fusing import MISH_OPERATOR, SILU_OPERATOR

LayerWithArguments = tuple[str, dict[str, SketchArgument]]

FUSED: dict[int, LayerWithArguments] = {
    1: ("relu", {}),
    2: ("hardtanh", {"min": -1, "max": 1}),
    3: ("relu6", {}),
    4: ("tanh", {}),
}
"""The activation of another operator, by its number; 0 is none."""

NAMED_AS_IN_TORCH = (
    *("EXP", "LOG", "SQRT", "RSQRT", "SQUARE", "SIN", "COS", "NEG", "SIGN"),
    *("FLOOR", "CEIL", "ROUND"),
)

PLAIN: dict[str, LayerWithArguments] = {
    "RELU": ("relu", {}),
    "RELU6": ("relu6", {}),
    "RELU_N1_TO_1": ("hardtanh", {"min": -1, "max": 1}),
    "RELU_0_TO_1": ("hardtanh", {"min": 0, "max": 1}),
    "LOGISTIC": ("sigmoid", {}),
    "TANH": ("tanh", {}),
    "HARD_SWISH": ("hardswish", {}),
    "ELU": ("elu", {}),
    SILU_OPERATOR: ("silu", {}),
    MISH_OPERATOR: ("mish", {}),
    "ABS": ("abs", {}),
    **{name: ("elementwise", {"function": name.lower()}) for name in NAMED_AS_IN_TORCH},
}


def number_of_axes(net: TfliteContext) -> int:
    return len(net.sizes())


def activated(net: TfliteContext, view: TensorView) -> TensorView:
    """A result after the activation that is fused with the operator.

    Raises Unsupported for one that is not known.
    """
    number = net.operator.option("activation")
    if number == 0:
        return view
    if number not in FUSED:
        raise Unsupported(f"the fused activation {number}")
    kind, arguments = FUSED[number]
    return net.applied(kind, arguments, view)


def plain(net: TfliteContext) -> list[TensorView]:
    kind, arguments = PLAIN[net.operator.kind]
    return [activated(net, net.applied(kind, arguments, net.view()))]


def leaky_relu(net: TfliteContext) -> list[TensorView]:
    slope = round(float(net.operator.options.get("alpha", 0)), 6)
    return [net.applied("leaky_relu", {"slope": slope}, net.view())]


def gelu(net: TfliteContext) -> list[TensorView]:
    is_tanh = net.operator.option("approximate")
    view = net.applied("gelu", {"approximate": "tanh" if is_tanh else None}, net.view())
    return [activated(net, view)]


def prelu(net: TfliteContext) -> list[TensorView]:
    """One slope for all, for each channel, or for each element."""
    owned = net.owned((1,))
    view = channels_at(net.builder, net.view(), -1)
    if owned.params not in (1, view.shape.channels):
        return [net.applied("prelu", {"per_element": True}, view, owned)]
    is_per_channel = owned.params == view.shape.channels
    return [net.applied("prelu", {"per_channel": is_per_channel}, view, owned)]


def softmax(net: TfliteContext) -> list[TensorView]:
    """Along the last axis."""
    view = in_single_axes(net.builder, net.view())
    kind = "softmax" if net.operator.kind == "SOFTMAX" else "log_softmax"
    return [net.applied(kind, {"axis": view.axis(-1)}, view)]


def unchanged(net: TfliteContext) -> list[TensorView]:
    """Another type of the same elements."""
    return [net.view()]


# Two tensors

JOINS = {
    "ADD": "add",
    "SUB": "sub",
    "MUL": "mul",
    "DIV": "div",
    "MAXIMUM": "max",
    "SQUARED_DIFFERENCE": "sub",
}


def join(net: TfliteContext) -> list[TensorView]:
    """Two tensors, element by element, of which one may be a constant."""
    kind = JOINS[net.operator.kind]
    stored = [place for place in (0, 1) if net.is_stored(place)]
    view = with_constant(net, kind, stored[0]) if stored else with_tensor(net, kind)
    if net.operator.kind == "SQUARED_DIFFERENCE":
        view = net.applied("elementwise", {"function": "square"}, view)
    return [activated(net, view)]


def with_tensor(net: TfliteContext, kind: str) -> TensorView:
    """Two tensors that depend on the input; the larger one has the axes of the result."""
    views = [in_single_axes(net.builder, net.view(place)) for place in (0, 1)]
    rank = max(view.rank for view in views)
    views = [view.widened(rank) for view in views]
    elements = [view.shape.elements for view in views]
    lead = net.completed(views[elements.index(max(elements))])
    values = [
        lead.value if view is lead else aligned(net.builder, view, lead, keep_vector=True)
        for view in views
    ]
    return lead.with_value(net.add(kind, {}, values))


def minimum(net: TfliteContext) -> list[TensorView]:
    """With a number, an upper bound.  Raises Unsupported for two tensors."""
    stored = [place for place in (0, 1) if net.is_stored(place)]
    if not stored or net.tensor(stored[0]).elements != 1:
        raise Unsupported("the minimum of two tensors")
    return [net.applied("hardtanh", {}, net.view(1 - stored[0]))]


def choice(net: TfliteContext) -> list[TensorView]:
    """SELECT_V2 by a constant that is true, or false, everywhere: the second input or the third."""
    condition = net.number_at(0)
    if condition is None:
        raise Unsupported("a choice that depends on the data")
    return [net.view(1 if condition else 2)]


def with_constant(net: TfliteContext, kind: str, place: int) -> TensorView:
    """A tensor and a number, a learned factor for each channel, or a learned tensor."""
    view = net.view(1 - place)
    constant = net.tensor(place)
    if constant.elements == 1 or net.number(place) in net.constants:
        return with_number(net, kind, place, view)
    sizes = (1,) * (view.rank - len(constant.sizes)) + constant.sizes
    owned = net.owned((place,))
    is_vector = constant.elements == sizes[-1]
    if kind == "add" and is_vector and is_scaled(net, 1 - place):
        return with_summand(net, view, owned)
    if kind == "mul" and is_vector and sizes[-1] == net.output().sizes[-1]:
        view = channels_at(net.builder, view, -1)
        if view.shape.channels == sizes[-1]:
            return net.applied("scale", {}, view, owned)
    return with_learned(net, kind, place, view.widened(len(sizes)), sizes, owned)


def is_scaled(net: TfliteContext, place: int) -> bool:
    """True for the output of a `scale` that nothing else reads, which was added last."""
    number = net.number(place)
    layer = net.views[number].value.layer
    is_last = layer == len(net.builder.layers) - 1
    return (
        net.uses[number] == 1
        and is_last
        and number not in net.graph.outputs
        and is_plain(net, layer)
    )


def is_plain(net: TfliteContext, layer: int) -> bool:
    made = net.builder.layers[layer] if layer >= 0 else None
    return made is not None and made.kind == "scale" and not made.arguments.get("bias")


def with_summand(net: TfliteContext, view: TensorView, owned: Owned) -> TensorView:
    """The `scale` that makes a tensor, with a learned summand: a norm that is not folded."""
    made = net.builder.layers.pop()
    both = Owned((*made.weights, *owned.weights), made.params + owned.params)
    return view.with_value(net.add("scale", {"bias": True}, made.values, both))


def with_number(net: TfliteContext, kind: str, place: int, view: TensorView) -> TensorView:
    """A tensor and one number; one that is quantized is a `constant`, as its scale is not read."""
    number = net.number_at(place)
    if is_idle(kind, place, number) and net.number(place) in net.constants:
        return view  # a factor or a summand that the model does not have
    operand = (
        net.add("constant", {"shape": (1,) * len(view.shape)}, []) if number is None else number
    )
    operands = [operand, view.value] if place == 0 else [view.value, operand]
    return view.with_value(net.add(kind, {}, operands))


def is_idle(kind: str, place: int, number: float | None) -> bool:
    """True for a product with 1 or a sum with 0."""
    return (kind, number) in (("mul", 1), ("add", 0)) or (kind, number, place) == ("sub", 0, 1)


def with_learned(
    net: TfliteContext,
    kind: str,
    place: int,
    view: TensorView,
    sizes: tuple[int, ...],
    owned: Owned,
) -> TensorView:
    """A tensor and a learned tensor, whose axes are brought to where those of the other are."""
    lead = net.completed(in_single_axes(net.builder, view))
    shape = [1] * len(lead.shape)
    for axis, size in enumerate(sizes):
        if size != 1:
            shape[lead.axis(axis)] = size
    arguments: LayerArguments = {"shape": tuple(shape)}
    tensor = net.add("weight", arguments, [], owned)
    operands = [tensor, lead.value] if place == 0 else [lead.value, tensor]
    return lead.with_value(net.add(kind, {}, operands))


FUNCTIONS = {
    **dict.fromkeys(PLAIN, plain),
    "LEAKY_RELU": leaky_relu,
    "GELU": gelu,
    "PRELU": prelu,
    **dict.fromkeys(("SOFTMAX", "LOG_SOFTMAX"), softmax),
    **dict.fromkeys(("QUANTIZE", "DEQUANTIZE", "CAST", "FAKE_QUANT"), unchanged),
    **dict.fromkeys(JOINS, join),
    "MINIMUM": minimum,
    "SELECT_V2": choice,
}

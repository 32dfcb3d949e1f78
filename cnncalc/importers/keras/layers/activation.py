"""Activations: layers of their own, arguments of other layers, and operations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....layers.activation import FUNCTIONS as ELEMENTWISE
from ....layers.aliases import KERAS_FUNCTIONS
from ....sketch import SketchArgument
from ...axes import TensorView, channels_at, separated
from ...errors import Unsupported
from ...operands import joined
from ..context import LayerCall

PLAIN = {name: kind for kind, names in KERAS_FUNCTIONS.items() for name in names}
"""Functions that are one layer without arguments."""

OF_ELEMENTS = {
    "exponential": "exp",
    "negative": "neg",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    **{name: name for name in ELEMENTWISE if name != "pow"},
}
"""Functions of each element, by the name in the catalogue."""

UNCHANGED = ("linear", "identity")
SOFTMAX = ("softmax", "log_softmax")
LEAKY_SLOPE = 0.2
"""Of `keras.activations.leaky_relu`; the layer LeakyReLU has 0.3."""

LAYER_SLOPE = 0.3


def activated(call: LayerCall, view: TensorView, given: object, part: str = "") -> TensorView:
    """The result of an activation, by its name or its configuration."""
    name, config = named(given)
    if name in UNCHANGED:
        return view
    if name in SOFTMAX:
        return softmax_of(call, view, -1, name)
    if name == "softsign":
        return softsign(call, view)
    if name == "glu":
        return call.apply("glu", {}, channels_at(call.builder, view, -1), part)
    try:
        if name == "relu":
            return rectified(call, view, config)
        kind, arguments = layer_of(name, config)
    except Unsupported as error:
        return call.unstated(name, view, str(error))
    return call.apply(kind, arguments, view, part)


def softsign(call: LayerCall, view: TensorView) -> TensorView:
    """x / (1 + |x|)."""
    size = call.apply("abs", {}, view)
    bottom = size.with_value(call.add("add", {}, [size.value, 1.0]))
    return joined(call.builder, "div", [view, bottom], call.sizes(view))


def with_activation(call: LayerCall, view: TensorView) -> TensorView:
    """The result of a layer after the activation that is an argument of it."""
    return activated(call, view, call.config.values.get("activation"), "activation")


def named(given: object) -> tuple[str, Mapping[str, Any]]:
    """The name of an activation and its arguments: a text, or an object of Keras 3."""
    if given is None:
        return "linear", {}
    if isinstance(given, str):
        return function_name(given), {}
    if isinstance(given, Mapping):
        config = given.get("config")
        name = given.get("class_name")
        if name == "function" and isinstance(config, str):
            return function_name(config), {}
        inner = config if isinstance(config, Mapping) else {}
        if isinstance(name, str):
            return snake(name), inner
    raise Unsupported("an activation without a name")


def function_name(text: str) -> str:
    """A function without its package, and without the version of TensorFlow's.

    >>> function_name("my>swish"), function_name("log_softmax_v2")
    ('swish', 'log_softmax')
    """
    return text.rpartition(">")[2].removesuffix("_v2")


def snake(name: str) -> str:
    """The name of a class as that of its function.

    >>> snake("LeakyReLU"), snake("HardSigmoid"), snake("relu")
    ('leaky_relu', 'hard_sigmoid', 'relu')
    """
    known = {"LeakyReLU": "leaky_relu", "ReLU": "relu", "ReLU6": "relu6", "PReLU": "prelu"}
    if name in known:
        return known[name]
    parts = "".join(f"_{letter}" if letter.isupper() else letter for letter in name)
    return parts.strip("_").lower() if not name.isupper() else name.lower()


def layer_of(name: str, config: Mapping[str, Any]) -> tuple[str, Mapping[str, SketchArgument]]:
    """The kind and the arguments of an activation.  Raises Unsupported."""
    if name in PLAIN and (name != "relu" or not config):
        return PLAIN[name], {}
    if name == "relu":
        return rectifier(config)
    if name in ("elu", "celu"):
        return "elu", {"alpha": number(config.get("alpha"), 1.0)}
    if name == "leaky_relu":
        return "leaky_relu", {"slope": number(config.get("negative_slope"), LEAKY_SLOPE)}
    if name == "gelu":
        return "gelu", {"approximate": "tanh" if config.get("approximate") else None}
    if name in OF_ELEMENTS:
        return "elementwise", {"function": OF_ELEMENTS[name]}
    raise Unsupported(f"the activation {name}")


def rectifier(config: Mapping[str, Any]) -> tuple[str, Mapping[str, SketchArgument]]:
    """relu with a slope, a maximum and a threshold."""
    slope = number(config.get("negative_slope"), 0.0)
    maximum = config.get("max_value")
    if number(config.get("threshold"), 0.0):
        raise Unsupported("a relu with a threshold")
    if slope and maximum is not None:
        raise Unsupported("a relu with a slope and a maximum")
    if slope:
        return "leaky_relu", {"slope": slope}
    if maximum is None:
        return "relu", {}
    most = number(maximum, 0.0)
    return ("relu6", {}) if most == 6 else ("hardtanh", {"min": 0.0, "max": most})


def rectified(call: LayerCall, view: TensorView, config: Mapping[str, Any]) -> TensorView:
    """A relu, perhaps with a threshold: the elements from this on, and 0 for the others."""
    threshold = number(config.get("threshold"), 0.0)
    if not threshold:
        return call.apply(*rectifier(config), view)
    if number(config.get("negative_slope"), 0.0):
        raise Unsupported("a relu with a slope and a threshold")
    view = from_threshold(call, view, threshold)
    has_maximum = config.get("max_value") is not None
    return call.apply(*rectifier({**config, "threshold": None}), view) if has_maximum else view


def from_threshold(call: LayerCall, view: TensorView, threshold: float) -> TensorView:
    """x where it is above a threshold, else 0: x times the relu of the sign of their difference."""
    above = call.add("sub", {}, [view.value, threshold])
    above = call.add("elementwise", {"function": "sign"}, [above])
    above = call.add("relu", {}, [above])
    return view.with_value(call.add("mul", {}, [view.value, above]))


def number(value: object, default: float) -> float:
    """A number, which Keras may write as an array, in the digits of a 32-bit one."""
    if isinstance(value, Mapping):
        inner = value.get("config")
        value = inner.get("value") if isinstance(inner, Mapping) else None
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unsupported("an activation whose argument is not a number")
    return float(f"{value:.7g}")


def softmax_of(call: LayerCall, view: TensorView, axis: int, kind: str = "softmax") -> TensorView:
    """A softmax along an axis; along one of size 1, it is still there."""
    if not -view.rank <= axis < view.rank:
        raise call.config.wrong("axis", "an axis of its input")
    view = separated(call.builder, view)
    own = view.own_axes(axis % view.rank)
    if not own:
        raise Unsupported("a softmax along an axis of size 1")
    return call.apply(kind, {"axis": view.axis(axis)}, view)


# Layers


def activation(call: LayerCall) -> TensorView:
    return activated(call, call.view, call.config.values.get("activation"))


def relu(call: LayerCall) -> TensorView:
    return rectified(call, call.view, call.config.values)


def leaky_relu(call: LayerCall) -> TensorView:
    values = call.config.values
    slope = number(values.get("negative_slope", values.get("alpha")), LAYER_SLOPE)
    return call.apply("leaky_relu", {"slope": slope}, call.view)


def elu(call: LayerCall) -> TensorView:
    return call.apply("elu", {"alpha": number(call.config.values.get("alpha"), 1.0)}, call.view)


def softmax(call: LayerCall) -> TensorView:
    axes = call.config.integers("axis") if call.config.has("axis") else (-1,)
    if len(axes) != 1:
        raise Unsupported("a softmax that is not over one axis")
    return softmax_of(call, call.view, axes[0])


def prelu(call: LayerCall) -> TensorView:
    """PReLU: the slopes of the shared axes are one; the value needs all its axes in order."""
    view = separated(call.builder, call.view)
    shared = call.config.integers("shared_axes") if call.config.has("shared_axes") else ()
    axes = [axis % view.rank for axis in shared]
    free = [axis for axis in range(1, view.rank) if axis not in axes and view.own_axes(axis)]
    large = [axis for axis in range(1, view.rank) if view.own_axes(axis)]
    if not free:
        return call.apply("prelu", {}, view)
    if free == large and len(large) > 1:
        return call.apply("prelu", {"per_element": True}, view)
    if len(free) == 1:
        return call.apply("prelu", {"per_channel": True}, channels_at(call.builder, view, free[0]))
    raise Unsupported("slopes for several axes, but not for all")


def thresholded(call: LayerCall) -> TensorView:
    """ThresholdedReLU of Keras 2."""
    threshold = number(call.config.values.get("theta"), 1.0)
    return rectified(call, call.view, {"threshold": threshold})


KINDS = {
    "relu": relu,
    "leaky_relu": leaky_relu,
    "elu": elu,
    "softmax": softmax,
    "prelu": prelu,
}
CLASSES = {"Activation": activation, "ThresholdedReLU": thresholded}

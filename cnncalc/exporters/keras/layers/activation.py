"""Activations, regularization and learned tensors."""

from __future__ import annotations

from typing import Any

from ....layers.aliases import KERAS, KERAS_FUNCTIONS
from ...python.arguments import ModuleArgument, given, keyword
from .form import (
    KerasForm,
    KerasPlace,
    NoKerasForm,
    expression,
    function,
    helper,
    keras_axis,
    layer,
)


def named(activation: Any, place: KerasPlace) -> KerasForm:
    """A class of its own, or the name of a function."""
    if activation.kind in KERAS:
        return layer(KERAS[activation.kind].names[0])
    return by_name(KERAS_FUNCTIONS[activation.kind][0])


def by_name(name: str) -> KerasForm:
    return layer("Activation", ModuleArgument("", name))


def leaky_relu(activation: Any, place: KerasPlace) -> KerasForm:
    return layer("LeakyReLU", keyword("negative_slope", activation.slope, 0.3, "slope"))


def elu(activation: Any, place: KerasPlace) -> KerasForm:
    return layer("ELU", keyword("alpha", activation.alpha, 1, "alpha"))


def gelu(activation: Any, place: KerasPlace) -> KerasForm:
    if activation.approximate:
        return expression("ops.gelu({0}, approximate=True)")
    return by_name("gelu")


def hardtanh(activation: Any, place: KerasPlace) -> KerasForm:
    low, high = activation.min, activation.max
    if (low, high) in ((None, None), (-1, 1)):
        return by_name("hard_tanh")
    low = -1.0 if low is None else low
    high = 1.0 if high is None else high
    return expression(f"ops.clip({{0}}, {low!r}, {high!r})")


def softplus(activation: Any, place: KerasPlace) -> KerasForm:
    if activation.beta not in (None, 1):
        raise NoKerasForm("softplus of Keras has no beta")
    if activation.is_straight:
        raise NoKerasForm("softplus of Keras has no threshold")
    return by_name("softplus")


def along_axis(activation: Any, place: KerasPlace) -> KerasForm:
    axis = keras_axis(activation.axis, place.x)
    if activation.kind == "softmax":
        return layer("Softmax", keyword("axis", axis, -1))
    return expression(f"ops.log_softmax({{0}}, axis={axis})")


def elementwise(activation: Any, place: KerasPlace) -> KerasForm:
    if activation.function == "pow":
        return expression(f"{{0}} ** {activation.exponent!r}")
    name = FUNCTION_NAMES.get(activation.function, activation.function)
    return expression(f"ops.{name}({{0}})")


FUNCTION_NAMES = {"neg": "negative", "asin": "arcsin", "acos": "arccos", "atan": "arctan"}
"""The functions that keras.ops calls otherwise."""


def prelu(activation: Any, place: KerasPlace) -> KerasForm:
    """The slopes are shared along the axes after the batch that are named."""
    rank = len(place.x)
    if activation.per_element:
        return layer("PReLU")
    shared = tuple(range(1, rank if activation.per_channel else rank + 1))
    return layer("PReLU", *([ModuleArgument("shared_axes", shared)] if shared else []))


def dropout(drop: Any, place: KerasPlace) -> KerasForm:
    return layer("Dropout", given(drop.p, "p"))


def droppath(drop: Any, place: KerasPlace) -> KerasForm:
    """A dropout of whole samples."""
    shape = ModuleArgument("noise_shape", (None, *[1] * len(place.x)))
    return layer("Dropout", given(drop.p, "p"), shape)


def scale(learned: Any, place: KerasPlace) -> KerasForm:
    return helper("LayerScale", keyword("use_bias", learned.bias, False, "bias"))


def weight(learned: Any, place: KerasPlace) -> KerasForm:
    return helper("LearnedTensor", ModuleArgument("", channels_last(learned.shape)))


def constant(fixed: Any, place: KerasPlace) -> KerasForm:
    shape = ModuleArgument("", channels_last(fixed.shape))
    trained = ModuleArgument("trainable", False)
    if not fixed.buffer:
        raise NoKerasForm("a constant that is computed is not in the file")
    return helper("LearnedTensor", shape, trained)


def channels_last(shape: tuple[int, ...]) -> tuple[int, ...]:
    return (*shape[1:], shape[0])


def custom(stated: Any, place: KerasPlace) -> KerasForm:
    raise NoKerasForm("what it computes is not stated in the file, only its numbers are")


FORMS = {
    **dict.fromkeys((*KERAS_FUNCTIONS, "identity"), named),
    "leaky_relu": leaky_relu,
    "elu": elu,
    "gelu": gelu,
    "hardtanh": hardtanh,
    "softplus": softplus,
    "softmax": along_axis,
    "log_softmax": along_axis,
    "squash": lambda activation, place: function("squash"),
    "abs": lambda activation, place: expression("ops.absolute({0})"),
    "elementwise": elementwise,
    "glu": lambda activation, place: expression("ops.glu({0}, axis=-1)"),
    "prelu": prelu,
    "dropout": dropout,
    "droppath": droppath,
    "scale": scale,
    "weight": weight,
    "constant": constant,
    "custom": custom,
}

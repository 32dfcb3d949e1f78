"""Pooling."""

from __future__ import annotations

from typing import Any

from ...python.arguments import keyword
from .convolution import windowed
from .form import CallForm, KerasForm, KerasPlace, NoKerasForm, layer, of_axes, own_arguments
from .windows import PAD, ends_of, zeros_before

NOT_NEGATIVE = ("relu", "relu6", "sigmoid", "hardsigmoid", "softmax")
"""Layers after which zeros around a map do not change its largest values."""


def maxpool(given: Any, place: KerasPlace) -> KerasForm:
    if set(given.dilation) != {1}:
        raise NoKerasForm("Keras has no pooling with a dilation")
    if place.padding != PAD or place.source in NOT_NEGATIVE:
        return pool(given, place)
    [amounts] = zeros_before(given, place.x, PAD)[0].arguments
    around = (amounts,)
    form = pool(given, place)
    before = CallForm("pad_for_max", around, "pad", is_named=False)
    return KerasForm((before, *form.calls[1:]))


def avgpool(given: Any, place: KerasPlace) -> KerasForm:
    counts = given.count_include_pad
    padded = any(map(any, ends_of(given, place.x)))
    if padded and place.padding == PAD and (given.ceil or not counts):
        raise NoKerasForm("a mean without its padding is in Keras only with the padding `same`")
    return pool(given, place)


def pool(given: Any, place: KerasPlace) -> KerasForm:
    arguments = own_arguments(given, omit=["padding"])
    return windowed(given, place, of_axes(given.kind, place.x), arguments)


def adaptive(given: Any, place: KerasPlace) -> KerasForm:
    return layer(of_axes(given.kind, place.x), *own_arguments(given))


def whole(given: Any, place: KerasPlace) -> KerasForm:
    """Pooling of the whole map: to a vector, or to a map of one position."""
    keeps = keyword("keepdims", not place.leaves_vector, False)
    return layer(of_axes(given.kind, place.x), keeps)


def unpool(given: Any, place: KerasPlace) -> KerasForm:
    raise NoKerasForm("Keras has no unpooling by the places of the maxima")


FORMS = {
    "maxpool": maxpool,
    "avgpool": avgpool,
    "adaptive_avgpool": adaptive,
    "adaptive_maxpool": adaptive,
    "global_avgpool": whole,
    "global_maxpool": whole,
    "unpool": unpool,
}

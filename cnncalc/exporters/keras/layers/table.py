"""The table of all forms."""

from __future__ import annotations

from collections.abc import Callable

from ....layers.layer import Layer
from . import activation, convolution, dense, joins, normalization, pooling, shapes
from .form import KerasForm, KerasPlace

FAMILIES = (activation, convolution, dense, joins, normalization, pooling, shapes)
FORMS: dict[str, Callable[..., KerasForm]] = {
    kind: form for family in FAMILIES for kind, form in family.FORMS.items()
}


def form_of(layer: Layer, place: KerasPlace) -> KerasForm:
    """What a layer is in Keras.  Raises NoKerasForm."""
    return FORMS[layer.kind](layer, place)

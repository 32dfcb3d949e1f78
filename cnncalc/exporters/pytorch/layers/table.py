"""The table of all forms."""

from __future__ import annotations

from collections.abc import Callable

from ....layers.layer import Layer
from ....shape import Shape
from . import activation, convolution, dense, joins, normalization, pooling, shapes
from .form import NoForm, TorchForm

FAMILIES = (activation, convolution, dense, joins, normalization, pooling, shapes)
FORMS: dict[str, Callable[..., TorchForm]] = {
    kind: form for family in FAMILIES for kind, form in family.FORMS.items()
}


def form_of(layer: Layer, inputs: tuple[Shape, ...]) -> TorchForm:
    """What a layer is in PyTorch.  Raises NoForm."""
    if layer.kind not in FORMS:
        raise NoForm(f"{layer.kind} has no form in PyTorch")
    return FORMS[layer.kind](layer, *inputs)

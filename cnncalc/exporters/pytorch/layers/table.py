"""The table of all forms."""

from __future__ import annotations

from collections.abc import Callable

from ....layers.layer import Layer
from ....shape import Shape
from ...python.arguments import ModuleForm
from . import activation, convolution, dense, joins, normalization, pooling, shapes
from .form import NoForm, TorchForm

FAMILIES = (activation, convolution, dense, joins, normalization, pooling, shapes)
FORMS: dict[str, Callable[..., TorchForm]] = {
    kind: form for family in FAMILIES for kind, form in family.FORMS.items()
}


SAME = {"nn.Conv": "SameConv", "nn.MaxPool": "SameMaxPool"}
"""The classes that pad by the size of their input, as `padding: same` does."""


def same_form(layer: Layer, inputs: tuple[Shape, ...]) -> TorchForm | None:
    """A layer with `padding: same` as one class for any size of the input; None if it has none."""
    form = form_of(layer, inputs)
    if not form.modules:
        return None
    last = form.modules[-1]
    name = last.class_name.rstrip("d").rstrip("123")
    if name not in SAME:
        return None
    class_name = last.class_name.replace(name, SAME[name])
    kept = tuple(one for one in last.arguments if one.name != "padding")
    return TorchForm((ModuleForm(class_name, kept),))


def form_of(layer: Layer, inputs: tuple[Shape, ...]) -> TorchForm:
    """What a layer is in PyTorch.  Raises NoForm."""
    if layer.kind not in FORMS:
        raise NoForm(f"{layer.kind} has no form in PyTorch")
    return FORMS[layer.kind](layer, *inputs)

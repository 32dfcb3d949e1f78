"""The table of all layers: which function states a class of Keras."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from ....layers.aliases import KERAS
from ..context import LayerCall, LayerResults
from ..model import KerasLayer
from . import (
    activation,
    attention,
    convolution,
    dense,
    einsum,
    merging,
    normalization,
    pooling,
    recurrent,
    regularization,
    resizing,
    shaping,
    unstated,
)
from .operation_arguments import is_operation, operation_key
from .operations import OPERATIONS

LayerFunction = Callable[[LayerCall], LayerResults]

FAMILIES = (
    *(activation, attention, convolution, dense, einsum, merging, normalization),
    *(pooling, recurrent, regularization, resizing, shaping, unstated),
)

REASONS = {
    **dict.fromkeys(("Lambda", "Merge"), "its function is code"),
    "TFSMLayer": "it is a saved program of TensorFlow",
    "TorchModuleWrapper": "it is a pickled module of PyTorch",
    **dict.fromkeys(("JaxLayer", "FlaxLayer"), "its function is code"),
}
"""Why some classes are not stated."""


@cache
def functions() -> dict[str, LayerFunction]:
    """The function of each class: of a kind, for the names that Keras has for it, or its own."""
    found: dict[str, LayerFunction] = {}
    for family in FAMILIES:
        kinds: dict[str, LayerFunction] = getattr(family, "KINDS", {})
        for kind, function in kinds.items():
            found |= dict.fromkeys(KERAS[kind].names, function)
        found |= getattr(family, "CLASSES", {})
    return found


LAMBDA_OF_APPLICATIONS = re.compile(r"block(35|17|8)_\d+")
"""The names of the only Lambda layers in keras.applications, those of InceptionResNetV2."""


def is_scaled_sum(layer: KerasLayer) -> bool:
    """True for a Lambda of InceptionResNetV2, whose function has one argument, a scale."""
    given = layer.config.values.get("arguments")
    is_named = layer.kind == "Lambda" and LAMBDA_OF_APPLICATIONS.fullmatch(layer.name)
    return bool(is_named) and isinstance(given, Mapping) and set(given) == {"scale"}


def function_of(layer: KerasLayer) -> LayerFunction | None:
    """The function of a layer or an operation; None if no layer of the catalogue states it."""
    if layer.is_own:
        return None
    if is_operation(layer):
        return OPERATIONS.get(operation_key(layer))
    if is_scaled_sum(layer):
        return merging.scaled_sum
    return functions().get(layer.kind)


def reason_for(layer: KerasLayer) -> str:
    """Why a layer is not stated."""
    if layer.is_own:
        return "a user-defined class, whose code is not in the file"
    return REASONS.get(layer.kind, "not in the catalogue")

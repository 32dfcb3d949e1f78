"""Data types of a model: those of the network, and those of layers that have others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache

from ..dtype import BITS, FLOAT32, UNSTATED, DataTypes
from ..layers import layer_class
from ..sketch import Sketch


def with_common_types(sketch: Sketch) -> Sketch:
    """A Sketch whose types are the most frequent ones of its layers, which have the others."""
    known = [known_types(layer.types, layer.params > 0, layer.kind) for layer in sketch.layers]
    common = DataTypes(
        most_frequent((types.weights for types in known), FLOAT32.weights),
        most_frequent((types.activations for types in known), FLOAT32.activations),
    )
    others = {types: without(types, common) for types in set(known)}
    layers = (
        layer if layer.types == others[types] else layer._replace(types=others[types])
        for layer, types in zip(sketch.layers, known, strict=True)
    )
    return sketch._replace(types=common, layers=tuple(layers))


@cache
def known_types(types: DataTypes, has_weights: bool, kind: str) -> DataTypes:
    """The types of a layer that matter: of weights that it has, and of a value that it makes."""
    if types == UNSTATED:
        return UNSTATED
    weights, activations = (word if word in BITS else "" for word in types)
    has_own_value = not layer_class(kind).is_alias
    return DataTypes(weights if has_weights else "", activations if has_own_value else "")


def most_frequent(words: Iterable[str], default: str) -> str:
    """The word that most layers have; the first of several."""
    found = Counter(word for word in words if word)
    return found.most_common(1)[0][0] if found else default


def without(types: DataTypes, common: DataTypes) -> DataTypes:
    """The types that differ from those of the network."""
    if types == UNSTATED:
        return types
    return DataTypes(
        "" if types.weights == common.weights else types.weights,
        "" if types.activations == common.activations else types.activations,
    )

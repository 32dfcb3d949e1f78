"""What other tools call our layers and arguments leads to words that there are."""

from __future__ import annotations

import pytest

from cnncalc.document import STRUCTURES
from cnncalc.layers import LAYERS, layer_class
from cnncalc.layers.aliases import ARGUMENT_ALIASES, KIND_ALIASES, kind_for

from .support.networks import read


@pytest.mark.parametrize("kind", KIND_ALIASES)
def test_layers(kind: str) -> None:
    assert kind in LAYERS or kind in STRUCTURES
    for name in KIND_ALIASES[kind].split():
        assert name not in LAYERS and kind_for(name) == kind


@pytest.mark.parametrize("argument", ARGUMENT_ALIASES)
def test_arguments(argument: str) -> None:
    fields = {field for kind in LAYERS for field in layer_class(kind).fields}
    assert argument in fields
    assert not fields & set(ARGUMENT_ALIASES[argument].split()) - {"size"}


@pytest.mark.parametrize("kind", sorted(LAYERS))
def test_class_names_of_pytorch_and_keras(kind: str) -> None:
    """A word in capitals, or with how many axes behind it, leads to the layer of that name."""
    word = "".join(part.capitalize() for part in kind.split("_")) + "2d"
    (problem,) = read(f"input: 3x8x8\nlayers: [{word}]\n").problems
    assert problem.hint == f"did you mean `{kind}`?"

"""The names that layers and arguments have in other frameworks lead to ours."""

from __future__ import annotations

import pytest

from cnncalc.document import STRUCTURES
from cnncalc.layers import LAYERS, layer_class
from cnncalc.layers.aliases import (
    FRAMEWORKS,
    OTHER_ARGUMENTS,
    OTHER_NAMES,
    Alias,
    argument_for,
    kind_for,
    plain_name,
)

from .support.networks import read

ALIASES = [
    pytest.param(kind, entry, id=f"{framework}-{kind}")
    for framework, aliases in FRAMEWORKS.items()
    for kind, entry in aliases.items()
]


@pytest.mark.parametrize(("kind", "entry"), ALIASES)
def test_aliases_name_kinds_and_arguments(kind: str, entry: Alias) -> None:
    assert kind in LAYERS or kind in STRUCTURES
    fields = layer_class(kind).fields if kind in LAYERS else {}
    assert set(entry.arguments) <= set(fields)
    for name in entry.names:
        assert kind_for(name) == kind
    for ours, theirs in entry.arguments.items():
        assert theirs in fields or argument_for(theirs, list(fields)) == ours


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_name_means_one_kind(framework: str) -> None:
    names = [name for entry in FRAMEWORKS[framework].values() for name in entry.names]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("kind", OTHER_NAMES)
def test_other_names(kind: str) -> None:
    assert kind in LAYERS
    for name in OTHER_NAMES[kind].split():
        assert name == plain_name(name)
        assert name not in LAYERS and kind_for(name) == kind


@pytest.mark.parametrize("argument", OTHER_ARGUMENTS)
def test_other_arguments(argument: str) -> None:
    fields = {field for kind in LAYERS for field in layer_class(kind).fields}
    assert argument in fields
    assert not fields & set(OTHER_ARGUMENTS[argument].split())


@pytest.mark.parametrize("kind", sorted(LAYERS))
def test_class_names_of_pytorch_and_keras(kind: str) -> None:
    """A word in capitals, or with a number of axes, leads to the layer of that name."""
    word = "".join(part.capitalize() for part in kind.split("_")) + "2d"
    (problem,) = read(f"input: 3x8x8\nlayers: [{word}]\n").problems
    assert problem.hint == f"did you mean `{kind}`?"

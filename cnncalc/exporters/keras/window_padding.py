"""How a window is padded at all places where the code has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from ...named_tuple import NamedTuple
from ..errors import NotStated
from ..python.argument_texts import LayerPlace
from ..python.evaluation import value_of
from ..python.expressions import renamed
from ..python.sites import Site
from .builder import FunctionBuilder
from .layers.windows import CHOICE, MODES, NONE, PAD, SAME, WINDOWED, modes_of


class WindowPadding(NamedTuple):
    """How a window is padded: one of MODES, or as the code says.

    With a `test`, there are zeros before if it holds, else those of `same`.  `word` is an
    expression for the argument of Keras.
    """

    mode: str = ""
    test: str = ""
    word: str = ""


def padding_of(builder: FunctionBuilder, place: LayerPlace) -> WindowPadding:
    """The way to pad that has the numbers of the file at all sites."""
    if place.step.word not in WINDOWED:
        return WindowPadding()
    words: Mapping[Site, object] = {}
    if "padding" in place.step.arguments:
        with suppress(NotStated):
            words = builder.values_at(place.step.arguments["padding"], place.flows, place.sites)
    modes = {
        site: modes_of(node.layer, node.input_shapes[0], str(words.get(site, "")))
        for site, node in place.nodes.items()
    }
    common = [mode for mode in MODES if all(mode in found for found in modes.values())]
    if common != [PAD]:
        return WindowPadding(common[0])
    if "same" in words.values():
        return WindowPadding(NONE, word=word_of(builder, place, modes))
    test = test_of(place, modes)
    return WindowPadding(CHOICE, test) if test else WindowPadding(PAD)


def word_of(
    builder: FunctionBuilder, place: LayerPlace, modes: Mapping[Site, Sequence[str]]
) -> str:
    """The padding of Keras by that of the file, which is `same` or none.  Raises NotStated."""
    given = builder.text(place.step.arguments["padding"], place.flows, place.sites)
    test = renamed("p == 'same'", {"p": given})
    for site in place.sites:
        if (SAME if value_of(test, site.names) else NONE) not in modes[site]:
            raise NotStated("a padding that differs")
    return f'"same" if {test} else "valid"'


TESTS = (("s > 1", ("stride",)), ("s > 1 and k > 1", ("stride", "kernel")))
"""Tests that may say where zeros are needed, with the arguments that they read."""


def test_of(place: LayerPlace, modes: Mapping[Site, Sequence[str]]) -> str:
    """The test that says where zeros are needed, the most exact; "" if none does."""
    found = {test: wasted for test, wasted in tests_of(place, modes) if wasted is not None}
    return min(found, key=lambda test: found[test], default="")


def tests_of(
    place: LayerPlace, modes: Mapping[Site, Sequence[str]]
) -> Iterator[tuple[str, int | None]]:
    """Tests, with the number of sites where they add no zeros; None for one that does not fit."""
    for form, names in TESTS:
        if not place.step.arguments.keys() >= set(names):
            continue
        with suppress(NotStated):
            texts = {
                name[0]: place.builder.text(place.step.arguments[name], place.flows, place.sites)
                for name in names
            }
            test = renamed(form, texts)
            needs = {site: bool(value_of(test, site.names)) for site in place.sites}
            fits = all(need or SAME in modes[site] for site, need in needs.items())
            wasted = [site for site, need in needs.items() if need and NONE in modes[site]]
            yield test, len(wasted) if fits and len(set(needs.values())) == 2 else None

"""Which function of a format translates which type of step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from ...document import Step
from .sites import Flows, Sites
from .step_builder import StepBuilder

Builder = TypeVar("Builder", bound=StepBuilder)
Translator = Callable[[Builder, Step, Sites, Flows], Flows]
"""Translates a step at its sites, and returns the values after it."""


def translators(
    *,
    layer: Translator[Builder],
    held_layer: Translator[Builder],
    block: Translator[Builder],
    join: Translator[Builder],
    group: Translator[Builder],
    output: Translator[Builder],
    from_alone: Translator[Builder],
    loop: Translator[Builder],
    when: Translator[Builder],
) -> Mapping[str, Translator[Builder]]:
    """The translation of each type of step, of those with iterations, and of conditions.

    A variable holds a layer or a block.
    """

    def held(builder: Builder, step: Step, sites: Sites, flows: Flows) -> Flows:
        is_block = bool(sites[0].one_of(step).block)
        return (block if is_block else held_layer)(builder, step, sites, flows)

    return {
        "layer": layer,
        "variable": held,
        "block": block,
        "join": join,
        "group": group,
        "output": output,
        "from": from_alone,
        "loop": loop,
        "when": when,
    }

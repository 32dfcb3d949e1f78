"""Sections of the network: equal ones become a block, those of plain layers are written in line.

A section is what a model has in its own list of steps: a repeated block, or a group of steps. The
first iteration of a stage often has another stride; three such stages are one block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..layers import JOINS
from ..named_tuple import NamedTuple
from .drafts import MISSING, DraftBody, DraftStep, all_steps, redirect
from .fingerprints import skeleton
from .groups import is_plain_group
from .mining import MakeBlock, block_word, instance_of, take_place
from .readers import StepReaders
from .step_names import STAGE, WEIGHTED, is_telling

LEAST_STAGES = 3  # whose first iteration differs
LEAST_GROUPS = {2: 3, 3: 2}
"""How many groups of 2 steps are a block, and of 3 or more."""


class StepSection(NamedTuple):
    """A step of the network, and the steps that a block of it would have."""

    step: DraftStep
    steps: list[DraftStep]


def factor_sections(body: DraftBody, make: MakeBlock, make_stage: MakeBlock) -> None:
    """Replace equal groups, then stages of one block, by calls of blocks.

    The parameters of stages have no defaults: their calls read as the rows of a table.
    """
    for sections in list(equal_groups(body.steps)):
        readers = StepReaders(body.steps, body.outputs)
        if all(is_own_block(section, readers) for section in sections):
            word = group_word(sections)
            replace_sections(sections, body, word, make_stage if word == STAGE else make)
    for sections in list(stages(body.steps)):
        replace_sections(sections, body, STAGE, make_stage)


def equal_groups(steps: Sequence[DraftStep]) -> Iterator[list[StepSection]]:
    """The groups of each structure that occurs several times."""
    found: dict[str, list[StepSection]] = {}
    for step in steps:
        if is_plain_group(step) and step.body and len(step.body) > 1:
            found.setdefault(skeleton(step.body), []).append(StepSection(step, step.body))
    for sections in found.values():
        steps = sections[0].steps
        says_more = len(steps) > 2 or any(step.kind == "call" for step in steps)
        if says_more and len(sections) >= LEAST_GROUPS[min(len(steps), 3)]:
            yield sections


def stages(steps: Sequence[DraftStep]) -> Iterator[list[StepSection]]:
    """The calls of each block of which several are repeated with another first iteration.

    In all of these the same argument differs, and the others have one value of it.
    """
    found: dict[int, list[StepSection]] = {}
    for step in steps:
        if step.kind == "call" and step.shared is None:
            found.setdefault(id(step.block), []).append(StepSection(step, [step]))
    for sections in found.values():
        differing = [section.step for section in sections if section.step.first]
        names = {tuple(step.first) for step in differing}
        if len(differing) < LEAST_STAGES or len(names) > 1 or len(differing[0].first) > 1:
            continue
        (name,) = differing[0].first
        if len({step.arguments.get(name, MISSING) for step in differing}) == 1:
            yield sections


def is_own_block(section: StepSection, readers: StepReaders) -> bool:
    """True if nothing in a group is read outside, and its steps read only its input."""
    inside = {id(step) for step in all_steps(section.steps)}
    refs = [ref for step in all_steps(section.steps) for ref in step.references]
    is_closed = all(id(ref.target) in inside for ref in refs)
    return is_closed and not readers.is_read_inside(section.step)


def group_word(sections: Sequence[StepSection]) -> str:
    """What a block of groups is called: after their common name, if it says more than "layer"."""
    stems = {re.sub(r"\d+$", "", section.step.path.rpartition(".")[2]) for section in sections}
    word = stems.pop() if len(stems) == 1 else ""
    if word and is_telling(word):
        return word
    has_calls = any(step.kind == "call" for step in sections[0].steps)
    return STAGE if has_calls else block_word(sections[0].steps)


def replace_sections(
    sections: Sequence[StepSection], body: DraftBody, word: str, make: MakeBlock
) -> None:
    """Make one block of some sections, and calls of it, which keep their names."""
    calls = make([instance_of(n, s.steps, word) for n, s in enumerate(sections)])
    for section, call in zip(sections, calls or (), strict=bool(calls)):
        replace_section(section, call, body)


def replace_section(section: StepSection, call: DraftStep, body: DraftBody) -> None:
    step = section.step
    call.path, call.paths, call.has_own_name = step.path, step.paths, True
    take_place(call, section.steps)
    call.sources, step.sources = step.sources, None
    body.steps[body.steps.index(step)] = call
    redirect(body.steps, step, call, body.outputs)
    step.replaced_by = call


# Plain groups


def inline_plain_groups(body: DraftBody) -> None:
    """Replace groups of a few plain layers by these; the first one with weights keeps the name."""
    for step in list(body.steps):
        layers = step.body or []
        if not is_plain_group(step) or step.is_read or not all(map(is_plain, layers)):
            continue
        index = body.steps.index(step)
        body.steps[index : index + 1] = layers
        redirect(body.steps, step, layers[-1], body.outputs)
        step.replaced_by = layers[-1]
        weighted = [layer for layer in layers if layer.kind in WEIGHTED]
        if len(weighted) == 1 and not weighted[0].has_own_name:
            weighted[0].path, weighted[0].has_own_name = step.path, True


def is_plain(step: DraftStep) -> bool:
    """True for a layer that is neither a join nor holds other steps."""
    return step.kind not in JOINS and step.kind not in ("call", "for", "output", "group")

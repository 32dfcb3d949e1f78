"""Steps that own the same weights get one tag."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from .drafts import DraftStep, all_steps

BODIES = frozenset(("group", "output"))
"""The steps that only hold others."""


def share_weights(steps: Sequence[DraftStep]) -> None:
    """Set `shared` of the steps with equal weights.

    Groups of equal steps are shared as a whole, and what is in them needs no tag.
    """
    owners = list(outermost_owners(steps))
    everywhere = tensors_in(owners)
    if all(count == 1 for count in everywhere.values()):
        return
    while True:
        shared = [sharing for sharing in by_weights(owners) if not is_whole(sharing, everywhere)]
        groups = {id(step) for sharing in shared for step in sharing if step.kind in BODIES}
        if not groups:
            break
        owners = list(opened(owners, groups))
    used = {step.shared for step in all_steps(steps) if step.shared}
    for sharing in by_weights(owners):
        if len(sharing) > 1:
            tag = tag_for(sharing[0].path, used)
            used.add(tag)
            for step in sharing:
                step.shared = tag


def outermost_owners(steps: Sequence[DraftStep]) -> Iterator[DraftStep]:
    """The steps with weights that are not in a group with weights."""
    for step in steps:
        if step.weights:
            yield step
            continue
        for inner in [*step.branches, step.body or []]:
            yield from outermost_owners(inner)


def opened(owners: Sequence[DraftStep], groups: Collection[int]) -> Iterator[DraftStep]:
    """The steps with some groups replaced by the steps with weights in them."""
    for step in owners:
        if id(step) in groups:
            yield from outermost_owners(step.body or [])
        else:
            yield step


def by_weights(owners: Sequence[DraftStep]) -> list[list[DraftStep]]:
    """The steps of one kind, block and weights together."""
    found: dict[Any, list[DraftStep]] = {}
    for step in owners:
        kind = id(step.block) if step.kind == "call" else step.kind
        found.setdefault((kind, step.weights), []).append(step)
    return list(found.values())


def is_whole(sharing: Sequence[DraftStep], everywhere: Counter[str]) -> bool:
    """True if no other step has a part of these weights, and the steps are equal inside."""
    inside = tensors_in(sharing)
    is_owned_alone = all(everywhere[name] == inside[name] == len(sharing) for name in inside)
    return is_owned_alone and len({kinds_in(step) for step in sharing}) == 1


def tensors_in(steps: Sequence[DraftStep]) -> Counter[str]:
    """How many layers and calls have each tensor."""
    return Counter(
        name for step in all_steps(steps) if step.kind not in BODIES for name in step.weights
    )


def kinds_in(step: DraftStep) -> tuple[str, ...]:
    """The kinds of all steps in a step."""
    return tuple(inner.kind for inner in all_steps([step]))


def tag_for(path: str, used: Collection[str]) -> str:
    """A tag after the name of a module."""
    word = re.sub(r"\W", "_", path.rpartition(".")[2]) or "weights"
    if word.isdigit():
        word = f"shared{word}"
    while word in used:
        word += "_"
    return word

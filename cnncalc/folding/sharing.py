"""Steps that own the same weights get one tag."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from .drafts import DraftStep, all_steps


def share_weights(steps: Sequence[DraftStep]) -> None:
    """Set `shared` of steps with equal weights; those inside of a shared step need none."""
    owners: dict[object, list[DraftStep]] = {}
    for step in outermost_owners(steps, ()):
        kind = id(step.block) if step.kind == "call" else step.kind
        owners.setdefault((kind, step.weights), []).append(step)
    inside: set[int] = set()
    used = {step.shared for step in all_steps(steps) if step.shared}
    for sharing in owners.values():
        if len(sharing) < 2 or any(id(step) in inside for step in sharing):
            continue
        tag = tag_for(sharing[0].path, used)
        used.add(tag)
        for step in sharing:
            step.shared = tag
            inside |= {id(inner) for inner in all_steps(step.body or ())}


def outermost_owners(steps: Iterable[DraftStep], around: tuple[str, ...]) -> Iterator[DraftStep]:
    """The steps with weights, but for those that are alone in a group: it has the same."""
    for step in steps:
        if step.weights and step.weights != around:
            yield step
        for inner in [*step.branches, step.body or []]:
            yield from outermost_owners(inner, step.weights if step.body else ())


def tag_for(path: str, used: Collection[str]) -> str:
    """A tag after the name of a module."""
    word = re.sub(r"\W", "_", path.rpartition(".")[2]) or "weights"
    if word.isdigit():
        word = f"shared{word}"
    while word in used:
        word += "_"
    return word

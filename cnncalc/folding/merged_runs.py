"""Merged steps that came out equal, one after the other, become one with `repeat`.

Instances may differ before they are merged: two convolutions of one width in one of them. What is
equal as text is equal in all of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..named_tuple import NamedTuple
from ..unparse.layout import flow
from .drafts import DraftStep
from .merged import MergedStep, all_merged
from .step_names import target_step
from .writing import step_tree

NEVER_REPEATED = frozenset(("from", "output", "chunk", "weight", "constant"))


class EqualSteps(NamedTuple):
    """Equal stretches of `period` steps from `start` on; `gain` is the steps that it saves."""

    gain: int
    start: int
    period: int
    times: int


def fold_merged(steps: Sequence[MergedStep]) -> list[MergedStep]:
    """The steps with equal stretches as one, from the inside out."""
    for step in steps:
        if step.operands is not None:
            step.operands = [
                fold_merged(operand) if isinstance(operand, list) else operand
                for operand in step.operands
            ]
        if step.body is not None and step.kind != "for":
            step.body = fold_merged(step.body)
    folded = list(steps)
    while found := best_stretch(folded):
        end = found.start + found.period * found.times
        folded[found.start : end] = [repeated(folded, found)]
    return folded


def best_stretch(steps: Sequence[MergedStep]) -> EqualSteps | None:
    """The stretch that saves most steps."""
    texts = [text_of(step) if may_be_repeated(step) else "" for step in steps]
    found = []
    for period in range(1, len(steps) // 2 + 1):
        for start in range(len(steps) - 2 * period + 1):
            wanted = texts[start : start + period]
            times = 1
            while texts[start + times * period : start + (times + 1) * period] == wanted:
                times += 1
            saved = (times - 1) * sum(step.size() for step in steps[start : start + period])
            gain = saved - (period > 1)
            if times > 1 and all(wanted) and gain > 0:
                found.append(EqualSteps(gain, start, period, times))
    return max(found, key=lambda stretch: stretch.gain, default=None)


def text_of(step: MergedStep) -> str:
    """The text of a step, with the identities of what it refers to: that has no name yet."""
    members = (member for inner in all_merged([step]) for member in inner.members.values())
    refs = [(ref.part, target_step(ref)) for member in members for ref in member.references]
    targets = {f"{part}:{t if isinstance(t, str) else id(t.merged)}" for part, t in refs}
    return f"{flow(step_tree(step))} {sorted(targets)}"


def may_be_repeated(step: MergedStep) -> bool:
    """True for a step without a condition or repetition that nothing refers to."""
    one = step.one
    if step.when or one.sources or one.repeat > 1 or step.repeat_expression is not None:
        return False
    members = (member for inner in all_merged([step]) for member in inner.members.values())
    return step.kind not in NEVER_REPEATED and not any(member.is_read for member in members)


def repeated(steps: Sequence[MergedStep], found: EqualSteps) -> MergedStep:
    """One step, or a group of several, with `repeat`."""
    stretch = list(steps[found.start : found.start + found.period])
    step = stretch[0]
    if found.period > 1:
        group = DraftStep("group")
        group.merged_body = stretch
        step = MergedStep(group, next(iter(stretch[0].members)))
    step.repeat_expression = ("literal", found.times)
    return step

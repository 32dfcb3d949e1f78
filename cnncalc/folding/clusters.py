"""The calls of one class, and which of them can be one block."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

from ..named_tuple import NamedTuple
from .drafts import DraftBody, DraftRef, DraftStep
from .fingerprints import skeleton
from .merged import (
    MergedStep,
    have_equal_references,
    list_cost,
    merge_all,
    merged_lists,
    target_of,
)
from .scopes import ModuleScope

MAX_OPTIONAL = 5  # stretches
MAX_COST = 3.2
MAX_COST_SHARE = 0.4  # of the size of a body


class BlockInstance(NamedTuple):
    """One call of a class, by its number in the class, with its steps.

    `copies` are other calls that are equal to it.
    """

    number: int
    scope: ModuleScope
    body: DraftBody
    copies: Sequence[ModuleScope] = ()

    @property
    def times(self) -> int:
        """The number of equal calls."""
        return 1 + len(self.copies)

    @property
    def shape(self) -> tuple[tuple[str, ...], int]:
        """The inputs and the number of outputs, which all instances of a block share."""
        return tuple(self.body.inputs), len(self.body.outputs)

    @property
    def skeleton(self) -> tuple[tuple[str, ...], int, str]:
        return (*self.shape, skeleton(self.body.steps))


def instances_of(
    calls: Iterable[Sequence[ModuleScope]], body_of: Callable[[ModuleScope], DraftBody]
) -> list[BlockInstance]:
    """An instance of the first of each list of equal calls."""
    return [
        BlockInstance(number, first, body_of(first), copies)
        for number, (first, *copies) in enumerate(calls)
    ]


def times_by_number(instances: Iterable[BlockInstance]) -> dict[int, int]:
    """How many calls each instance is, by its number."""
    return {instance.number: instance.times for instance in instances}


def grouped(instances: Sequence[BlockInstance]) -> list[list[BlockInstance]]:
    """Instances of one skeleton together, those with most instances and steps first."""
    groups: dict[Any, list[BlockInstance]] = {}
    for instance in instances:
        groups.setdefault(instance.skeleton, []).append(instance)
    return sorted(
        groups.values(),
        key=lambda group: (-times_of(group), -size_of(group[0].body.steps)),
    )


def times_of(instances: Sequence[BlockInstance]) -> int:
    """The number of calls."""
    return sum(instance.times for instance in instances)


def merged_instances(cluster: Sequence[BlockInstance]) -> list[MergedStep] | None:
    """The steps of all instances as one; None if their references differ."""
    merged = merge_all(cluster[0].body.steps, cluster[0].number)
    for instance in cluster[1:]:
        merged = merged_lists(merged, instance.body.steps, instance.number)
    if not have_equal_references(merged):
        return None
    for outputs in zip(*(instance.body.outputs for instance in cluster), strict=True):
        if len(set(map(target_of, outputs))) > 1:
            return None
    return merged


class InstanceCluster:
    """Instances that can be one block."""

    def __init__(self, instances: Sequence[BlockInstance]) -> None:
        self.instances = list(instances)

    @cached_property
    def merged(self) -> list[MergedStep] | None:
        """The steps of all instances as one; None if their references differ."""
        return merged_instances(self.instances)

    def joint_with(self, group: Sequence[BlockInstance]) -> InstanceCluster | None:
        """The cluster with a group of one skeleton; None if they cannot be one block."""
        if self.instances[0].shape != group[0].shape or self.merged is None:
            return None
        steps = group[0].body.steps
        size = max(size_of(steps), size_of(self.merged))
        if list_cost(self.merged, steps) > max(MAX_COST, MAX_COST_SHARE * size):
            return None
        joint = InstanceCluster([*self.instances, *group])
        is_one = joint.merged is not None and count_optional(joint.merged) <= MAX_OPTIONAL
        return joint if is_one else None


def size_of(steps: Iterable[DraftStep | MergedStep]) -> int:
    """The number of steps, those inside of others included."""
    return sum(step.size() for step in steps)


def count_optional(steps: Sequence[MergedStep]) -> int:
    """How many stretches are only in some instances; one in place of another is too many."""
    everywhere = frozenset(number for step in steps for number in step.members)
    return optional_in(steps, everywhere)


def optional_in(steps: Sequence[MergedStep], around: frozenset[int]) -> int:
    count = 0
    before: frozenset[int] | None = None
    for step in steps:
        present = frozenset(step.members)
        if present not in (around, before):
            count += 1
            if before is not None and before != around and not before & present:
                count += 2 * MAX_OPTIONAL
        before = present
        for inner in [*step.branches, step.body or []]:
            count += optional_in(inner, present)
    return count


# Residual sums


def with_linear_residuals(instances: list[BlockInstance]) -> list[BlockInstance]:
    """Bodies that start with a sum, written as those of the class without one.

    `add: [[...], []]` becomes the steps, then `add: [[], input]`: so that the sum is optional.
    """
    starts = [starts_with_residual(instance.body) for instance in instances]
    has_plain = any(
        not start and not (instance.body.steps and instance.body.steps[0].kind == "add")
        for start, instance in zip(starts, instances, strict=True)
    )
    if not (any(starts) and has_plain):
        return instances
    for start, instance in zip(starts, instances, strict=True):
        if start:
            instance.body.steps[:1] = linear_residual(instance.body.steps[0])
    return instances


def starts_with_residual(body: DraftBody) -> bool:
    """True if the first step is the sum of a branch and the input."""
    if not body.steps or body.outputs:
        return False
    first = body.steps[0]
    operands = first.operands or []
    if first.repeat > 1 or first.sources:
        return False
    return first.kind == "add" and len(operands) == 2 and [] in operands and any(first.branches)


def linear_residual(step: DraftStep) -> list[DraftStep]:
    """The steps of the branch, and the sum of their output and the input."""
    operands = step.operands or []
    branch = next(branch for branch in step.branches if branch)
    step.operands = [[] if operand is branch else DraftRef("input") for operand in operands]
    step.channels = step.out_channels
    return [*branch, step]

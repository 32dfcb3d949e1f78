"""Steps of several instances of one module as one: aligned by edit distance, then merged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from .drafts import MISSING, DraftRef, DraftStep

ACTIVATIONS = frozenset(
    (
        *("relu", "relu6", "silu", "hardswish", "gelu", "sigmoid", "hardsigmoid", "tanh"),
        *("mish", "elu", "selu", "leaky_relu", "hardtanh", "softplus", "identity"),
    )
)
"""The kinds that a parameter may choose from."""

ARGUMENT_COST = 0.05  # of an argument that differs
ACTIVATION_COST = 0.6  # of another activation
LEAST_UNPAIRED = 2.0  # the sizes of a step of each of two lists

Expressed = tuple[str, Any]
"""("literal", value) or ("expression", text)."""


class MergedStep:
    """A step of several instances.  `members` are the steps by the number of the instance.

    What differs between them becomes expressions: `arguments`, `first` (those of the first
    iteration), `kind_expression`, `repeat_expression`, and `when` if it is not in all of them.
    `condition` numbers the stretch of steps that are under one `when`.
    """

    def __init__(self, step: DraftStep, instance: int) -> None:
        self.members = {instance: step}
        self.kinds = {instance: step.kind}
        self.kind = step.kind
        self.path = step.path
        self.operands: list[Any] | None = None
        if step.operands is not None:
            self.operands = [
                merge_all(operand, instance) if isinstance(operand, list) else operand
                for operand in step.operands
            ]
        self.body: list[MergedStep] | None = step.merged_body
        if step.body is not None:
            self.body = merge_all(step.body, instance)
        self.arguments: dict[str, Expressed] = {}
        self.first: dict[str, Expressed] = {}
        self.when = ""
        self.condition: int | None = None
        self.kind_expression = ""
        self.repeat_expression: Expressed | None = None
        self.name = ""
        step.merged = self

    @property
    def one(self) -> DraftStep:
        """The step of the first instance."""
        return next(iter(self.members.values()))

    @property
    def branches(self) -> list[list[MergedStep]]:
        return [operand for operand in self.operands or () if isinstance(operand, list)]

    def size(self) -> int:
        """The number of steps in it, itself included."""
        inner = [*self.branches, self.body or []]
        return 1 + sum(step.size() for steps in inner for step in steps)

    def add(self, step: DraftStep, instance: int) -> None:
        """Merge the step of one more instance."""
        self.members[instance] = step
        self.kinds[instance] = step.kind
        step.merged = self
        for number, operand in enumerate(step.operands or ()):
            if isinstance(operand, list) and self.operands is not None:
                self.operands[number] = merged_lists(self.operands[number], operand, instance)
        if step.body is not None and self.body is not None:
            self.body = merged_lists(self.body, step.body, instance)


def merge_all(steps: Iterable[DraftStep], instance: int) -> list[MergedStep]:
    return [MergedStep(step, instance) for step in steps]


def all_merged(steps: Iterable[MergedStep]) -> Iterator[MergedStep]:
    """Every merged step in a list, those inside of others included; loops are closed."""
    for step in steps:
        yield step
        for branch in step.branches:
            yield from all_merged(branch)
        if step.kind != "for":
            yield from all_merged(step.body or ())


# Alignment


def step_cost(merged: MergedStep, step: DraftStep) -> float | None:
    """What it costs to write two steps as one; None if they cannot be one."""
    if merged.kind != step.kind and not (merged.kind in ACTIVATIONS and step.kind in ACTIVATIONS):
        return None
    one = merged.one
    if merged.kind != step.kind:
        return None if one.arguments or step.arguments else ACTIVATION_COST
    if not are_alike(one, step) or step.kind in ("for", "output"):
        return None
    given = step.arguments.items()
    differing = sum(bool(one.arguments.get(name, MISSING) != value) for name, value in given)
    cost = ARGUMENT_COST * differing
    lists = list(paired_lists(merged, step))
    if any(pair is None for pair in lists):
        return None
    return cost + sum(list_cost(*pair) for pair in lists if pair is not None)


def are_alike(one: DraftStep, other: DraftStep) -> bool:
    """True if two steps of one kind have the same keys, and equal ones that are not arguments."""
    if one.block is not other.block or one.types != other.types:
        return False
    if one.is_trainable != other.is_trainable:
        return False
    if one.kind != "call" and set(one.arguments) != set(other.arguments):
        return False
    if (one.shared is None) != (other.shared is None):
        return False
    return len(one.sources or ()) == len(other.sources or ())


def paired_lists(
    merged: MergedStep, step: DraftStep
) -> Iterator[tuple[list[MergedStep], list[DraftStep]] | None]:
    """The lists of steps inside of two steps, in pairs; None if they have different operands."""
    mine, theirs = merged.operands or [], step.operands or []
    if len(mine) != len(theirs) or (merged.body is None) != (step.body is None):
        yield None
        return
    for one, other in zip(mine, theirs, strict=True):
        if isinstance(one, list) and isinstance(other, list):
            yield one, other
        elif operand_type(one) != operand_type(other):
            yield None
    if merged.body is not None and step.body is not None:
        yield merged.body, step.body


def operand_type(operand: Any) -> str:
    if isinstance(operand, list):
        return "branch"
    return "reference" if isinstance(operand, DraftRef) else "number"


def paired_cost(ones: Sequence[MergedStep], others: Sequence[DraftStep]) -> float | None:
    """The cost of aligning two lists pair by pair; None if another alignment may cost less.

    Any other one has at least one step of each list alone.
    """
    if len(ones) != len(others):
        return None
    total = 0.0
    for index in range(len(ones) - 1, -1, -1):
        cost = step_cost(ones[index], others[index])
        if cost is None:
            return None
        total += cost
        if total >= LEAST_UNPAIRED:
            return None
    return total


def cost_table(ones: Sequence[MergedStep], others: Sequence[DraftStep]) -> list[list[float]]:
    """The cost of aligning the rests of two lists, from each pair of positions on.

    A step that is in one list alone costs its size.
    """
    table = [[0.0] * (len(others) + 1) for _ in range(len(ones) + 1)]
    sizes = [step.size() for step in others]
    for j in reversed(range(len(others))):
        table[-1][j] = table[-1][j + 1] + sizes[j]
    for i in reversed(range(len(ones))):
        own_size = ones[i].size()
        table[i][-1] = table[i + 1][-1] + own_size
        for j in reversed(range(len(others))):
            table[i][j] = min(table[i + 1][j] + own_size, table[i][j + 1] + sizes[j])
            cost = step_cost(ones[i], others[j])
            if cost is not None:
                table[i][j] = min(table[i][j], table[i + 1][j + 1] + cost)
    return table


def list_cost(ones: Sequence[MergedStep], others: Sequence[DraftStep]) -> float:
    """The cost of writing two lists as one."""
    cost = paired_cost(ones, others)
    return cost_table(ones, others)[0][0] if cost is None else cost


def merged_lists(
    ones: Sequence[MergedStep], others: Sequence[DraftStep], instance: int
) -> list[MergedStep]:
    """Both lists as one, in which a step may be missing in some instances."""
    if paired_cost(ones, others) is None:
        return aligned_lists(ones, others, instance)
    for merged, step in zip(ones, others, strict=True):
        merged.add(step, instance)
    return list(ones)


def aligned_lists(
    ones: Sequence[MergedStep], others: Sequence[DraftStep], instance: int
) -> list[MergedStep]:
    """Both lists as one, in the alignment that costs least."""
    table = cost_table(ones, others)
    result: list[MergedStep] = []
    i = j = 0
    while i < len(ones) or j < len(others):
        if i < len(ones) and j < len(others):
            cost = step_cost(ones[i], others[j])
            if cost is not None and is_equal(table[i][j], table[i + 1][j + 1] + cost):
                ones[i].add(others[j], instance)
                result.append(ones[i])
                i, j = i + 1, j + 1
                continue
        if i < len(ones) and is_equal(table[i][j], table[i + 1][j] + ones[i].size()):
            result.append(ones[i])
            i += 1
        else:
            result.append(MergedStep(others[j], instance))
            j += 1
    return result


def is_equal(one: float, other: float) -> bool:
    return abs(one - other) < 1e-9


# References


def have_equal_references(steps: Iterable[MergedStep]) -> bool:
    """True if each reference is to the same step in all instances."""
    return all(
        len({tuple(map(target_of, step.references)) for step in merged.members.values()}) == 1
        for merged in all_merged(steps)
    )


def target_of(ref: DraftRef) -> tuple[Any, int | None]:
    """What a reference is to: the name of an input, or the identity of a merged step."""
    if isinstance(ref.target, str):
        return ref.target, ref.part
    return id(ref.target.merged or ref.target), ref.part

"""Equal steps, one after the other, become one step with `repeat`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..named_tuple import NamedTuple
from .drafts import MISSING, DraftRef, DraftStep, redirect
from .readers import StepReaders
from .run_search import EqualRun, RunSearch, stem_of

MINOR = 4
"""The largest number that may distinguish the first iteration: strides, not widths."""


class Context(NamedTuple):
    """The steps around those that are folded.

    `everything` are all steps of the block or network, `outputs` its outputs.
    """

    everything: Sequence[DraftStep]
    outputs: Sequence[DraftRef]

    def is_output(self, step: DraftStep) -> bool:
        return any(ref.target is step for ref in self.outputs)

    def readers(self) -> StepReaders:
        """Which steps are read, as long as none is changed."""
        return StepReaders(self.everything, self.outputs)


def fold_runs(
    steps: list[DraftStep],
    context: Context,
    *,
    is_short: bool = False,
    allow_nested: bool = True,
) -> None:
    """Fold equal stretches, the shortest period first.

    Two equal pairs of layers may be a coincidence: they are a run only if there are more of them.
    In a list that `is_short` (a stage), two steps of which the first differs are a run too.
    Without `allow_nested`, stretches with repetitions in them are left alone.
    """
    known: dict[int, str] = {}
    while runs := RunSearch(steps, context.readers(), known, allow_nested=allow_nested).best():
        for run in runs:
            step = repeated(steps, run, context)
            steps[run.start : run.end] = [step]
            known.pop(id(step), None)
    while fold_first_differing(steps, context, is_short=is_short):
        pass


def repeated(steps: list[DraftStep], run: EqualRun, context: Context) -> DraftStep:
    """The step that a run becomes: its own step, or a group of several."""
    stretch = run.stretch(steps)
    last = steps[run.end - 1]
    second = steps[run.start + run.period]
    step = stretch[0]
    if run.period > 1 or step.repeat > 1 or step.first:
        step = group_of(stretch)
    step.repeat = run.times
    step.later_channels = second.channels
    step.out_channels = last.out_channels
    if run.period == 1:
        redirect(context.everything, last, step, context.outputs)
        step.paths = [s.path for s in steps[run.start : run.start + run.times]]
    return step


def group_of(steps: Sequence[DraftStep]) -> DraftStep:
    """A group of steps without a name."""
    group = DraftStep("group")
    group.body = list(steps)
    group.channels, group.input_shape = steps[0].channels, steps[0].input_shape
    group.out_channels = steps[-1].out_channels
    return group


# Runs of which the first iteration differs


def fold_first_differing(steps: list[DraftStep], context: Context, *, is_short: bool) -> bool:
    """A call before a repeated one that differs in a stride or a flag is its first iteration.

    So is one before a single call, if others of that block have such a first iteration already.
    False if there is none.
    """
    index, count = 0, len(steps)
    known = {(id(s.block), tuple(s.first)) for s in steps if s.first}
    while index + 1 < len(steps):
        first, others = steps[index], steps[index + 1]
        differing = list(differences(first, others)) if may_join(first, others, context) else []
        is_pair = is_short and len(steps) == 2 and len(differing) == 1
        is_run = others.repeat > 1 or is_pair or (id(others.block), tuple(differing)) in known
        if 1 <= len(differing) <= 2 and is_run and are_minor(first, others, differing):
            join_first(first, others, differing)
            del steps[index]
        else:
            index += 1
    return len(steps) < count


def may_join(first: DraftStep, others: DraftStep, context: Context) -> bool:
    """True for two calls of one block, of which nothing refers to the first."""
    if not (first.kind == others.kind == "call" and first.block is others.block):
        return False
    if first.repeat > 1 or first.first or others.first or first.is_read or others.sources:
        return False
    is_shared = first.shared is not None or others.shared is not None
    names = [first.path, *(others.paths or [others.path])]
    return not is_shared and not context.is_output(first) and are_indexed(names)


def differences(first: DraftStep, others: DraftStep) -> Iterator[str]:
    """The arguments in which two calls differ."""
    for name in dict.fromkeys([*first.arguments, *others.arguments]):
        if first.arguments.get(name, MISSING) != others.arguments.get(name, MISSING):
            yield name


def are_minor(first: DraftStep, others: DraftStep, names: Sequence[str]) -> bool:
    """True if these arguments are strides or flags, in both calls."""
    return all(
        name in others.arguments
        and is_minor(first.arguments.get(name))
        and is_minor(others.arguments[name])
        for name in names
    )


def is_minor(value: Any) -> bool:
    is_small = isinstance(value, int) and value <= MINOR
    return isinstance(value, bool | str) or value is None or is_small


def join_first(first: DraftStep, others: DraftStep, differing: Sequence[str]) -> None:
    """Make a call the first iteration of another one."""
    if others.repeat == 1 or others.later_channels is None:
        others.later_channels = others.channels
    others.first = {name: first.arguments.get(name, MISSING) for name in differing}
    others.channels, others.input_shape = first.channels, first.input_shape
    others.sources = first.sources
    others.paths = [first.path, *(others.paths or [others.path])]
    if not others.has_own_name:
        others.path = first.path
    others.repeat += 1


def are_indexed(paths: Iterable[str]) -> bool:
    """True for the members of one list: layers.0, layers.1, or conv1, conv2."""
    return len(set(map(stem_of, paths))) == 1

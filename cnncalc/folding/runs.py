"""Equal steps, one after the other, become one step with `repeat`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..named_tuple import NamedTuple
from .drafts import (
    MISSING,
    DraftRef,
    DraftStep,
    all_steps,
    is_read_inside,
    is_read_outside,
    redirect,
)
from .fingerprints import contents, skeleton
from .step_names import is_telling

MAX_PERIOD = 12  # steps that are repeated together
MINOR = 4
"""The largest number that may distinguish the first iteration: strides, not widths."""

STARTS = frozenset(
    (
        *("conv", "depthwise", "conv_transpose", "linear", "call", "bn", "layernorm"),
        *("group", "for", "add", "concat", "attention", "chunk"),
    )
)
"""The steps with which a repeated stretch begins, if it has any."""

NEVER_REPEATED = frozenset(("from", "output", "for", "chunk", "weight", "constant"))


class Context(NamedTuple):
    """The steps around those that are folded.

    `everything` are all steps of the block or network, `outputs` its outputs.
    """

    everything: Sequence[DraftStep]
    outputs: Sequence[DraftRef]

    def is_output(self, step: DraftStep) -> bool:
        return any(ref.target is step for ref in self.outputs)

    def is_read(self, steps: Sequence[DraftStep]) -> bool:
        """True if one of these steps, or what is in them, is referred to from elsewhere."""
        if any(map(self.is_output, steps)):
            return True
        if not any(step.is_read for step in all_steps(steps)):
            return False
        return is_read_outside(steps, self.everything)


class EqualRun(NamedTuple):
    """Equal stretches of `period` steps, from `start` on; `gain` is the steps that it saves."""

    gain: int
    start: int
    period: int
    times: int


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
    while True:
        run = best_run(steps, context, allow_nested=allow_nested)
        if run is None:
            break
        steps[run.start : run.start + run.period * run.times] = [repeated(steps, run, context)]
    while fold_first_differing(steps, context, is_short=is_short):
        pass


def best_run(steps: list[DraftStep], context: Context, *, allow_nested: bool) -> EqualRun | None:
    """The run that saves most steps, of the shortest period that has any."""
    for period in range(1, min(MAX_PERIOD, len(steps) // 2) + 1):
        runs = [
            run
            for start in range(len(steps) - 2 * period + 1)
            if (run := run_at(steps, start, period, context, allow_nested=allow_nested))
        ]
        likely = [run for run in runs if not is_coincidence(run, runs, steps)]
        if likely:
            return max(likely, key=lambda run: (run.gain, -run.start))
    return None


def run_at(
    steps: list[DraftStep], start: int, period: int, context: Context, *, allow_nested: bool
) -> EqualRun | None:
    """The run that begins at a step; None if there is none."""
    stretch = steps[start : start + period]
    if not may_begin(stretch, allow_nested=allow_nested):
        return None
    ignore = period == 1 and len(stretch[0].sources or ()) == 1
    wanted = contents(stretch, ignore_source=ignore)
    count = 1
    while contents(steps[start + count * period : start + (count + 1) * period]) == wanted:
        count += 1
        if start + (count + 1) * period > len(steps):
            break
    stretches = [steps[start + n * period : start + (n + 1) * period] for n in range(count)]
    if count > 1 and any(context.is_read(stretch) for stretch in stretches[:-1]):
        return None
    if count > 1 and is_last_read(stretches[-1], context):
        count -= 1
    if count < 2 or (period == 1 and not are_indexed(s.path for [s] in stretches[:count])):
        return None
    saved = (count - 1) * sum(step.size() for step in stretch) - (period > 1)
    return EqualRun(saved, start, period, count) if saved > 0 else None


def is_last_read(stretch: Sequence[DraftStep], context: Context) -> bool:
    """True if something in the last stretch is referred to, other than the value of the run."""
    if not any(step.is_read for step in all_steps(stretch)):
        return False
    if len(stretch) == 1:
        return is_read_inside(stretch[0], context.everything)
    return is_read_outside(stretch, context.everything)


def may_begin(stretch: Sequence[DraftStep], *, allow_nested: bool) -> bool:
    """True if a stretch may be repeated at all."""
    if len(stretch) == 1:
        return stretch[0].kind not in NEVER_REPEATED
    if any(step.sources for step in stretch):
        return False
    if not allow_nested and any(step.repeat > 1 or step.kind == "group" for step in stretch):
        return False
    return stretch[0].kind in STARTS or not any(step.kind in STARTS for step in stretch)


def repeated(steps: list[DraftStep], run: EqualRun, context: Context) -> DraftStep:
    """The step that a run becomes: its own step, or a group of several."""
    stretch = steps[run.start : run.start + run.period]
    last = steps[run.start + run.period * run.times - 1]
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


# Coincidences: what is equal, but would not be read as a repetition


def is_coincidence(run: EqualRun, runs: Sequence[EqualRun], steps: Sequence[DraftStep]) -> bool:
    """True if a person would write the stretches one by one."""
    if run.times > 2:
        return False
    found = is_some_of_a_family(run, steps) or is_within_a_series(run, steps)
    return found or is_only_pair(run, runs, steps)


def is_only_pair(run: EqualRun, runs: Sequence[EqualRun], steps: Sequence[DraftStep]) -> bool:
    """True for two equal stretches of one or two layers if there are no others of their kinds."""
    stretch = run_steps(run, steps)
    if run.period > 2 or any(s.branches or s.body or s.kind == "call" for s in stretch):
        return False
    kinds = kinds_of(stretch)
    others = [other for other in runs if abs(other.start - run.start) >= 2 * run.period]
    if any(kinds_of(run_steps(other, steps)) == kinds for other in others):
        return False
    return not any(step.repeat > 1 and kinds_of(step.body or [step]) == kinds for step in steps)


def is_within_a_series(run: EqualRun, steps: Sequence[DraftStep]) -> bool:
    """True for two stretches of several steps next to one of the same structure."""
    if run.period == 1:
        return False
    end = run.start + run.period * run.times
    before = steps[max(run.start - run.period, 0) : run.start]
    after = steps[end : end + run.period]
    wanted = skeleton(run_steps(run, steps))
    return wanted in (skeleton(before), skeleton(after))


def is_some_of_a_family(run: EqualRun, steps: Sequence[DraftStep]) -> bool:
    """True if the model numbers two steps (stage2, stage3) and others besides them.

    One other may be a first iteration that differs.
    """
    end = run.start + run.period * run.times
    others = Counter(map(family_of, [*steps[: run.start], *steps[end:]]))
    families = set(map(family_of, steps[run.start : end])) - {""}
    return any(others[family] >= 2 for family in families)


def family_of(step: DraftStep) -> str:
    """The name of a module, or of its list, without the number; empty if it says nothing.

    A name that is that of the block says nothing more than the call of it.
    """
    stem = re.sub(r"\d+$", "", step.path)
    word = stem.rstrip(".").rpartition(".")[2]
    is_kind = step.block is not None and step.block.name == word
    return stem if stem != step.path and is_telling(word) and not is_kind else ""


def run_steps(run: EqualRun, steps: Sequence[DraftStep]) -> Sequence[DraftStep]:
    """The first stretch of a run."""
    return steps[run.start : run.start + run.period]


def kinds_of(steps: Sequence[DraftStep]) -> list[str]:
    return [step.kind for step in steps]


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
    return len({re.sub(r"\d+$", "", path or "") for path in paths}) == 1

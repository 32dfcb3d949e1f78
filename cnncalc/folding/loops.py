"""Stretches of steps that differ in numbers only become one under `for`."""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate
from typing import Any

from ..named_tuple import NamedTuple
from .drafts import DraftRef, DraftStep, all_steps
from .expressions import Expressions
from .fingerprints import skeleton
from .merged import MergedStep, all_merged, have_equal_references, merge_all, merged_lists
from .names import WIDTHS
from .parameters import ParameterSearch
from .run_search import repeats, stem_of, streaks
from .runs import Context

MAX_PERIOD = 10
MAX_LISTS = 3
MAX_TRIES = 20  # of the windows that save most lines
LEAST_LINES = 3  # that a loop must save

STARTS = frozenset(
    (
        *("conv", "depthwise", "conv_transpose", "linear", "call", "group"),
        *("bn", "layernorm", "add", "concat"),
    )
)
NEVER_IN_LOOPS = frozenset(("output", "for", "from"))


class Window(NamedTuple):
    """Stretches of `period` steps from `start` on, and the lines that a loop of them saves."""

    saved: int
    start: int
    period: int
    times: int

    def steps(self, steps: Sequence[DraftStep]) -> Sequence[DraftStep]:
        return steps[self.start : self.start + self.period * self.times]


def fold_loops(steps: list[DraftStep], context: Context, taken: Collection[str]) -> None:
    """Replace stretches by loops, those that save most lines first."""
    while replace_best(steps, context, taken):
        pass


def replace_best(steps: list[DraftStep], context: Context, taken: Collection[str]) -> bool:
    """Replace the window that saves most lines and makes a readable loop; False if none does."""
    found = sorted(WindowSearch(steps, context).windows(), key=lambda window: -window.saved)
    for window in found[:MAX_TRIES]:
        loop = loop_of(window.steps(steps), window.period, taken)
        if loop is not None:
            steps[window.start : window.start + window.period * window.times] = [loop]
            return True
    return False


class WindowSearch:
    """Finds the windows of a list of steps.  What is known of a step is found once."""

    def __init__(self, steps: Sequence[DraftStep], context: Context) -> None:
        self.steps = steps
        self.readers = context.readers()
        self.keys = [skeleton([step]) for step in steps]
        self.stems = [stem_of(step.path) for step in steps]
        self.possible = streaks([may_be_in_loop(step) for step in steps])
        self.unread = streaks([not any(s.is_read for s in all_steps([step])) for step in steps])
        self.lines = list(accumulate(map(lines_of, steps), initial=0))

    def windows(self) -> Iterator[Window]:
        for period in range(1, min(MAX_PERIOD, len(self.steps) // 2) + 1):
            matching, in_lists = repeats(self.keys, period), repeats(self.stems, period)
            for start in range(len(self.steps) - 2 * period + 1):
                times = 1 + matching[start] // period
                if times > 1 and in_lists[start] >= period * (times - 1):
                    window = Window(self.lines_saved(start, period, times), start, period, times)
                    if window.saved >= LEAST_LINES and self.may_be_loop(window):
                        yield window

    def lines_saved(self, start: int, period: int, times: int) -> int:
        before = self.lines[start + period * times] - self.lines[start]
        after = self.lines[start + period] - self.lines[start]
        return before - (after + 1 if period > 1 or after > 1 else after) - 1

    def may_be_loop(self, window: Window) -> bool:
        """True for stretches that begin with a layer, of which nothing else reads a value."""
        if window.period > 1 and self.steps[window.start].kind not in STARTS:
            return False
        length = window.period * window.times
        if self.possible[window.start] < length:
            return False
        is_unread = self.unread[window.start] >= length
        return is_unread or not self.readers.is_read(window.steps(self.steps))


def may_be_in_loop(step: DraftStep) -> bool:
    """True for a step without keys that hold for one iteration alone."""
    return not any(s.kind in NEVER_IN_LOOPS or s.sources or s.shared for s in all_steps([step]))


def lines_of(step: DraftStep) -> int:
    """About how many lines a step takes."""
    if step.kind == "group" and step.body is not None:
        lines = sum(map(lines_of, step.body))
        has_groups = any(inner.kind == "group" for inner in step.body)
        return 1 if lines <= 3 and not has_groups else lines + 2
    if step.operands:
        lines = sum(lines_of(inner) for branch in step.branches for inner in branch)
        return 1 if lines <= 4 else lines + 2
    return 3 if step.kind == "for" else 1


def loop_of(window: Sequence[DraftStep], period: int, taken: Collection[str]) -> DraftStep | None:
    """The loop of a window; None if it would state too much."""
    copies = copied(window)
    stretches = [copies[start : start + period] for start in range(0, len(copies), period)]
    merged = merge_all(stretches[0], 0)
    for number, stretch in enumerate(stretches[1:], 1):
        merged = merged_lists(merged, stretch, number)
    is_whole = all(len(step.members) == len(stretches) for step in all_merged(merged))
    if not is_whole or not have_equal_references(merged):
        return None
    channels = {number: stretch[0].channels for number, stretch in enumerate(stretches)}
    expressions = Expressions(channels, "")
    instances = dict.fromkeys(range(len(stretches)), 1)
    parameters = ParameterSearch(merged, instances, expressions, {}, taken)
    if not parameters.solve(most=max_lists(merged)):
        return None
    lists = {
        name: [values.get(number) for number in range(len(stretches))]
        for name, values in parameters.values.items()
    }
    return loop_step(window, period, merged, lists) if are_readable(lists) else None


def max_lists(merged: Sequence[MergedStep]) -> int:
    """How many lists a loop may have: several calls of one block are clear without it."""
    return 1 if len(merged) == 1 and merged[0].kind == "call" else MAX_LISTS


def are_readable(lists: dict[str, list[Any]]) -> bool:
    """True if the lists of a loop have numbers and words only."""
    values = [value for entries in lists.values() for value in entries]
    return bool(lists) and not any(value is None or isinstance(value, tuple) for value in values)


def loop_step(
    window: Sequence[DraftStep],
    period: int,
    merged: list[MergedStep],
    lists: dict[str, list[Any]],
) -> DraftStep:
    step = DraftStep("for")
    only = merged[0]
    is_plain_group = len(merged) == 1 and only.kind == "group" and only.body is not None
    if is_plain_group and only.repeat_expression is None and not only.when:
        merged = only.body or []
    step.merged_body = merged
    step.bindings = {name: lists[name] for name in sorted(lists, key=is_other_than_width)}
    step.channels, step.input_shape = window[0].channels, window[0].input_shape
    step.out_channels = window[-1].out_channels
    if period == 1:
        step.path = re.sub(r"[._]?\d+$", "", window[0].path)
    return step


def is_other_than_width(name: str) -> bool:
    """False for the list that is first: the widths."""
    return name not in WIDTHS


def copied(steps: Sequence[DraftStep]) -> list[DraftStep]:
    """Copies of steps, whose references among them are to the copies."""
    copies: dict[int, DraftStep] = {}

    def copy_of(step: DraftStep) -> DraftStep:
        made = copies[id(step)] = copy.copy(step)
        made.arguments, made.first = dict(step.arguments), dict(step.first)
        if step.operands is not None:
            made.operands = [
                [copy_of(inner) for inner in operand] if isinstance(operand, list) else operand
                for operand in step.operands
            ]
        if step.body is not None:
            made.body = [copy_of(inner) for inner in step.body]
        return made

    result = [copy_of(step) for step in steps]
    for step in all_steps(result):
        if step.sources:
            step.sources = [redirected(ref, copies) for ref in step.sources]
        if step.operands is not None:
            step.operands = [
                redirected(operand, copies) if isinstance(operand, DraftRef) else operand
                for operand in step.operands
            ]
    return result


def redirected(ref: DraftRef, copies: dict[int, DraftStep]) -> DraftRef:
    target = ref.target if isinstance(ref.target, str) else copies.get(id(ref.target), ref.target)
    return DraftRef(target, ref.part)

"""Equal stretches of steps, one after the other: where they are, and which a person would see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from ..named_tuple import NamedTuple
from .drafts import DraftStep, all_steps
from .fingerprints import anonymous, contents, skeleton
from .readers import StepReaders
from .step_names import is_telling

MAX_PERIOD = 12  # steps that are repeated together

STARTS = frozenset(
    (
        *("conv", "depthwise", "conv_transpose", "linear", "call", "bn", "layernorm"),
        *("group", "for", "add", "concat", "attention", "chunk"),
    )
)
"""The steps with which a repeated stretch begins, if it has any."""

NEVER_REPEATED = frozenset(("from", "output", "for", "chunk", "weight", "constant"))


class EqualRun(NamedTuple):
    """Equal stretches of `period` steps, from `start` on; `gain` is the steps that it saves."""

    gain: int
    start: int
    period: int
    times: int

    @property
    def end(self) -> int:
        return self.start + self.period * self.times

    def stretch(self, steps: Sequence[DraftStep]) -> Sequence[DraftStep]:
        """The first stretch."""
        return steps[self.start : self.start + self.period]


class RunSearch:
    """Finds the runs in a list of steps.

    What is known of a step is found once, and how far a run goes from it by that of the next
    stretch, so that the time grows as the list does.  `known` are the texts of steps by their
    identity, for the next search in the list.
    """

    def __init__(
        self,
        steps: Sequence[DraftStep],
        readers: StepReaders,
        known: dict[int, str],
        *,
        allow_nested: bool,
    ) -> None:
        self.steps = steps
        self.readers = readers
        self.allow_nested = allow_nested
        for step in steps:
            if id(step) not in known:
                known[id(step)] = anonymous(step)
        self.keys = [known[id(step)] for step in steps]
        self.has_references = [any(s.references for s in all_steps([step])) for step in steps]

    @cached_property
    def sizes(self) -> list[int]:
        return [step.size() for step in self.steps]

    @cached_property
    def same_lists(self) -> list[int]:
        """How many steps from each on are members of one list, by their paths."""
        stems = [stem_of(step.path) for step in self.steps]
        return [1 + count for count in repeats(stems, 1)]

    def best(self) -> list[EqualRun]:
        """The runs of the shortest period that has any, of two that overlap the longer one."""
        for period in range(1, min(MAX_PERIOD, len(self.steps) // 2) + 1):
            runs = self.runs(period)
            coincidences = Coincidences(self.steps, runs)
            likely = [run for run in runs if not coincidences.has(run)]
            if likely:
                return disjoint(likely)
        return []

    def runs(self, period: int) -> list[EqualRun]:
        """The longest run from each step on, of stretches of so many steps."""
        end = len(self.steps) - 2 * period + 1
        matching = repeats(self.keys, period)
        times = [1] * len(self.steps)
        unread = [0] * len(self.steps)  # stretches from here on that nothing else refers to
        found: list[EqualRun] = []
        for start in reversed(range(end)):
            if period > 1 and matching[start] < period:
                continue
            if not self.is_followed(start, period, matching[start]):
                continue
            times[start] += times[start + period]
            stretch = self.steps[start : start + period]
            if not self.readers.is_read(stretch):
                unread[start] = 1 + unread[start + period]
            if unread[start] >= times[start] - 1 and self.may_begin(stretch):
                found += self.run_at(start, period, times[start])
        return found[::-1]

    def is_followed(self, start: int, period: int, matching: int) -> bool:
        """True if an equal stretch follows; `matching` steps have the same key as those after."""
        stretch = self.steps[start : start + period]
        following = self.steps[start + period : start + 2 * period]
        if period == 1 and len(stretch[0].sources or ()) == 1:
            return contents(stretch, ignore_source=True) == contents(following)
        if matching < period:
            return False
        has_references = any(self.has_references[start : start + period])
        return not has_references or contents(stretch) == contents(following)

    def may_begin(self, stretch: Sequence[DraftStep]) -> bool:
        """True if a stretch may be repeated at all."""
        if len(stretch) == 1:
            return stretch[0].kind not in NEVER_REPEATED
        if any(step.sources for step in stretch):
            return False
        if not self.allow_nested and any(s.repeat > 1 or s.kind == "group" for s in stretch):
            return False
        return stretch[0].kind in STARTS or not any(step.kind in STARTS for step in stretch)

    def run_at(self, start: int, period: int, times: int) -> Iterator[EqualRun]:
        """The run of so many stretches, or without the last one, if it saves any steps."""
        end = start + period * times
        if self.is_last_read(self.steps[end - period : end]):
            times -= 1
        if period == 1 and self.same_lists[start] < times:
            return
        saved = (times - 1) * sum(self.sizes[start : start + period]) - (period > 1)
        if times > 1 and saved > 0:
            yield EqualRun(saved, start, period, times)

    def is_last_read(self, stretch: Sequence[DraftStep]) -> bool:
        """True if something in the last stretch is referred to, other than the value of the run."""
        if len(stretch) == 1:
            return self.readers.is_read_inside(stretch[0])
        return self.readers.is_read(stretch)


def streaks(flags: Sequence[bool]) -> list[int]:
    """How many flags from each on are true, one after the other; 0 after the last.

    >>> streaks([True, True, False, True])
    [2, 1, 0, 1, 0]
    """
    found = [0] * (len(flags) + 1)
    for place in reversed(range(len(flags))):
        if flags[place]:
            found[place] = found[place + 1] + 1
    return found


def repeats(values: Sequence[str], period: int) -> list[int]:
    """How many values from each on are equal to those a period later, one after the other.

    >>> repeats(["a", "b", "a", "b", "c"], 2)
    [2, 1, 0, 0]
    """
    return streaks([one == later for one, later in zip(values, values[period:], strict=False)])


def disjoint(runs: Iterable[EqualRun]) -> list[EqualRun]:
    """The runs that save most steps, without those that overlap one of them; the last one first."""
    found: list[EqualRun] = []
    taken = bytearray()
    for run in sorted(runs, key=lambda run: (-run.gain, run.start)):
        taken.extend(bytes(max(0, run.end - len(taken))))
        if taken.find(1, run.start, run.end) < 0:
            taken[run.start : run.end] = b"\1" * (run.end - run.start)
            found.append(run)
    return sorted(found, key=lambda run: -run.start)


# Coincidences: what is equal, but would not be read as a repetition


class Coincidences:
    """Which of the runs of one period a person would write stretch by stretch."""

    def __init__(self, steps: Sequence[DraftStep], runs: Sequence[EqualRun]) -> None:
        self.steps = steps
        self.runs = runs

    def has(self, run: EqualRun) -> bool:
        if run.times > 2:
            return False
        found = self.is_some_of_a_family(run) or self.is_within_a_series(run)
        return found or self.is_only_pair(run)

    @cached_property
    def families(self) -> Counter[str]:
        return Counter(map(family_of, self.steps))

    @cached_property
    def starts(self) -> dict[tuple[str, ...], list[int]]:
        """Where the runs begin, by the kinds of their layers."""
        found: dict[tuple[str, ...], list[int]] = {}
        for run in self.runs:
            found.setdefault(kinds_of(run.stretch(self.steps)), []).append(run.start)
        return found

    @cached_property
    def repeated_kinds(self) -> set[tuple[str, ...]]:
        """The kinds of the layers that are repeated already."""
        return {kinds_of(step.body or [step]) for step in self.steps if step.repeat > 1}

    def is_only_pair(self, run: EqualRun) -> bool:
        """True for two equal stretches of one or two layers without others of their kinds."""
        stretch = run.stretch(self.steps)
        if run.period > 2 or any(s.branches or s.body or s.kind == "call" for s in stretch):
            return False
        kinds = kinds_of(stretch)
        distance = 2 * run.period
        starts = self.starts[kinds]
        has_others = starts[0] <= run.start - distance or starts[-1] >= run.start + distance
        return not has_others and kinds not in self.repeated_kinds

    def is_within_a_series(self, run: EqualRun) -> bool:
        """True for two stretches of several steps next to one of the same structure."""
        if run.period == 1:
            return False
        before = self.steps[max(run.start - run.period, 0) : run.start]
        after = self.steps[run.end : run.end + run.period]
        wanted = skeleton(run.stretch(self.steps))
        return wanted in (skeleton(before), skeleton(after))

    def is_some_of_a_family(self, run: EqualRun) -> bool:
        """True if the model numbers two steps (stage2, stage3) and others besides them.

        One other may be a first iteration that differs.
        """
        own = Counter(map(family_of, self.steps[run.start : run.end]))
        return any(self.families[family] - own[family] >= 2 for family in own if family)


def family_of(step: DraftStep) -> str:
    """The name of a module, or of its list, without the number; empty if it says nothing.

    A name that is that of the block says nothing more than the call of it.
    """
    stem = stem_of(step.path)
    word = stem.rstrip(".").rpartition(".")[2]
    is_kind = step.block is not None and step.block.name == word
    return stem if stem != step.path and is_telling(word) and not is_kind else ""


def kinds_of(steps: Iterable[DraftStep]) -> tuple[str, ...]:
    return tuple([step.kind for step in steps])


def stem_of(path: str) -> str:
    """A path without the number at its end, equal for the members of one list.

    >>> stem_of("layers.0"), stem_of("conv1")
    ('layers.', 'conv')
    """
    return path.rstrip("0123456789")

"""Blocks of a model without modules: stretches of steps of one structure that occur several times.

A file format that has no modules, or a model whose layers are all in one, is folded by this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..layers import JOINS
from ..named_tuple import NamedTuple
from ..sketch import Sketch
from .clusters import BlockInstance
from .drafts import DraftBody, DraftRef, DraftStep, all_steps, lists_of, redirect
from .fingerprints import skeleton
from .loops import lines_of
from .readers import StepReaders
from .run_search import STARTS
from .scopes import ModuleScope

MAX_STEPS = 14  # of a block
MAX_BLOCKS = 20
MOST_STEPS = 10_000
"""In a longer list, similar steps are not sought: that takes about a second for each 2,000."""

LEAST_GAIN = 3  # lines

NEVER_IN_BLOCKS = frozenset(("from", "output", "for", "weight", "constant"))

MakeBlock = Callable[[Sequence[BlockInstance]], Sequence[DraftStep] | None]
"""Makes a block of instances: the calls of it, or None if it would not be readable."""


class Occurrence(NamedTuple):
    """`length` steps of a list, from `start` on."""

    steps: list[DraftStep]
    start: int
    length: int

    @property
    def end(self) -> int:
        return self.start + self.length

    @property
    def entry(self) -> DraftStep | None:
        """The step before, whose value enters the first step; None at the start of a list."""
        return self.steps[self.start - 1] if self.start else None

    @property
    def window(self) -> list[DraftStep]:
        return self.steps[self.start : self.end]


class Repetition(NamedTuple):
    """All occurrences of one structure, and the lines that a block of them saves."""

    gain: int
    occurrences: tuple[Occurrence, ...]


def is_mined(sketch: Sketch) -> bool:
    """True for a model without modules that is not too long."""
    return not has_modules(sketch) and len(sketch.layers) <= MOST_STEPS


def has_modules(sketch: Sketch) -> bool:
    return len(sketch.scopes) > 1


def mine_blocks(body: DraftBody, make: MakeBlock) -> None:
    """Replace what occurs several times by calls of blocks, those that save most lines first."""
    for _ in range(MAX_BLOCKS):
        if not any(replaced(found, body, make) for found in repetitions(body)):
            return


def repetitions(body: DraftBody) -> list[Repetition]:
    """What occurs several times in the steps of a body, the most lines saved first."""
    places: dict[str, list[Occurrence]] = {}
    for steps in lists_of(body.steps):
        for key, found in occurrences(steps):
            places.setdefault(key, []).append(found)
    possible = []
    readers = StepReaders(body.steps, body.outputs)
    for found_places in places.values():
        if len(found_places) < 2 or lines_saved(found_places) < LEAST_GAIN:
            continue
        separate = tuple(not_overlapping(found_places, readers))
        gain = lines_saved(separate)
        if len(separate) > 1 and gain >= LEAST_GAIN:
            possible.append(Repetition(gain, separate))
    return sorted(possible, key=lambda found: (-found.gain, -found.occurrences[0].length))


def occurrences(steps: list[DraftStep]) -> Iterator[tuple[str, Occurrence]]:
    """Each stretch of a list that could be a block, by its structure.

    It does not begin with an activation, has no calls of one block one after the other, and goes
    up to the first join and the activations after.
    """
    keys = [skeleton([step]) for step in steps]
    for start, first in enumerate(steps):
        has_join = False
        for end in range(start + 1, min(start + MAX_STEPS, len(steps)) + 1):
            last = steps[end - 1]
            is_again = end - start > 1 and last.kind == "call" and keys[end - 1] == keys[end - 2]
            if not may_be_in_block(last) or is_again or (has_join and last.kind in STARTS):
                break
            has_join = has_join or last.kind in JOINS
            if first.kind in STARTS and (end - start > 1 or first.branches):
                yield "/".join(keys[start:end]), Occurrence(steps, start, end - start)


def may_be_in_block(step: DraftStep) -> bool:
    """True for a step whose value is the previous one, without weights that others share."""
    if step.kind in NEVER_IN_BLOCKS or step.sources:
        return False
    return all(inner.shared is None and inner.kind != "output" for inner in all_steps([step]))


def not_overlapping(places: Sequence[Occurrence], readers: StepReaders) -> Iterator[Occurrence]:
    """The first of each two that overlap; without those that refer to other steps or are read."""
    ends: dict[int, int] = {}
    for place in places:
        if place.start >= ends.get(id(place.steps), 0) and is_closed(place, readers):
            ends[id(place.steps)] = place.end
            yield place


def is_closed(place: Occurrence, readers: StepReaders) -> bool:
    """True if only what enters the first step is read inside, and only the last step outside."""
    inside = {id(step) for step in all_steps(place.window)}
    known = inside | {id(target) for target in [place.entry] if target is not None}
    for step in all_steps(place.window):
        if any(id(ref.target) not in known or ref.part is not None for ref in step.references):
            return False
    last = place.window[-1]
    return all(
        ref.target is last and ref.part is None for ref in readers.from_outside(place.window)
    )


def lines_saved(places: Sequence[Occurrence]) -> int:
    """The lines that a block of these takes away: each becomes a call, and the block is added."""
    if not places:
        return 0
    lines = sum(map(lines_of, places[0].window))
    return len(places) * (lines - 1) - lines - 2


def replaced(found: Repetition, body: DraftBody, make: MakeBlock) -> bool:
    """Make a block of some occurrences, and replace them by calls of it; False if it is refused."""
    entries = list(entry_references(found.occurrences))
    for ref, _ in entries:
        ref.target = "input"
    windows = [place.window for place in found.occurrences]
    word = block_word(windows[0])
    calls = make([instance_of(n, window, word) for n, window in enumerate(windows)])
    if calls is None:
        for ref, entry in entries:
            ref.target = entry
        return False
    for place, call in reversed(list(zip(found.occurrences, calls, strict=True))):
        last = place.window[-1]
        take_place(call, place.window)
        place.steps[place.start : place.end] = [call]
        redirect(body.steps, last, call, body.outputs)
    return True


def entry_references(places: Sequence[Occurrence]) -> Iterator[tuple[DraftRef, DraftStep]]:
    """The references inside to what enters, with the step that they are to."""
    for place in places:
        for step in all_steps(place.window):
            for ref in step.references:
                if place.entry is not None and ref.target is place.entry:
                    yield ref, place.entry


def take_place(call: DraftStep, steps: Sequence[DraftStep]) -> None:
    """Give a call of a block the shapes and weights of the steps that it replaces."""
    call.channels, call.input_shape = steps[0].channels, steps[0].input_shape
    call.out_channels = steps[-1].out_channels
    call.weights = tuple(sorted({name for step in all_steps(steps) for name in step.weights}))


def instance_of(number: int, steps: list[DraftStep], word: str) -> BlockInstance:
    """Some steps as an instance of a block that is called after a word."""
    scope = ModuleScope(0, "", word, False, (), "block")
    body = DraftBody(scope)
    body.steps = steps
    shape = steps[0].input_shape
    body.input_shapes = [shape] if shape is not None else []
    return BlockInstance(number, scope, body)


def block_word(window: Sequence[DraftStep]) -> str:
    """What a block is called: after its join, or after its layers."""
    kinds = dict.fromkeys(
        step.block.name if step.kind == "call" else step.kind for step in all_steps(window)
    )
    if "softmax" in kinds and "matmul" in kinds:
        return "attention_block"
    outer = [step.kind for step in window]
    if "add" in outer:
        return "residual"
    if "concat" in outer:
        return "branches"
    return "_".join(list(kinds)[:3])

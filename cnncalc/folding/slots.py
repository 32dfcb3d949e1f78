"""The places in merged steps whose value may differ between instances."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal

from ..named_tuple import NamedTuple
from .drafts import MISSING, DraftStep
from .merged import MergedStep, all_merged

SlotUse = Literal["argument", "first", "rest", "kind", "repeat"]
"""What a slot is: an argument, one of the first iteration or of the others, the kind, the count."""

REPEAT = "repeat"
KIND = "kind"


class Slot(NamedTuple):
    """A value of a merged step, in each instance that has it.

    `channels` are those of the step's input, None where they differ between iterations.
    """

    step: MergedStep
    argument: str
    values: Mapping[int, Any]
    use: SlotUse
    channels: Mapping[int, int | None]

    @property
    def is_constant(self) -> bool:
        """True if the value is the same in all instances."""
        first, *others = self.values.values()
        return all(type(other) is type(first) and other == first for other in others)

    @property
    def first_value(self) -> Any:
        return next(iter(self.values.values()))

    @property
    def text(self) -> str:
        """Equal for slots that have the same expressions."""
        facts = (self.step.kind, self.argument, self.use, self.values, self.channels)
        return repr(facts)

    @property
    def is_numeric(self) -> bool:
        return all(map(is_number, self.values.values()))

    def fits(self, found: Mapping[int, Any]) -> bool:
        """True if these are the values of all instances, of the same types."""
        return self.fits_each(lambda instance: found.get(instance, MISSING))

    def fits_each(self, found: Callable[[int], Any]) -> bool:
        """True if a function of the instance has these values, of the same types."""
        for instance, value in self.values.items():
            other = found(instance)
            if other != value or isinstance(other, bool) != isinstance(value, bool):
                return False
        return True


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def slots_of(steps: Iterable[MergedStep]) -> Iterator[Slot]:
    """All slots of some steps, in the order of the file."""
    for step in all_merged(steps):
        members = step.members
        channels = {number: member.channels for number, member in members.items()}
        unknown = dict.fromkeys(members)
        if len(set(step.kinds.values())) > 1:
            yield Slot(step, KIND, dict(step.kinds), "kind", channels)
        names = dict.fromkeys(name for member in members.values() for name in member.arguments)
        for name in names:
            yield from argument_slots(step, name, unknown)
        counts = {number: member.repeat for number, member in members.items()}
        if any(count > 1 for count in counts.values()):
            yield Slot(step, REPEAT, counts, "repeat", unknown)


def argument_slots(
    step: MergedStep, name: str, unknown: Mapping[int, int | None]
) -> Iterator[Slot]:
    """The slots of an argument: one, or two if the first iteration differs in some instance."""
    members = step.members
    values = {n: m.arguments[name] for n, m in members.items() if name in m.arguments}
    if name == "parts" and len(set(map(type, values.values()))) > 1:
        values = {number: sizes_of(members[number], parts) for number, parts in values.items()}
    if not any(name in member.first for member in members.values()):
        yield Slot(step, name, values, "argument", steady_channels(step))
        return
    rest = {number: value for number, value in values.items() if members[number].repeat > 1}
    first = {
        number: member.first.get(name, member.arguments.get(name, MISSING))
        for number, member in members.items()
    }
    yield Slot(step, name, rest or values, "rest", unknown)
    given = {number: value for number, value in first.items() if value is not MISSING}
    yield Slot(step, name, given, "first", unknown)


def sizes_of(step: DraftStep, parts: Any) -> Any:
    """The sizes of the parts of a chunk, also where they are equal and only counted."""
    is_counted = isinstance(parts, int) and step.channels and step.arguments.get("axis") == 0
    return (step.channels // parts,) * parts if is_counted else parts


def steady_channels(step: MergedStep) -> dict[int, int | None]:
    """The channels of the input, if all iterations have the same."""
    return {
        number: member.channels
        if member.repeat == 1 or member.later_channels == member.channels
        else None
        for number, member in step.members.items()
    }

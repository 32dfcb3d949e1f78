"""Steps as texts that are equal for equal steps."""

from __future__ import annotations

from collections.abc import Sequence

from .drafts import DraftRef, DraftStep


class Fingerprint:
    """The text of some steps.  References among them are relative, so that copies are equal.

    With `values`, the arguments are in it; without, only which arguments there are.  Without
    `targets`, it is not in it what references are to.
    """

    def __init__(self, *, values: bool, targets: bool = True) -> None:
        self.values = values
        self.targets = targets
        self.numbers: dict[int, int] = {}

    def of_list(self, steps: Sequence[DraftStep]) -> str:
        return "/".join(map(self.of_step, steps))

    def of_step(self, step: DraftStep) -> str:
        self.numbers[id(step)] = len(self.numbers)
        words = [step.kind, step.block.name if step.block else "", *self.arguments(step)]
        if step.sources:
            words.append("from " + ",".join(map(self.of_reference, step.sources)))
        for operand in step.operands or ():
            if isinstance(operand, list):
                words.append(f"[{self.of_list(operand)}]")
            elif isinstance(operand, DraftRef):
                words.append(self.of_reference(operand))
            else:
                words.append("number" if not self.values else repr(operand))
        if step.body is not None:
            words.append(f"{{{self.of_list(step.body)}}}")
        if step.kind == "for":
            words.append(str(id(step)))
        return "|".join(words)

    def arguments(self, step: DraftStep) -> list[str]:
        if not self.values:
            names = ",".join(sorted(step.arguments)) if step.kind != "call" else ""
            facts = [str(step.shared is not None), str(step.is_trainable)]
            return [names, *facts, *step.types]
        return [
            repr(sorted(step.arguments.items())),
            str(step.repeat),
            repr(sorted(step.first.items(), key=str)),
            str(step.shared),
            str(step.is_trainable),
            *step.types,
        ]

    def of_reference(self, ref: DraftRef) -> str:
        if not self.targets:
            return "<>"
        if isinstance(ref.target, str):
            return f"<{ref.target}>"
        number = self.numbers.get(id(ref.target))
        name = f"outside {id(ref.target)}" if number is None and self.values else str(number)
        return f"<{name}.{ref.part}>"


def contents(steps: Sequence[DraftStep], *, ignore_source: bool = False) -> str:
    """The text of steps with all values; `ignore_source` leaves out the `from` of the first."""
    if not ignore_source:
        return Fingerprint(values=True).of_list(steps)
    sources, steps[0].sources = steps[0].sources, None
    try:
        return Fingerprint(values=True).of_list(steps)
    finally:
        steps[0].sources = sources


def skeleton(steps: Sequence[DraftStep]) -> str:
    """The text of steps without the values of their arguments."""
    return Fingerprint(values=False).of_list(steps)


def anonymous(step: DraftStep) -> str:
    """The text of a step with all values, but not what it refers to."""
    return Fingerprint(values=True, targets=False).of_step(step)

"""`repeat`, `for` and `across`: the variables of each round."""

from __future__ import annotations

from collections.abc import Iterator

from ...datum import Value as Datum
from ...datum import show, whole
from ...document import Bindings, Step
from ...expression.value import Unknown
from ...problem import Refusal
from .evaluation import Evaluation
from .frame import AMBIGUOUS, Frame


def rounds_of(step: Step, frame: Frame, names: Evaluation) -> Iterator[dict[str, Datum]]:
    """The variables of each round."""
    if step.bindings is not None:
        yield from bindings_of(step.bindings, frame, names)
        return
    if step.repeat is None:
        return
    count = whole(names.evaluate(step.repeat))
    if count is None or count < 0:
        names.expansion.account.report(
            step.repeat.span,
            Refusal(
                f"`repeat` is a count, 0 or more, found {show(step.repeat.run(names))}",
                rule="bad-value",
            ),
        )
        raise Unknown
    names.expansion.account.take_rounds(count, step.repeat.span)
    for index in range(count):
        yield {**frame.variables, "i": AMBIGUOUS if frame.repeats else index}


def bindings_of(bindings: Bindings, frame: Frame, names: Evaluation) -> Iterator[dict[str, Datum]]:
    """The variables for each binding of `for` or `across`."""
    columns: dict[str, tuple[Datum, ...]] = {}
    for name, expression in bindings:
        value = names.evaluate(expression)
        if isinstance(value, tuple):
            names.expansion.account.take_rounds(len(value), expression.span, check_only=True)
            columns[name] = value
            continue
        count = whole(value)
        if count is None or count < 0:
            refusal = Refusal(
                f"`{name}` takes a list, or a count of 0 or more, found {show(value)}",
                rule="bad-value",
            )
            names.expansion.account.report(expression.span, refusal)
            raise Unknown
        names.expansion.account.take_rounds(count, expression.span, check_only=True)
        columns[name] = tuple(range(count))
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"`{name}` has {length}" for name, length in lengths.items())
        names.expansion.account.report(
            bindings[0][1].span,
            Refusal(f"lists bound together have one length: {found}", rule="bad-value"),
        )
        raise Unknown
    if not columns:
        raise Unknown
    names.expansion.account.take_rounds(next(iter(lengths.values())), bindings[0][1].span)
    for row in zip(*columns.values(), strict=True):
        yield {**frame.variables, **dict(zip(columns, row, strict=True))}

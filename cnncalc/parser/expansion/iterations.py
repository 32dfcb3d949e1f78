"""`repeat`, `for` and `across`: the variables of each iteration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...datum import Datum, show, whole
from ...document import Bindings, Step
from ...expression.expression import Expression, Unknown
from ...problem import Refusal
from .evaluation import Evaluation
from .frame import AMBIGUOUS, Frame


def iterations_of(step: Step, frame: Frame, names: Evaluation) -> Iterator[dict[str, Datum]]:
    """The variables of each iteration of a step with `repeat` or `for`, in one dict for all."""
    if step.bindings is not None:
        yield from iterations_over(step.bindings, frame, names)
    elif step.repeat is not None:
        message = "`repeat` must be a count of 0 or more"
        count = count_of(names.evaluate(step.repeat), step.repeat, names, message)
        names.expansion.quota.spend_iterations(count, step.repeat.span)
        variables = copy_of_variables(frame, names)
        for index in range(count):
            variables["i"] = AMBIGUOUS if frame.repeats else index
            yield variables


def copy_of_variables(frame: Frame, names: Evaluation) -> dict[str, Datum]:
    """The variables of a frame in a dict of their own."""
    names.expansion.quota.spend_entries(len(frame.variables))
    return dict(frame.variables)


def iterations_over(
    bindings: Bindings, frame: Frame, names: Evaluation
) -> Iterator[dict[str, Datum]]:
    """The variables of each iteration over the bindings of `for` or `across`, in one dict."""
    columns = {name: column_of(name, expression, names) for name, expression in bindings}
    if not columns:
        raise Unknown
    lengths = {name: len(column) for name, column in columns.items()}
    span = bindings[0][1].span
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"`{name}` has {length}" for name, length in lengths.items())
        message = f"lists that are bound together must have the same length: {found}"
        names.expansion.diagnostics.report(span, Refusal(message, rule="bad-value"))
        raise Unknown
    count = lengths[bindings[0][0]]
    names.expansion.quota.spend_iterations(count, span)
    names.expansion.quota.spend_entries(count * (len(columns) - 1))
    variables = copy_of_variables(frame, names)
    for row in zip(*columns.values(), strict=True):
        variables.update(zip(columns, row, strict=True))
        yield variables


def column_of(name: str, expression: Expression, names: Evaluation) -> Sequence[Datum]:
    """The values of one name in all iterations: those of a list, or 0 to below a count."""
    value = names.evaluate(expression)
    if isinstance(value, tuple):
        names.expansion.quota.check_iterations(len(value), expression.span)
        return value
    message = f"`{name}` takes a list, or a count of 0 or more"
    count = count_of(value, expression, names, message)
    names.expansion.quota.check_iterations(count, expression.span)
    return range(count)


def count_of(value: Datum, expression: Expression, names: Evaluation, message: str) -> int:
    """The value of an expression as a count.  Raises Unknown if it is not one (reported)."""
    count = whole(value)
    if count is None or count < 0:
        refusal = Refusal(f"{message}, found {show(value)}", rule="bad-value")
        names.expansion.diagnostics.report(expression.span, refusal)
        raise Unknown
    return count

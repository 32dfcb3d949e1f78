"""Lists: the bounds of their length and depth, `+` and `*`, and indexing."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, islice

from ..datum import Datum, ManyNumbers, show, whole
from ..limits import MAX_LIST_LENGTH, MAX_LIST_NESTING
from ..problem import Refusal, Span
from .expression import Expression, Names


def sequence(entries: list[Expression], span: Span) -> Expression:
    """A YAML list of expressions."""
    runs = [entry.run for entry in entries]
    return Expression(
        f"[{', '.join(entry.text for entry in entries)}]",
        span,
        lambda names: listed(tuple([run(names) for run in runs]), names),
        frozenset().union(*(entry.names for entry in entries)),
        tuple(reference for entry in entries for reference in entry.references),
    )


def listed(entries: tuple[Datum, ...], names: Names) -> tuple[Datum, ...]:
    """The list itself.  Raises Refusal if it has too many entries or levels of nesting."""
    left = MAX_LIST_LENGTH
    level = entries
    for _ in range(MAX_LIST_NESTING):
        left -= len(level)
        if left < 0:
            raise Refusal(f"lists have at most {MAX_LIST_LENGTH:,} entries", rule="limit")
        level = tuple(
            islice(
                chain.from_iterable(entry for entry in level if isinstance(entry, tuple)), left + 1
            )
        )
        if not level:
            names.spend(MAX_LIST_LENGTH - left)
            return entries
    raise Refusal(f"lists are nested at most {MAX_LIST_NESTING} levels deep", rule="limit")


Operator = Callable[[str, Datum, Datum, Names], Datum]
"""The result of the operator of this mark."""


def on_lists(mark: str, left: Datum, right: Datum, names: Names, operator: Operator) -> Datum:
    """`[..] + [..]` and `[..] * n`, as in Python; `operator` applies to each entry of others."""
    are_lists = isinstance(left, tuple) and isinstance(right, tuple)
    if mark == "+" and are_lists:
        return listed(within_limit(left + right), names)
    if mark in "+*" and not are_lists:
        return listed(repeated(mark, left, right), names)
    return by_entry(mark, left, right, names, operator)


def repeated(mark: str, left: Datum, right: Datum) -> tuple[Datum, ...]:
    """A list several times in sequence.  Raises Refusal for anything but a list and an integer."""
    entries, times = (left, right) if isinstance(left, tuple) else (right, left)
    if mark != "*" or not (type(times) is int or isinstance(times, ManyNumbers)):
        hint = "`+` joins lists, `*` repeats one; `-`, `/`, `//`, `%` and `**` apply to each entry"
        message = f"`{mark}` does not take {show(left)} and {show(right)}"
        raise Refusal(message, hint, rule="bad-value")
    count = len(range(times))
    check_length(len(entries) * count)
    return tuple(entries * count)


def by_entry(
    mark: str, left: Datum, right: Datum, names: Names, operator: Operator
) -> tuple[Datum, ...]:
    """An operator on each entry of a list and a number, or on the entries of two lists.

    Raises Refusal if the lists have different lengths, or as the operator does.
    """
    lengths = {len(side) for side in (left, right) if isinstance(side, tuple)}
    if len(lengths) > 1:
        message = f"`{mark}` takes lists of one length, found {show(left)} and {show(right)}"
        raise Refusal(message, rule="bad-value")
    length = lengths.pop()
    names.spend(length)
    sides = [side if isinstance(side, tuple) else (side,) * length for side in (left, right)]
    return tuple([operator(mark, one, other, names) for one, other in zip(*sides, strict=True)])


def check_length(length: int) -> None:
    """Raise Refusal if a list of this length is too long."""
    if length > MAX_LIST_LENGTH:
        raise Refusal(
            f"lists have at most {MAX_LIST_LENGTH:,} entries, the result has {length:,}",
            rule="limit",
        )


def within_limit(entries: tuple[Datum, ...]) -> tuple[Datum, ...]:
    check_length(len(entries))
    return entries


def index(value: Datum, at: Datum) -> Datum:
    """An entry of a list; negative indices count from the end.  Raises Refusal if there is none."""
    position = whole(at)
    if not isinstance(value, tuple):
        raise Refusal(f"only lists have entries, found {show(value)}", rule="bad-value")
    if position is None:
        raise Refusal(f"an index must be an integer, found {show(at)}", rule="bad-value")
    if not -len(value) <= position < len(value):
        raise Refusal(f"there is no entry {position} in a list of {len(value)}", rule="bad-value")
    return value[position]

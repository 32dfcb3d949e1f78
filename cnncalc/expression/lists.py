"""Lists: the bounds of their length and depth, `+` and `*`, and indexing."""

from __future__ import annotations

from itertools import chain, islice

from ..datum import Datum, show, whole
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


def on_lists(mark: str, left: Datum, right: Datum, names: Names) -> Datum:
    """`[..] + [..]` and `[..] * n`, as in Python."""
    if mark == "+" and isinstance(left, tuple) and isinstance(right, tuple):
        length = len(left) + len(right)
    elif mark == "*" and type(left if isinstance(right, tuple) else right) is int:
        left, right = (right, left) if isinstance(right, tuple) else (left, right)
        length = len(left) * max(0, right)
    else:
        raise Refusal(f"`{mark}` does not take {show(left)} and {show(right)}", rule="bad-value")
    if length > MAX_LIST_LENGTH:
        raise Refusal(
            f"lists have at most {MAX_LIST_LENGTH:,} entries, the result has {length:,}",
            rule="limit",
        )
    return listed(left + right if mark == "+" else left * right, names)


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

"""The values of expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any, ClassVar, TypeGuard

MAX_SHOWN_ENTRIES = 20  # of one list
MAX_SHOWN_CHARACTERS = 300  # of all lists in a value

Datum = Any
"""The value of an expression: an int, float, bool, None, str (a word) or a tuple of these."""


class ManyNumbers:
    """The base of a number that is one for each of many variants, as in `sweep.lanes`.

    It calculates like an int or a float. What depends on its type is here: code that tests types
    asks `is_number` and `whole`, and refuses other objects. `functions` are those of the language
    and of this module that it has of its own.
    """

    __slots__ = ()
    functions: ClassVar[Mapping[str, Callable[..., Datum]]] = {}

    def __index__(self) -> int:
        """The number, if all are equal."""
        raise NotImplementedError

    def values(self) -> list[int | float]:
        """The number of each variant."""
        raise NotImplementedError

    def whole(self) -> Datum | None:
        """The numbers as integers, also of floats (2.0); None if they are not."""
        raise NotImplementedError


def many_numbers(values: Iterable[Datum]) -> ManyNumbers | None:
    """The first of them among values and the entries of lists; None if there is none."""
    for value in values:
        if isinstance(value, ManyNumbers):
            return value
        if isinstance(value, tuple):
            for entry in value:
                if isinstance(entry, ManyNumbers):
                    return entry
    return None


def are_ints(values: Iterable[Datum]) -> bool:
    """Whether all values are ints; the fastest way to tell that none of them is many numbers."""
    return set(map(type, values)) <= {int}


def total(numbers: Iterable[int]) -> int:
    """The sum of some integers, for each variant."""
    summed = list(numbers)
    if are_ints(summed):
        return sum(summed)
    many = many_numbers(summed)
    found: int = sum(summed) if many is None else many.functions["total"](summed)
    return found


Presence = tuple[int, int, int]
"""An integer that counts from a turn to before another one."""


def largest_sum(present: Sequence[Presence], turns: int) -> int:
    """The largest sum of integers, for each variant, in any of the turns.

    >>> largest_sum([(3, 0, 1), (4, 0, 3), (2, 1, 2)], turns=3)
    7
    """
    sizes = [size for size, _, _ in present]
    many = None if are_ints(sizes) else many_numbers(sizes)
    if many is not None:
        found: int = many.functions["largest_sum"](present, turns)
        return found
    changes = [0] * (turns + 1)
    for size, first, end in present:
        changes[first] += size
        changes[end] -= size
    return max(accumulate(changes))


MANY = "(a number for each variant)"
"""What is shown of them; no number is longer, which matters for the bound of texts."""


def is_number(value: Datum) -> TypeGuard[int | float]:
    """Whether a value is an int or a float.  Booleans are not numbers."""
    kind = type(value)
    return kind is int or kind is float or isinstance(value, ManyNumbers)


def show(value: Datum) -> str:
    """A value as a file would write it; long lists and long texts of lists are cut off.

    >>> show((3, 5)), show(True), show(None), show((0,) * 1000)
    ('[3, 5]', 'true', 'none', '[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...]')
    """
    if type(value) is int:
        return str(value)
    if isinstance(value, tuple):
        return show_list(value)
    if value is None:
        return "none"
    if isinstance(value, ManyNumbers):
        return MANY
    if type(value) is float and value.is_integer():
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def argument_text(value: Datum) -> str:
    """An argument of a layer as a table shows it: sizes as 3x3.

    >>> argument_text((3, 5)), argument_text({"weight": (8, 4)})
    ('3x5', '{weight 8x4}')
    """
    if isinstance(value, dict):
        pairs = [f"{name} {argument_text(entry)}" for name, entry in value.items()]
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, tuple) and all(type(entry) is int and entry >= 0 for entry in value):
        return "x".join(map(str, value))
    return show(value)


def show_list(values: tuple[Datum, ...], characters: int = MAX_SHOWN_CHARACTERS) -> str:
    """A list as a file would write it, cut off after the first entries or characters.

    >>> show_list(((1, 2), (3, 4)), characters=4)
    '[[1, 2], ...]'
    """
    entries: list[str] = []
    left = characters
    for value in values[:MAX_SHOWN_ENTRIES]:
        if left <= 0:
            break
        entries.append(show_list(value, left) if isinstance(value, tuple) else show(value))
        left -= len(entries[-1])
    if len(entries) < len(values):
        entries.append("...")
    return f"[{', '.join(entries)}]"


def count_entries(value: Datum) -> int:
    """The number of entries of a list or mapping, with those of the values in it; else 0.

    >>> count_entries((1, (2, 3))), count_entries(7)
    (4, 0)
    """
    if isinstance(value, dict):
        return len(value) + sum([count_entries(entry) for entry in value.values()])
    if not isinstance(value, tuple):
        return 0
    return len(value) + sum([count_entries(entry) for entry in value if isinstance(entry, tuple)])


def whole(value: Datum) -> int | None:
    """The value as an int if it is an integer, also as a float (2.0); None otherwise.

    Booleans are not numbers.
    """
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    return value.whole() if isinstance(value, ManyNumbers) else None

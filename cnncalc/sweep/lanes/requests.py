"""The request for many variants at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from ...datum import Datum, is_number, show
from ...expression.expression import Expression, Names, Unknown
from ...expression.grammar import compile_text
from ...limits import MAX_EXPRESSION_LENGTH
from ...parser import Request
from ...problem import Refusal
from ..condition import VariantValues
from ..plan import InvalidVariant
from ..subject import ENTRY, Subject
from .table import NumberTable

Columns = Mapping[str, Sequence[str]]
"""The value of each axis for each variant."""


@lru_cache(maxsize=65_536)
def literal(text: str) -> Datum | None:
    """The number, or list of numbers, that a text is; None if it is something else.

    >>> literal("0.5"), literal("[3, 3x5]"), literal("relu"), literal("true")
    (0.5, (3, (3, 5)), None, None)
    """
    try:
        expression = compile_text(text.strip())
        value = None if expression.names else expression.run(VariantValues({}))
    except (Refusal, Unknown):
        return None
    return value if layout(value) is not None else None


def layout(value: Datum) -> Any:
    """The types of a number, or of those in a list; None of something else.

    >>> layout(3), layout((3, 0.5)), layout((3, True))
    (<class 'int'>, (<class 'int'>, <class 'float'>), None)
    """
    if is_number(value):
        return type(value)
    if not isinstance(value, tuple) or not value:
        return None
    parts = tuple([layout(entry) for entry in value])
    return None if None in parts else parts


class LaneRequests:
    """Makes requests for some variants of a sweep, whose numbers are lanes."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject

    def groups(self, columns: Columns, count: int) -> list[Sequence[int]]:
        """The variants in groups that differ in numbers only."""
        labels = []
        for name, column in columns.items():
            kinds = {text: self.kind(name, text, columns) for text in set(column)}
            if len(set(kinds.values())) > 1:
                labels.append([kinds[text] for text in column])
        if not labels:
            return [range(count)]
        groups: dict[tuple[object, ...], list[int]] = {}
        for index, key in enumerate(zip(*labels, strict=True)):
            groups.setdefault(key, []).append(index)
        return list(groups.values())

    def kind(self, name: str, text: str, columns: Columns) -> object:
        """What variants of a group have in common: the types of numbers, or any other text."""
        found = layout(literal(text)) if self.is_numeric(name, columns) else None
        return text if found is None else found

    def is_numeric(self, name: str, columns: Columns) -> bool:
        """Whether an axis can have numbers: of a list, all other entries must be numbers too."""
        entry = ENTRY.fullmatch(name)
        if entry is None:
            return name in self.subject.variables or name == "resolution"
        changed = 0
        for other, column in columns.items():
            if other.startswith(f"{entry[1]}["):
                changed += max(map(len, column))
        for variant in set(columns.get("variant", ("",))):
            try:
                base = self.subject.base(entry[1], {"variant": variant})
            except InvalidVariant:
                return False
            texts = [show(one) for one in base]
            longest = sum(map(len, texts)) + 2 * len(texts) + changed
            if longest > MAX_EXPRESSION_LENGTH or None in map(literal, texts):
                return False
        return True

    def request(self, columns: Columns, variants: Sequence[int], table: NumberTable) -> Request:
        """The request for the variants of a group."""
        first = {name: column[variants[0]] for name, column in columns.items()}
        request = self.subject.request_of(first)
        compiled: dict[str, Expression] = {}
        lists: dict[str, list[Datum]] = {}
        for name, column in columns.items():
            if layout(literal(first[name])) is None or not self.is_numeric(name, columns):
                continue
            value = table.of_values([literal(column[variant]) for variant in variants])
            entry = ENTRY.fullmatch(name)
            if entry is not None:
                base = self.subject.base(entry[1], first)
                entries = lists.setdefault(entry[1], [literal(show(one)) for one in base])
                entries[int(entry[2])] = value
            elif name in self.subject.variables:
                compiled[name] = with_value(first[name], value)
            else:
                compiled[""] = with_value(first[name], value)
        for name, entries in lists.items():
            compiled[name] = with_value(request.variables[name], tuple(entries))
        return request._replace(compiled=compiled)


def with_value(text: str, value: Datum) -> Expression:
    """What a text is compiled to, with another value of the same types."""
    compiled = compile_text(text.strip())

    def run(names: Names) -> Datum:
        compiled.run(names)  # which counts the work on lists
        return value

    return Expression(text, compiled.span, run)

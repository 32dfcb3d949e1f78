"""JSON of a stranger's file: its depth, its numbers and the number of its values are bounded."""

from __future__ import annotations

import json
from typing import TypeAlias

from .errors import InvalidModelFile

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

MAX_JSON_BYTES = 50_000_000
MAX_VALUES = 5_000_000
MAX_DEPTH = 64
MAX_DIGITS = 19
"""Those of a 64-bit integer."""


def bounded_json(text: str, place: str) -> JsonValue:
    """The value of a JSON text; `place` is what a message calls it.

    Raises InvalidModelFile if it is not valid, or not within the bounds.
    """
    return first_value(text, place, is_alone=True)[0]


def first_value(text: str, place: str, *, is_alone: bool = False) -> tuple[JsonValue, int]:
    """The first value of a text and where it ends; with `is_alone`, nothing else follows.

    Raises InvalidModelFile as `bounded_json` does.
    """
    if sum(map(text.count, ",[{")) > MAX_VALUES:
        raise InvalidModelFile(f"{place} has more than {MAX_VALUES:,} values")
    decoder = json.JSONDecoder(parse_int=bounded_integer)
    try:
        value, end = decoder.raw_decode(text.lstrip())
    except (ValueError, RecursionError):
        raise InvalidModelFile(f"{place} is not valid JSON") from None
    end += len(text) - len(text.lstrip())
    if is_alone and text[end:].strip():
        raise InvalidModelFile(f"{place} is not valid JSON")
    if is_deeper(value, MAX_DEPTH):
        raise InvalidModelFile(f"{place} is nested more than {MAX_DEPTH} deep")
    return value, end


def bounded_integer(digits: str) -> int:
    """Raises ValueError for a number of more digits than a size has."""
    if len(digits.lstrip("-")) > MAX_DIGITS:
        raise ValueError("too many digits")
    return int(digits)


def is_deeper(value: JsonValue, depth: int) -> bool:
    """True if lists and objects are nested more than `depth` deep."""
    level: list[JsonValue] = [value]
    for _ in range(depth + 1):
        level = [inner for outer in level for inner in inner_values(outer)]
        if not level:
            return False
    return True


def inner_values(value: JsonValue) -> list[JsonValue]:
    """The lists and objects directly in a value."""
    if isinstance(value, dict):
        inner = list(value.values())
    else:
        inner = value if isinstance(value, list) else []
    return [entry for entry in inner if isinstance(entry, dict | list)]

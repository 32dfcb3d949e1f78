"""Writing JSON a line at a time, and reading it into values that cannot be changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Any

ENCODED_AT_ONCE = 100
"""Entries encoded in one call: one call each takes twice as long."""


def encoded(entry: Mapping[str, Any]) -> str:
    return json.dumps({key: plain(value) for key, value in entry.items()})


def plain(value: Any) -> Any:
    """A read-only mapping as a dict, which JSON takes."""
    return dict(value) if isinstance(value, MappingProxyType) else value


def json_value(value: Any) -> Any:
    """A value as JSON has it.  A NamedTuple is an object, which omits keys at their default."""
    if isinstance(value, Mapping):
        return {key: json_value(entry) for key, entry in value.items()}
    if not isinstance(value, tuple):
        return value
    names: tuple[str, ...] | None = getattr(value, "_fields", None)
    if names is None:
        return [json_value(entry) for entry in value]
    defaults: Mapping[str, Any] = value._field_defaults  # type: ignore[attr-defined]
    return {
        name: json_value(entry)
        for name, entry in zip(names, value, strict=True)
        if name not in defaults or entry != defaults[name]
    }


def value_lines(values: Iterable[object]) -> Iterator[str]:
    """Values as JSON, one per line, with the commas between them."""
    line = ""
    for value in values:
        if line:
            yield line + ","
        line = json.dumps(json_value(value))
    if line:
        yield line


def listed(key: str, entries: Iterator[dict[str, Any]]) -> Iterator[str]:
    """One key of the document whose value is a list, one entry per line."""
    yield f'"{key}": ['
    last = ""
    while some := list(islice(entries, ENCODED_AT_ONCE)):
        if last:
            yield last + ","
        *others, last = entry_lines(some)
        yield from others
    if last:
        yield last
    yield "],"


def entry_lines(entries: list[dict[str, Any]]) -> list[str]:
    """Entries with the commas between them, encoded in one call.

    An entry begins with its first key: within a text, its quotes would be escaped.
    """
    text = json.dumps(entries, check_circular=False)[1:-1]
    return text.replace('}, {"path": ', '},\n{"path": ').split("\n")


def frozen(value: Any) -> Any:
    """A value of JSON that cannot be changed."""
    if isinstance(value, list):
        return tuple([frozen(entry) for entry in value])
    if isinstance(value, dict):
        return MappingProxyType({key: frozen(entry) for key, entry in value.items()})
    return value


def times(sizes: Iterable[int]) -> str:
    return "x".join(map(str, sizes))

"""Which tests start processes: `pytest -m "not process"` runs the others."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

TESTS_PACKAGE = __name__.split(".")[0]


def starts_process(function: Callable[..., Any]) -> bool:
    """Whether a function refers to `subprocess`, directly or through other functions of the tests."""
    found: set[int] = set()
    pending: list[Any] = [function]
    while pending:
        value = pending.pop()
        if value is subprocess:
            return True
        if id(value) not in found:
            found.add(id(value))
            pending += referred(value)
    return False


def referred(value: Any) -> Iterator[Any]:
    """The globals that the code of a function, or of the methods of a class, names."""
    if isinstance(value, type):
        if in_tests(value):
            yield from vars(value).values()
        return
    value = getattr(value, "__wrapped__", value)
    if isinstance(value, FunctionType) and in_tests(value):
        yield from (value.__globals__.get(name) for name in names_in(value.__code__))


def in_tests(value: Any) -> bool:
    return str(value.__module__).split(".")[0] == TESTS_PACKAGE


def names_in(code: CodeType) -> Iterator[str]:
    """The names that a function uses, and those of the functions inside it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names_in(constant)

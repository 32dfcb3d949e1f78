"""Which tests start processes: `pytest -m "not process"` runs the others."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any

OURS = ("tests", "bench")


@cache
def starts_process(function: Callable[..., Any]) -> bool:
    """Whether a function refers to `subprocess`, directly or through other functions of ours."""
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
    """The globals that a function of ours names, and the attributes of a class of ours."""
    value = getattr(value, "__wrapped__", value)
    if str(getattr(value, "__module__", "")).split(".")[0] not in OURS:
        return
    if isinstance(value, type):
        yield from vars(value).values()
    elif isinstance(value, FunctionType):
        names = set(names_in(value.__code__))
        for found in (value.__globals__[name] for name in names & value.__globals__.keys()):
            yield found
            if isinstance(found, ModuleType):  # `module.function` names both
                yield from (vars(found)[name] for name in names & vars(found).keys())


def names_in(code: CodeType) -> Iterator[str]:
    """The names that a function uses, and those of the functions inside it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names_in(constant)

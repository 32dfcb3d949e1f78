"""Loading a network from a file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from ..datum import show
from ..network import Network
from ..parser import Request, parse
from ..problem import Error, Problem
from ..sources import resolve
from ..views.problems import problem_text

InputShape = str | Sequence[int]
"""An input shape: `3x224x224`, or its sizes, channels first."""


class NetworkError(Error, ValueError):
    """A file with errors.

    `problems` are all of them in reading order; the message shows each with its line.
    """

    def __init__(self, file: str, problems: tuple[Problem, ...], lines: Sequence[str]) -> None:
        super().__init__("\n".join(problem_text(problem, file, lines) for problem in problems))
        self.file = file
        self.problems = problems


def load(
    name: str | os.PathLike[str],
    *,
    variant: str | None = None,
    input: InputShape | Mapping[str, InputShape] | None = None,
    vars: Mapping[str, Any] | None = None,
    dtype: str | None = None,
) -> Network:
    """Read a network: a path, `path@variant`, or the name of a bundled architecture or variant.

    `input` and `dtype` replace those of the file, `vars` some of its variables; a network with
    several inputs takes `input` as a mapping by name.

    Raises NetworkError if the file contains errors, OSError if it cannot be read, and RequestError
    (a ValueError) if the file has no such variant, variable, input or dtype.
    """
    source = resolve.load(os.fspath(name))
    request = request_of(variant or source.variant, vars, input, dtype)
    parsed = parse(source.data, source.name, request)
    if parsed.network is None:
        raise NetworkError(source.name, parsed.problems, parsed.lines)
    return parsed.network


def request_of(
    variant: str | None,
    vars: Mapping[str, Any] | None,
    input: InputShape | Mapping[str, InputShape] | None,
    dtype: str | None,
) -> Request:
    """The request that arguments of the interface state."""
    shapes = input if isinstance(input, Mapping) else {} if input is None else {"": input}
    return Request(
        variant,
        {variable: as_text(value) for variable, value in (vars or {}).items()},
        {one: shape_text(shape) for one, shape in shapes.items()},
        dtype,
    )


def shape_text(shape: InputShape) -> str:
    return shape if isinstance(shape, str) else "x".join(map(str, shape))


def as_text(value: Any) -> str:
    """A Python value as a file would state it."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(as_text, value))}]"
    return show(value)

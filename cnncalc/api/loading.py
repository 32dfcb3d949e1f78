"""Loading a network from a file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from ..datum import show
from ..network import Network
from ..parser import Request
from ..parser.parsing import parse
from ..problem import Error, Problem
from ..sources import resolve
from ..views.problems import problem_text


class NetworkError(Error, ValueError):
    """A file that is no network.  `problems` are all of its mistakes, in reading order; the text shows each in its place."""

    def __init__(self, file: str, problems: tuple[Problem, ...], lines: Sequence[str]) -> None:
        super().__init__("\n".join(problem_text(problem, file, lines) for problem in problems))
        self.file = file
        self.problems = problems


def load(
    name: str | os.PathLike[str],
    *,
    variant: str | None = None,
    input: Sizes | Mapping[str, Sizes] | None = None,
    vars: Mapping[str, Any] | None = None,
    dtype: str | None = None,
) -> Network:
    """Read a network: a path, `path@variant`, or the name of a bundled architecture or variant.

    `input` and `dtype` replace the file's, `vars` some of its variables.  Raises NetworkError where the file is wrong,
    OSError where it cannot be read, and RequestError (a ValueError) where what is asked does not fit it.
    """
    source = resolve.load(os.fspath(name))
    shapes = input if isinstance(input, Mapping) else {} if input is None else {"": input}
    request = Request(
        variant or source.variant,
        {word: as_text(value) for word, value in (vars or {}).items()},
        {
            word: shape if isinstance(shape, str) else "x".join(map(str, shape))
            for word, shape in shapes.items()
        },
        dtype,
    )
    found = parse(source.data, source.name, request)
    if found.network is None:
        raise NetworkError(source.name, found.problems, found.lines)
    return found.network


def as_text(value: Any) -> str:
    """A value of Python as a file would write it."""
    return f"[{', '.join(map(as_text, value))}]" if isinstance(value, list | tuple) else show(value)


Sizes = str | Sequence[int]

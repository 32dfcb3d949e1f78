"""Statements of generated code while they are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class CodeLines(list["str | CodeLines"]):
    """Statements in order; those of an inner one may still be added later.

    An inner one that `is_inside` is the body of the statement before it.
    """

    def __init__(self, lines: Iterable[str | CodeLines] = (), *, is_inside: bool = False) -> None:
        super().__init__(lines)
        self.is_inside = is_inside

    def texts(self) -> Iterator[str]:
        """All lines, indented."""
        for one in self:
            if isinstance(one, str):
                yield one
            else:
                yield from (f"    {line}" if one.is_inside else line for line in one.texts())

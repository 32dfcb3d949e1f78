"""YAML as nodes that know their positions."""

from __future__ import annotations

from typing import Any

from ..problem import Span

EMPTY: list[Any] = []
"""The items or pairs of a node that has none: most nodes are scalars.  It is never filled."""


class YamlNode:
    """A node of a YAML file.

    `kind` is "scalar" (with a `text`), "sequence" (with `items`) or "mapping" (with `pairs` of
    keys and values).  A scalar is `plain` without quotes; a collection is `flow` in brackets.
    `broken` means that an error in it was reported, so that its contents are not reliable.
    """

    __slots__ = (
        "broken",
        "column",
        "end_column",
        "end_line",
        "flow",
        "items",
        "kind",
        "line",
        "pairs",
        "plain",
        "text",
    )

    def __init__(self, kind: str, start: Any, end: Any) -> None:
        self.kind = kind
        self.line, self.column = start.line + 1, start.column + 1
        self.end_line, self.end_column = end.line + 1, end.column + 1
        self.text = ""
        self.plain = True
        self.flow = False
        self.broken = False
        self.items: list[YamlNode] = [] if kind == "sequence" else EMPTY
        self.pairs: list[tuple[YamlNode, YamlNode]] = [] if kind == "mapping" else EMPTY

    @property
    def span(self) -> Span:
        return Span(self.line, self.column, self.end_line, self.end_column)

    @property
    def last(self) -> YamlNode | None:
        """The last node in a collection."""
        if self.items:
            return self.items[-1]
        return self.pairs[-1][1] if self.pairs else None

    @property
    def empty(self) -> bool:
        """True if no value is written."""
        return self.kind == "scalar" and self.plain and not self.text and not self.broken

"""The names of a file: where each is defined, and where it is used."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from ..named_tuple import NamedTuple
from ..problem import Span
from .text_lines import TextPlace, is_inside

SymbolKind = Literal["variable", "parameter", "let", "counter", "block", "step", "input"]


class Symbol:
    """A name with one meaning.  Several steps may define it, of which one is active."""

    def __init__(self, kind: SymbolKind, name: str) -> None:
        self.kind = kind
        self.name = name
        self.definitions: list[Span] = []
        self.uses: list[Span] = []

    @property
    def spans(self) -> list[Span]:
        """Where the name is, each position once, in file order."""
        return sorted({*self.definitions, *self.uses})


class NamedStep(NamedTuple):
    """What a name in a scope refers to, and the names inside of it."""

    symbol: Symbol
    inner: StepScope | None


class StepScope:
    """The names of steps in one scope, and the scope around it."""

    def __init__(self, parent: StepScope | None = None) -> None:
        self.parent = parent
        self.names: dict[str, NamedStep] = {}

    def find(self, name: str) -> NamedStep | None:
        """What a name refers to in this scope or in one around it."""
        scope: StepScope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        return None


class SymbolIndex:
    """All symbols of a file, and the scope of each block; that of the network has no name."""

    def __init__(self, symbols: list[Symbol], scopes: dict[str, StepScope]) -> None:
        self.symbols = symbols
        self.scopes = scopes

    @cached_property
    def by_line(self) -> dict[int, list[tuple[Span, Symbol]]]:
        found: dict[int, list[tuple[Span, Symbol]]] = {}
        for symbol in self.symbols:
            for span in symbol.spans:
                found.setdefault(span.line, []).append((span, symbol))
        return found

    def at(self, place: TextPlace) -> tuple[Span, Symbol] | None:
        """The name at a position, and its symbol."""
        found = [one for one in self.by_line.get(place.line, ()) if is_inside(place, one[0])]
        return min(found, default=None, key=lambda one: -one[0].column)

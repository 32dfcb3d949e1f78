"""What a text is read as: an expression, which is a function of names, or a reference, which names a step."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from collections.abc import Callable
from typing import NamedTuple, Protocol

from ..datum import Datum
from ..problem import Error, Span
from ..shape import Shape


class Unknown(Error):
    """Something depends on a step, or a value, that failed: no mistake of its own."""


class Names(Protocol):
    """What an expression may ask for."""

    def value(self, name: str) -> Datum:
        """The value of a name; raises Refusal where there is none."""

    def shape(self, reference: "Reference") -> Shape:
        """The shape of the value that a reference names."""

    def spend(self, effort: int) -> None:
        """Account for work on a list; raises where a file asks for too much."""


Run = Callable[[Names], Datum]


class Reference(NamedTuple):
    """A reference as written: names, round numbers (or expressions that give them), and `*` for all."""

    text: str
    parts: "tuple[str | int | Expression, ...]"

    @property
    def name(self) -> str:
        return str(self.parts[0])


class Expression(NamedTuple):
    """A value as written.  `names` and `references` are what it reads; without either it is a literal."""

    text: str
    span: Span
    run: Run
    names: frozenset[str] = frozenset()
    references: tuple[Reference, ...] = ()

    def at(self, span: Span) -> "Expression":
        return self._replace(span=span)

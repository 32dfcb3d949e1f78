"""Expressions, which are functions of names, and references, which name a step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ..datum import Datum
from ..named_tuple import NamedTuple
from ..problem import Error, Span
from ..shape import Shape


class Unknown(Error):
    """A value that depends on an error that was reported already."""


class Names(Protocol):
    """The names that an expression reads."""

    def value(self, name: str) -> Datum:
        """The value of a name.  Raises Refusal if there is none."""

    def shape(self, reference: Reference) -> Shape:
        """The shape of the value that a reference names.  Raises Refusal if there is none."""

    def spend(self, effort: int) -> None:
        """Count work on list entries.  Raises LimitReached if it is too much."""


Run = Callable[[Names], Datum]


class Reference(NamedTuple):
    """A reference: names, numbers of iterations (or expressions for them), and `*` for all."""

    text: str
    parts: tuple[str | int | Expression, ...]

    @property
    def name(self) -> str:
        return str(self.parts[0])

    @property
    def entered(self) -> list[str]:
        """The names of the steps inside of which it selects something.

        >>> Reference("stage.0.conv", ("stage", 0, "conv")).entered
        ['stage']
        """
        names = [part for part in self.parts if isinstance(part, str) and part != "*"]
        return names[:-1]


CURRENT = Reference("[]", ("",))
"""The value before the step, in the list of its `from`."""


class Expression(NamedTuple):
    """A value in a file.  It reads `names` and `references`; a literal reads none.

    `pairs` are the names and values of a mapping.
    """

    text: str
    span: Span
    run: Run
    names: frozenset[str] = frozenset()
    references: tuple[Reference, ...] = ()
    pairs: tuple[tuple[str, Expression], ...] = ()

    def at(self, span: Span) -> Expression:
        return self._replace(span=span)

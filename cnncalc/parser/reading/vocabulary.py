"""The names that an expression may read where it stands, and which words can be such names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...document import COMMON_KEYS, ENTERING
from ...expression.grammar import KEYWORDS
from ...expression.value import Reference
from ...layers import LAYERS, layer_class
from ...layers.parameter import WORDS
from ...problem import Span

WORDS_OF_OTHERS = {
    **dict.fromkeys(("yes", "on", "Yes", "On", "True", "TRUE"), "true"),
    **dict.fromkeys(("no", "off", "No", "Off", "False", "FALSE"), "false"),
    **dict.fromkeys(("None", "null", "Null", "nil"), "none"),
}
"""How other languages, and YAML 1.1, spell the literals."""


def is_word(name: str) -> bool:
    """Whether some layer takes this word.  All families are asked, loaded yet or not."""
    if name not in WORDS:
        for kind in LAYERS:
            layer_class(kind)
    return name in WORDS


def is_variable_name(name: str) -> bool:
    """Whether a variable, a parameter or a block may have this name."""
    return (
        name.isidentifier() and name.isascii() and name not in (*KEYWORDS, *COMMON_KEYS, *ENTERING)
    )


class Vocabulary:
    """The names that an expression may read where it stands.  A child sees what its parent sees.

    It is `lost` where names could not be read: one that is not known may be one of these.
    """

    def __init__(
        self, names: Iterable[str], parent: Vocabulary | None = None, repeats: int = 0
    ) -> None:
        self.names = dict.fromkeys(names)  # in order
        self.parent = parent
        self.repeats = repeats
        self.lost: bool = parent is not None and parent.lost
        self.pending: list[tuple[Reference, Span]] | None = parent.pending if parent else None
        """References in the expressions of a block, or of the network."""
        self.defining = ""  # the name whose value is read
        self.across: set[str] = (
            set()
        )  # what `across` binds for the operands of the join whose own values are read here
        self.used: set[str] = set()

    def use(self, name: str) -> bool:
        """Note that a name is read; False where it is not known here."""
        scope = self.scope_of(name)
        if scope is not None:
            scope.used.add(name)
        return scope is not None

    def scope_of(self, name: str) -> Vocabulary | None:
        """The vocabulary from which a name is read here."""
        scope: Vocabulary | None = self
        while scope and name not in scope.names:
            scope = scope.parent
        return scope

    def hides(self, counter: str) -> bool:
        """Whether a repetition around hides the variable of that name."""
        scope = self.scope_of(counter)
        return scope is not None and scope.repeats < self.repeats

    def child(self, names: Iterable[str] = (), repeat: bool = False) -> Vocabulary:
        return Vocabulary(names, self, self.repeats + repeat)

    def all(self) -> Iterator[str]:
        """All names, the nearest first."""
        scope: Vocabulary | None = self
        while scope:
            yield from scope.names
            scope = scope.parent

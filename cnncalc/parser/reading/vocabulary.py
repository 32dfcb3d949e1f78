"""The names that an expression can read, and which words can be such names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...document import COMMON_KEYS, INPUT_VARIABLES
from ...expression.expression import Reference
from ...expression.grammar import KEYWORDS
from ...layers import LAYERS, layer_class
from ...layers.parameter import WORDS
from ...problem import Span

FOREIGN_LITERALS = {
    **dict.fromkeys(("yes", "on", "Yes", "On", "True", "TRUE"), "true"),
    **dict.fromkeys(("no", "off", "No", "Off", "False", "FALSE"), "false"),
    **dict.fromkeys(("None", "null", "Null", "nil"), "none"),
}
"""The literals of other languages and of YAML 1.1, with ours."""


def is_word(name: str) -> bool:
    """True if a parameter of some layer takes this word."""
    if name not in WORDS:  # those of the families that are imported so far
        for kind in LAYERS:
            layer_class(kind)
    return name in WORDS


def is_variable_name(name: str) -> bool:
    """True if a variable, a parameter or a block can have this name."""
    reserved = (*KEYWORDS, *COMMON_KEYS, *INPUT_VARIABLES)
    return name.isidentifier() and name.isascii() and name not in reserved


class Vocabulary:
    """The names that can be read at one point in a file: its own, and those of its parent.

    It is `incomplete` if names could not be read: an unknown name may be one of them.
    """

    def __init__(
        self, names: Iterable[str], parent: Vocabulary | None = None, repeats: int = 0
    ) -> None:
        self.names = dict.fromkeys(names)  # in order
        self.parent = parent
        self.repeats = repeats  # the number of `repeat`s around this point
        self.incomplete: bool = parent is not None and parent.incomplete
        self.pending: list[tuple[Reference, Span]] | None = parent.pending if parent else None
        """The references in expressions, collected for one block or the network."""
        self.defining = ""  # the name whose value is being read
        self.across: set[str] = set()  # bound by `across` of this join, for its operands only
        self.used: set[str] = set()

    def use(self, name: str) -> bool:
        """Record that a name is read; False if it is unknown."""
        owner = self.owner_of(name)
        if owner is not None:
            owner.used.add(name)
        return owner is not None

    def owner_of(self, name: str) -> Vocabulary | None:
        """The vocabulary that has a name, the innermost first."""
        vocabulary: Vocabulary | None = self
        while vocabulary and name not in vocabulary.names:
            vocabulary = vocabulary.parent
        return vocabulary

    def hides(self, counter: str) -> bool:
        """True if a repetition around this point hides the variable of this name."""
        owner = self.owner_of(counter)
        return owner is not None and owner.repeats < self.repeats

    def child(self, names: Iterable[str] = (), repeat: bool = False) -> Vocabulary:
        return Vocabulary(names, self, self.repeats + repeat)

    def all(self) -> Iterator[str]:
        """All names, the innermost first."""
        vocabulary: Vocabulary | None = self
        while vocabulary:
            yield from vocabulary.names
            vocabulary = vocabulary.parent

"""A file while it is edited: its text, what could be read of it, and its numbers."""

from __future__ import annotations

from functools import cached_property

from ..engine import analyse
from ..engine.analysis import Analysis
from ..network import Network
from ..parser import Parsed, ReadFile, Request, build, read_document
from ..problem import Span
from .symbol_reader import read_symbols
from .symbols import SymbolIndex
from .yaml_index import YamlIndex


class EditedFile:
    """The text of a file at one time.

    `asked` is the variant that the user has chosen, and `variant` the one that the numbers are of:
    the first (None) if the file does not have it.  `good` is the last state with a network: this
    one, if it has one.
    """

    def __init__(
        self, text: str, name: str, variant: str | None = None, before: EditedFile | None = None
    ) -> None:
        self.text = text
        self.name = name
        self.read = read_text(text, name)
        self.asked = variant
        self.variant = variant if variant in self.read.variants else None
        self.parsed: Parsed = build(self.read, Request(self.variant))
        last_good = None if before is None else before.good
        self.good: EditedFile | None = self if self.network is not None else last_good

    @property
    def network(self) -> Network | None:
        return self.parsed.network

    @property
    def shown_variant(self) -> str | None:
        """The name of the variant that the numbers are of; None if the file has none."""
        return self.variant or next(iter(self.read.variants), None)

    @cached_property
    def analysis(self) -> Analysis | None:
        """The numbers of the network, or of the layers before the first error."""
        network = self.parsed.network or self.parsed.partial
        return analyse(network) if network is not None and network.nodes else None

    @cached_property
    def index(self) -> YamlIndex:
        return YamlIndex(self.read.root)

    @cached_property
    def symbols(self) -> SymbolIndex:
        """The names of the file."""
        document = self.read.document
        return (
            read_symbols(document, self.index, self.read.lines) if document else SymbolIndex([], {})
        )

    @cached_property
    def layers_at(self) -> dict[Span, list[int]]:
        """The numbers of the layers of each step, by the position of its word."""
        found: dict[Span, list[int]] = {}
        for number, layer in enumerate(self.analysis.layers if self.analysis else ()):
            found.setdefault(layer.node.span, []).append(number)
        return found

    @cached_property
    def groups_at(self) -> dict[Span, list[int]]:
        """The numbers of the groups of each step, by the position of its word."""
        found: dict[Span, list[int]] = {}
        for number, group in enumerate(self.analysis.groups if self.analysis else ()):
            found.setdefault(group.group.span, []).append(number)
        return found


def read_text(text: str, name: str) -> ReadFile:
    """A text that was read; what is not Unicode in it is reported as an error of encoding."""
    return read_document(encoded(text), name)


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")

"""A file with what its expansion did: what all translations of it to code need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...datum import Datum
from ...document import Document
from ...network import Network, Node, Value
from ...parser import TracedNetwork
from ...parser.expansion.trace import TracedStep
from ...problem import Span
from ..frozen_weights import FrozenWeights
from .fixed import fixed_variables

END = 10**9
"""The place at which the outputs of a network are read."""


class TracedFile:
    """The steps of a file as they were expanded, and which nodes read which values.

    `fixed` are the variables of the file whose values are written as they are.  `calls` are those
    of each block, and `block_names` its name in the code.  `reasons` say why a block is not code.
    """

    block_names: dict[str, str]

    def __init__(self, traced: TracedNetwork) -> None:
        self.network: Network = traced.network
        self.document: Document = traced.document
        self.frozen = FrozenWeights(self.network)
        self.occurrences = traced.trace.occurrences
        self.variables = traced.trace.variables
        skipped = never_active(self.occurrences)
        self.fixed = fixed_variables(self.document, self.variables, skipped)
        self.readers = readers_of(self.network)
        self.read_parts: dict[int, list[tuple[tuple[int, int | None], list[int]]]] = {}
        for key, places in self.readers.items():
            self.read_parts.setdefault(key[0], []).append((key, places))
        self.calls: dict[str, list[TracedStep]] = {}
        for occurrence in all_occurrences(self.occurrences):
            if occurrence.block:
                self.calls.setdefault(occurrence.block, []).append(occurrence)
        self.reasons: dict[str, str] = {}

    def is_read_outside(self, value: Value, start: int, end: int) -> bool:
        """Whether a value is read outside of some nodes, or is an output of the network."""
        places = self.readers.get((value.node, value.part), ())
        return any(not start <= place < end for place in places)

    def is_read_inside(self, occurrence: TracedStep) -> bool:
        """Whether steps after an occurrence read a value inside it that is not its output."""
        return next(self.read_inside(occurrence), None) is not None

    def read_inside(self, occurrence: TracedStep) -> Iterator[tuple[int, int | None]]:
        """The values inside an occurrence that steps after it read, without its outputs."""
        start, end = occurrence.start, occurrence.end
        outputs = {(value.node, value.part) for value in occurrence.outputs}
        for node in range(start, end):
            for key, places in self.read_parts.get(node, ()):
                is_read = any(not start <= place < end for place in places)
                if is_read and key not in outputs:
                    yield key

    def node(self, occurrence: TracedStep) -> Node:
        """The node of a layer or a join."""
        return self.network.nodes[occurrence.end - 1]

    def block_words(self) -> dict[str, Datum]:
        """The names of blocks in the code, which are values themselves."""
        return {name: name for name in self.block_names.values()}

    def word(self, value: Datum, rank: int) -> Datum:
        """A value, in which a word for a layer or a block is what the code has for it."""
        if isinstance(value, tuple):
            return tuple([self.word(entry, rank) for entry in value])
        if not isinstance(value, str):
            return value
        return self.block_names.get(value) or self.layer_word(value, rank)

    def layer_word(self, word: str, rank: int) -> str:
        """What the code has for a word that is not a block: the word itself unless it is a layer.

        `rank` is the number of spatial axes of the input.
        """
        raise NotImplementedError


def readers_of(network: Network) -> dict[tuple[int, int | None], list[int]]:
    """The places of the nodes that read each value; END for the outputs of the network."""
    found: dict[tuple[int, int | None], list[int]] = {}
    for place, node in enumerate(network.nodes):
        for value in node.inputs:
            found.setdefault((value.node, value.part), []).append(place)
    for value in network.outputs.values():
        found.setdefault((value.node, value.part), []).append(END)
    return found


def never_active(occurrences: Iterable[TracedStep]) -> set[Span]:
    """The positions of the steps that are reached, and always skipped."""
    reached: dict[Span, bool] = {}
    for occurrence in all_occurrences(occurrences):
        span = occurrence.step.span
        reached[span] = reached.get(span, False) or occurrence.is_active
    return {span for span, is_active in reached.items() if not is_active}


def all_occurrences(occurrences: Iterable[TracedStep]) -> Iterator[TracedStep]:
    for occurrence in occurrences:
        yield occurrence
        yield from all_occurrences(occurrence.inner)

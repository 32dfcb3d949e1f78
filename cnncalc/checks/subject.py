"""What the rules look at: a file's document and the networks that come of it, with who reads what in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from ..engine.report import Report
from ..layers.layer import Layer
from ..network import Node
from ..problem import Call, Span

if TYPE_CHECKING:
    from ..parser.document import Document


class Built:
    """One network of a file: a variant that could be built."""

    def __init__(self, report: Report, document: Document) -> None:
        self.report = report
        self.network = report.network
        self.nodes: Sequence[Node] = report.network.nodes
        self.blocks = document.blocks

    @cached_property
    def readers(self) -> list[list[int]]:
        """For each node the nodes that read it."""
        found: list[list[int]] = [[] for _ in self.nodes]
        for index, node in enumerate(self.nodes):
            for source in {value.node for value in node.inputs if value.node >= 0}:
                found[source].append(index)
        return found

    @cached_property
    def ends(self) -> frozenset[int]:
        """The nodes that an output of the network shows."""
        return frozenset(value.node for value in self.network.outputs.values())

    def next(self, index: int) -> int | None:
        """The only reader of a node that nothing else reads."""
        readers = self.readers[index]
        return readers[0] if len(readers) == 1 and index not in self.ends else None

    def next_but(self, index: int, passed: frozenset[str]) -> int | None:
        """The only reader behind those of kinds that are passed over, each of which has one reader too."""
        found = self.next(index)
        while found is not None and self.nodes[found].layer.kind in passed:
            found = self.next(found)
        return found

    def before(self, index: int, passed: frozenset[str]) -> int | None:
        """The node that a node reads, with those of some kinds passed over; None where that is an input."""
        while True:
            inputs = self.nodes[index].inputs
            if len(inputs) != 1 or inputs[0].node < 0:
                return None
            index = inputs[0].node
            if self.nodes[index].layer.kind not in passed:
                return index

    def calls(self, index: int) -> tuple[Call, ...]:
        """From where the block that a node stands in was called, from the innermost to the outermost."""
        around = [group for group in self.network.groups if group.start <= index < group.end and group.kind in self.blocks]
        return tuple(Call(f"block `{group.kind}`", group.span) for group in reversed(around))


class Subject:
    """One file.  `whole` says whether all of its variants were built."""

    def __init__(
        self, document: Document, reports: Sequence[Report], whens: Mapping[Span, set[bool]], lines: Sequence[str], whole: bool
    ) -> None:
        self.document = document
        self.networks = [Built(report, document) for report in reports]
        self.whens = whens
        self.lines = lines
        self.whole = whole

    @cached_property
    def by_step(self) -> dict[Span, list[tuple[Built, int]]]:
        """The nodes that each written step has come to, in all networks."""
        found: dict[Span, list[tuple[Built, int]]] = {}
        for built in self.networks:
            for index, node in enumerate(built.nodes):
                found.setdefault(node.span, []).append((built, index))
        return found

    def nodes(self) -> Iterator[tuple[Built, int, Node, Layer]]:
        """Every node of every network."""
        for built in self.networks:
            for index, node in enumerate(built.nodes):
                yield built, index, node, node.layer

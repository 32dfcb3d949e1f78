"""What the rules look at: a file's document and the networks that come of it, with who reads what in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from ..engine.analysis import Analysis
from ..layers.layer import Layer
from ..network import Node
from ..problem import Call, Span

if TYPE_CHECKING:
    from ..document import Document


FEW = 16  # nodes that are passed over on the way to the next, so that no network costs more than its size


class BuiltNetwork:
    """One network of a file: a variant that could be built."""

    def __init__(self, report: Analysis, document: Document) -> None:
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
        """The only reader behind a few of kinds that are passed over, each of which has one reader too."""
        found = self.next(index)
        for _ in range(FEW):
            if found is None or self.nodes[found].layer.kind not in passed:
                return found
            found = self.next(found)
        return None

    def before(self, index: int, passed: frozenset[str]) -> int | None:
        """The node that a node reads, with a few of some kinds passed over; None where that is an input."""
        for _ in range(FEW):
            inputs = self.nodes[index].inputs
            if len(inputs) != 1 or inputs[0].node < 0:
                return None
            index = inputs[0].node
            if self.nodes[index].layer.kind not in passed:
                return index
        return None

    @cached_property
    def leads_to_map(self) -> list[bool]:
        """For each node whether something behind it has space."""
        found = [False] * len(self.nodes)
        for index in range(len(self.nodes) - 1, -1, -1):
            found[index] = any(
                found[reader] or self.nodes[reader].shape.positions > 1
                for reader in self.readers[index]
            )
        return found

    @cached_property
    def innermost(self) -> tuple[list[int], list[int]]:
        """The group around each node, and around each group; -1 where there is none."""
        groups = self.network.groups
        around, outer, open_groups, following = [], [-1] * len(groups), [-1], 0
        for index in range(len(self.nodes)):
            while following < len(groups) and groups[following].start <= index:
                while (
                    open_groups[-1] >= 0 and groups[open_groups[-1]].end <= groups[following].start
                ):
                    open_groups.pop()
                outer[following] = open_groups[-1]
                open_groups.append(following)
                following += 1
            while open_groups[-1] >= 0 and groups[open_groups[-1]].end <= index:
                open_groups.pop()
            around.append(open_groups[-1])
        return around, outer

    def calls(self, index: int) -> tuple[Call, ...]:
        """From where the block that a node stands in was called, from the innermost to the outermost."""
        around, outer = self.innermost
        found, at = [], around[index]
        while at >= 0:
            group = self.network.groups[at]
            if group.kind in self.blocks:
                found.append(Call(f"block `{group.kind}`", group.span))
            at = outer[at]
        return tuple(found)


class LintContext:
    """One file.  `whole` says whether all of its variants were built."""

    def __init__(
        self,
        document: Document,
        reports: Sequence[Analysis],
        whens: Mapping[Span, set[bool]],
        lines: Sequence[str],
        whole: bool,
    ) -> None:
        self.document = document
        self.networks = [BuiltNetwork(report, document) for report in reports]
        self.whens = whens
        self.lines = lines
        self.whole = whole

    @cached_property
    def by_step(self) -> dict[Span, list[tuple[BuiltNetwork, int]]]:
        """The nodes that each written step has come to, in all networks."""
        found: dict[Span, list[tuple[BuiltNetwork, int]]] = {}
        for built in self.networks:
            for index, node in enumerate(built.nodes):
                found.setdefault(node.span, []).append((built, index))
        return found

    def nodes(self) -> Iterator[tuple[BuiltNetwork, int, Node, Layer]]:
        """Every node of every network."""
        for built in self.networks:
            for index, node in enumerate(built.nodes):
                yield built, index, node, node.layer

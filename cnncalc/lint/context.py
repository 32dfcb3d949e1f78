"""The input of the rules: a file's document, its networks, and which node reads which."""

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


MAX_SKIPPED = 16  # nodes that a search skips, so that rules take time linear in the network


class BuiltNetwork:
    """One network of a file: a variant that could be built, with its analysis."""

    def __init__(self, analysis: Analysis, document: Document) -> None:
        self.analysis = analysis
        self.network = analysis.network
        self.nodes: Sequence[Node] = analysis.network.nodes
        self.blocks = document.blocks

    @cached_property
    def readers(self) -> list[list[int]]:
        """The nodes that read the output of each node."""
        found: list[list[int]] = [[] for _ in self.nodes]
        for index, node in enumerate(self.nodes):
            for source in {value.node for value in node.inputs if value.node >= 0}:
                found[source].append(index)
        return found

    @cached_property
    def output_nodes(self) -> frozenset[int]:
        """The nodes whose values are outputs of the network."""
        return frozenset(value.node for value in self.network.outputs.values())

    def only_reader(self, index: int) -> int | None:
        """The node that reads a node; None if there are several or none, or it is an output."""
        readers = self.readers[index]
        return readers[0] if len(readers) == 1 and index not in self.output_nodes else None

    def reader_past(self, index: int, skipped: frozenset[str]) -> int | None:
        """The only reader after at most MAX_SKIPPED nodes of the skipped kinds.

        Each skipped node must have one reader too; otherwise the result is None.
        """
        found = self.only_reader(index)
        for _ in range(MAX_SKIPPED):
            if found is None or self.nodes[found].layer.kind not in skipped:
                return found
            found = self.only_reader(found)
        return None

    def source_past(self, index: int, skipped: frozenset[str]) -> int | None:
        """The node that a node reads, before at most MAX_SKIPPED nodes of the skipped kinds.

        None if that is an input of the network, or if a node has several inputs.
        """
        for _ in range(MAX_SKIPPED):
            inputs = self.nodes[index].inputs
            if len(inputs) != 1 or inputs[0].node < 0:
                return None
            index = inputs[0].node
            if self.nodes[index].layer.kind not in skipped:
                return index
        return None

    @cached_property
    def leads_to_map(self) -> list[bool]:
        """Whether a node after each node outputs more than one position."""
        found = [False] * len(self.nodes)
        for index in range(len(self.nodes) - 1, -1, -1):
            found[index] = any(
                found[reader] or self.nodes[reader].shape.positions > 1
                for reader in self.readers[index]
            )
        return found

    @cached_property
    def innermost_groups(self) -> tuple[list[int], list[int]]:
        """The innermost group around each node, and around each group; -1 if there is none."""
        groups = self.network.groups
        of_nodes, of_groups, open_groups, following = [], [-1] * len(groups), [-1], 0
        for index in range(len(self.nodes)):
            while following < len(groups) and groups[following].start <= index:
                self._close_groups(open_groups, groups[following].start)
                of_groups[following] = open_groups[-1]
                open_groups.append(following)
                following += 1
            self._close_groups(open_groups, index)
            of_nodes.append(open_groups[-1])
        return of_nodes, of_groups

    def _close_groups(self, open_groups: list[int], index: int) -> None:
        """Remove the groups that end at a node or before it."""
        while open_groups[-1] >= 0 and self.network.groups[open_groups[-1]].end <= index:
            open_groups.pop()

    def calls(self, index: int) -> tuple[Call, ...]:
        """The block calls that a node comes from, innermost first."""
        of_nodes, of_groups = self.innermost_groups
        found, at = [], of_nodes[index]
        while at >= 0:
            group = self.network.groups[at]
            if group.kind in self.blocks:
                found.append(Call(f"block `{group.kind}`", group.span))
            at = of_groups[at]
        return tuple(found)


class LintContext:
    """One file.

    `when_values` holds the values that each `when` had, by its position; `is_complete` is true
    if every variant of the file was built.
    """

    def __init__(
        self,
        document: Document,
        analyses: Sequence[Analysis],
        when_values: Mapping[Span, set[bool]],
        lines: Sequence[str],
        is_complete: bool,
    ) -> None:
        self.document = document
        self.networks = [BuiltNetwork(analysis, document) for analysis in analyses]
        self.when_values = when_values
        self.lines = lines
        self.is_complete = is_complete

    @cached_property
    def nodes_of_step(self) -> dict[Span, list[tuple[BuiltNetwork, int]]]:
        """The nodes made from each step as written, in all networks."""
        found: dict[Span, list[tuple[BuiltNetwork, int]]] = {}
        for built in self.networks:
            for index, node in enumerate(built.nodes):
                found.setdefault(node.span, []).append((built, index))
        return found

    def nodes(self) -> Iterator[tuple[BuiltNetwork, int, Node, Layer]]:
        """Every node of every network: the network, the node's index, the node and its layer."""
        for built in self.networks:
            for index, node in enumerate(built.nodes):
                yield built, index, node, node.layer

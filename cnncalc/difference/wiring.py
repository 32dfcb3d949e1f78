"""Whether a layer reads the same inputs, ignoring added, removed and moved layers in between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations

from ..network import Network, Node, Value

ValueSource = tuple[int, int | None]
"""A node or an input of the network, and the part of its output."""
ValueSources = int
"""A set of sources: a bit for each, as many layers may have many.  With more than SOURCE_BITS, two
may have the same bit, and seem to be the same."""

SOURCE_BITS = 4096

MAX_ORDERED = 5
"""The most operands of a commutative layer that are tried in all orders."""


class SourceSets:
    """The sources of the values of one network.

    `stayed` maps the nodes that are in both networks and did not move, and the inputs, to those of
    the later network, by which sources are known; `numbers` counts these.
    """

    def __init__(
        self, network: Network, stayed: Mapping[int, int], numbers: dict[ValueSource, int]
    ) -> None:
        self.stayed = stayed
        self.numbers = numbers
        self.passed: dict[int, ValueSources] = {}  # of added, removed and moved nodes
        for index, node in enumerate(network.nodes):
            if index not in stayed:
                found = 0
                for value in node.inputs:
                    found |= self.of(value)
                self.passed[index] = found

    def of(self, value: Value) -> ValueSources:
        """The sources of a value: itself, if it is one."""
        source = self.source(value)
        if source is None:
            return self.passed.get(value.node, 0)
        return 1 << self.numbers.setdefault(source, len(self.numbers)) % SOURCE_BITS

    def source(self, value: Value) -> ValueSource | None:
        """A value of a node that stayed; None if it did not."""
        node = self.stayed.get(value.node)
        return None if node is None else (node, value.part)


class Wiring:
    """The inputs of the layers of two networks.

    `counterparts` maps the nodes that are in both networks and did not move.  `is_flat`: the
    operands of a commutative layer have no order.
    """

    def __init__(
        self,
        before: Network,
        after: Network,
        counterparts: Mapping[int, int],
        *,
        is_flat: bool = False,
    ) -> None:
        self.is_flat = is_flat
        # The inputs correspond by number; one that only one network has is a source of its own.
        stayed = {**counterparts, **inputs_of(before)}
        kept = {node: node for node in counterparts.values()}
        numbers: dict[ValueSource, int] = {}
        self.before = SourceSets(before, stayed, numbers)
        self.after = SourceSets(after, {**kept, **inputs_of(after)}, numbers)

    def is_kept(self, before: Node, after: Node) -> bool:
        """True if two corresponding nodes read the same inputs."""
        most = max(len(before.inputs), len(after.inputs))
        if len(before.inputs) == len(after.inputs) and any(
            all(map(self.may_be_same, before.inputs, order)) for order in self.orders(after)
        ):
            return True
        direct = [source for source in map(self.before.source, before.inputs) if source]
        kept = [source for source in map(self.after.source, after.inputs) if source]
        return direct == kept and len(direct) < most

    def orders(self, node: Node) -> Iterable[Sequence[Value]]:
        """The orders in which a node may read its inputs."""
        if self.is_flat and node.layer.is_commutative and len(node.inputs) <= MAX_ORDERED:
            return permutations(node.inputs)
        return (node.inputs,)

    def may_be_same(self, before: Value, after: Value) -> bool:
        """True if two values correspond, or have a common source before the changed layers."""
        source, later_source = self.before.source(before), self.after.source(after)
        if source is not None and later_source is not None:
            return source == later_source
        earlier, later = self.before.of(before), self.after.of(after)
        return bool(earlier & later) or not (earlier or later)


def inputs_of(network: Network) -> dict[int, int]:
    """The inputs of a network, as values have them in place of a node."""
    return {-1 - index: -1 - index for index in range(len(network.inputs))}

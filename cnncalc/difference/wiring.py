"""Whether a layer reads what it read before, looking through what came, went or moved in between."""

from __future__ import annotations

from collections.abc import Mapping

from ..network import Network, Node, Value

Source = tuple[int, int | None]
"""A node, or an input of the network, and which of its parts."""
Sources = frozenset[Source]


class Wiring:
    """What the layers of two networks read; `counterparts` are the nodes that are in both and stayed where they were."""

    def __init__(self, before: Network, after: Network, counterparts: Mapping[int, int]) -> None:
        self.counterparts = {
            **counterparts,
            **{-1 - index: -1 - index for index in range(len(before.inputs))},
        }
        self.stayed_before, self.stayed_after = (
            set(self.counterparts),
            set(self.counterparts.values()),
        )
        self.passed_before = passed(before, self.stayed_before)
        self.passed_after = passed(after, self.stayed_after)

    def is_kept(self, before: Node, after: Node) -> bool:
        """Whether two nodes that belong together read the same."""
        if len(before.inputs) == len(after.inputs) and all(
            map(self.may_be_same, before.inputs, after.inputs)
        ):
            return True
        direct = [
            self.mapped((value.node, value.part))
            for value in before.inputs
            if value.node in self.stayed_before
        ]
        return direct == [
            (value.node, value.part) for value in after.inputs if value.node in self.stayed_after
        ] and (len(direct) < max(len(before.inputs), len(after.inputs)))

    def may_be_same(self, before: Value, after: Value) -> bool:
        """Whether two values are one, or come from one through layers that came, went or moved."""
        if before.node in self.stayed_before and after.node in self.stayed_after:
            return self.mapped((before.node, before.part)) == (after.node, after.part)
        earlier = sources_of(before, self.stayed_before, self.passed_before)
        later = sources_of(after, self.stayed_after, self.passed_after)
        return not later.isdisjoint(map(self.mapped, earlier)) or (not earlier and not later)

    def mapped(self, source: Source) -> Source:
        return self.counterparts[source[0]], source[1]


def passed(network: Network, stayed: set[int]) -> dict[int, Sources]:
    """For each node that did not stay, the values that it comes from."""
    found: dict[int, Sources] = {}
    for index, node in enumerate(network.nodes):
        if index not in stayed:
            found[index] = frozenset().union(
                *(sources_of(value, stayed, found) for value in node.inputs)
            )
    return found


def sources_of(value: Value, stayed: set[int], known: Mapping[int, Sources]) -> Sources:
    if value.node in stayed:
        return frozenset([(value.node, value.part)])
    return known.get(value.node, frozenset())

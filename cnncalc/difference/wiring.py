"""Whether a layer reads the same inputs, ignoring added, removed and moved layers in between."""

from __future__ import annotations

from collections.abc import Mapping

from ..network import Network, Node, Value

ValueSource = tuple[int, int | None]
"""A node or an input of the network, and the part of its output."""
ValueSources = frozenset[ValueSource]


class Wiring:
    """The inputs of the layers of two networks.

    `counterparts` maps the nodes that are in both networks and did not move.
    """

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
        """True if two corresponding nodes read the same inputs."""
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
        """True if two values correspond, or have a common source before the changed layers."""
        if before.node in self.stayed_before and after.node in self.stayed_after:
            return self.mapped((before.node, before.part)) == (after.node, after.part)
        earlier = sources_of(before, self.stayed_before, self.passed_before)
        later = sources_of(after, self.stayed_after, self.passed_after)
        return not later.isdisjoint(map(self.mapped, earlier)) or (not earlier and not later)

    def mapped(self, source: ValueSource) -> ValueSource:
        return self.counterparts[source[0]], source[1]


def passed(network: Network, stayed: set[int]) -> dict[int, ValueSources]:
    """The values of other nodes that each added, removed or moved node depends on."""
    found: dict[int, ValueSources] = {}
    for index, node in enumerate(network.nodes):
        if index not in stayed:
            found[index] = frozenset().union(
                *(sources_of(value, stayed, found) for value in node.inputs)
            )
    return found


def sources_of(value: Value, stayed: set[int], known: Mapping[int, ValueSources]) -> ValueSources:
    if value.node in stayed:
        return frozenset([(value.node, value.part)])
    return known.get(value.node, frozenset())

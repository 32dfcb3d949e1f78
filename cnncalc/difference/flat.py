"""Networks without names and groups, their layers in orders of execution that correspond.

Two networks that differ in names, groups and the order of independent branches alone have the same
layers at the same positions of these orders.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from math import inf

from ..engine.analysis import Analysis
from ..named_tuple import NamedTuple
from ..network import Network, Node, Value
from .equivalent import equivalent
from .roles import Roles, part_number, roles_of
from .tree import Signatures

COMPARED_INPUTS = 8
"""The inputs by which layers that can be exchanged are put in order, at most."""

Priority = tuple[float, float, float, list[float], int, tuple[int, ...]]
"""A sort key of the branches that one layer reads: the least is executed first."""


def flattened(before: Analysis, after: Analysis) -> tuple[Analysis, Analysis]:
    """Two analyses without groups, their layers in corresponding orders of execution.

    Inputs and outputs are called by their numbers, shared weights by the order of their first
    uses, and the operands of a commutative layer are in the order in which they are executed.
    The totals are those of the files, the layers those of `equivalent`.  The order of the two
    networks does not matter.
    """
    before, after = equivalent(before), equivalent(after)
    if sort_key(after.network) < sort_key(before.network):
        return flattened(after, before)[::-1]
    signatures = Signatures()
    roles = [roles_of(side.network, signatures) for side in (before, after)]
    ranks = ranks_of(*roles)
    first, second = [
        in_order(side, execution_order(side.network, priorities(found, ranks)))
        for side, found in zip((before, after), roles, strict=True)
    ]
    return first, second


def sort_key(network: Network) -> tuple[int, list[tuple[str, str, str]]]:
    """A sort key of networks; equal for equal networks."""
    layers = [(node.layer.kind, str(node.shape), node.path) for node in network.nodes]
    return len(layers), layers


# The order of execution

Ranks = Mapping[int, int]
"""The position of a role that both networks have."""


def common_ranks(before: Sequence[int], after: Sequence[int]) -> Ranks:
    """The first positions of some numbers in the earlier network, if the later one has them too."""
    common = set(before).intersection(after)
    return {role: index for index, role in reversed([*enumerate(before)]) if role in common}


class RoleRanks(NamedTuple):
    """The ranks of the roles of two networks."""

    whole: Ranks
    earlier: Ranks
    later: Ranks
    exact: Ranks


def ranks_of(before: Roles, after: Roles) -> RoleRanks:
    """The ranks of the roles that two networks have in common."""
    return RoleRanks(
        common_ranks(before.whole, after.whole),
        common_ranks(before.earlier, after.earlier),
        common_ranks(before.later, after.later),
        common_ranks(before.exact, after.exact),
    )


def priorities(roles: Roles, ranks: RoleRanks) -> list[Priority]:
    """Of each layer: as in the earlier network, then the deepest first, then by what is near.

    Before a changed layer, what a layer depends on is in both networks; after it, what depends on
    the layer, and on those that it reads.
    """
    return [
        (
            ranks.whole.get(whole, inf),
            ranks.earlier.get(earlier, ranks.later.get(later, inf)),
            ranks.exact.get(exact, inf),
            [ranks.later.get(reader, inf) for reader in readers],
            -depth,
            recent,
        )
        for whole, earlier, later, exact, readers, depth, recent in zip(*roles, strict=True)
    ]


def execution_order(network: Network, priorities: Sequence[Priority]) -> list[int]:
    """The layers, each after all that it reads, one branch after the other."""
    order: dict[int, int] = {}  # with the positions
    seen: set[int] = set()

    def place(node: int) -> tuple[Priority, list[tuple[float, int]]]:
        """A sort key; of layers that can be exchanged, the one that reads earlier ones is first."""
        read = network.nodes[node].inputs[:COMPARED_INPUTS]
        return priorities[node], sorted(
            [(order.get(value.node, inf), part_number(value)) for value in read]
        )

    def execute(end: int) -> None:
        waiting = [(end, False)]
        while waiting:
            index, is_ready = waiting.pop()
            if is_ready:
                order[index] = len(order)
            elif index not in seen:
                seen.add(index)
                waiting.append((index, True))
                read = dict.fromkeys(value.node for value in network.nodes[index].inputs)
                missing = [node for node in read if node >= 0 and node not in seen]
                waiting += [(node, False) for node in sorted(missing, key=place)[::-1]]

    for _, alike in groupby(
        sorted(ends(network), key=priorities.__getitem__), priorities.__getitem__
    ):
        for end in sorted(alike, key=place):
            execute(end)
    return list(order)


def ends(network: Network) -> list[int]:
    """The layers of outputs, and those that nothing reads."""
    read = {value.node for node in network.nodes for value in node.inputs}
    outputs = {value.node for value in network.outputs.values()}
    return [index for index in range(len(network.nodes)) if index in outputs or index not in read]


# Networks in that order


def in_order(analysis: Analysis, order: Sequence[int]) -> Analysis:
    """An analysis without groups, with its layers in another order of execution."""
    network = reordered(analysis.network, order)
    pairs = zip(network.nodes, order, strict=True)
    layers = tuple([analysis.layers[index]._replace(node=node) for node, index in pairs])
    return analysis._replace(network=network, layers=layers, groups=())


def reordered(network: Network, order: Sequence[int]) -> Network:
    """A network without groups, with its layers in another order of execution."""
    positions = {index: position for position, index in enumerate(order)}
    shared = sharing(network, order)
    nodes = [
        moved(network.nodes[index], position, positions, shared)
        for position, index in enumerate(order)
    ]
    names = tuple(numbered("input", len(network.inputs)))
    training = [name in network.training_outputs for name in network.outputs]
    values = [moved_value(value, positions) for value in network.outputs.values()]
    outputs = sorted(
        zip(values, training, strict=True),
        key=lambda output: (output[0].node, part_number(output[0]), output[1]),
    )
    titles = numbered("output", len(outputs))
    return network._replace(
        inputs=dict(zip(names, network.inputs.values(), strict=True)),
        input_names=names,
        nodes=tuple(nodes),
        groups=(),
        outputs={name: value for name, (value, _) in zip(titles, outputs, strict=True)},
        training_outputs=frozenset(
            name for name, (_, is_training) in zip(titles, outputs, strict=True) if is_training
        ),
    )


def numbered(name: str, number: int) -> list[str]:
    """Names for several things of one kind.

    >>> numbered("input", 3)
    ['input', 'input 2', 'input 3']
    """
    return [name if index == 1 else f"{name} {index}" for index in range(1, number + 1)]


def sharing(network: Network, order: Sequence[int]) -> dict[str, str]:
    """The weights that several layers use, numbered in the order of their first uses."""
    uses = Counter(node.weight_key for node in network.nodes if node.weight_key)
    keys = dict.fromkeys(network.nodes[index].weight_key for index in order)
    shared = [key for key in keys if key and uses[key] > 1]
    return {key: str(number) for number, key in enumerate(shared, 1)}


def moved(
    node: Node, position: int, positions: Mapping[int, int], shared: Mapping[str, str]
) -> Node:
    """A layer at its position in another order."""
    values = [moved_value(value, positions) for value in node.inputs]
    read = list(zip(values, node.input_shapes, strict=True))
    if node.layer.is_commutative:
        read.sort(key=lambda pair: (pair[0].node, part_number(pair[0])))
    return node._replace(
        inputs=tuple([value for value, _ in read]),
        input_shapes=tuple([shape for _, shape in read]),
        shared=shared.get(node.weight_key or ""),
        start=position,
    )


def moved_value(value: Value, positions: Mapping[int, int]) -> Value:
    return value._replace(node=positions[value.node]) if value.node >= 0 else value

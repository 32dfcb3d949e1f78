"""The role of each layer in the graph of its network, whatever its name and position are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..named_tuple import NamedTuple
from ..network import Network, Value
from .tree import Signatures

RECENT = 8
"""The number of layers, back from a value, that distinguish branches without a common role."""

MAX_ROUNDS = 8
"""The most times that roles are distinguished by the roles of other layers."""


class Roles(NamedTuple):
    """Numbers for each layer, equal for equal roles in two networks.

    `whole` is the role by the arguments of all layers that it depends on, and that depend on it;
    `earlier` by the former alone, and `later` by the latter.
    `exact` also distinguishes what depends on them in turn: equal for layers that can be exchanged.
    `depths` are the most layers on a path from an input.  Of the last layers on the path of the
    first inputs, `readers` are the numbers of `later`, and `recent` the signatures.
    """

    whole: list[int]
    earlier: list[int]
    later: list[int]
    exact: list[int]
    readers: list[tuple[int, ...]]
    depths: list[int]
    recent: list[tuple[int, ...]]


def roles_of(network: Network, signatures: Signatures) -> Roles:
    """The roles of the layers of a network."""
    contents = contents_of(network, signatures)
    earlier = histories(network, contents, signatures)
    later = futures(network, contents, signatures)
    whole = exact = combined(earlier, later, signatures)
    for _ in range(MAX_ROUNDS):
        number = len(set(exact))
        if number == len(exact):
            break
        shared = with_sharing(network, exact, signatures)
        exact = combined(
            histories(network, shared, signatures), futures(network, shared, signatures), signatures
        )
        if len(set(exact)) == number:
            break
    return Roles(
        whole,
        earlier,
        later,
        exact,
        recent_layers(network, later),
        depths_of(network),
        recent_layers(network, contents),
    )


def contents_of(network: Network, signatures: Signatures) -> list[int]:
    """Numbers of the layers themselves."""
    uses = Counter(node.weight_key for node in network.nodes if node.weight_key)
    contents = []
    for node in network.nodes:
        number = signatures.of_calculation(node)
        shared = uses[node.weight_key] if node.weight_key else 0
        contents.append(signatures.of((number, shared, node.training_only, node.trainable)))
    return contents


def combined(earlier: Sequence[int], later: Sequence[int], signatures: Signatures) -> list[int]:
    """Numbers of layers with those that they depend on and with those that depend on them."""
    return [signatures.of(("role", *pair)) for pair in zip(earlier, later, strict=True)]


def with_sharing(network: Network, roles: Sequence[int], signatures: Signatures) -> list[int]:
    """Numbers of layers with the roles of all that use the same weights."""
    sharing: dict[str, list[int]] = {}
    for node, role in zip(network.nodes, roles, strict=True):
        if node.weight_key:
            sharing.setdefault(node.weight_key, []).append(role)
    groups = {key: tuple(sorted(users)) for key, users in sharing.items() if len(users) > 1}
    return [
        signatures.of((role, groups.get(node.weight_key or "")))
        for node, role in zip(network.nodes, roles, strict=True)
    ]


def histories(network: Network, contents: Sequence[int], signatures: Signatures) -> list[int]:
    """A number for each layer, equal for equal calculations from the inputs on."""
    found: list[int] = []
    for node, content in zip(network.nodes, contents, strict=True):
        read = [
            (found[value.node] if value.node >= 0 else value.node, part_number(value))
            for value in node.inputs
        ]
        if node.layer.is_commutative:
            read.sort()
        found.append(signatures.of(("history", content, tuple(read))))
    return found


def futures(network: Network, contents: Sequence[int], signatures: Signatures) -> list[int]:
    """A number for each layer, equal if equal layers depend on it in equal ways."""
    readers: list[list[tuple[int, int, int]]] = [[] for _ in network.nodes]
    for name, value in network.outputs.items():
        if value.node >= 0:
            kind = -2 if name in network.training_outputs else -1
            readers[value.node].append((kind, 0, part_number(value)))
    found = [0] * len(contents)
    for index in reversed(range(len(contents))):
        node = network.nodes[index]
        read = tuple(sorted(readers[index]))
        found[index] = signatures.of(("future", contents[index], read))
        for position, value in enumerate(node.inputs):
            if value.node >= 0:
                place = 0 if node.layer.is_commutative else position
                readers[value.node].append((found[index], place, part_number(value)))
    return found


def part_number(value: Value) -> int:
    return -1 if value.part is None else value.part


def depths_of(network: Network) -> list[int]:
    """The most layers on any path from an input to each layer."""
    found: list[int] = []
    for node in network.nodes:
        read = [found[value.node] for value in node.inputs if value.node >= 0]
        found.append(1 + max(read, default=0))
    return found


def recent_layers(network: Network, contents: Sequence[int]) -> list[tuple[int, ...]]:
    """The numbers of each layer and of those before it along the first inputs, RECENT in all.

    Of a commutative layer, whose inputs have no order, it is the input with the least numbers.
    """
    found: list[tuple[int, ...]] = []
    for node, content in zip(network.nodes, contents, strict=True):
        before = [found[value.node] if value.node >= 0 else () for value in node.inputs]
        chosen = min(before) if node.layer.is_commutative else (before or [()])[0]
        found.append((content, *chosen[: RECENT - 1]))
    return found

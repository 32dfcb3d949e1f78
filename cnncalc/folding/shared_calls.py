"""Calls that share weights with what is not a call of the same block are dissolved.

A tag of shared weights is one of a block call or of the network.  Layers with the same weights must
be steps of one scope, or be in calls of one block that share all of their weights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ..sketch import Sketch, SketchValue
from .decomposition import decompose
from .drafts import refers_to_input
from .scopes import Leaf, ModuleScope


def without_split_sharing(sketch: Sketch, tree: ModuleScope) -> ModuleScope:
    """The tree without calls whose weights could not be shared."""
    while found := frozenset(map(id, calls_in_the_way(sketch, tree))):
        tree = dissolved(tree, found)
    return tree


def calls_in_the_way(sketch: Sketch, tree: ModuleScope) -> Iterator[ModuleScope]:
    """The outermost calls around layers that share weights, unless they are calls of one block."""
    for chains in shared_layers(sketch, tree).values():
        depth = 0
        while len({id(chain[depth]) if len(chain) > depth else None for chain in chains}) == 1:
            if len(chains[0]) <= depth:
                break
            depth += 1
        next_calls = [chain[depth] for chain in chains if len(chain) > depth]
        facts = {call_facts(sketch, call) for call in next_calls}
        if next_calls and (len(next_calls) < len(chains) or len(facts) > 1):
            yield from next_calls


def shared_layers(
    sketch: Sketch, tree: ModuleScope
) -> Mapping[tuple[str, ...], list[list[ModuleScope]]]:
    """The block calls around each layer, the outer ones first, by weights that several have."""
    times = Counter(layer.weights for layer in sketch.layers if layer.params and layer.weights)
    found: dict[tuple[str, ...], list[list[ModuleScope]]] = {}

    def visit(scope: ModuleScope, chain: list[ModuleScope]) -> None:
        for item in scope.items:
            if isinstance(item, ModuleScope):
                visit(item, [*chain, item] if becomes_block(sketch, item) else chain)
            elif sketch.layers[item.layer].params:
                found.setdefault(sketch.layers[item.layer].weights, []).append(chain)

    if any(count > 1 for count in times.values()):
        visit(tree, [])
    return {weights: chains for weights, chains in found.items() if times[weights] > 1}


def becomes_block(sketch: Sketch, scope: ModuleScope) -> bool:
    """True for the calls of blocks, and for groups whose steps refer to their input."""
    return scope.role == "block" or refers_to_input(decompose(sketch, scope).steps)


def call_facts(sketch: Sketch, call: ModuleScope) -> Any:
    """What is equal for calls that can share all of their weights: all but the input's shape."""
    numbers = {leaf.layer: number for number, leaf in enumerate(call.leaves())}
    entries = {value.key: -1 - number for number, value in enumerate(call.inputs)}

    def place(value: SketchValue | float) -> Any:
        if not isinstance(value, SketchValue):
            return str(value)
        return entries.get(value.key, numbers.get(value.layer)), value.part

    layers = [sketch.layers[number] for number in numbers]
    facts = tuple(
        (layer.kind, layer.weights, repr(layer.arguments), tuple(map(place, layer.inputs)))
        for layer in layers
    )
    return call.key, facts, tuple(map(place, call.outputs))


def dissolved(scope: ModuleScope, calls: frozenset[int]) -> ModuleScope:
    """The tree with some calls replaced by what is in them."""
    items: list[Leaf | ModuleScope] = []
    for item in scope.items:
        if isinstance(item, Leaf):
            items.append(item)
        elif id(item) in calls:
            items += dissolved(item, calls).items
        else:
            items.append(dissolved(item, calls))
    return scope._replace(items=tuple(items))

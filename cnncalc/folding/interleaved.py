"""Modules whose layers were not run one after the other.

The names in a model file put layers into modules; a module may read what others calculated after
its first layer.  It comes after these then, as if it was run as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush
from itertools import pairwise

from ..sketch import Sketch
from .scopes import Leaf, ModuleScope


def as_wholes(sketch: Sketch, scope: ModuleScope) -> ModuleScope:
    """The tree with each module after all that it reads, where the modules can be so ordered."""
    if is_run_at_once(scope):
        return scope
    items = [item if isinstance(item, Leaf) else as_wholes(sketch, item) for item in scope.items]
    order = order_of_need(sketch, items)
    return scope._replace(items=tuple(items if order is None else [items[n] for n in order]))


def is_run_at_once(scope: ModuleScope) -> bool:
    """True if the layers in each module follow each other."""
    numbers = [leaf.layer for leaf in scope.leaves()]
    return all(later == layer + 1 for layer, later in pairwise(numbers))


def order_of_need(sketch: Sketch, items: Sequence[Leaf | ModuleScope]) -> list[int] | None:
    """The numbers of the items, each as early as what it reads permits.

    None if two read each other.
    """
    makers = {layer: number for number, item in enumerate(items) for layer in layers_in(item)}
    needs = [
        {
            makers[value.layer]
            for layer in layers_in(item)
            for value in sketch.layers[layer].values
            if makers.get(value.layer, number) != number
        }
        for number, item in enumerate(items)
    ]
    readers: list[list[int]] = [[] for _ in items]
    for number, makers_of in enumerate(needs):
        for maker in makers_of:
            readers[maker].append(number)
    missing = list(map(len, needs))
    ready = [number for number, count in enumerate(missing) if not count]
    heapify(ready)
    order = []
    while ready:
        number = heappop(ready)
        order.append(number)
        for reader in readers[number]:
            missing[reader] -= 1
            if not missing[reader]:
                heappush(ready, reader)
    return order if len(order) == len(items) else None


def layers_in(item: Leaf | ModuleScope) -> Iterator[int]:
    if isinstance(item, Leaf):
        yield item.layer
    else:
        yield from (leaf.layer for leaf in item.leaves())

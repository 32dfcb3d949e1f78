"""The order in which blocks are made: what is inside of others first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .scopes import ModuleScope


def in_order_of_need(tree: ModuleScope) -> Iterator[list[ModuleScope]]:
    """The calls of each block, those inside of others first.

    A class that contains itself is several, by the number of levels inside of it.
    """
    units: dict[tuple[str, int], list[ModuleScope]] = {}
    recursive = set(keys_in_themselves(tree))
    for scope in blocks_in(tree):
        level = levels(scope) if scope.key in recursive else -1
        units.setdefault((scope.key, level), []).append(scope)
    done: set[int] = set()
    waiting = sorted(units.values(), key=lambda scopes: max(map(levels, scopes)))
    while waiting:
        ready = next((unit for unit in waiting if is_ready(unit, done)), waiting[0])
        waiting.remove(ready)
        done |= {id(scope) for scope in ready}
        yield ready


def blocks_in(scope: ModuleScope) -> Iterator[ModuleScope]:
    return (inner for inner in scope.all_scopes() if inner.role == "block")


def is_ready(unit: Sequence[ModuleScope], done: set[int]) -> bool:
    """True if all blocks inside of some calls are made."""
    return all(id(inner) in done for scope in unit for inner in blocks_in(scope))


def levels(scope: ModuleScope) -> int:
    """The number of modules inside of each other."""
    return max((1 + levels(inner) for inner in scope.scopes), default=0)


def keys_in_themselves(scope: ModuleScope, around: frozenset[str] = frozenset()) -> Iterator[str]:
    """The classes of blocks that are inside of a block of the same class."""
    for inner in scope.scopes:
        if inner.role == "block" and inner.key in around:
            yield inner.key
        own = {inner.key} if inner.role == "block" else ()
        yield from keys_in_themselves(inner, around.union(own))

"""Which nodes of a file an output depends on."""

from __future__ import annotations

from collections.abc import Callable, Iterable


def needed(wanted: Iterable[int], sources: Callable[[int], Iterable[int]]) -> set[int]:
    """The nodes in `wanted`, and all that they depend on; `sources` are those that a node reads."""
    found: set[int] = set()
    waiting = list(wanted)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += sources(node)
    return found

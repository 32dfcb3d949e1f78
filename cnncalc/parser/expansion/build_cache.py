"""What is made once for equal layers and for equal calls of blocks, in one network or in many.

A block reads its inputs, its arguments and the variables of the file, and nothing else.  An equal
call therefore adds the same nodes, with other paths and positions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...datum import Datum
from ...document import Step
from ...limits import MAX_AXES
from ...named_tuple import NamedTuple
from ...network import Group, Node, Value
from ...problem import Span
from .instantiate import Instance

MAX_CALL_NODES = 1_000
"""The nodes of a call that is recorded: larger ones are seldom made twice."""
MAX_KEPT = 100_000
"""The layers, or the nodes of recorded calls, that a cache keeps."""
MAX_DIFFERING = 6
"""The different calls of a block after which it is unlikely that two are equal."""
MAX_VARIABLES = 32
"""The variables of the file that a recorded call may have read."""


class RecordedCall(NamedTuple):
    """What a call of a block added to a network, from node `start` on.

    `depth`, `calls` and `nesting` are the groups, block calls and steps around it; `conditions` the
    values of each `when` in it, `read` the variables of the file that it reads; `effort`,
    `iterations` and `characters` what it took of the quota.
    """

    path: str
    depth: int
    calls: int
    nesting: int
    inputs: tuple[Value, ...]
    start: int
    nodes: tuple[Node, ...]
    groups: tuple[Group, ...]
    flow: tuple[Value, ...]
    conditions: dict[Span, set[bool]]
    read: set[str]
    effort: int
    iterations: int
    characters: int


class CallVersions(NamedTuple):
    """Equal calls by the values of the variables of the file that they read."""

    variables: tuple[str, ...]
    found: dict[tuple[object, ...], RecordedCall]


class BuildCache:
    """Layers and recorded calls; `make` makes the dicts that find them.

    In a cache of one network, calls of a block whose last ones all differed are not recorded.
    """

    def __init__(
        self, make: Callable[[], dict[Any, Any]] = dict, is_of_one_network: bool = False
    ) -> None:
        self.make = make
        self.layers: dict[tuple[object, ...], Instance] = make()
        self.calls: dict[tuple[object, ...], CallVersions] = make()
        self.bound: dict[tuple[int, str], Step] = {}  # calls by variables, with their parameters
        self.small: dict[str, bool] = {}  # whether a block is too small to be recorded
        self.kept = 0  # nodes and groups of recorded calls
        self.is_of_one_network = is_of_one_network
        self.differing: dict[str, int] = {}  # the calls of a block since two were equal

    def is_recorded(self, block: str) -> bool:
        """Whether calls of a block may be equal to others, as far as is known."""
        return not self.is_of_one_network or self.differing.get(block, 0) < MAX_DIFFERING

    @property
    def is_full(self) -> bool:
        return self.kept > MAX_KEPT or len(self.layers) > MAX_KEPT

    def clear(self) -> None:
        self.layers.clear()
        self.calls.clear()
        self.kept = 0

    def find(self, key: tuple[object, ...], variables: dict[str, Datum]) -> RecordedCall | None:
        """The call with a key, which begins with its block, for these values of variables."""
        versions = self.calls.get(key)
        if versions is None:
            return None
        found = versions.found.get(values_of(versions.variables, variables))
        if found is not None:
            self.differing[str(key[0])] = 0
        return found

    def add(self, key: tuple[object, ...], call: RecordedCall, variables: dict[str, Datum]) -> None:
        """Keep a call, unless it is too large or what it reads is too long to be compared."""
        block = str(key[0])
        self.differing[block] = self.differing.get(block, 0) + 1
        size = len(call.nodes) + len(call.groups)
        if size > MAX_CALL_NODES or self.kept > MAX_KEPT:
            return
        versions = self.calls.get(key)
        if versions is None or not call.read <= set(versions.variables):
            names = call.read if versions is None else call.read | set(versions.variables)
            if len(names) > MAX_VARIABLES or not all(is_short(variables[name]) for name in names):
                return
            versions = CallVersions(tuple(sorted(names)), self.make())
            self.calls[key] = versions
        versions.found[values_of(versions.variables, variables)] = call
        self.kept += size


def values_of(names: tuple[str, ...], variables: dict[str, Datum]) -> tuple[object, ...]:
    return tuple([exact(variables[name]) for name in names])


def is_short(value: Datum) -> bool:
    """Whether a value is compared fast: no mapping, no long list, and no list of lists."""
    if type(value) is not tuple:
        return type(value) is not dict
    return len(value) <= MAX_AXES and not any(type(entry) in (tuple, dict) for entry in value)


def exact(value: Datum) -> object:
    """A value that differs from those of other types: 1, 1.0 and true are equal.

    >>> exact(1) == exact(1.0), exact((1, 2)) == exact((1, 2))
    (False, True)
    """
    kind = type(value)
    if kind is int or kind is str:
        return value
    return (kind, *map(exact, value)) if kind is tuple else (kind, value)

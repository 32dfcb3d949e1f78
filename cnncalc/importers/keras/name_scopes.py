"""The modules that the names of layers show: `conv2_block1_1_conv` is in block 1 of `conv2`.

Keras has no modules in a model, but the names of its layers usually begin with that of a block and
its number.  Layers with such a beginning become a scope, and so do its shortcuts and joins, whose
names are often those that Keras gives.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ...named_tuple import NamedTuple
from .model import KerasLayer
from .order import OrderedCall

JOINS = frozenset(("Add", "Concatenate", "Multiply", "Average", "TFOpLambda"))
BLOCK = "block"
"""The kind of a block whose name is a number."""

BRANCH = "branch"
"""The kind of a branch in a block."""

MAX_WORDS = 3
"""The number of words that the ending of a block has at most."""

LEAST = 2
"""The number of layers of a block, and of blocks of one kind."""


class NamedScope(NamedTuple):
    """A block by the common beginning of the names in it, or a stage of several blocks.

    `kind` is its name without numbers.
    """

    path: str
    kind: str
    is_stage: bool = False


class NamedCalls:
    """The calls of a model by their places in the order, with those that each reads and is read by.

    Only layers that are called once have a name of their own.
    """

    def __init__(self, order: Sequence[OrderedCall]) -> None:
        places = {(call.layer.name, call.number): place for place, call in enumerate(order)}
        self.sources = [
            tuple(dict.fromkeys(places[tensor.layer, tensor.call] for tensor in call.sources))
            for call in order
        ]
        self.readers: list[list[int]] = [[] for _ in order]
        for place, sources in enumerate(self.sources):
            for source in sources:
                self.readers[source].append(place)
        self.layers = [call.layer for call in order]
        self.named = [
            place
            for place, layer in enumerate(self.layers)
            if len(layer.calls) == 1 and not has_default_name(layer)
        ]

    def inputs(self, members: Iterable[int]) -> set[int]:
        """The calls outside that some read."""
        inside = set(members)
        return {source for place in inside for source in self.sources[place]} - inside

    def outputs(self, members: Iterable[int]) -> set[int]:
        """The members that others read, or nobody: these are outputs of the model."""
        inside = set(members)
        return {p for p in inside if not self.readers[p] or not inside.issuperset(self.readers[p])}

    def is_block(self, members: Iterable[int]) -> bool:
        """True if no path leaves some calls and enters them again, and only one is read outside."""
        inside = set(members)
        outside: set[int] = set()
        for place in range(min(inside), max(inside) + 1):
            depends = not (inside | outside).isdisjoint(self.sources[place])
            if place in inside and not outside.isdisjoint(self.sources[place]):
                return False
            if place not in inside and depends:
                outside.add(place)
        return len(self.outputs(inside)) == 1


def has_default_name(layer: KerasLayer) -> bool:
    """True for a name that Keras gave: that of the class, and perhaps a number."""
    name = re.sub(r"_\d+$", "", layer.name)
    return name == default_name(layer.kind) or name.startswith("tf.")


def default_name(kind: str) -> str:
    """The name that Keras gives to a layer.

    >>> default_name("MaxPooling2D"), default_name("ReLU"), default_name("BatchNormalization")
    ('max_pooling2d', 're_lu', 'batch_normalization')
    """
    name = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", re.sub(r"\W+", "", kind))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


# Beginnings of names


def beginnings(name: str) -> Iterator[str]:
    """The parts of a name that end in a number, or in a number and a letter, the shortest first.

    >>> list(beginnings("conv2_block1_1_conv")), list(beginnings("block3b_expand"))
    (['conv2', 'conv2_block1', 'conv2_block1_1'], ['block3', 'block3b'])
    """
    for found in re.finditer(r"\d+(?=[a-z]?[_/.])|(?<=\d)[a-z](?=[_/.])", name):
        yield name[: found.end()]


class Beginning(NamedTuple):
    """The beginning of a block: its stage, its kind and its number in the stage.

    >>> tuple(beginning_of("conv2_block1", "conv2")), tuple(beginning_of("block3b", "block3"))
    (('conv2', 'block', 1), ('block3', 'block', 1))
    """

    stage: str
    kind: str
    number: int


def beginning_of(start: str, stage: str) -> Beginning:
    """A beginning in parts; `stage` is a shorter one, or empty."""
    number = re.search(r"\d+$|[a-z]$", start)
    last = number[0] if number else "0"
    own = start[len(stage) :] if stage else start
    words = re.sub(r"\d+[a-z]?", "_", own)
    if not re.search(r"[A-Za-z]{2}", words):
        words = re.sub(r"\d+[a-z]?", "_", start)
    kind = "_".join(filter(None, re.split(r"[_/.]", words))) or BLOCK
    return Beginning(stage, kind, int(last) if last.isdigit() else ord(last) - ord("a"))


def endings(name: str) -> Iterator[str]:
    """The last words of a name from a number on, the shortest first; a name of one word has none.

    >>> list(endings("separable_conv_1_normal_left1_0")), list(endings("conv_3"))
    (['0', 'left1_0', 'normal_left1_0'], ['3'])
    """
    words = re.split(r"[_/.]", name)
    if words[-1].isdigit():
        for first in range(len(words) - 1, 0, -1)[:MAX_WORDS]:
            yield "_".join(words[first:])


NameParts = Callable[[str], Iterator[str]]
"""The parts of a name that a block may be told by, the shortest first."""


def groups_of(graph: NamedCalls, parts: NameParts) -> dict[str, list[int]]:
    """The places of layers by each part of their names."""
    found: dict[str, list[int]] = {}
    for place in graph.named:
        for part in parts(graph.layers[place].name):
            found.setdefault(part, []).append(place)
    return {part: places for part, places in found.items() if len(places) >= LEAST}


# Scopes


def named_scopes(model: str, order: Sequence[OrderedCall]) -> Mapping[int, tuple[NamedScope, ...]]:
    """The scopes of calls by their places in the order, the outer before the inner.

    `model` is the name of the model, which names of its layers may begin with.
    """
    graph = NamedCalls(order)
    prefix = f"{model}_"
    found = dict(found_blocks(graph, lambda name: beginnings(name.removeprefix(prefix))))
    return scopes_of(found) or with_branches(graph, scopes_of(dict(numbered_blocks(graph))))


def with_branches(
    graph: NamedCalls, scopes: Mapping[int, tuple[NamedScope, ...]]
) -> dict[int, tuple[NamedScope, ...]]:
    """The scopes, with those of the branches in a block, which longer endings tell."""
    found = dict(scopes)
    sizes = Counter(scopes.values())
    taken: set[int] = set()
    for ending, places in groups_of(graph, endings).items():
        homes = {scopes.get(place, ()) for place in places}
        home = homes.pop()
        members = grown(graph, set(places), taken) if home and not homes else None
        if members is None or any(scopes.get(place) != home for place in members):
            continue
        if len(members) < sizes[home]:
            taken |= members
            scope = NamedScope(f"{home[-1].path}.{ending}", BRANCH)
            found |= dict.fromkeys(members, (*home, scope))
    return found


def scopes_of(blocks: Mapping[Beginning, set[int]]) -> dict[int, tuple[NamedScope, ...]]:
    """The scopes of calls, for blocks of whose kind there are several."""
    kinds = Counter(start.kind for start in blocks)
    paths = Counter((start.stage or start.kind, start.number) for start in blocks)
    scopes: dict[int, tuple[NamedScope, ...]] = {}
    for start, members in blocks.items():
        if kinds[start.kind] < LEAST:
            continue
        outer = start.stage or start.kind
        is_alone = paths[outer, start.number] == 1
        path = f"{outer}.{start.number}" if is_alone else f"{outer}.{start.kind}.{start.number}"
        stages = (NamedScope(start.stage, start.stage, True),) if start.stage else ()
        scopes |= dict.fromkeys(members, (*stages, NamedScope(path, start.kind)))
    return scopes


def found_blocks(graph: NamedCalls, parts: NameParts) -> Iterator[tuple[Beginning, set[int]]]:
    """The blocks of a model: the outermost groups that are not stages of others."""
    groups = groups_of(graph, parts)
    found: set[str] = set()
    taken: set[int] = set()
    for start, places in groups.items():
        outer = [other for other in parts(f"{start}_") if other != start and other in groups]
        is_inner = not found.isdisjoint(outer) or not taken.isdisjoint(places)
        if is_inner or is_stage(start, places, groups):
            continue
        members = grown(graph, set(places), taken)
        if members is not None:
            found.add(start)
            taken |= members
            yield beginning_of(start, outer[-1] if outer else ""), members


def numbered_blocks(graph: NamedCalls) -> Iterator[tuple[Beginning, set[int]]]:
    """The blocks of a model whose names end in the number of the block.

    Blocks of another kind say so before the number, and are not part of the one without a word:
    there may be a cell `8` and a cell `reduce_8`.
    """
    groups = groups_of(graph, endings)
    taken: set[int] = set()
    for ending in sorted(groups, key=lambda ending: not re.fullmatch(r"[A-Za-z_]+_\d+", ending)):
        places = set(groups[ending]) - taken
        members = grown(graph, places, taken) if len(places) >= LEAST else None
        if members is not None:
            taken |= members
            words, _, number = ending.rpartition("_")
            kind = re.sub(r"\d+", "", words) or BLOCK
            yield Beginning("", kind, int(number)), members


def is_stage(start: str, places: Sequence[int], groups: Mapping[str, Sequence[int]]) -> bool:
    """True if all layers are in groups of longer beginnings."""
    inner = {
        place
        for other, others in groups.items()
        if len(other) > len(start) and other.startswith(start)
        for place in others
    }
    return inner.issuperset(places)


# Layers without names of their own


def grown(graph: NamedCalls, members: set[int], taken: set[int]) -> set[int] | None:
    """A block with the join after it and the shortcut into it; None if it is not a block."""
    joined = with_join(graph, members, taken)
    for candidate in (joined, members):
        closed = with_shortcuts(graph, candidate, taken)
        if graph.is_block(closed):
            return closed
    return None


def with_join(graph: NamedCalls, members: set[int], taken: set[int]) -> set[int]:
    """With the join that alone reads the output."""
    outputs = graph.outputs(members)
    if len(outputs) != 1:
        return members
    readers = graph.readers[next(iter(outputs))]
    if len(readers) != 1 or not is_free(graph, readers[0], taken):
        return members
    return members | {readers[0]} if graph.layers[readers[0]].kind in JOINS else members


def with_shortcuts(graph: NamedCalls, members: set[int], taken: set[int]) -> set[int]:
    """With the layers that are read in it alone, until one value enters it."""
    while len(graph.inputs(members)) > 1:
        free = [place for place in graph.inputs(members) if is_free(graph, place, taken)]
        inner = [place for place in free if members.issuperset(graph.readers[place])]
        if not inner:
            break
        members = members | {max(inner)}
    return members


def is_free(graph: NamedCalls, place: int, taken: set[int]) -> bool:
    layer = graph.layers[place]
    return place not in taken and has_default_name(layer) and bool(layer.calls)

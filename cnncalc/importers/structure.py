"""Modules of a model whose file names none: what its graph shows.

A convolution with the norm and the activation after it is one, and so is what lies between a fork
and the join of its branches: a residual block, an inception.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from ..folding.dominators import Dominators
from ..sketch import Sketch, SketchLayer, SketchScope

MATRICES = frozenset(("conv", "depthwise", "conv_transpose", "linear", "local_conv"))
FOLLOWERS = frozenset(
    ("bn", "relu", "relu6", "leaky_relu", "silu", "hardswish", "prelu", "elu", "mish", "gelu")
)
JOINS = {"add": "residual", "concat": "branches"}
LEAST_LAYERS, MOST_LAYERS = 3, 100  # of a block

NUMBER = re.compile(r"[\W_]*\d+[a-z]?$")
"""The end of a name that distinguishes one of several modules from the others."""

WORD = re.compile(r"[A-Za-z]+")

NOTHING = -1_000_000
"""The dominator of inputs, and of what depends on none."""


class GraphStructure:
    """The layers of a model as a graph, and the scopes found so far."""

    def __init__(self, sketch: Sketch) -> None:
        self.layers = sketch.layers
        self.readers: dict[int, list[int]] = {}
        for value, reader in sketch.readers():
            self.readers.setdefault(value.layer, []).append(-1 if reader is None else reader)
        self.dominators = dominators(sketch.layers)

    def follower(self, index: int) -> int | None:
        """The layer that alone reads a layer, if it is a norm or an activation."""
        readers = self.readers.get(index, [])
        if len(readers) != 1 or readers[0] < 0:
            return None
        return readers[0] if self.layers[readers[0]].kind in FOLLOWERS else None

    def unit(self, start: int) -> list[int]:
        """A layer with the norms and activations that follow it."""
        found = [start]
        following = self.follower(start)
        while following is not None:
            found.append(following)
            following = self.follower(following)
        return found

    def block(self, join: int) -> list[int]:
        """The layers between a fork and a join, with what follows.

        Empty if something else enters or leaves in between.
        """
        fork = self.dominators[join]
        inside = {join}
        waiting = [value.layer for value in self.layers[join].values]
        while waiting and len(inside) <= MOST_LAYERS:
            index = waiting.pop()
            if index != fork and index >= 0 and index not in inside:
                inside.add(index)
                waiting += [value.layer for value in self.layers[index].values]
        if fork == NOTHING or not LEAST_LAYERS <= len(inside) <= MOST_LAYERS:
            return []
        read = (value for index in inside for value in self.layers[index].values)
        entries = {value.key for value in read if value.layer not in inside}
        is_closed = all(inside.issuperset(self.readers[index]) for index in inside - {join})
        return sorted(inside | set(self.unit(join))) if is_closed and len(entries) == 1 else []


def dominators(layers: Sequence[SketchLayer]) -> Mapping[int, int]:
    """For each layer the last one, or the input, that everything passes on its way to it."""
    found = Dominators(NOTHING)
    for place in {value.layer for layer in layers for value in layer.values if value.layer < 0}:
        found.add(place, ())
    for index, layer in enumerate(layers):
        found.add(index, [value.layer for value in layer.values])
    return found.above


def with_modules(sketch: Sketch) -> Sketch:
    """The model as it is if its scopes are modules, else in those that its graph shows, if any.

    A scope with one matrix of weights, or all of them, is only the name of a layer or of the model.
    """
    matrices = [layer for layer in sketch.layers if layer.kind in MATRICES]
    sizes = Counter(scope for layer in matrices for scope in chain_of(sketch, layer.scope))
    if any(1 < size < len(matrices) for size in sizes.values()):
        return sketch
    layers = []
    for layer in sketch.layers:
        own = [scope for scope in chain_of(sketch, layer.scope) if sizes[scope] < 2]
        name = last_word(sketch.scopes[own[-1]].path) if own else layer.name
        layers.append(layer._replace(scope=0, name=name))
    found = structured(sketch._replace(layers=tuple(layers), scopes=sketch.scopes[:1]))
    has_blocks = any(scope.kind in JOINS.values() for scope in found.scopes)
    return found if has_blocks else sketch


def chain_of(sketch: Sketch, scope: int | None) -> Iterator[int]:
    """A scope and those that it is in."""
    while scope is not None:
        yield scope
        scope = sketch.scopes[scope].parent


def last_word(path: str) -> str:
    return path.rpartition(".")[2]


def structured(sketch: Sketch) -> Sketch:
    """The model in the modules that its graph shows.

    They are called as the file calls their layers: what all names in a block begin with is its
    name, and without a number its class.
    """
    structure = GraphStructure(sketch)
    scopes = list(sketch.scopes)
    homes = [layer.scope for layer in sketch.layers]
    for kind, members in groups(structure):
        outer = {homes[index] for index in members}
        if len(outer) > 1:
            continue
        names = [sketch.layers[index].name for index in members]
        path, word = named_after(names, kind, len(scopes))
        scopes.append(SketchScope(path, word, outer.pop()))
        for index in members:
            homes[index] = len(scopes) - 1
    layers = (layer._replace(scope=home) for layer, home in zip(sketch.layers, homes, strict=True))
    return sketch._replace(layers=tuple(layers), scopes=tuple(scopes))


def named_after(names: Sequence[str], kind: str, number: int) -> tuple[str, str]:
    """The path and the class of a module with layers of these names.

    Of several with one word in their names, the paths differ in the number at the end alone.
    """
    first = WORD.match(names[0])
    if kind in MATRICES:
        return f"{first[0] if first else kind}{number}", kind
    parts = [name.split("/")[:-1] for name in names]
    shared = [words[0] for words in zip(*parts, strict=False) if len(set(words)) == 1]
    if not shared:
        return f"{kind}{number}", kind
    return re.sub(r"\W+", "_", "/".join(shared)), NUMBER.sub("", shared[-1]) or kind


def groups(structure: GraphStructure) -> Iterator[tuple[str, list[int]]]:
    """The modules, the outer ones before the inner ones."""
    blocks = []
    for index, layer in enumerate(structure.layers):
        if layer.kind in JOINS and len(layer.values) > 1:
            blocks.append((JOINS[layer.kind], structure.block(index)))
    yield from sorted((block for block in blocks if block[1]), key=lambda block: -len(block[1]))
    for index, layer in enumerate(structure.layers):
        if layer.kind in MATRICES:
            members = structure.unit(index)
            if len(members) > 1:
                yield layer.kind, members

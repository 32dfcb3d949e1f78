"""The layers of a Sketch in the tree of its module calls, and which calls the file keeps.

Each function takes a tree and returns a new one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Literal

from ..named_tuple import NamedTuple
from ..sketch import Sketch, SketchScope, SketchValue

Role = Literal["root", "block", "group", "dissolved"]

MATRIX_KINDS = frozenset(("conv", "linear", "depthwise", "conv_transpose", "attention", "lstm"))
"""The layers that make a module worth a block of its own."""

KEPT_NAMES = frozenset(("weight", "chunk", "custom", "constant"))
"""The layers that keep the name which the model has for them, also among others in a module."""

MOST_OF_ALL = 0.6
"""A module with this share of all layers is the network itself."""

SMALL = 2  # layers


class Leaf(NamedTuple):
    """One layer.  `path` is the name of the module that is this layer alone, if there is one."""

    layer: int
    path: str = ""


class ModuleScope(NamedTuple):
    """One call of a module with what is in it, in the order of execution.

    `call` is its index in the Sketch.  `path` is the name of the module, or of the outer one of
    two that are the same.  `inputs` are the values that it reads from outside, `outputs` those
    that are read outside.  `is_lone` is true for a block that is called once and holds groups.
    """

    call: int
    path: str
    kind: str
    is_container: bool
    items: tuple[Leaf | ModuleScope, ...]
    role: Role = "group"
    inputs: tuple[SketchValue, ...] = ()
    outputs: tuple[SketchValue, ...] = ()
    is_lone: bool = False

    @property
    def key(self) -> str:
        """Equal for the calls that may become one block: those of a class, or of one module."""
        return f"#{self.path}" if self.is_container else self.kind

    @property
    def class_name(self) -> str:
        return self.kind.rpartition(".")[2]

    @property
    def scopes(self) -> tuple[ModuleScope, ...]:
        """The module calls directly in it."""
        return tuple([item for item in self.items if isinstance(item, ModuleScope)])

    def leaves(self) -> Iterator[Leaf]:
        """All layers in it, at any depth."""
        for item in self.items:
            if isinstance(item, Leaf):
                yield item
            else:
                yield from item.leaves()

    def all_scopes(self) -> Iterator[ModuleScope]:
        """All module calls in it, at any depth, the outer before the inner."""
        for item in self.items:
            if isinstance(item, ModuleScope):
                yield item
                yield from item.all_scopes()


def module_tree(sketch: Sketch) -> ModuleScope:
    """The tree of a Sketch, with the role of each module call."""
    tree = calls_tree(sketch)
    if any(layer.kind == "concat" for layer in sketch.layers):
        tree = hoisted(sketch, tree)
    tree = unwrapped(tree, sketch)
    return with_roles(sketch, with_boundaries(sketch, tree))


# The tree of all calls


class CallTree:
    """The items of each call while the tree is made."""

    def __init__(self, scopes: tuple[SketchScope, ...]) -> None:
        self.scopes = scopes
        self.items: list[list[int | Leaf]] = [[] for _ in scopes]
        self.placed = {0}

    def place(self, call: int) -> None:
        """Put a call into its parent, and the parent into its own, unless they are there."""
        if call in self.placed:
            return
        self.placed.add(call)
        parent = self.scopes[call].parent or 0
        self.place(parent)
        self.items[parent].append(call)

    def scope(self, call: int) -> ModuleScope:
        facts = self.scopes[call]
        items = tuple(
            item if isinstance(item, Leaf) else self.scope(item) for item in self.items[call]
        )
        return ModuleScope(call, facts.path, facts.kind, facts.is_container, items)


def calls_tree(sketch: Sketch) -> ModuleScope:
    """All module calls that have layers in them."""
    tree = CallTree(sketch.scopes)
    for index, layer in enumerate(sketch.layers):
        tree.place(layer.scope)
        tree.items[layer.scope].append(Leaf(index))
    return tree.scope(0)._replace(role="root")


# Simpler trees


def hoisted(sketch: Sketch, scope: ModuleScope) -> ModuleScope:
    """A `concat` of what enters a module, as its first layer, is moved before the module.

    So one value enters it instead of several.
    """
    items: list[Leaf | ModuleScope] = []
    for item in scope.items:
        while isinstance(item, ModuleScope) and starts_with_concat(sketch, item):
            items.append(item.items[0])
            item = item._replace(items=item.items[1:])
        items.append(hoisted(sketch, item) if isinstance(item, ModuleScope) else item)
    return scope._replace(items=tuple(items))


def starts_with_concat(sketch: Sketch, scope: ModuleScope) -> bool:
    """True if a module starts with a `concat` of all that enters it."""
    first = scope.items[0] if scope.items else None
    if not isinstance(first, Leaf) or sketch.layers[first.layer].kind != "concat":
        return False
    inner = {leaf.layer for leaf in scope.leaves()}
    joined = {value.key for value in sketch.layers[first.layer].values}
    read = {
        value.key
        for leaf in scope.leaves()
        if leaf is not first
        for value in sketch.layers[leaf.layer].values
    }
    outside = {key for key in read if key[0] not in inner}
    return len(joined) > 1 and not outside and all(key[0] not in inner for key in joined)


def unwrapped(scope: ModuleScope, sketch: Sketch) -> ModuleScope:
    """A module of one layer is that layer, and a wrapper of one module is one with it."""
    calls = Counter(inner.kind for inner in scope.all_scopes() if not inner.is_container)
    return simplified(scope, sketch, calls)


def simplified(scope: ModuleScope, sketch: Sketch, calls: Counter[str]) -> ModuleScope:
    items: list[Leaf | ModuleScope] = []
    for item in scope.items:
        if isinstance(item, Leaf):
            layer = sketch.layers[item.layer]
            items.append(Leaf(item.layer, layer.name) if layer.kind in KEPT_NAMES else item)
            continue
        inner = item if is_layer(item) else simplified(item, sketch, calls)
        if inner.items:
            items.append(merged_with_only(inner, calls))
    return scope._replace(items=tuple(items))


def is_layer(scope: ModuleScope) -> bool:
    """True for a module of one layer alone, as most are."""
    return len(scope.items) == 1 and isinstance(scope.items[0], Leaf)


def merged_with_only(scope: ModuleScope, calls: Counter[str]) -> Leaf | ModuleScope:
    """A module, or what it is one with."""
    if len(scope.items) > 1:
        return scope
    only = scope.items[0]
    if isinstance(only, Leaf):
        return Leaf(only.layer, scope.path)
    is_wrapper = not scope.is_container and (only.is_container or calls[scope.kind] > 1)
    if not is_wrapper:
        return scope
    if only.is_container or calls[only.kind] < 2:
        return scope._replace(items=only.items)  # the outer one, with the steps of the inner
    return only._replace(path=scope.path)  # the inner one, under the outer one's name


# What enters and leaves


def with_boundaries(sketch: Sketch, tree: ModuleScope) -> ModuleScope:
    """The tree with the values that enter and leave each module."""
    homes: dict[int, tuple[int, ...]] = {}
    numbers: dict[int, int] = {}

    def mark(scope: ModuleScope, chain: tuple[int, ...]) -> None:
        number = numbers[id(scope)] = len(numbers)
        own = (*chain, number)
        for item in scope.items:
            if isinstance(item, Leaf):
                homes[item.layer] = own
            else:
                mark(item, own)

    mark(tree, ())
    inputs: dict[int, dict[tuple[int, int | None], SketchValue]] = {}
    outputs: dict[int, dict[tuple[int, int | None], SketchValue]] = {}
    for value, reader in sketch.readers():
        makers = homes.get(value.layer, (0,))
        readers = homes[reader] if reader is not None else ()
        if makers is readers:  # most values stay in their module
            continue
        for number in makers:
            if number not in readers:
                outputs.setdefault(number, {})[value.key] = value
        for number in readers:
            if number not in makers:
                inputs.setdefault(number, {})[value.key] = value

    def bounded(scope: ModuleScope) -> ModuleScope:
        number = numbers[id(scope)]
        facts = sketch.scopes[scope.call]
        return scope._replace(
            items=tuple(i if isinstance(i, Leaf) else bounded(i) for i in scope.items),
            inputs=in_call_order(inputs.get(number, {}), facts.inputs),
            outputs=in_call_order(outputs.get(number, {}), facts.outputs, by_layer=True),
        )

    return bounded(tree)


def in_call_order(
    values: dict[tuple[int, int | None], SketchValue],
    call: tuple[SketchValue, ...],
    *,
    by_layer: bool = False,
) -> tuple[SketchValue, ...]:
    """Values in the order in which the call has them; others after them, in their own order."""
    if len(values) < 2:
        return tuple(values.values())
    places = {value.key: place for place, value in enumerate(call)}
    last = len(call)
    if by_layer:
        ordered = sorted(values.values(), key=lambda value: (value.layer, value.part or 0))
    else:
        ordered = list(values.values())
    return tuple(sorted(ordered, key=lambda value: places.get(value.key, last)))


# Roles


class Census(NamedTuple):
    """How often each class is called, and each module; and the classes that are small.

    A small class has few layers and none with a matrix (a norm with its activation).
    """

    classes: Counter[str]
    modules: Counter[str]
    small: frozenset[str]
    layers: int


def census(sketch: Sketch, tree: ModuleScope) -> Census:
    scopes = list(tree.all_scopes())
    large: set[str] = set()
    for scope in scopes:
        if scope.kind not in large and not is_small(sketch, scope):
            large.add(scope.kind)
    return Census(
        Counter(scope.kind for scope in scopes if not scope.is_container),
        Counter(scope.path for scope in scopes),
        frozenset({scope.kind for scope in scopes} - large),
        sum(1 for _ in tree.leaves()),
    )


def is_small(sketch: Sketch, scope: ModuleScope) -> bool:
    layers = [sketch.layers[leaf.layer] for leaf in scope.leaves()]
    return len(layers) <= SMALL and not any(layer.kind in MATRIX_KINDS for layer in layers)


def with_roles(sketch: Sketch, tree: ModuleScope) -> ModuleScope:
    """The tree with blocks and groups only: other modules are dissolved into what is around."""
    return decided(sketch, tree, census(sketch, tree), inside_block=False)


def decided(
    sketch: Sketch, scope: ModuleScope, facts: Census, *, inside_block: bool
) -> ModuleScope:
    items: list[Leaf | ModuleScope] = []
    is_top = scope.role in ("root", "dissolved")
    for item in scope.items:
        if isinstance(item, Leaf):
            items.append(item)
            continue
        role = role_of(sketch, item, facts, inside_block=inside_block, is_top=is_top)
        is_single = facts.classes[item.kind] < 2 and facts.modules[item.path] < 2
        item = item._replace(role=role, is_lone=role == "block" and is_single and is_top)
        if role == "dissolved":
            items += decided(sketch, item, facts, inside_block=inside_block).items
            continue
        is_inside = inside_block or (role == "block" and not item.is_lone)
        items.append(decided(sketch, item, facts, inside_block=is_inside))
    return scope._replace(items=tuple(items))


def role_of(
    sketch: Sketch, scope: ModuleScope, facts: Census, *, inside_block: bool, is_top: bool
) -> Role:
    """What becomes of a module call."""
    is_chain = len(scope.inputs) == 1 and len(scope.outputs) == 1
    is_repeated = not scope.is_container and facts.classes[scope.kind] >= 2
    is_shared = (
        is_chain
        and facts.modules[scope.path] >= 2
        and any(sketch.layers[leaf.layer].params for leaf in scope.leaves())
    )
    if (is_repeated or is_shared) and scope.outputs:
        is_small_class = scope.kind in facts.small and len(scope.outputs) == 1
        return "dissolved" if not scope.inputs or is_small_class else "block"
    is_most = sum(1 for _ in scope.leaves()) >= MOST_OF_ALL * facts.layers
    if not is_chain:
        is_block = not scope.is_container and not is_most and scope.inputs and scope.outputs
        return "block" if is_block else "dissolved"
    if (inside_block and scope.is_container) or (is_most and is_top):
        return "dissolved"
    return "group"

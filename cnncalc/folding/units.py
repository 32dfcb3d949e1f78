"""A convolution with its norm, where a file states it several times, as a block of its own.

So are files written by hand: a residual block is made of `conv_bn`.  Each function takes the tree
of a file, or a part of it, and returns another one with the same layers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ..named_tuple import NamedTuple
from ..unparse.layout import Tree
from .merged import ACTIVATIONS

LEAST_UNITS = 3
LEAST_POSITIONAL = 3  # required parameters, which a call then gives in a list
NORM = "bn"
FIRST_ARGUMENTS = {"conv": "out", "depthwise": "kernel"}
"""The layers that are units with their norm, and the argument that is the value of their key."""

PARAMETERS = ("out", "kernel", "stride", "groups")
DEFAULTS = {"kernel": "1", "stride": "1", "groups": "1"}
LAYER_KEYS = frozenset((*PARAMETERS, "padding", "bias", "from", "name"))
CALL_KEYS = ("from", "when", "name")


class NormedLayer(NamedTuple):
    """A layer and its norm among other steps.

    `arguments` are those of the layer but its padding, which is half of the kernel, and its bias,
    which it does not have.  `common` are the keys of any step.  `activation` is the kind that
    follows; "" if none does.
    """

    arguments: Mapping[str, Tree]
    common: Mapping[str, Tree]
    activation: str


class UnitBlock(NamedTuple):
    """The block of all units of a layer.

    `fixed` are arguments that all of them have, `parameters` the others with their defaults, "" for
    none.  If an activation follows all of them, it is in the block.
    """

    kind: str
    activation: str
    fixed: Mapping[str, Tree]
    parameters: Mapping[str, str]

    @property
    def name(self) -> str:
        return "_".join(word for word in (self.kind, NORM, self.activation) if word)

    @property
    def length(self) -> int:
        """The number of steps of a unit."""
        return 3 if self.activation else 2

    @property
    def layers(self) -> list[Tree]:
        """The steps of the block."""
        given = {**self.fixed, **{name: name for name in self.parameters}}
        first = FIRST_ARGUMENTS[self.kind]
        layer: dict[str, Tree] = {self.kind: given.pop(first)}
        layer |= {name: given[name] for name in PARAMETERS if name in given}
        padding = half(self.fixed.get("kernel", "kernel"))
        if padding != "0":
            layer["padding"] = padding
        layer["bias"] = "false"
        return [layer, NORM, *([self.activation] if self.activation else [])]

    @property
    def tree(self) -> Tree:
        """The block as the file has it."""
        params = [f"{n}={default}" if default else n for n, default in self.parameters.items()]
        return {"params": params, "layers": self.layers} if params else {"layers": self.layers}

    def call(self, unit: NormedLayer) -> Tree:
        """The step that a unit becomes."""
        given = {name: unit.arguments.get(name, DEFAULTS.get(name, "")) for name in self.parameters}
        said = {n: value for n, value in given.items() if value != self.parameters[n]}
        required = [name for name, default in self.parameters.items() if not default]
        count = len(required) if len(required) >= LEAST_POSITIONAL else 1
        lead = [name for name in list(self.parameters)[:count] if name in said]
        values = [said.pop(name) for name in lead]
        if not values and not said and not unit.common:
            return self.name
        first = values[0] if len(values) == 1 else values or ""
        return {self.name: first, **said, **unit.common}


def with_units(tree: Mapping[str, Tree]) -> dict[str, Tree]:
    """The file with a block for each kind of unit that it states at least three times."""
    found = dict(tree)
    for kind in FIRST_ARGUMENTS:
        found = with_unit(found, kind)
    return found


def with_unit(tree: dict[str, Tree], kind: str) -> dict[str, Tree]:
    blocks = tree.get("blocks", {})
    assert isinstance(blocks, Mapping)
    used = set(words_of(tree))
    bodies = [body for body in blocks.values() if not is_unit_itself(body, kind)]
    units = [unit for part in (*bodies, tree["layers"]) for unit in units_in(part, kind, used)]
    block = block_of(kind, units, blocks)
    if block is None:
        return tree
    changed = {
        name: body if is_unit_itself(body, kind) else rewritten(body, block, used)
        for name, body in blocks.items()
        if name != block.name
    }
    found: dict[str, Tree] = {}
    for key, value in tree.items():
        if key == "layers":
            found["blocks"] = {block.name: block.tree, **changed}
            found["layers"] = rewritten(value, block, used)
        elif key != "blocks":
            found[key] = value
    return found


def block_of(
    kind: str, units: Sequence[NormedLayer], blocks: Mapping[str, Tree]
) -> UnitBlock | None:
    """The block of some units: one that there is already, or a new one for at least three."""
    if not units:
        return None
    block = unit_block(kind, units)
    if block.name in blocks:
        return known_block(block, blocks[block.name])
    return block if len(units) >= LEAST_UNITS else None


def known_block(wanted: UnitBlock, body: Tree) -> UnitBlock | None:
    """A block of the file that states such units; None if it fixes what they differ in."""
    assert isinstance(body, Mapping)
    pairs = [str(word).partition("=") for word in body.get("params", ())]
    first = FIRST_ARGUMENTS[wanted.kind]
    parameters = {
        name: default or (DEFAULTS.get(name, "") if name != first else "")
        for name, _, default in pairs
    }
    known = wanted._replace(fixed={}, parameters=parameters)
    missing = {*wanted.fixed, *wanted.parameters} - set(known.parameters)
    return known if not missing and known.layers == body["layers"] else None


def unit_block(kind: str, units: Sequence[NormedLayer]) -> UnitBlock:
    """The block of some units: what differs is a parameter."""
    activations = {unit.activation for unit in units}
    activation = activations.pop() if len(activations) == 1 else ""
    fixed: dict[str, Tree] = {}
    parameters: dict[str, str] = {}
    for name in PARAMETERS:
        values = [unit.arguments.get(name) for unit in units]
        if any(value != values[0] for value in values) or is_local(values[0]):
            is_first = name == FIRST_ARGUMENTS[kind]
            parameters[name] = "" if is_first else DEFAULTS.get(name, "")
        elif values[0] is not None:
            fixed[name] = values[0]
    return UnitBlock(kind, activation, fixed, parameters)


def is_local(value: Tree | None) -> bool:
    """True for an expression, whose names mean something in its own block only."""
    return isinstance(value, str) and not value.isdigit()


# Units in a tree


def units_in(tree: Tree, kind: str, used: set[str]) -> Iterator[NormedLayer]:
    """All units of a kind, in the order of the file."""
    if isinstance(tree, Mapping):
        for value in tree.values():
            yield from units_in(value, kind, used)
    elif not isinstance(tree, str):
        for index, item in enumerate(tree):
            unit = unit_at(tree, index, kind, used)
            if unit is not None:
                yield unit
            else:
                yield from units_in(item, kind, used)


def unit_at(steps: Sequence[Tree], index: int, kind: str, used: set[str]) -> NormedLayer | None:
    """The unit that starts at a step; None if there is none.

    `used` are the words of the file: a layer that is referred to is not part of a unit.
    """
    layer = steps[index]
    norm = steps[index + 1] if index + 1 < len(steps) else ""
    if not isinstance(layer, Mapping) or next(iter(layer)) != kind:
        return None
    name = name_of_norm(norm)
    if name is None or not set(layer) <= {kind, *LAYER_KEYS} or layer.get("bias") != "false":
        return None
    if layer.get("name", "") in used or ("name" in layer and name):
        return None
    given = {FIRST_ARGUMENTS[kind]: layer[kind], **layer}
    if layer.get("padding", "0") != half(given["kernel"]):
        return None
    after = steps[index + 2] if index + 2 < len(steps) else ""
    activation = after if isinstance(after, str) and after in ACTIVATIONS and not name else ""
    common = {key: layer[key] for key in CALL_KEYS if key in layer} | (
        {"name": name} if name else {}
    )
    return NormedLayer({n: given[n] for n in PARAMETERS if n in given}, common, activation)


def name_of_norm(step: Tree) -> str | None:
    """The name of a norm without arguments, "" if it has none; None for any other step."""
    if step == NORM:
        return ""
    if isinstance(step, Mapping) and set(step) == {NORM, "name"} and step[NORM] == "":
        return str(step["name"])
    return None


def half(kernel: Tree) -> str:
    """The padding that keeps the size at stride 1; "?" for a kernel that has none."""
    if not isinstance(kernel, str):
        return "?"
    if kernel.isdigit():
        return str(int(kernel) // 2) if int(kernel) % 2 else "?"
    return f"{kernel} // 2" if kernel.isidentifier() else "?"


def is_unit_itself(block: Tree, kind: str) -> bool:
    """True for a block that is a unit and perhaps one more step."""
    layers = block["layers"] if isinstance(block, Mapping) else ""
    if isinstance(layers, str | Mapping) or not layers:
        return False
    first = layers[0]
    return len(layers) <= 3 and isinstance(first, Mapping) and next(iter(first)) == kind


def words_of(tree: Tree) -> Iterator[str]:
    """All words in the values of a tree, but those that are names."""
    if isinstance(tree, str):
        yield from re.findall(r"\w+", tree)
    elif isinstance(tree, Mapping):
        for key, value in tree.items():
            if key != "name":
                yield from words_of(value)
    else:
        for item in tree:
            yield from words_of(item)


# Another tree


def rewritten(tree: Tree, block: UnitBlock, used: set[str]) -> Tree:
    """A tree with calls of a block in place of its units."""
    if isinstance(tree, str):
        return tree
    if isinstance(tree, Mapping):
        return merged_with_only_call(
            {key: rewritten(value, block, used) for key, value in tree.items()}, block
        )
    items: list[Tree] = []
    index = 0
    while index < len(tree):
        unit = unit_at(tree, index, block.kind, used)
        items.append(rewritten(tree[index], block, used) if unit is None else block.call(unit))
        index += 1 if unit is None else block.length
    return items


def merged_with_only_call(step: dict[str, Tree], block: UnitBlock) -> dict[str, Tree]:
    """A group of one call is that call, with the keys of the group."""
    layers = step.get("layers", "")
    if (
        isinstance(layers, str | Mapping)
        or len(layers) != 1
        or not set(step) <= {"layers", *CALL_KEYS}
    ):
        return step
    (only,) = layers
    call = {only: ""} if isinstance(only, str) else only
    if not isinstance(call, Mapping) or block.name not in call or set(call) & set(step):
        return step
    return {**call, **{key: step[key] for key in CALL_KEYS if key in step}}

"""A Sketch -> the text of an architecture file."""

from __future__ import annotations

from collections.abc import Sequence

from ..sketch import Sketch
from ..unparse.layout import Tree
from .blocks import BlockFolder, DraftBlock
from .decomposition import decompose
from .derived import with_lets
from .drafts import DraftBody, DraftStep
from .interleaved import as_wholes
from .merged import MergedStep, all_merged, merge_all
from .merged_runs import fold_merged
from .operand_order import with_usual_order
from .scopes import Leaf, ModuleScope, module_tree
from .shared_calls import without_split_sharing
from .sharing import share_weights
from .step_names import name_steps
from .units import with_units
from .writing import file_tree


def folded_tree(sketch: Sketch, *, is_careful: bool = False) -> dict[str, Tree]:
    """The file with blocks, repetitions and loops.

    `is_careful` merges only equal steps and seeks no expressions.
    """
    folder = BlockFolder(sketch, is_careful=is_careful)
    tree_of_modules = as_wholes(sketch, module_tree(sketch))
    body = folder.fold(without_split_sharing(sketch, tree_of_modules))
    blocks = [block._replace(steps=fold_merged(block.steps)) for block in folder.blocks]
    for block in blocks:
        taken = {*folder.names, *block.parameters, *block.inputs}
        name_steps(block.steps, block.outputs, taken, is_network=block.is_lone)
    tree = network_tree(sketch, blocks, body, folder.names)
    return tree if is_careful else polished(tree)


def polished(tree: dict[str, Tree]) -> dict[str, Tree]:
    """The file in the idioms of files that are written by hand."""
    ordered = {key: with_usual_order(value) for key, value in tree.items()}
    return with_lets(with_units(ordered))


def flat_tree(sketch: Sketch) -> dict[str, Tree]:
    """The file with one step for each layer, in the order of execution."""
    items = tuple(Leaf(index, layer.name) for index, layer in enumerate(sketch.layers))
    root = ModuleScope(0, "", "", False, items, "root")
    body = decompose(sketch, root)
    share_weights(body.steps)
    return network_tree(sketch, [], body, set())


def network_tree(
    sketch: Sketch, blocks: Sequence[DraftBlock], body: DraftBody, taken: set[str]
) -> dict[str, Tree]:
    steps = merge_all(body.steps, 0)
    fill_in(steps)
    inputs = {entry.name for entry in sketch.inputs}
    name_steps(steps, (), taken | inputs, is_network=True)
    return file_tree(sketch, blocks, steps)


def fill_in(steps: Sequence[MergedStep]) -> None:
    """All arguments of steps with one instance as literals."""
    for merged in all_merged(steps):
        if merged.kind == "for":
            continue
        one: DraftStep = merged.one
        merged.arguments = {name: ("literal", value) for name, value in one.arguments.items()}
        merged.first = {name: ("literal", value) for name, value in one.first.items()}
        if one.repeat > 1:
            merged.repeat_expression = ("literal", one.repeat)

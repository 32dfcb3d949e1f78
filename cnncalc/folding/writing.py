"""Blocks and steps with their names -> the tree of an architecture file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from ..dtype import FLOAT32, UNSTATED, DataTypes
from ..layers import JOINS, LAYERS
from ..sketch import Sketch
from ..unparse.layout import Tree
from .blocks import DraftBlock
from .drafts import MISSING, DraftRef, DraftStep
from .literals import first_argument, is_default, literal, quoted
from .merged import Expressed, MergedStep
from .step_names import STAGE, target_step

LEAST_POSITIONAL = 3
LEAST_OF_STAGE = 2
"""The required parameters from which on a call gives them without their names."""

LEAST_PARTS = 3


def file_tree(
    sketch: Sketch, blocks: Sequence[DraftBlock], steps: Sequence[MergedStep]
) -> dict[str, Tree]:
    """The keys of a file."""
    tree: dict[str, Tree] = {"name": quoted(sketch.name)}
    if sketch.source:
        tree["source"] = quoted(sketch.source)
    if sketch.types != FLOAT32:
        tree["dtype"] = types_tree(sketch.types)
    tree["input"] = input_tree(sketch)
    if blocks:
        tree["blocks"] = {block.name: block_tree(block) for block in blocks}
    tree["layers"] = list(step_trees(steps))
    return tree


def input_tree(sketch: Sketch) -> Tree:
    shapes = {entry.name: literal(tuple(entry.shape)) for entry in sketch.inputs}
    return shapes if len(shapes) > 1 else next(iter(shapes.values()))


def block_tree(block: DraftBlock) -> Tree:
    tree: dict[str, Tree] = {}
    if block.inputs:
        tree["inputs"] = list(block.inputs)
    if block.parameters:
        tree["params"] = [
            name if default is MISSING else quoted(f"{name}={text_of(literal(default))}")
            for name, default in block.parameters.items()
        ]
    tree["layers"] = list(step_trees(block.steps))
    if block.outputs:
        tree["outputs"] = [reference_text(ref) for ref in block.outputs]
    return tree


# Steps


def step_trees(steps: Sequence[MergedStep]) -> Iterator[Tree]:
    """Steps; several under one condition are a group."""
    index = 0
    while index < len(steps):
        end = index + 1
        condition = steps[index].condition
        if condition is not None and steps[index].when:
            while end < len(steps) and steps[end].condition == condition:
                end += 1
        if end - index > 1:
            inner = [step_tree(step, with_condition=False) for step in steps[index:end]]
            yield {"layers": inner, "when": quoted(steps[index].when)}
        else:
            yield step_tree(steps[index])
        index = end


def step_tree(step: MergedStep, *, with_condition: bool = True) -> Tree:
    """One step; a word if it has no more keys."""
    tree = dict(own_keys(step))
    tree |= common_keys(step, with_condition=with_condition)
    if len(tree) == 1 and "" in tree.values():
        return next(iter(tree))
    return tree


def own_keys(step: MergedStep) -> Iterator[tuple[str, Tree]]:
    """The keys that say what a step is, its first key first."""
    if step.kind == "from":
        yield "from", reference_text(step.one.references[0])
    elif step.kind == "for":
        yield "for", {n: list(map(literal, values)) for n, values in step.one.bindings.items()}
        yield "layers", list(step_trees(step.body or []))
    elif step.kind in ("group", "output"):
        word = "layers" if step.kind == "group" else "output"
        yield word, list(step_trees(step.body or []))
        if "training_only" in step.arguments:
            yield "training_only", "true"
    elif step.kind == "call":
        yield from call_keys(step, step.one.block)
    elif step.kind in JOINS:
        yield step.kind, list(operand_trees(step))
        yield from argument_keys(step, "")
    elif step.kind == "custom":
        yield from custom_keys(step)
    else:
        first = first_argument(step.kind)
        yield step.kind_expression or step.kind, first_value(step, first)
        yield from argument_keys(step, first)


def first_value(step: MergedStep, argument: str) -> Tree:
    """The value of the first key; empty if it is the default."""
    if argument not in step.arguments or has_default(step, argument):
        return ""
    return argument_tree(step, argument)


def argument_keys(step: MergedStep, first: str) -> Iterator[tuple[str, Tree]]:
    """The other arguments that are not the default."""
    for name in step.arguments:
        if name != first and not name.startswith("#") and not has_default(step, name):
            yield name, argument_tree(step, name)


def has_default(step: MergedStep, argument: str) -> bool:
    """True if a step need not give an argument.  A kernel is always given."""
    kind, value = step.arguments[argument]
    if argument in step.first or kind != "literal" or argument == "kernel":
        return False
    others = {name: given for name, (how, given) in step.arguments.items() if how == "literal"}
    return is_default(step.kind, argument, value, others)


def custom_keys(step: MergedStep) -> Iterator[tuple[str, Tree]]:
    """A layer whose numbers are stated."""
    yield "custom", argument_tree(step, "operation")
    yield "shape", argument_tree(step, "shape")
    for counted, key in (("params", "weights"), ("buffers", "buffers")):
        if counted in step.arguments:
            yield key, {counted: argument_tree(step, counted)}
    if "macs" in step.arguments:
        yield "macs", argument_tree(step, "macs")


def call_keys(step: MergedStep, block: DraftBlock) -> Iterator[tuple[str, Tree]]:
    """A call of a block: several required parameters in order, the others by name."""
    given: dict[str, Tree] = {}
    for name, default in block.parameters.items():
        expressed = step.arguments.get(name) or step.first.get(name)
        if expressed is None or is_missing(expressed):
            continue
        tree = argument_tree(step, name)
        if name in step.first or default is MISSING or not is_value(expressed, default):
            given[name] = tree
    lead = leading(block, given)
    if not lead:
        yield block.name, ""
    elif len(lead) == 1:
        yield block.name, given[lead[0]]
    else:
        yield block.name, [given[name] for name in lead]
    yield from ((name, tree) for name, tree in given.items() if name not in lead)


def leading(block: DraftBlock, given: Mapping[str, Tree]) -> list[str]:
    """The parameters that a call gives without their names."""
    names = []
    for name, found in zip(block.parameters, given, strict=False):
        if name != found:
            break
        names.append(name)
    required = [name for name, default in block.parameters.items() if default is MISSING]
    least = LEAST_OF_STAGE if block.name == STAGE else LEAST_POSITIONAL
    if len(required) >= least:
        return names[: len(required)]
    # A list would be read as several parameters.
    return [name for name in names[:1] if not text_of(given[name]).startswith("[")]


def is_value(expressed: Expressed, default: Any) -> bool:
    kind, value = expressed
    return kind == "literal" and type(value) is type(default) and value == default


def is_missing(expressed: Expressed) -> bool:
    return expressed[1] is MISSING


def common_keys(step: MergedStep, *, with_condition: bool) -> dict[str, Tree]:
    """`from`, `shared`, `trainable`, `dtype`, `repeat`, `when` and `name`."""
    tree: dict[str, Tree] = {}
    one = step.one
    if one.sources and step.kind != "from":
        refs = reference_texts(one.sources)
        tree["from"] = refs[0] if len(refs) == 1 else refs
    if one.shared:
        tree["shared"] = one.shared
    if not one.is_trainable:
        tree["trainable"] = "false"
    if one.types != UNSTATED:
        tree["dtype"] = one.types.activations if is_lone_value(one) else types_tree(one.types)
    repeat = step.repeat_expression or ("literal", one.repeat)
    if repeat != ("literal", 1):
        tree["repeat"] = expressed_tree(repeat)
    if step.when and with_condition:
        tree["when"] = quoted(step.when)
    if step.name:
        tree["name"] = step.name
    return tree


def is_lone_value(step: DraftStep) -> bool:
    """True for a step with no weights, of its own or inside."""
    return step.kind in LAYERS and not step.weights and not step.branches


def types_tree(types: DataTypes) -> Tree:
    """One word for both types, or those that are stated."""
    if types.weights == types.activations:
        return types.weights
    return {name: word for name, word in types._asdict().items() if word}


# Values


FIRST_FLAGS = {("true", "false"): "i == 0", ("false", "true"): "i > 0"}
"""What a flag is that the first iteration has otherwise."""


def argument_tree(step: MergedStep, argument: str) -> Tree:
    """An argument, with another value in the first iteration if it has one."""
    rest = step.arguments.get(argument)
    first = step.first.get(argument)
    if rest is None or first is None or is_missing(first) or is_missing(rest):
        found = first if rest is None or is_missing(rest) else rest
        assert found is not None
        return expressed_tree(found, argument)
    one, others = (text_of(expressed_tree(found, argument)) for found in (first, rest))
    flag = FIRST_FLAGS.get((one, others))
    return flag or quoted(f"{one} if i == 0 else {others}")


def expressed_tree(expressed: Expressed, argument: str = "") -> Tree:
    kind, value = expressed
    return quoted(str(value)) if kind == "expression" else literal(value, argument)


def text_of(tree: Tree) -> str:
    """A value as part of an expression."""
    if isinstance(tree, str):
        return tree.strip('"')
    return f"[{', '.join(map(text_of, tree))}]"


def operand_trees(step: MergedStep) -> Iterator[Tree]:
    """The operands of a join; references to all parts of one step as one."""
    operands: Sequence[Any] = step.operands or []
    for is_reference, found in groupby(operands, lambda operand: isinstance(operand, DraftRef)):
        if is_reference:
            yield from reference_texts(list(found))
        else:
            yield from (operand_tree(step, operand) for operand in found)


def operand_tree(step: MergedStep, operand: Any) -> Tree:
    """A branch, or a number that is perhaps an expression."""
    if isinstance(operand, list):
        return list(step_trees(operand))
    number = (step.operands or []).index(operand)
    return expressed_tree(step.arguments.get(f"#{number}", ("literal", operand)))


def reference_texts(refs: Sequence[DraftRef]) -> list[Tree]:
    """References, with `name.*` for all of at least three parts of a step, in their order."""
    texts: list[Tree] = []
    index = 0
    while index < len(refs):
        target = target_step(refs[index])
        count = 0 if isinstance(target, str) else count_parts(target)
        stretch = refs[index : index + count]
        is_all = all(target_step(ref) is target for ref in stretch)
        if count >= LEAST_PARTS and is_all and [r.part for r in stretch] == list(range(count)):
            texts.append(f"{reference_text(DraftRef(target))}.*")
            index += count
        else:
            texts.append(reference_text(refs[index]))
            index += 1
    return texts


def count_parts(step: DraftStep) -> int:
    """The number of values of a `chunk` or a call; 0 if it is not known."""
    if step.kind == "call":
        return len(step.block.outputs)
    parts = step.arguments.get("parts") if step.kind == "chunk" else 0
    if isinstance(parts, tuple):
        return len(parts)
    return parts if isinstance(parts, int) else 0


def reference_text(ref: DraftRef) -> str:
    target = target_step(ref)
    name = target if isinstance(target, str) else target.merged.name
    return quoted(f"{name}.{ref.part}" if ref.part is not None else name)

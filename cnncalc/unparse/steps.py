"""Steps of a document -> the tree of a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..document import Bindings, Body, Operand, Step
from ..expression.expression import CURRENT, Expression, Reference
from ..layers import layer_class
from ..layers.field import Field
from ..named_tuple import NamedTuple
from ..problem import Span
from .layout import Tree
from .scalars import expression_tree, scalar


class StepWriter(NamedTuple):
    """Writes the steps of a file with these `variables`: all names that its expressions read."""

    variables: frozenset[str]

    def steps(self, body: Body | None) -> list[Tree]:
        """The steps of a list; a step without further keys is a word."""
        return [word_or_mapping(self.step(step)) for step in body.steps] if body else []

    def step(self, step: Step) -> dict[str, Tree]:
        """A step: the keys of a loop first, its name last."""
        loop = binding_keys(step)
        lead = loop if step.type in ("group", "join") else {}
        return lead | dict(self.own_keys(step)) | dict(common_keys(step)) | loop | last_keys(step)

    def own_keys(self, step: Step) -> Iterator[tuple[str, Tree]]:
        """The key that states what a step is, and its arguments."""
        arguments = list(step.arguments.items())
        if step.type == "from":
            return
        if step.type in ("group", "output"):
            yield step.word, self.steps(step.body)
        elif step.type == "join":
            yield step.word, self.operands(step.operands)
        else:
            values = [value for _, value in arguments[: step.positional]]
            yield scalar(step.word), first_value(step, step.value or values)
        for name, value in arguments[step.positional :]:
            yield scalar(name), argument_tree(field_of(step, name), value)

    # Operands

    def operands(self, operands: Sequence[Operand]) -> Tree:
        """The operands of a join: a list, or a mapping if they have names."""
        trees = [self.operand(operand) for operand in operands]
        names = [operand.name for operand in operands if operand.name is not None]
        return dict(zip(map(scalar, names), trees, strict=True)) if names else trees

    def operand(self, operand: Operand) -> Tree:
        """A branch, a step or a word."""
        if operand.text:
            return scalar(operand.text)
        if not operand.lone:
            return self.steps(operand.body)
        assert operand.body is not None
        step = operand.body.steps[0]
        tree = self.step(step)
        # As a word, it would be the variable.
        return tree if step.word in self.variables else word_or_mapping(tree)


def word_or_mapping(step: dict[str, Tree]) -> Tree:
    """A step as a word if it is its first key alone."""
    return next(iter(step)) if len(step) == 1 and "" in step.values() else step


# Arguments


def first_value(step: Step, values: Sequence[Expression]) -> Tree:
    """The value of the first key; empty if it has none."""
    if step.listed:
        return [expression_tree(value.text) for value in values]
    if not values:
        return ""
    if step.type == "layer":
        return argument_tree(field_of(step, ""), values[0])
    return scalar(values[0].text)  # a list would be several values


def field_of(step: Step, name: str) -> Field | None:
    """The argument of a layer; an empty name is the first one.  None if it is not known."""
    if step.type not in ("layer", "join"):
        return None
    fields = layer_class(step.word).fields
    return fields.get(name or next(iter(fields), ""))


def argument_tree(field: Field | None, value: Expression) -> Tree:
    """The value of an argument in the form that it has."""
    form = "value" if field is None else field.type.form
    if form == "mapping":
        return {scalar(name): expression_tree(entry.text) for name, entry in value.pairs}
    return expression_tree(value.text) if form == "value" else scalar(value.text)


# Common keys


def common_keys(step: Step) -> Iterator[tuple[str, Tree]]:
    """`from`, `shared`, `trainable` and `dtype`."""
    if step.sources is not None:
        yield "from", sources_tree(step.sources)
    if step.shared is not None or step.unshared:
        yield "shared", scalar(step.shared or "false")
    if step.trainable is not None:
        yield "trainable", expression_tree(step.trainable.text)
    if step.dtype is not None:
        yield "dtype", types_tree(step.dtype)


def types_tree(types: Expression) -> Tree:
    """`dtype`: one word, or a mapping."""
    if types.pairs:
        return {name: expression_tree(entry.text) for name, entry in types.pairs}
    return expression_tree(types.text)


def last_keys(step: Step) -> dict[str, Tree]:
    """`repeat`, `when` and `name`."""
    tree: dict[str, Tree] = {}
    if step.repeat is not None:
        tree["repeat"] = expression_tree(step.repeat.text)
    if step.when is not None:
        tree["when"] = expression_tree(step.when.text)
    if step.name is not None:
        tree["name"] = scalar(step.name)
    return tree


def binding_keys(step: Step) -> dict[str, Tree]:
    """`for` and `across`."""
    words = {"for": step.bindings, "across": step.across}
    return {word: bindings_tree(found) for word, found in words.items() if found is not None}


def bindings_tree(bindings: Bindings) -> Tree:
    return {scalar(name): expression_tree(value.text) for name, value in bindings}


def sources_tree(sources: Sequence[tuple[Reference, Span]]) -> Tree:
    """`from`: a reference, or a list of them."""
    trees = [reference_tree(reference) for reference, _ in sources]
    return trees[0] if len(trees) == 1 and sources[0][0] is not CURRENT else trees


def reference_tree(reference: Reference) -> Tree:
    """A reference; the current value is an empty list."""
    return [] if reference is CURRENT else scalar(reference.text)

"""Joins and their operands."""

from __future__ import annotations

from contextlib import suppress
from typing import Protocol

from ...document import Body, Operand, StaticScope, Step
from ...expression.expression import Expression, Reference
from ...expression.grammar import compile_reference, compile_text
from ...problem import Refusal
from ..yaml_nodes import YamlNode
from .context import ReadContext, describe
from .names import StepNames
from .vocabulary import Vocabulary


class BodyReader(Protocol):
    """The interface of the StepReader that operands need; its module imports this one."""

    context: ReadContext
    names: StepNames
    number: int

    def is_call(self, word: str) -> bool:
        """True for the word of a layer or block."""

    def next_number(self) -> int:
        """The number of the next step."""

    def body(
        self, node: YamlNode, vocabulary: Vocabulary, scope: StaticScope, own: bool, what: str
    ) -> Body:
        """The steps of a list."""

    def single(self, node: YamlNode, vocabulary: Vocabulary, scope: StaticScope, own: bool) -> Body:
        """A step without a list around it."""


def read_join(
    reader: BodyReader,
    step: Step,
    value: YamlNode | None,
    vocabulary: Vocabulary,
    scope: StaticScope,
) -> Step:
    """A join with its operands."""
    if value is None or value.kind == "scalar" or not (value.items or value.pairs):
        if value is None or not value.broken:
            found = f", found {describe(value)}" if value is not None and not value.empty else ""
            message = f"{step.word} takes a list or a mapping of operands{found}"
            hint = f"write {{{step.word}: [[], other]}}"
            reader.context.report(step.span, "missing-operands", message, hint)
        return step._replace(broken=True)
    pairs: list[tuple[YamlNode | None, YamlNode]] = [(None, item) for item in value.items]
    pairs += value.pairs
    bound = {name for name, _ in step.across or ()}
    operands = []
    unnamed = False
    for key, item in pairs:
        vocabulary.used -= bound
        found_before = reader.context.found
        operand = read_operand(reader, key, item, vocabulary, scope)
        operands.append(operand)
        unnamed = unnamed or (key is not None and operand.name is None)
        if bound and not (vocabulary.used & bound) and reader.context.found == found_before:
            message = "this operand uses no name bound by `across`, so all of its copies are equal"
            hint = f"use one of: {', '.join(sorted(bound))}"
            reader.context.report(item.span, "across", message, hint)
    return step._replace(operands=tuple(operands), broken=step.broken or unnamed)


def read_operand(
    reader: BodyReader,
    key: YamlNode | None,
    node: YamlNode,
    vocabulary: Vocabulary,
    scope: StaticScope,
) -> Operand:
    """An operand; one with a name (a key) has a scope of its own."""
    name = None
    inner = scope
    own = key is not None
    if key is not None:
        conditional = node.kind == "mapping" and any(k.text == "when" for k, _ in node.pairs)
        name = reader.names.give(key.text, key, scope, conditional)
        inner = StaticScope(reader.number)
    if node.kind == "sequence":
        body = reader.body(node, vocabulary, inner, own, "a branch")
        return Operand(name, body, "", None, None, node.span)
    if node.kind == "mapping" or node.broken or not node.text:
        body = reader.single(node, vocabulary, inner, own)
        if body.steps[0].type == "output":
            message = "an output cannot be an operand: it passes no value on"
            hint = "put it in the list of a branch, or before the join"
            reader.context.report(body.steps[0].span, "bad-operand", message, hint)
        return Operand(name, body, "", None, None, node.span, lone=True)
    if reader.is_call(node.text):
        if vocabulary.use(node.text):
            message = f"`{node.text}` is both a layer and a variable"
            hint = f"write {{{node.text}: }} for the layer, and rename the variable"
            reader.context.report(node.span, "ambiguous-operand", message, hint)
        body = reader.single(node, vocabulary, inner, own)
        return Operand(name, body, "", None, None, node.span, lone=True)
    return word_operand(reader, name, node, vocabulary, inner, own)


def word_operand(
    reader: BodyReader,
    name: str | None,
    node: YamlNode,
    vocabulary: Vocabulary,
    scope: StaticScope,
    own: bool,
) -> Operand:
    """A reference, a number, or a variable that holds a number or a layer."""
    reference: Reference | None = None
    expression: Expression | None = None
    problem: Refusal | None = None
    with suppress(Refusal):
        reference = compile_reference(node.text)
    try:
        expression = compile_text(node.text.strip()).at(node.span)
    except Refusal as refusal:
        problem = refusal
    if reference is not None:
        if expression is None or not all_known(expression, vocabulary):
            expression = None
            reader.names.add_reference(reference, node.span, vocabulary)
            reader.names.operand_spans.add(node.span)
    elif expression is not None:
        reader.context.check_names(expression, vocabulary)
    else:
        message = f"expected a branch, a reference or a number, found {describe(node)}"
        reader.context.report(node.span, "bad-operand", message, problem.hint if problem else "")
    body = None
    if expression is not None and expression.names == {expression.text}:
        step = Step(reader.next_number(), "variable", expression.text, node.span)
        scope.unnamed.append(step)
        body = Body((step,), scope if own else None)
    return Operand(name, body, node.text, reference, expression, node.span, lone=True)


def all_known(expression: Expression, vocabulary: Vocabulary) -> bool:
    """True if all names that an expression reads are known; they are recorded as used."""
    return all(
        vocabulary.use(word)
        or (word == "i" and vocabulary.repeats)
        or word in ("in_channels", "in_size")
        for word in expression.names
    )

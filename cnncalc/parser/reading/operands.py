"""Joins and their operands."""

from __future__ import annotations

from contextlib import suppress
from typing import Protocol

from ...document import Body, Operand, StaticScope, Step
from ...expression.grammar import compile_reference, compile_text
from ...problem import Refusal
from ..yaml_nodes import YamlNode
from .context import ReadContext, describe
from .names import StepNames
from .vocabulary import Vocabulary


class Steps(Protocol):
    """What the reader of steps does for the operands in them."""

    desk: ReadContext
    names: StepNames
    number: int

    def is_call(self, word: str) -> bool:
        """Whether a word alone means a layer or a block."""

    def next_number(self) -> int:
        """The number of one more step."""

    def body(
        self, node: YamlNode, vocabulary: Vocabulary, scope: StaticScope, own: bool, what: str
    ) -> Body:
        """The steps of a list."""

    def single(self, node: YamlNode, vocabulary: Vocabulary, scope: StaticScope, own: bool) -> Body:
        """A step without a list around it."""


def read_join(
    steps: Steps, step: Step, value: YamlNode | None, vocabulary: Vocabulary, scope: StaticScope
) -> Step:
    """A join with its operands."""
    if value is None or value.kind == "scalar" or not (value.items or value.pairs):
        if not (value is not None and value.broken):
            what = f", found {describe(value)}" if value is not None and not value.empty else ""
            message = f"{step.word} takes a list or a mapping of operands{what}"
            steps.desk.report(
                step.span, "missing-operands", message, f"write {{{step.word}: [[], other]}}"
            )
        return step._replace(broken=True)
    pairs: list[tuple[YamlNode | None, YamlNode]] = [(None, item) for item in value.items] + list(
        value.pairs
    )
    bound = {name for name, _ in step.across or ()}
    operands = []
    for key, item in pairs:
        vocabulary.used -= bound
        found = steps.desk.found
        operands.append(read_operand(steps, key, item, vocabulary, scope))
        if bound and not (vocabulary.used & bound) and steps.desk.found == found:
            steps.desk.report(
                item.span,
                "across",
                "this operand reads no binding of `across`, so that all of its copies are alike",
                f"read one of: {', '.join(sorted(bound))}",
            )
    unnamed = any(
        key is not None and operand.name is None
        for (key, _), operand in zip(pairs, operands, strict=True)
    )
    return step._replace(operands=tuple(operands), broken=step.broken or unnamed)


def read_operand(
    steps: Steps, key: YamlNode | None, node: YamlNode, vocabulary: Vocabulary, scope: StaticScope
) -> Operand:
    name = None
    if key is not None:
        conditional = node.kind == "mapping" and any(k.text == "when" for k, _ in node.pairs)
        name = steps.names.give(key.text, key, scope, conditional)
    inner = StaticScope(steps.number) if key is not None else scope
    own = key is not None
    if node.kind == "sequence":
        return Operand(
            name, steps.body(node, vocabulary, inner, own, "a branch"), "", None, None, node.span
        )
    if node.kind == "mapping" or node.broken or not node.text:
        body = steps.single(node, vocabulary, inner, own)
        if body.steps[0].what == "output":
            hint = "put it in the list of a branch, or before the join"
            steps.desk.report(
                body.steps[0].span,
                "bad-operand",
                "an output is no operand: nothing goes on from it",
                hint,
            )
        return Operand(name, body, "", None, None, node.span, lone=True)
    word = node.text
    if steps.is_call(word):
        if vocabulary.use(word):
            steps.desk.report(
                node.span,
                "ambiguous-operand",
                f"`{word}` is a layer and a variable",
                f"write {{{word}: }} for the layer, and rename the variable",
            )
        return Operand(
            name, steps.single(node, vocabulary, inner, own), "", None, None, node.span, lone=True
        )
    return word_operand(steps, name, node, vocabulary, inner, own)


def word_operand(
    steps: Steps,
    name: str | None,
    node: YamlNode,
    vocabulary: Vocabulary,
    scope: StaticScope,
    own: bool,
) -> Operand:
    """A reference, a number, or a variable that holds a number or a layer."""
    reference = expression = None
    problem = None
    with suppress(Refusal):
        reference = compile_reference(node.text)
    try:
        expression = compile_text(node.text.strip()).at(node.span)
    except Refusal as refusal:
        problem = refusal
    known = expression is not None and all(
        vocabulary.use(word)
        or (word == "i" and vocabulary.repeats)
        or word in ("in_channels", "in_size")
        for word in expression.names
    )
    if reference is not None and not (known and expression is not None):
        expression = None
        steps.names.note(reference, node.span, vocabulary)
        steps.names.operands.add(node.span)
    elif reference is None and expression is not None:
        steps.desk.check_names(expression, vocabulary)
    elif reference is None:
        message = f"expected a branch, a reference or a number, found {describe(node)}"
        steps.desk.report(node.span, "bad-operand", message, problem.hint if problem else "")
    body = None
    if expression is not None and expression.names == {expression.text}:
        step = Step(steps.next_number(), "variable", expression.text, node.span)
        scope.unnamed.append(step)
        body = Body((step,), scope if own else None)
    return Operand(name, body, node.text, reference, expression, node.span, lone=True)

"""`dtype`: one word, or `weights` and `activations` apart, each of which may be an expression."""

from __future__ import annotations

from ...dtype import BITS, LISTED_WORDS, TYPES_BY_WORD, DataTypes, usual_name
from ...expression.expression import Expression
from ...problem import Span, did_you_mean
from ..yaml_nodes import YamlNode
from .argument_forms import pairs
from .context import ReadContext
from .vocabulary import Vocabulary

PARTS = DataTypes._fields


def read_types(context: ReadContext, node: YamlNode, vocabulary: Vocabulary) -> Expression | None:
    """The value of `dtype`; None if there is an error in it (reported)."""
    context.states_types = True
    if node.kind != "mapping":
        return type_word(context, node, vocabulary, "`dtype`", tuple(TYPES_BY_WORD))
    if not node.pairs and not node.broken:
        hint = "as in `dtype: {weights: int4, activations: int8}`"
        context.report(node.span, "missing-value", "`dtype` is empty", hint)
    found = context.mapping(node, "`dtype`", PARTS)
    read = {
        name: type_word(context, value, vocabulary, f"`{name}` of `dtype`", tuple(BITS))
        for name, (_, value) in found.items()
    }
    known = {name: expression for name, expression in read.items() if expression is not None}
    return pairs(known, node) if known and len(known) == len(node.pairs) else None


def type_word(
    context: ReadContext,
    node: YamlNode,
    vocabulary: Vocabulary,
    what: str,
    words: tuple[str, ...],
) -> Expression | None:
    """One of these words, or an expression; None if there is an error in it (reported)."""
    text = node.text
    is_name = node.kind == "scalar" and text.isidentifier() and text not in words
    if node.broken or not is_name or vocabulary.incomplete or vocabulary.use(text):
        return context.expression(node, vocabulary, what, words)
    hint = did_you_mean(usual_name(text), [word for word in LISTED_WORDS if word in words])
    if text in TYPES_BY_WORD:
        hint = f"this word is for both: `dtype: {text}`"
    context.report(node.span, "bad-value", f"unknown dtype `{text}`", hint)
    return None


def stated_types(types: DataTypes) -> Expression:
    """The expression that states these types."""
    weights, activations = word(types.weights), word(types.activations)
    if types.weights == types.activations:
        return weights
    return weights._replace(pairs=(("weights", weights), ("activations", activations)))


def word(text: str) -> Expression:
    return Expression(text, Span(1, 1, 1, 2), lambda _: text)

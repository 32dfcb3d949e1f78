"""Arguments that are not an expression: a text, and names with their values."""

from __future__ import annotations

from ...datum import Datum
from ...expression.expression import Expression, Names, Reference
from ..yaml_nodes import YamlNode
from .context import ReadContext, describe
from .vocabulary import Vocabulary


def text_argument(context: ReadContext, node: YamlNode, what: str) -> Expression | None:
    """A text as it is written; None if there is an error (reported)."""
    text = context.text(node, what)
    return Expression(text, node.span, lambda _: text) if text else None


def mapping_argument(
    context: ReadContext, node: YamlNode, what: str, vocabulary: Vocabulary, expected: str
) -> Expression | None:
    """Names with their values, as a list of pairs; None if there is an error (reported)."""
    if node.broken:
        return None
    if node.kind != "mapping":
        message = f"{what} must be {expected}, found {describe(node)}"
        context.report(node.span, "type", message)
        return None
    found = {}
    for key, value in node.pairs:
        read = context.expression(value, vocabulary, f"`{key.text}`")
        if read is not None:
            found[key.text] = read
    return pairs(found, node) if len(found) == len(node.pairs) else None


def reference_argument(reference: Reference, node: YamlNode) -> Expression:
    """A reference to a value, which is a further input of the layer."""
    computed = [part.names for part in reference.parts if isinstance(part, Expression)]
    names: frozenset[str] = frozenset().union(*computed)
    return Expression(reference.text, node.span, lambda _: True, names, (reference,))


def pairs(entries: dict[str, Expression], node: YamlNode) -> Expression:
    """Names with expressions -> the expression of a list of names with their values."""
    runs = {name: entry.run for name, entry in entries.items()}

    def run(names: Names) -> Datum:
        names.spend(len(runs))
        return tuple([(name, evaluate(names)) for name, evaluate in runs.items()])

    return Expression(
        ", ".join(f"{name}: {entry.text}" for name, entry in entries.items()),
        node.span,
        run,
        frozenset().union(*(entry.names for entry in entries.values())),
        tuple(reference for entry in entries.values() for reference in entry.references),
        tuple(entries.items()),
    )

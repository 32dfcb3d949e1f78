"""The nodes of a YAML file by their positions, for what a Document does not keep."""

from __future__ import annotations

from collections.abc import Iterator

from ..parser.yaml_nodes import YamlNode
from ..problem import Span
from .text_lines import TextPlace


class YamlIndex:
    """The mapping of each key, and every other scalar, by the position where it starts."""

    def __init__(self, root: YamlNode | None) -> None:
        self.root = root
        self.nodes: dict[TextPlace, YamlNode] = {}
        self.lists: dict[TextPlace, tuple[YamlNode, YamlNode]] = {}  # those of a key, with the key
        waiting = [root] if root is not None else []
        while waiting:
            node = waiting.pop()
            if node.kind == "scalar":
                self.nodes.setdefault(TextPlace(node.line, node.column), node)
            waiting += node.items
            for key, value in node.pairs:
                self.nodes[TextPlace(key.line, key.column)] = node
                if value.kind == "sequence":
                    self.lists[TextPlace(value.line, value.column)] = (key, value)
                waiting.append(value)

    def step(self, span: Span) -> YamlNode | None:
        """The mapping or the scalar of the step whose word is at a span."""
        return self.nodes.get(TextPlace(span.line, span.column))

    def value(self, span: Span, key: str) -> YamlNode | None:
        """The value of a key in the mapping that has another key at a span."""
        node = self.step(span)
        return None if node is None else value_of(node, key)

    def end_of_step(self, span: Span) -> TextPlace:
        """Where a remark on a step is placed: after it, or after the first of its lines.

        The word of the step is at the span.
        """
        node = self.step(span)
        if node is None:
            return TextPlace(span.end_line, span.end_column)
        if node.kind == "scalar" or node.flow:
            return TextPlace(node.end_line, node.end_column)
        for key, value in node.pairs:
            if (key.line, key.column) == (span.line, span.column):
                is_short = value.end_line == key.line and not value.empty
                end = value.end_column if is_short else key.end_column + 1
                return TextPlace(key.line, end)
        return TextPlace(span.end_line, span.end_column)

    def end_of_branch(self, span: Span) -> TextPlace | None:
        """The same for a named branch, whose list is at the span; None for a single step."""
        key, found = self.lists.get(TextPlace(span.line, span.column), (None, None))
        if key is None or found is None:
            return None
        if found.flow:
            return TextPlace(found.end_line, found.end_column)
        return TextPlace(key.line, key.end_column + 1)


def value_of(node: YamlNode, key: str) -> YamlNode | None:
    """The value of a key of a mapping; None if there is none."""
    return next((value for found, value in node.pairs if found.text == key), None)


def pairs_at(root: YamlNode | None, *keys: str) -> Iterator[tuple[YamlNode, YamlNode]]:
    """The pairs of the mapping under some keys of the root, one inside the other."""
    node = root
    for key in keys:
        node = None if node is None else value_of(node, key)
    yield from () if node is None else node.pairs

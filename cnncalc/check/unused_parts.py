"""Edits that remove from a text what a finding reports as unused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..lint.finding import Finding
from ..parser.yaml_nodes import YamlNode
from ..problem import Span
from ..sources.text_edit import TextEdit
from ..sources.variant_copy import YamlText, last_of
from .fixes import edits_of

UNUSED = ("unused-block", "unused-variable", "unused-parameter", "unused-name")


def removals(text: str, finding: Finding) -> list[TextEdit]:
    """The edits that remove what a finding is about; empty if they are not known."""
    problem, yaml = finding.problem, YamlText(text)
    if problem.rule == "stale-suppression" and finding.fix:
        return list(edits_of(text, [finding.fix]).values())
    if problem.rule == "when-never-true":
        return skipped_step(yaml, problem.span)
    if problem.rule == "when-always-true":
        return pair_at(yaml, problem.span, by_value=True)
    if problem.rule == "unused-parameter":
        return parameter(yaml, problem.span)
    return pair_at(yaml, problem.span) if problem.rule in UNUSED else []


# Finding what to remove


def walk(node: YamlNode) -> Iterator[YamlNode]:
    """A node and all nodes in it."""
    yield node
    for item in node.items:
        yield from walk(item)
    for _, value in node.pairs:
        yield from walk(value)


def contains(node: YamlNode, span: Span) -> bool:
    last = last_of(node)
    return (node.line, node.column) <= span[:2] < (last.end_line, last.end_column)


def pair_at(yaml: YamlText, span: Span, by_value: bool = False) -> list[TextEdit]:
    """The removal of the pair whose key, or value, begins at a position."""
    for node in walk(yaml.root):
        for index, pair in enumerate(node.pairs):
            if pair[by_value].span[:2] == span[:2]:
                edit = without_part(yaml, node, [first for first, _ in node.pairs], index)
                return [edit] if edit else []
    return []


def skipped_step(yaml: YamlText, span: Span) -> list[TextEdit]:
    """The removal of the innermost step of a list around a position."""
    found: list[TextEdit] = []
    for node in walk(yaml.root):
        for index, item in enumerate(node.items):
            if contains(item, span) and item.pairs:
                edit = without_part(yaml, node, node.items, index)
                found = [edit] if edit else []
    return found


def parameter(yaml: YamlText, span: Span) -> list[TextEdit]:
    """The removal of a parameter of a block, with its argument in all calls of the block."""
    blocks = next((value for key, value in yaml.root.pairs if key.text == "blocks"), None)
    for key, block in blocks.pairs if blocks else []:
        listed = next((value for name, value in block.pairs if name.text == "params"), None)
        for index, item in enumerate(listed.items if listed else []):
            if listed is not None and item.span[:2] == span[:2]:
                name = item.text.partition("=")[0].strip()
                edits = [without_part(yaml, listed, listed.items, index)]
                edits += arguments(yaml, key.text, name, index)
                return [edit for edit in edits if edit]
    return []


def arguments(yaml: YamlText, block: str, name: str, index: int) -> Iterator[TextEdit | None]:
    """The removals of an argument from all calls of a block."""
    for node in walk(yaml.root):
        if not node.pairs or node.pairs[0][0].text != block:
            continue
        value = node.pairs[0][1]
        if len(value.items) > index:
            yield without_part(yaml, value, value.items, index)
        elif value.kind == "scalar" and value.text and index == 0:
            yield TextEdit(*yaml.extent(value), "")
        for at, (key, _) in enumerate(node.pairs):
            if key.text == name and at:
                yield without_part(yaml, node, [first for first, _ in node.pairs], at)


# Removing one part of a collection


def without_part(
    yaml: YamlText, node: YamlNode, parts: Sequence[YamlNode], index: int
) -> TextEdit | None:
    """The removal of an item, or of the pair with this key; None if the layout does not allow it.

    The only part of a collection is removed with its key.
    """
    if len(parts) == 1:
        return without_collection(yaml, node)
    ends = node.items or [value for _, value in node.pairs]
    if node.flow:
        if index + 1 < len(parts):
            return TextEdit(yaml.offset(parts[index]), yaml.offset(parts[index + 1]), "")
        return TextEdit(yaml.extent(ends[index - 1])[1], yaml.extent(ends[index])[1], "")
    return without_lines(yaml, parts[index], ends[index])


def without_collection(yaml: YamlText, node: YamlNode) -> TextEdit | None:
    """The removal of the pair whose value is a collection."""
    for outer in walk(yaml.root):
        for index, (_, value) in enumerate(outer.pairs):
            if value is node and len(outer.pairs) > 1:
                return without_part(yaml, outer, [key for key, _ in outer.pairs], index)
    return None


def without_lines(yaml: YamlText, first: YamlNode, last: YamlNode) -> TextEdit | None:
    """The removal of the lines from one node to the end of another, and of comments above."""
    start, end = first.line, last_of(last).end_line
    if yaml.lines[start - 1][: first.column - 1].strip() not in ("", "-"):
        return None
    while start > 1 and yaml.lines[start - 2].strip().startswith("#"):
        start -= 1
    after = yaml.line_starts[end] if end < len(yaml.line_starts) else len(yaml.text)
    return TextEdit(yaml.line_starts[start - 1], after, "")

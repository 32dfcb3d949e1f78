"""The text of a file with one of its variants as the only network."""

from __future__ import annotations

import re
from itertools import accumulate
from textwrap import dedent, indent

from ..parser.decoding import split_lines
from ..parser.problem_list import ProblemList
from ..parser.yaml_nodes import YamlNode
from ..parser.yaml_reader import read_yaml
from ..unparse.scalars import scalar
from .text_edit import TextEdit, apply_edits

EXPECTATIONS = ("expect", "budget")
FLOW_MARKS = re.compile(r"[,\[\]{}]|: | #")
"""What a scalar inside brackets may have only in quotes."""
Entries = dict[str, tuple[YamlNode, YamlNode]]
"""The pairs of a mapping, each key and value, by the text of the key."""


class YamlText:
    """A text in YAML with the positions of its nodes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = split_lines(text)
        self.line_starts: list[int] = [0, *accumulate(len(line) + 1 for line in self.lines)]
        self.root = read_yaml(text, self.lines, ProblemList())

    def text_of(self, node: YamlNode) -> str:
        start, end = self.extent(node)
        return self.text[start:end]

    def offset(self, node: YamlNode) -> int:
        return self.offset_at(node.line, node.column)

    def offset_at(self, line: int, column: int) -> int:
        return self.line_starts[line - 1] + column - 1

    def extent(self, node: YamlNode) -> tuple[int, int]:
        """The start and the end of a node; a block ends with the last node in it."""
        last = last_of(node)
        return self.offset(node), self.offset_at(last.end_line, last.end_column)

    def flow_text(self, node: YamlNode) -> str:
        """A node as it may be written inside brackets."""
        if node.items:
            return f"[{', '.join(map(self.flow_text, node.items))}]"
        if node.pairs:
            pairs = (f"{self.flow_text(key)}: {self.flow_text(value)}" for key, value in node.pairs)
            return f"{{{', '.join(pairs)}}}"
        text = self.text_of(node)
        is_bare = node.kind == "scalar" and node.plain
        return scalar(node.text) if is_bare and FLOW_MARKS.search(text) else text


def last_of(node: YamlNode) -> YamlNode:
    """The last node in a block; a node that is not a block itself."""
    while not node.flow and node.last is not None:
        node = node.last
    return node


def entries(node: YamlNode) -> Entries:
    return {key.text: (key, value) for key, value in node.pairs}


class VariantsFile(YamlText):
    """The text of a file, with its keys and variants."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.keys = entries(self.root)
        self.variants = entries(self.keys["variants"][1]) if "variants" in self.keys else {}

    def only(self, variant: str) -> str:
        """The file with one of its variants as the only network."""
        own = entries(self.variants[variant][1])
        key, value = self.keys["variants"]
        kept = [name for name in EXPECTATIONS if name in own and name not in self.keys]
        expectations = [self.top_level(name, own[name][1]) for name in kept]
        edits = [
            *self.variable_edits(own),
            *self.fact_edits(own),
            *self.budget_edits(own),
            TextEdit(self.offset(key), self.extent(value)[1], "\n".join(expectations)),
        ]
        return apply_edits(self.text, edits).rstrip("\n") + "\n"

    def without_accuracy(self) -> str:
        """The file without `accuracy`, which a copy that is edited does not have."""
        if "accuracy" not in self.keys:
            return self.text
        key, value = self.keys["accuracy"]
        before, after = self.text[: self.offset(key)], self.text[self.extent(value)[1] :]
        return before.rstrip("\n") + "\n" + after.lstrip("\n")

    def variable_edits(self, own: Entries) -> list[TextEdit]:
        """Give the variables the values of a variant."""
        changed = entries(own["vars"][1]) if "vars" in own else {}
        variables = entries(self.keys["vars"][1]) if "vars" in self.keys else {}
        return [self.replacement(variables[name][1], value) for name, (_, value) in changed.items()]

    def fact_edits(self, own: Entries) -> list[TextEdit]:
        """Give the file the other keys of a variant: its name, source, year and the like.

        A copy is there to be edited, so it has no accuracy.
        """
        edits = []
        for name, (_, value) in own.items():
            if name in ("vars", "accuracy") or name in EXPECTATIONS:
                continue
            if name in self.keys:
                edits.append(self.replacement(self.keys[name][1], value))
            else:
                edits.append(TextEdit(0, 0, f"{name}: {self.inline(value)}\n"))
        return edits

    def budget_edits(self, own: Entries) -> list[TextEdit]:
        """Give the file's `budget` the limits of a variant too."""
        if "budget" not in own or "budget" not in self.keys:
            return []
        common = self.keys["budget"][1]
        limits = {**entries(common), **entries(own["budget"][1])}
        texts = (f"{name}: {self.inline(value)}" for name, (_, value) in limits.items())
        return [TextEdit(*self.extent(common), f"{{{', '.join(texts)}}}")]

    def replacement(self, old: YamlNode, new: YamlNode) -> TextEdit:
        """The edit that puts a value in the place of another, whose layout may be different."""
        return TextEdit(*self.extent(old), self.flow_text(new))

    def inline(self, node: YamlNode) -> str:
        """A value as it may be written on one line."""
        return self.flow_text(node) if node.items or node.pairs else self.text_of(node)

    def top_level(self, name: str, value: YamlNode) -> str:
        """`expect` or `budget` of a variant, as a key of the file."""
        if value.flow or value.kind == "scalar":
            return f"{name}: {self.text_of(value)}"
        block = self.text[self.line_starts[value.line - 1] : self.extent(value)[1]]
        return f"{name}:\n{indent(dedent(block), '  ')}"

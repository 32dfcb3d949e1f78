"""New files: a commented starter file, and copies of one network of a bundled architecture."""

from __future__ import annotations

import os
import re
from itertools import accumulate
from textwrap import dedent, indent

from ..parser.decoding import split_lines
from ..parser.problem_list import ProblemList
from ..parser.yaml_nodes import YamlNode
from ..parser.yaml_reader import read_yaml
from ..problem import did_you_mean
from .bundled import bundled, data_folder
from .files import UnreadableFile
from .resolve import unknown_name_hint
from .text_edit import TextEdit, apply_edits

SCHEMA = "architecture.schema.json"
MODELINE = f"# yaml-language-server: $schema={SCHEMA}\n"
"""Makes editors use the schema next to the file."""

EXPECTATIONS = ("expect", "budget")
Entries = dict[str, tuple[YamlNode, YamlNode]]
"""The pairs of a mapping, each key and value, by the text of the key."""


def starter(name: str) -> str:
    """The commented starter file, for a network of that name."""
    path = os.path.join(data_folder("docs"), "examples", "starter.yaml")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    line = f"name: {quoted(name)}"
    return MODELINE + re.sub(r"^name: .*$", lambda _: line, text, count=1, flags=re.MULTILINE)


def quoted(name: str) -> str:
    """A name as a YAML scalar: in quotes, unless it is plain."""
    if re.fullmatch(r"[A-Za-z0-9][\w -]*", name):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def copy(target: str) -> str:
    """The file of a bundled architecture, as the one network that is requested.

    The variables have the values of its variant, whose own facts replace `variants`.
    Raises UnreadableFile.
    """
    name, _, variant = target.partition("@")
    found = bundled(name)
    if found is None:
        hint = unknown_name_hint(name)
        raise UnreadableFile(f"there is no bundled architecture {name}{hint}")
    path, own = found
    with open(path, encoding="utf-8") as file:
        original = VariantsFile(file.read())
    if not original.variants:
        if variant:
            raise UnreadableFile(f"{name} has no variants")
        return MODELINE + original.text
    chosen = variant or own or next(iter(original.variants))
    if chosen not in original.variants:
        hint = did_you_mean(chosen, original.variants)
        raise UnreadableFile(f"{name} has no variant {chosen}: {hint}")
    origin = f"# Made from {chosen} of {os.path.basename(path)}."
    warning = "Comments may refer to other networks of that file."
    return f"{MODELINE}{origin}  {warning}\n{original.only(chosen)}"


class VariantsFile:
    """The text of a file, with the positions of its keys and values."""

    def __init__(self, text: str) -> None:
        self.text = text
        lines = split_lines(text)
        self.line_starts: list[int] = [0, *accumulate(len(line) + 1 for line in lines)]
        self.keys = entries(read_yaml(text, lines, ProblemList()))
        self.variants = entries(self.keys["variants"][1]) if "variants" in self.keys else {}

    def only(self, variant: str) -> str:
        """The file with one of its variants as the only network."""
        own = entries(self.variants[variant][1])
        key, value = self.keys["variants"]
        expectations = [self.top_level(name, own[name][1]) for name in EXPECTATIONS if name in own]
        edits = [
            *self.variable_edits(own),
            *self.fact_edits(own),
            TextEdit(self.offset(key), self.extent(value)[1], "\n".join(expectations)),
        ]
        return apply_edits(self.text, edits).rstrip("\n") + "\n"

    def variable_edits(self, own: Entries) -> list[TextEdit]:
        """Give the variables the values of a variant."""
        changed = entries(own["vars"][1]) if "vars" in own else {}
        variables = entries(self.keys["vars"][1]) if "vars" in self.keys else {}
        return [
            TextEdit(*self.extent(variables[name][1]), self.text_of(value))
            for name, (_, value) in changed.items()
        ]

    def fact_edits(self, own: Entries) -> list[TextEdit]:
        """Give the file the other keys of a variant: its name, source, year and the like."""
        edits = []
        for name, (_, value) in own.items():
            if name == "vars" or name in EXPECTATIONS:
                continue
            text = self.text_of(value)
            if name in self.keys:
                edits.append(TextEdit(*self.extent(self.keys[name][1]), text))
            else:
                edits.append(TextEdit(0, 0, f"{name}: {text}\n"))
        return edits

    def top_level(self, name: str, value: YamlNode) -> str:
        """`expect` or `budget` of a variant, as a key of the file."""
        if value.flow or value.kind == "scalar":
            return f"{name}: {self.text_of(value)}"
        block = self.text[self.line_starts[value.line - 1] : self.extent(value)[1]]
        return f"{name}:\n{indent(dedent(block), '  ')}"

    def text_of(self, node: YamlNode) -> str:
        start, end = self.extent(node)
        return self.text[start:end]

    def offset(self, node: YamlNode) -> int:
        return self.offset_at(node.line, node.column)

    def offset_at(self, line: int, column: int) -> int:
        return self.line_starts[line - 1] + column - 1

    def extent(self, node: YamlNode) -> tuple[int, int]:
        """The start and the end of a node; a block ends with the last node in it."""
        last = node
        while not last.flow and last.last is not None:
            last = last.last
        return self.offset(node), self.offset_at(last.end_line, last.end_column)


def entries(node: YamlNode) -> Entries:
    return {key.text: (key, value) for key, value in node.pairs}

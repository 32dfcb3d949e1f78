"""New files: the starter, which teaches by example, and copies of bundled architectures, each as one network of its family."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from itertools import accumulate
from textwrap import dedent, indent
from typing import NamedTuple

from ..parser.decoding import split_lines
from ..parser.problem_list import ProblemList
from ..parser.yaml_nodes import YamlNode, read_yaml
from ..problem import did_you_mean
from .bundled import bundled, bundled_names, folder
from .files import UnreadableFile

SCHEMA = "architecture.schema.json"
MODELINE = f"# yaml-language-server: $schema={SCHEMA}\n"
"""Tells editors which schema a file has: one that stands beside it."""

PROMISES = ("expect", "budget")


def starter(name: str) -> str:
    """The commented starter file, of a network of that name."""
    with open(os.path.join(folder("docs"), "examples", "starter.yaml"), encoding="utf-8") as file:
        return MODELINE + re.sub(
            r"^name: .*$",
            lambda _: f"name: {quoted(name)}",
            file.read(),
            count=1,
            flags=re.MULTILINE,
        )


def quoted(name: str) -> str:
    """A name as a file has it: in quotes, where YAML could take it for something else."""
    if re.fullmatch(r"[A-Za-z0-9][\w -]*", name):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def copy(target: str) -> str:
    """The file of a bundled architecture as the one network that is asked for.  Raises UnreadableFile.

    The variables have the values of its variant, whose own facts stand at the top in place of `variants`.
    """
    name, _, variant = target.partition("@")
    found = bundled(name)
    if found is None:
        hint = did_you_mean(name, bundled_names())
        raise UnreadableFile(
            f"there is no bundled architecture {name}"
            + (f": {hint}" if hint.startswith("did") else "")
        )
    path, own = found
    with open(path, encoding="utf-8") as file:
        family = Family(file.read())
    if not family.variants:
        if variant:
            raise UnreadableFile(f"{name} has no variants")
        return MODELINE + family.text
    chosen = variant or own or next(iter(family.variants))
    if chosen not in family.variants:
        raise UnreadableFile(
            f"{name} has no variant {chosen}: {did_you_mean(chosen, family.variants)}"
        )
    origin = f"# Made from {chosen} of {os.path.basename(path)}: a comment may speak of other networks of that file.\n"
    return MODELINE + origin + family.alone(chosen)


class Edit(NamedTuple):
    """A stretch of a text, and what is to stand there."""

    start: int
    end: int
    text: str


def edited(text: str, edits: Iterable[Edit]) -> str:
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


class Family:
    """A file with variants, as a text whose pieces are known by their places."""

    def __init__(self, text: str) -> None:
        self.text = text
        lines = split_lines(text)
        self.starts: list[int] = [0, *accumulate(len(line) + 1 for line in lines)]
        self.root = read_yaml(text, lines, ProblemList())
        self.pairs = entries(self.root)
        self.variants = entries(self.pairs["variants"][1]) if "variants" in self.pairs else {}

    def alone(self, variant: str) -> str:
        """The file with one of its variants as the only network."""
        own = entries(self.variants[variant][1])
        changed = entries(own["vars"][1]) if "vars" in own else {}
        variables = entries(self.pairs["vars"][1]) if "vars" in self.pairs else {}
        edits = [
            Edit(*self.place(variables[name][1]), self.written(value))
            for name, (_, value) in changed.items()
        ]
        facts = {name: value for name, (_, value) in own.items() if name not in ("vars", *PROMISES)}
        for name, value in facts.items():
            if name in self.pairs:
                edits.append(Edit(*self.place(self.pairs[name][1]), self.written(value)))
            else:
                edits.append(Edit(0, 0, f"{name}: {self.written(value)}\n"))
        promised = "\n".join(self.promise(name, *own[name]) for name in PROMISES if name in own)
        start, end = (
            self.offset(self.pairs["variants"][0]),
            self.place(self.pairs["variants"][1])[1],
        )
        edits.append(Edit(start, end, promised))
        return edited(self.text, edits).rstrip("\n") + "\n"

    def promise(self, name: str, key: YamlNode, value: YamlNode) -> str:
        """`expect` or `budget` of a variant, as it stands at the top."""
        if value.flow or value.kind == "scalar":
            return f"{name}: {self.written(value)}"
        start = self.starts[value.line - 1]
        return f"{name}:\n{indent(dedent(self.text[start : self.place(value)[1]]), '  ')}"

    def written(self, node: YamlNode) -> str:
        start, end = self.place(node)
        return self.text[start:end]

    def offset(self, node: YamlNode) -> int:
        return self.at(node.line, node.column)

    def at(self, line: int, column: int) -> int:
        return self.starts[line - 1] + column - 1

    def place(self, node: YamlNode) -> tuple[int, int]:
        """Where a node begins and ends; a block ends with the last that stands in it."""
        last = node
        while not last.flow and last.last is not None:
            last = last.last
        return self.offset(node), self.at(last.end_line, last.end_column)


def entries(node: YamlNode) -> dict[str, tuple[YamlNode, YamlNode]]:
    """The pairs of a mapping, by key."""
    return {key.text: (key, value) for key, value in node.pairs}

"""The structure of a file: its variables, blocks, steps and variants."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from ..document import COMMON_KEYS, STRUCTURES
from ..layers import JOINS
from ..named_tuple import NamedTuple
from ..parser.yaml_nodes import YamlNode
from ..problem import Span
from .edited_file import EditedFile
from .yaml_index import value_of

OutlineKind = Literal["key", "variable", "block", "step", "variant"]
SECTIONS: dict[str, OutlineKind] = {"vars": "variable", "blocks": "block", "variants": "variant"}
"""The keys of a file whose pairs are entries, and their kind."""


class OutlineEntry(NamedTuple):
    """An entry with its whole text, its name in it, and the entries inside."""

    kind: OutlineKind
    name: str
    detail: str
    whole: Span
    word: Span
    children: tuple[OutlineEntry, ...] = ()


def outline(edited: EditedFile) -> list[OutlineEntry]:
    """The entries of a file in their order; of one that is not YAML, those that it had last."""
    root = edited.read.root
    if root is None and edited.good is not None:
        root = edited.good.read.root
    pairs = root.pairs if root is not None else []
    return [section(key, value) for key, value in pairs if key.text]


def section(key: YamlNode, value: YamlNode) -> OutlineEntry:
    """A key of the file, with what is in it."""
    children: Iterator[OutlineEntry] = iter(())
    if key.text == "layers":
        children = steps(value)
    elif key.text in SECTIONS:
        children = (entry(SECTIONS[key.text], *pair) for pair in value.pairs if pair[0].text)
    return OutlineEntry("key", key.text, scalar(value), around(key, value), key.span, (*children,))


def entry(kind: OutlineKind, key: YamlNode, value: YamlNode) -> OutlineEntry:
    """A variable, a block or a variant."""
    body = value_of(value, "layers") if kind == "block" else None
    inner = tuple(steps(body)) if body is not None else ()
    return OutlineEntry(kind, key.text, scalar(value), around(key, value), key.span, inner)


def steps(node: YamlNode) -> Iterator[OutlineEntry]:
    """The steps of a list, with those inside them."""
    for item in node.items:
        if item.kind == "scalar" and item.text:
            yield OutlineEntry("step", item.text, "", item.span, item.span)
        elif item.pairs:
            yield from step(item)


def step(node: YamlNode) -> Iterator[OutlineEntry]:
    """A step by its name, or by its word."""
    own = [pair for pair in node.pairs if pair[0].text not in COMMON_KEYS]
    word, value = (own or node.pairs)[0]
    if not word.text:
        return
    given = value_of(node, "name")
    is_named = given is not None and given.kind == "scalar" and bool(given.text)
    name, detail = (given.text, word.text) if given and is_named else (word.text, "")
    inner = tuple(steps_inside(word.text, value))
    if scalar(value):
        detail = f"{detail} {scalar(value)}".strip()
    yield OutlineEntry("step", name, detail, node.span, word.span, inner)


def steps_inside(word: str, value: YamlNode) -> Iterator[OutlineEntry]:
    """The steps of a group, or those of the branches of a join."""
    if word in STRUCTURES:
        yield from steps(value)
    elif word in JOINS:
        operands = value.items or [operand for _, operand in value.pairs]
        for operand in operands:
            if operand.kind == "sequence":
                yield from steps(operand)
            elif operand.pairs:
                yield from step(operand)


def scalar(node: YamlNode) -> str:
    return node.text if node.kind == "scalar" else ""


def around(key: YamlNode, value: YamlNode) -> Span:
    """The text from a key to the end of its value."""
    end = max((key.end_line, key.end_column), (value.end_line, value.end_column))
    return Span(key.line, key.column, *end)

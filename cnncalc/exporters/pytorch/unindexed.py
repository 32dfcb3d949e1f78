"""Loops that run over lists themselves, where the file counts their entries."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping

from ..errors import NotStated
from ..python.evaluation import parsed, value_of
from ..python.expressions import copied
from ..python.identifiers import singular
from ..python.sites import Sites
from .constructor_names import changed_parts, changed_statement
from .program import Repeat, texts_of


def unindexed(loop: Repeat, sites: Sites, taken: Collection[str]) -> Repeat:
    """A loop over the entries of lists, if it only counts these; else the loop itself.

    `for k in range(3)` with `sizes[k]` is `for size in sizes` where there are three sizes at every
    site.  `taken` are the names that the constructor has.
    """
    index = loop.target
    if not loop.source.startswith("range(") or "," in index:
        return loop
    lists = lists_at(loop, index)
    names = {name: entry_name(name) for name in lists}
    is_free = len({*names.values()} - {"", *taken}) == len(names)
    if not lists or not is_free or not all(is_whole(name, loop.source, sites) for name in lists):
        return loop
    change = lambda text: ast.unparse(EntryNames(index, names).visit(copied(parsed(text))))
    sources = ", ".join(lists)
    return loop._replace(
        target=", ".join(names.values()),
        source=f"zip({sources})" if len(lists) > 1 else sources,
        parts=changed_parts(loop.parts, change),
        after=tuple(changed_statement(text, change) for text in loop.after),
    )


def lists_at(loop: Repeat, index: str) -> list[str]:
    """The names that a loop reads at its index; none if it reads the index elsewhere, too."""
    found: dict[str, None] = {}
    counted = read = 0
    for text in (*texts_of(loop.parts), *(one.partition("= ")[2] for one in loop.after)):
        for node in ast.walk(parsed(text.partition("= ")[2] if is_statement(text) else text)):
            match node:
                case ast.Subscript(value=ast.Name(id=name), slice=ast.Name(id=at)) if at == index:
                    found[name] = None
                    counted += 1
                case ast.Name(id=name) if name == index:
                    read += 1
    return list(found) if counted == read else []


def is_statement(text: str) -> bool:
    """Whether a text of parts is an assignment, such as `channels = out`."""
    return text.split(" ", 2)[1:2] in (["="], ["+="])


def entry_name(name: str) -> str:
    """The name of an entry of a list; "" if the name of the list has no singular."""
    return "in_channels" if name.endswith("_channels") else singular(name)


def is_whole(name: str, source: str, sites: Sites) -> bool:
    """Whether a list has as many entries as a loop has iterations, at every site."""
    try:
        return all(
            isinstance(listed := site.names.get(name), tuple)
            and len(listed) == len(value_of(source, site.names))
            for site in sites
        )
    except NotStated:
        return False


class EntryNames(ast.NodeTransformer):
    """EntryNames of lists at the index of a loop become names."""

    def __init__(self, index: str, names: Mapping[str, str]) -> None:
        self.index = index
        self.names = names

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        match node:
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Name(id=at)) if at == self.index:
                return ast.Name(self.names[name], ast.Load())
        self.generic_visit(node)
        return node

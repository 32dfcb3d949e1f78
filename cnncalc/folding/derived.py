"""A product or quotient of a parameter that a block states several times gets a name by `let`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from ..unparse.layout import Tree
from .units import words_of

LEAST_USES = 3
PRODUCT_NAMES = ("out", "width")
QUOTIENT_NAMES = ("reduced", "inner")


def with_lets(tree: Mapping[str, Tree]) -> dict[str, Tree]:
    """The file with a `let` in each block that states the same expression at least three times."""
    blocks = tree.get("blocks", {})
    assert isinstance(blocks, Mapping)
    changed = {name: with_let(body, set(blocks)) for name, body in blocks.items()}
    return {key: changed if key == "blocks" else value for key, value in tree.items()}


def with_let(block: Tree, taken: Collection[str]) -> Tree:
    assert isinstance(block, Mapping)
    layers = block["layers"]
    names = [re.split(r"=", str(word).strip('"'))[0] for word in block.get("params", ())]
    used = {*words_of(layers), *names, *taken}
    let: dict[str, Tree] = {}
    for expression in repeated_expressions(layers, names):
        name = free_name(expression, used | set(let))
        if name:
            let[name] = expression
            layers = replaced(layers, expression, name)
    if not let:
        return block
    head = {key: value for key, value in block.items() if key != "layers"}
    return {**head, "let": let, "layers": layers}


def repeated_expressions(layers: Tree, parameters: Iterable[str]) -> list[str]:
    """Products and quotients of one parameter and one number."""
    name = f"(?:{'|'.join(map(re.escape, parameters)) or '(?!)'})"
    pattern = term(rf"\d+ \* {name}|{name} // \d+")
    uses = Counter(found for text in texts_in(layers) for found in pattern.findall(text))
    return [expression for expression, count in uses.items() if count >= LEAST_USES]


def term(pattern: str) -> re.Pattern[str]:
    """An expression that is not part of a product or power, in which it would be another value."""
    return re.compile(rf"(?<![*/%] )(?<![\w.])(?:{pattern})(?![\w.(])(?! \*\*)")


def free_name(expression: str, used: Collection[str]) -> str:
    """What a derived width is called; "" if its names are taken."""
    names = PRODUCT_NAMES if "*" in expression else QUOTIENT_NAMES
    return next((name for name in names if name not in used), "")


def texts_in(tree: Tree) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    else:
        for value in tree.values() if isinstance(tree, Mapping) else tree:
            yield from texts_in(value)


def replaced(tree: Tree, expression: str, name: str) -> Tree:
    """A tree with a name in place of an expression."""
    if isinstance(tree, str):
        return term(re.escape(expression)).sub(name, tree)
    if isinstance(tree, Mapping):
        return {key: replaced(value, expression, name) for key, value in tree.items()}
    return [replaced(value, expression, name) for value in tree]

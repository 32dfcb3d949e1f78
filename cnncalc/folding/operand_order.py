"""The usual order of the operands of sums and products, in which it says nothing.

`add: [[...], []]` for a residual branch, `mul: [[], [...]]` for a gate, and references first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..unparse.layout import Tree

COMMUTATIVE = ("add", "mul")


def with_usual_order(tree: Tree) -> Tree:
    """A tree of steps, or of a file, with the operands of its sums and products in that order."""
    if isinstance(tree, str):
        return tree
    if not isinstance(tree, Mapping):
        return [with_usual_order(item) for item in tree]
    found = {key: with_usual_order(value) for key, value in tree.items()}
    kind = next(iter(found), "")
    if kind in COMMUTATIVE:
        found[kind] = ordered(kind, found[kind])
    return found


def ordered(kind: str, operands: Tree) -> Tree:
    """The operands of a join; the current value is the empty list."""
    if isinstance(operands, str | Mapping) or len(operands) != 2 or any(map(is_number, operands)):
        return operands
    others = [operand for operand in operands if operand != []]
    if len(others) != 1:
        return operands
    comes_last = isinstance(others[0], str) or kind == "add"
    return [*others, []] if comes_last else [[], *others]


def is_number(operand: Tree) -> bool:
    return isinstance(operand, str) and re.fullmatch(r"[-+\d.e]+", operand) is not None

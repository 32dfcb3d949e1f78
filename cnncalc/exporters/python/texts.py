"""Expressions of a file in the constructor of a class, checked at every site."""

from __future__ import annotations

import ast
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any

from ...datum import Datum
from ..errors import NotStated
from .arguments import compact
from .evaluation import evaluate, value_of
from .expressions import literal, names_in
from .sites import Site, Sites


def holds(text: str, sites: Sites, wanted: Callable[[Site], Datum]) -> bool:
    """Whether an expression has the wanted value at every site."""
    try:
        return all(is_equal(value_of(text, site.names), wanted(site)) for site in sites)
    except NotStated:
        return False


def is_equal(found: Datum, wanted: Datum) -> bool:
    """Whether two values are the same argument: one number is that of all axes."""
    found, wanted = compact(found), compact(wanted)
    if isinstance(found, bool) != isinstance(wanted, bool):
        return False
    return bool(found == wanted)


def first_that_holds(
    texts: Iterable[str], sites: Sites, wanted: Callable[[Site], Datum]
) -> str | None:
    """The first of some expressions that has the wanted value everywhere."""
    return next((text for text in texts if text and holds(text, sites, wanted)), None)


def constant_text(sites: Sites, wanted: Callable[[Site], Datum]) -> str | None:
    """The value itself, if it is the same at every site."""
    values = [wanted(site) for site in sites]
    if all(type(value) is type(values[0]) and value == values[0] for value in values):
        return text_of(values[0])
    return None


def text_of(value: Datum) -> str:
    """A value as code: a word is the class that it names."""
    if isinstance(value, str):
        return value
    return literal(value)


def whole_text(text: str, sites: Sites) -> str:
    """An expression whose value is an integer, also where it is a float without a fraction."""
    values = [value_of(text, site.names) for site in sites]
    if any(type(value) is float for value in values):
        return f"int({text})"
    return text


def without_calls(text: str, sites: Sites) -> str:
    """An expression without calls of `int` whose argument is an integer at every site."""
    tree = NeededCalls(sites).visit(ast.parse(text, mode="eval").body)
    return ast.unparse(tree)


class NeededCalls(ast.NodeTransformer):
    """Calls of `int` become their arguments where these are integers."""

    def __init__(self, sites: Sites) -> None:
        self.sites = sites

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.func, ast.Name) or node.func.id != "int":
            return node
        [inner] = node.args
        values = [evaluate(inner, site.names) for site in self.sites]
        return inner if all(type(value) is int for value in values) else node


def by_entry(text: str, sites: Sites) -> str | None:
    """An expression of one list as a tuple of expressions of its entries, else None.

    So `kernel // 2` becomes `tuple(size // 2 for size in kernel)` where a kernel is a list.
    """
    lists = [
        name
        for name in names_in(text)
        if all(isinstance(site.names.get(name), tuple) for site in sites)
    ]
    if len(lists) != 1 or "size" in names_in(text):
        return None
    inside = ast.unparse(Renaming({lists[0]: "size"}).visit(ast.parse(text, mode="eval").body))
    return f"tuple({inside} for size in {lists[0]})"


class Renaming(ast.NodeTransformer):
    """Other names for variables."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name(self.names.get(node.id, node.id), ast.Load())


# What is known before the code runs


def with_classes_compared(tree: ast.expr, classes: Container[str]) -> ast.expr:
    """An expression in which comparisons of classes are calculated."""
    found: ast.expr = ComparedClasses(classes).visit(tree)
    return found


class ComparedClasses(ast.NodeTransformer):
    """Comparisons of two classes become their outcome."""

    def __init__(self, classes: Container[str]) -> None:
        self.classes = classes

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        texts = [ast.unparse(one) for one in (node.left, *node.comparators)]
        are_classes = all(text in self.classes or text.startswith("nn.") for text in texts)
        if len(texts) != 2 or not are_classes:
            return node
        is_equal = texts[0] == texts[1]
        return ast.Constant(is_equal == isinstance(node.ops[0], ast.Eq))


def simplified(text: str, classes: Container[str] = ()) -> str:
    """An expression in which what has no names is calculated, and comparisons of classes.

    >>> simplified("1024 if not True else out"), simplified("out if False and level > 0 else 7")
    ('out', '7')
    >>> simplified("width * (2 + 3)")
    'width * 5'
    """
    tree = ast.parse(text, mode="eval").body
    return ast.unparse(folded(with_classes_compared(tree, classes)))


def folded(node: ast.expr) -> ast.expr:
    match node:
        case ast.IfExp():
            test = folded(node.test)
            if isinstance(test, ast.Constant):
                return folded(node.body if test.value else node.orelse)
            return ast.IfExp(test, folded(node.body), folded(node.orelse))
        case ast.BoolOp():
            return folded_boolean(node)
        case ast.BinOp():
            return calculated(ast.BinOp(folded(node.left), node.op, folded(node.right)))
        case ast.UnaryOp():
            return calculated(ast.UnaryOp(node.op, folded(node.operand)))
        case ast.Compare():
            others = [folded(one) for one in node.comparators]
            return calculated(ast.Compare(folded(node.left), node.ops, others))
        case ast.Call():
            given = [folded(one) for one in node.args]
            return calculated(ast.Call(node.func, given, node.keywords))
        case ast.Subscript():
            return calculated(ast.Subscript(folded(node.value), folded(node.slice), node.ctx))
        case ast.Tuple():
            return ast.Tuple([folded(one) for one in node.elts], node.ctx)
    return node


def calculated(node: ast.expr) -> ast.expr:
    """The value of an expression without names, if it is a number or a truth value."""
    if any(isinstance(one, ast.Name) and not is_function(one) for one in ast.walk(node)):
        return node
    try:
        value: Any = evaluate(node, {})
    except NotStated:
        return node
    if isinstance(value, bool | int | float) and not (isinstance(value, int) and value < 0):
        return ast.Constant(value)
    return node


def is_function(node: ast.Name) -> bool:
    from .evaluation import FUNCTIONS

    return node.id in FUNCTIONS or node.id == "math"


def folded_boolean(node: ast.BoolOp) -> ast.expr:
    """`and` or `or` without the operands that are known not to decide."""
    stops = isinstance(node.op, ast.Or)
    left: list[ast.expr] = []
    for operand in map(folded, node.values):
        if isinstance(operand, ast.Constant):
            if bool(operand.value) == stops:
                left.append(operand)
                break
            continue
        left.append(operand)
    if not left:
        return ast.Constant(not stops)
    if isinstance(left[0], ast.Constant):
        return left[0]
    return left[0] if len(left) == 1 else ast.BoolOp(node.op, left)

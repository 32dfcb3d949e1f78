"""Expressions of a file as expressions of Python, which they nearly are."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import lru_cache

from ...datum import Datum
from ...expression.functions import SHAPE_FUNCTIONS
from ...expression.grammar import LITERALS
from ...expression.tokens import TokenStream
from ...named_tuple import NamedTuple
from ..errors import NotStated
from .evaluation import parsed

CONSTANTS = {word: repr(value) for word, value in LITERALS.items()}
OPERATORS = ("and", "or", "not", "if", "else")
FUNCTION_NAMES = {"floor": "math.floor", "ceil": "math.ceil"}
"""The names in Python of functions that are called otherwise there."""

PLACEHOLDER = "_shape_"


class ShapeCall(NamedTuple):
    """`channels(x)`, `size(x)` or `shape(x)` in an expression: the function and the reference."""

    function: str
    reference: str


class Template(NamedTuple):
    """An expression of a file as Python: a tree, whose names are those of the file.

    The names of `shapes` replace calls of functions of shapes.
    """

    tree: ast.expr
    shapes: Mapping[str, ShapeCall]


@lru_cache(maxsize=4096)
def template(text: str) -> Template:
    """The text of an expression as Python.  Raises NotStated for a text that is not one."""
    words: list[str] = []
    shapes: dict[str, ShapeCall] = {}
    tokens = TokenStream(text)
    while tokens.kind:
        kind, token = tokens.kind, tokens.token
        tokens.advance()
        if kind == "name" and token in SHAPE_FUNCTIONS and tokens.token == "(":
            name = f"{PLACEHOLDER}{len(shapes)}"
            shapes[name] = ShapeCall(token, tokens.within_brackets())
            tokens.advance()
            token = name
        words.append(python_token(kind, token, tokens.token))
    try:
        tree = ast.parse(" ".join(words), mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        raise NotStated(f"not an expression: {text}") from None
    return Template(with_tuples(tree), shapes)


def python_token(kind: str, token: str, following: str) -> str:
    """A token of an expression in Python."""
    if kind == "sizes":
        return f"({', '.join(str(int(size)) for size in token.split('x'))})"
    if kind == "number":
        digits = token.replace("_", "")
        return repr(int(digits) if digits.isdigit() else float(digits))
    if kind == "name" and token in CONSTANTS:
        return CONSTANTS[token]
    if kind == "name" and following == "(":
        return FUNCTION_NAMES.get(token, token)
    return token


class ListsAsTuples(ast.NodeTransformer):
    """Lists become tuples, as those that an argument has by default are."""

    def visit_List(self, node: ast.List) -> ast.expr:
        self.generic_visit(node)
        return ast.Tuple(node.elts, ast.Load())


def with_tuples(tree: ast.expr) -> ast.expr:
    found: ast.expr = ListsAsTuples().visit(tree)
    return found


class Substitution(ast.NodeTransformer):
    """Names become expressions."""

    def __init__(self, expression_of: Callable[[str], str]) -> None:
        self.expression_of = expression_of

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return parsed(self.expression_of(node.id))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        node = ast.Call(node.func, [self.visit(one) for one in node.args], list(node.keywords))
        node.keywords = [ast.keyword(one.arg, self.visit(one.value)) for one in node.keywords]
        return node

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.expr:
        [loop] = node.generators
        outside = ast.comprehension(loop.target, self.visit(loop.iter), [], 0)
        return ast.GeneratorExp(node.elt, [outside])


def substituted(tree: ast.expr, expression_of: Callable[[str], str]) -> str:
    """The text of an expression in which each name is replaced by an expression."""
    return ast.unparse(Substitution(expression_of).visit(copied(tree)))


def copied(tree: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(tree), mode="eval").body


def renamed(text: str, expressions: Mapping[str, str]) -> str:
    """The text of an expression in which some names are replaced by expressions.

    >>> renamed("planes * 4", {"planes": "width + 1"})
    '(width + 1) * 4'
    """
    return substituted(parsed(text), lambda name: expressions.get(name, name))


def names_in(text: str) -> frozenset[str]:
    """The names that an expression reads."""
    nodes = ast.walk(parsed(text))
    return frozenset(node.id for node in nodes if isinstance(node, ast.Name))


def literal(value: Datum) -> str:
    """A value as Python writes it.

    >>> literal((3, 5)), literal(float("-inf")), literal(0.5)
    ('(3, 5)', "-float('inf')", '0.5')
    """
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return "float('inf')" if value > 0 else "-float('inf')"
    if isinstance(value, tuple):
        entries = ", ".join(map(literal, value))
        return f"({entries},)" if len(value) == 1 else f"({entries})"
    if isinstance(value, int | float | bool | None):
        return repr(value)
    raise NotStated(f"not a literal: {value!r}")

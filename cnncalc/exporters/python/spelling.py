"""Expressions of Python on one line, as `ruff format` spells them.

Only the kinds of expressions that generated code has are written: anything else is a bug, and
never becomes code.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

OPERATORS: dict[type[ast.AST], tuple[str, int]] = {
    ast.Or: ("or", 2),
    ast.And: ("and", 3),
    ast.Not: ("not ", 4),
    ast.Add: ("+", 7),
    ast.Sub: ("-", 7),
    ast.Mult: ("*", 8),
    ast.Div: ("/", 8),
    ast.FloorDiv: ("//", 8),
    ast.Mod: ("%", 8),
    ast.MatMult: ("@", 8),
    ast.USub: ("-", 9),
    ast.UAdd: ("+", 9),
    ast.Pow: ("**", 10),
}
"""The mark of each operator, and how tightly it binds."""
COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
}
TERNARY, COMPARISON, PRIMARY = 1, 5, 11


def binding(node: ast.expr) -> int:
    """How tightly the outermost operator of an expression binds."""
    match node:
        case ast.BinOp() | ast.UnaryOp() | ast.BoolOp():
            return OPERATORS[type(node.op)][1]
        case ast.Compare():
            return COMPARISON
        case ast.IfExp():
            return TERNARY
        case ast.Tuple() | ast.Starred():
            return 0
        case ast.Constant(value=int() | float() as number) if number < 0:
            return OPERATORS[ast.USub][1]
    return PRIMARY


def spelled(node: ast.expr, least: int = 0) -> str:
    """The text of an expression, in parentheses if it binds less tightly than `least`."""
    text = RULES[type(node)](node)
    if isinstance(node, ast.Tuple):
        return f"({text})"
    return f"({text})" if binding(node) < least else text


def constant(node: Any) -> str:
    value = node.value
    if isinstance(value, str):
        return quoted(value)
    return "..." if value is Ellipsis else repr(value)


def quoted(text: str) -> str:
    """A text as a string in double quotes, in ASCII.

    >>> print(quoted('a"b'), quoted("\\n"))
    "a\\"b" "\\n"
    """
    escaped = ascii(text)[1:-1].replace("\\'", "'")
    plain = [char if char != '"' else '\\"' for char in escaped]
    return f'"{"".join(plain)}"'


def binary(node: Any) -> str:
    mark, tightness = OPERATORS[type(node.op)]
    if isinstance(node.op, ast.Pow):
        left, right = spelled(node.left, tightness + 1), spelled(node.right, tightness - 1)
        hugs = is_simple(node.left) and is_simple(node.right)
        return f"{left}**{right}" if hugs else f"{left} ** {right}"
    return f"{spelled(node.left, tightness)} {mark} {spelled(node.right, tightness + 1)}"


def is_simple(node: ast.expr) -> bool:
    """Whether an operand of `**` has no spaces around the operator."""
    match node:
        case ast.Constant() | ast.Name():
            return True
        case ast.Attribute():
            return is_simple(node.value) and not isinstance(node.value, ast.Constant)
        case ast.UnaryOp(op=ast.USub()):
            return is_simple(node.operand)
    return False


def unary(node: Any) -> str:
    mark, tightness = OPERATORS[type(node.op)]
    return f"{mark}{spelled(node.operand, tightness)}"


def boolean(node: Any) -> str:
    mark, tightness = OPERATORS[type(node.op)]
    return f" {mark} ".join(spelled(operand, tightness + 1) for operand in node.values)


def comparison(node: Any) -> str:
    parts = [spelled(node.left, COMPARISON + 1)]
    for mark, operand in zip(node.ops, node.comparators, strict=True):
        parts += [COMPARISONS[type(mark)], spelled(operand, COMPARISON + 1)]
    return " ".join(parts)


def choice(node: Any) -> str:
    body, test = spelled(node.body, TERNARY + 1), spelled(node.test, TERNARY + 1)
    return f"{body} if {test} else {spelled(node.orelse, TERNARY)}"


def entries(node: Any) -> str:
    """The entries of a tuple or list, without its brackets."""
    listed = ", ".join(map(spelled, node.elts))
    return f"{listed}," if isinstance(node, ast.Tuple) and len(node.elts) == 1 else listed


def subscript(node: Any) -> str:
    at = node.slice
    inside = entries(at) if isinstance(at, ast.Tuple) else spelled(at)
    return f"{spelled(node.value, PRIMARY)}[{inside}]"


def positions(node: Any) -> str:
    """A slice, as in `x[1:]`."""
    ends = [spelled(end) if end is not None else "" for end in (node.lower, node.upper)]
    spaced = any(
        end is not None and not isinstance(end, ast.Constant | ast.Name | ast.UnaryOp)
        for end in (node.lower, node.upper)
    )
    if spaced:
        text = " : ".join(ends).strip() if all(ends) else " :".join(ends)
    else:
        text = ":".join(ends)
    return text if node.step is None else f"{text}:{spelled(node.step)}"


def arguments(node: ast.Call) -> list[str]:
    """The arguments of a call."""
    given = [spelled(one) for one in node.args]
    return given + [f"{one.arg}={spelled(one.value)}" for one in node.keywords]


def call(node: Any) -> str:
    if len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
        return f"{spelled(node.func, PRIMARY)}({comprehended(node.args[0])})"
    return f"{spelled(node.func, PRIMARY)}({', '.join(arguments(node))})"


def comprehended(node: Any) -> str:
    """A comprehension without its brackets."""
    [loop] = node.generators
    return f"{spelled(node.elt)} {loop_header(loop.target, loop.iter)}"


def loop_header(target: ast.expr, source: ast.expr) -> str:
    return f"for {bare(target)} in {spelled(source)}"


def bare(node: ast.expr) -> str:
    """An expression at a place where a tuple needs no parentheses."""
    return entries(node) if isinstance(node, ast.Tuple) and node.elts else spelled(node)


def formatted_string(node: Any) -> str:
    """An f-string of words and names."""
    return f'f"{"".join(map(string_part, node.values))}"'


def string_part(node: Any) -> str:
    """A part of an f-string: a text without quotes and braces, or a name."""
    match node:
        case ast.Constant(value=str() as text) if re.fullmatch(r"[A-Za-z0-9_]*", text):
            return text
        case ast.FormattedValue(value=ast.Name(id=name), conversion=-1, format_spec=None):
            return f"{{{name}}}"
    raise KeyError(type(node))


RULES: dict[type[ast.expr], Callable[[Any], str]] = {
    ast.Attribute: lambda node: f"{spelled(node.value, PRIMARY)}.{node.attr}",
    ast.BinOp: binary,
    ast.BoolOp: boolean,
    ast.Call: call,
    ast.Compare: comparison,
    ast.Constant: constant,
    ast.GeneratorExp: lambda node: f"({comprehended(node)})",
    ast.IfExp: choice,
    ast.JoinedStr: formatted_string,
    ast.List: lambda node: f"[{entries(node)}]",
    ast.ListComp: lambda node: f"[{comprehended(node)}]",
    ast.Name: lambda node: node.id,
    ast.Slice: positions,
    ast.Starred: lambda node: f"*{spelled(node.value, COMPARISON + 1)}",
    ast.Subscript: subscript,
    ast.Tuple: entries,
    ast.UnaryOp: unary,
}

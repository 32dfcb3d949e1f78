"""The values of generated expressions, without running any code.

An expression that is written is read again as Python's own grammar has it, and calculated with the
values that its names have.  So what is checked is the text itself.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from ...datum import Datum
from ...expression.functions import make_divisible
from ..errors import NotStated

Environment = Mapping[str, Datum]
"""The values of names."""

BINARY: dict[type[ast.operator], Callable[[Any, Any], Datum]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
UNARY: dict[type[ast.unaryop], Callable[[Any], Datum]] = {
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}
FUNCTIONS: dict[str, Callable[..., Datum]] = {
    "abs": abs,
    "int": int,
    "len": len,
    "make_divisible": make_divisible,
    "math.ceil": math.ceil,
    "math.floor": math.floor,
    "max": max,
    "min": min,
    "range": lambda *bounds: tuple(range(*bounds)),
    "round": round,
    "sum": sum,
    "tuple": tuple,
    "zip": lambda *columns: tuple(zip(*columns, strict=False)),
}
"""The functions that generated code calls; all are pure."""


def value_of(text: str, names: Environment) -> Datum:
    """The value of an expression.  Raises NotStated if it has none."""
    return evaluate(parsed(text), names)


@lru_cache(maxsize=8192)
def parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def evaluate(node: ast.expr, names: Environment) -> Datum:
    """The value of an expression.  Raises NotStated if it has none."""
    rule = RULES.get(type(node))
    if rule is None:
        raise NotStated(f"no value: {ast.unparse(node)}")
    try:
        return rule(node, names)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise NotStated(f"{ast.unparse(node)}: {error}") from None


def name(node: Any, names: Environment) -> Datum:
    if node.id not in names:
        raise NotStated(f"no value of {node.id}")
    return names[node.id]


def attribute(node: Any, names: Environment) -> Datum:
    """The value of `self.stem.out_channels`; `nn.ReLU` is the word itself."""
    text = ast.unparse(node)
    return names.get(text, text)


def sequence(node: Any, names: Environment) -> Datum:
    found: list[Datum] = []
    for entry in node.elts:
        if isinstance(entry, ast.Starred):
            found += evaluate(entry.value, names)
        else:
            found.append(evaluate(entry, names))
    return tuple(found)


def binary(node: Any, names: Environment) -> Datum:
    left, right = evaluate(node.left, names), evaluate(node.right, names)
    return BINARY[type(node.op)](left, right)


def boolean(node: Any, names: Environment) -> Datum:
    stops = isinstance(node.op, ast.Or)
    value: Datum = None
    for operand in node.values:
        value = evaluate(operand, names)
        if bool(value) == stops:
            break
    return value


def comparison(node: Any, names: Environment) -> Datum:
    left = evaluate(node.left, names)
    for mark, operand in zip(node.ops, node.comparators, strict=True):
        right = evaluate(operand, names)
        if not COMPARISONS[type(mark)](left, right):
            return False
        left = right
    return True


def choice(node: Any, names: Environment) -> Datum:
    return evaluate(node.body if evaluate(node.test, names) else node.orelse, names)


def entry(node: Any, names: Environment) -> Datum:
    return evaluate(node.value, names)[evaluate(node.slice, names)]


def part(node: Any, names: Environment) -> Datum:
    """The bounds of a slice."""
    ends = (node.lower, node.upper, node.step)
    return slice(*[None if end is None else evaluate(end, names) for end in ends])


def call(node: Any, names: Environment) -> Datum:
    function = FUNCTIONS[ast.unparse(node.func)]
    keywords = {given.arg: evaluate(given.value, names) for given in node.keywords}
    return function(*[evaluate(given, names) for given in node.args], **keywords)


def comprehension(node: Any, names: Environment) -> Datum:
    """The values for each entry of one list."""
    [loop] = node.generators
    entries = evaluate(loop.iter, names)
    return tuple([evaluate(node.elt, {**names, loop.target.id: entry}) for entry in entries])


RULES: dict[type[ast.expr], Callable[[Any, Environment], Datum]] = {
    ast.Constant: lambda node, names: node.value,
    ast.Name: name,
    ast.Attribute: attribute,
    ast.Tuple: sequence,
    ast.List: sequence,
    ast.BinOp: binary,
    ast.UnaryOp: lambda node, names: UNARY[type(node.op)](evaluate(node.operand, names)),
    ast.BoolOp: boolean,
    ast.Compare: comparison,
    ast.IfExp: choice,
    ast.Subscript: entry,
    ast.Slice: part,
    ast.Call: call,
    ast.GeneratorExp: comprehension,
}

"""Formulas: how a number is calculated, with which values, and why.

A layer states a `Formula` over names; with the values of the names it is a `Term`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from ..named_tuple import NamedTuple

if TYPE_CHECKING:
    import ast
    from fractions import Fraction

FUNCTIONS = frozenset({"x", "floor", "ceil"})  # words in a formula that are not names


class Term(NamedTuple):
    """One number: its formula, the values of the names in it, and why it is so.

    In `formula`, `x` multiplies, `/` divides, `floor` and `ceil` round.  A name means its entry of
    `values`; a name with several sizes means their product, as `kernel` does for an 11 x 11 kernel.

    >>> weight = Term("out x C x kernel", {"out": 96, "C": 3, "kernel": (11, 11)})
    >>> weight.with_numbers, weight.result
    ('96 x 3 x 11 x 11', 34848)
    >>> values = {"W": 224, "padding": 0, "kernel": 11, "stride": 4}
    >>> width = Term("floor((W + 2 x padding - kernel) / stride) + 1", values)
    >>> width.with_numbers, width.result
    ('floor((224 + 2 x 0 - 11) / 4) + 1', 54)
    """

    formula: str
    values: Mapping[str, object]
    reason: str = ""

    @classmethod
    def of(cls, formula: str, values: Mapping[str, object], reason: str = "") -> Term:
        """A formula with those of the values that it names.  Raises KeyError if one is missing."""
        return cls(formula, {name: values[name] for name in names_in(formula)}, reason)

    @property
    def with_numbers(self) -> str:
        """The formula with its names replaced by their values."""
        import re  # needed only to explain a number

        def number(found: re.Match[str]) -> str:
            over, name = found[1] or "", found[2]
            if name in FUNCTIONS:
                return found[0]
            value = self.values[name]
            if not isinstance(value, tuple):
                return f"{over}{value}"
            sizes = " x ".join(map(str, value)) or "1"
            return f"{over}({sizes})" if over and len(value) > 1 else over + sizes

        return re.sub(r"(/ )?([^\W\d]\w*'?)", number, self.formula)

    @property
    def result(self) -> int:
        """The exact value of the formula.  Raises ValueError if it is not a whole number."""
        return result_of(self.with_numbers)


Terms = dict[str, Term]
"""Terms by what each is for: an axis, a tensor, an operation."""


class Formula:
    """A formula as a layer states it: the text, the reason, and values that no symbol has.

    The names in the text are symbols of the layer (see `Layer.symbols`) or given here.
    """

    __slots__ = ("reason", "text", "values")

    def __init__(self, text: str, reason: str = "", **values: object) -> None:
        self.text, self.reason, self.values = text, reason, values

    def term(self, symbols: Mapping[str, object]) -> Term:
        """The formula with the values of its names, its own before those of the layer.

        >>> Formula("out x C", "one weight for each pair", out=4).term({"out": 1, "C": 3})
        Term(formula='out x C', values={'out': 4, 'C': 3}, reason='one weight for each pair')
        """
        return Term.of(self.text, {**symbols, **self.values}, self.reason)


Formulas = dict[str, Formula]
"""Formulas by what each is for: an axis, a tensor, an operation."""


def names_in(formula: str) -> list[str]:
    """The names in a formula.

    >>> names_in("out x S' x C / groups + 1")
    ['out', "S'", 'C', 'groups']
    """
    import re

    return [name for name in re.findall(r"[^\W\d]\w*'?", formula) if name not in FUNCTIONS]


@cache
def result_of(numbers: str) -> int:
    """The value of a formula of numbers.  Raises ValueError if it is not a whole number."""
    import ast

    result = evaluate(ast.parse(numbers.replace(" x ", " * "), mode="eval").body)
    if result != int(result):
        raise ValueError(f"{numbers} is not a whole number")
    return int(result)


def evaluate(node: ast.expr) -> Fraction:
    """The exact value of a formula of numbers, parsed as Python."""
    import ast
    import math
    import operator
    from fractions import Fraction

    operators: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
        ast.Add: operator.add,
        ast.Sub: operator.sub,
        ast.Mult: operator.mul,
        ast.Div: operator.truediv,
    }
    if isinstance(node, ast.BinOp):
        return operators[type(node.op)](evaluate(node.left), evaluate(node.right))
    if isinstance(node, ast.UnaryOp):
        return -evaluate(node.operand)
    if isinstance(node, ast.Call):
        functions = {"floor": math.floor, "ceil": math.ceil}
        return Fraction(functions[ast.unparse(node.func)](evaluate(node.args[0])))
    return Fraction(ast.unparse(node))

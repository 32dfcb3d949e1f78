"""How a number comes about: a formula, the numbers for its names, what that makes, and why it is so."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

WORDS = frozenset({"x", "floor", "ceil"})  # of formulas: what is no name


class Term(NamedTuple):
    """One number, with what it is made of.

    In `formula` `x` multiplies, `/` divides, `floor` and `ceil` round; a name stands for what `values` has under it, and
    one that has several sizes for their product: `kernel` for 11 x 11.

    >>> weight = Term("out x C x kernel", {"out": 96, "C": 3, "kernel": (11, 11)})
    >>> weight.with_numbers, weight.result
    ('96 x 3 x 11 x 11', 34848)
    >>> width = Term("floor((W + 2 x padding - kernel) / stride) + 1", {"W": 224, "padding": 0, "kernel": 11, "stride": 4})
    >>> width.with_numbers, width.result
    ('floor((224 + 2 x 0 - 11) / 4) + 1', 54)
    """

    formula: str
    values: Mapping[str, Any]
    reason: str = ""

    @classmethod
    def of(cls, formula: str, numbers: Mapping[str, Any], reason: str = "") -> "Term":
        """A formula with those of the numbers that it names."""
        return cls(formula, {name: numbers[name] for name in names_in(formula)}, reason)

    @property
    def with_numbers(self) -> str:
        """The formula with numbers for its names."""
        import re  # only who explains needs it

        def number(found: re.Match[str]) -> str:
            over, name = found[1] or "", found[2]
            if name in WORDS:
                return found[0]
            value = self.values[name]
            if not isinstance(value, tuple):
                return f"{over}{value}"
            sizes = " x ".join(map(str, value)) or "1"
            return f"{over}({sizes})" if over and len(value) > 1 else over + sizes

        return re.sub(r"(/ )?([^\W\d]\w*'?)", number, self.formula)

    @property
    def result(self) -> int:
        """What the formula makes with these numbers, exactly.  Raises ValueError where that is no whole number."""
        return result_of(self.with_numbers)


def names_in(formula: str) -> list[str]:
    """The names in a formula.

    >>> names_in("out x S' x C / groups + 1")
    ['out', "S'", 'C', 'groups']
    """
    import re

    return [name for name in re.findall(r"[^\W\d]\w*'?", formula) if name not in WORDS]


Terms = dict[str, Term]
"""Terms by what each is for: an axis, a tensor, an operation."""


@cache
def result_of(numbers: str) -> int:
    """The value of a formula of numbers."""
    import ast

    found = evaluated(ast.parse(numbers.replace(" x ", " * "), mode="eval").body)
    if found != int(found):
        raise ValueError(f"{numbers} is no whole number")
    return int(found)


def evaluated(node: Any) -> Any:
    """The value of a formula of numbers, as a fraction."""
    import ast
    import math
    import operator
    from fractions import Fraction

    operators: dict[type, Any] = {
        ast.Add: operator.add,
        ast.Sub: operator.sub,
        ast.Mult: operator.mul,
        ast.Div: operator.truediv,
    }
    if isinstance(node, ast.BinOp):
        return operators[type(node.op)](evaluated(node.left), evaluated(node.right))
    if isinstance(node, ast.UnaryOp):
        return -evaluated(node.operand)
    if isinstance(node, ast.Call):
        functions = {"floor": math.floor, "ceil": math.ceil}
        return Fraction(functions[ast.unparse(node.func)](evaluated(node.args[0])))
    return Fraction(str(ast.literal_eval(node)))

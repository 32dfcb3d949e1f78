"""LaTeX: formulas, aligned at their equals signs, in lines that fit the text of an article.

A formula is that of `layers.formula`: `x` multiplies, `floor` and `ceil` round.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from ..escape import latex as escaped
from ..layers.formula import FUNCTIONS
from ..named_tuple import NamedTuple
from .latex_width import TIMES, text_width

LINE = 32.0
"""em of a line of formulas: the text of an article of 11 points."""
LABEL = 9.0
"""em of the longest label that is to the left of its equation."""
OPERATORS = {ast.Add: ("+", 1), ast.Sub: ("-", 1), ast.Mult: ("\\times", 2), ast.Div: ("/", 3)}
"""The sign of an operator, and how strongly it binds."""
SIGN = TIMES + 0.45
"""em of a binary operator with its spaces, or of an equals sign."""
ATOM = 4


class MathText(NamedTuple):
    """A formula in LaTeX: its terms, each with the sign before it, their widths in em, and how
    strongly the operator between them binds.
    """

    terms: tuple[str, ...]
    widths: tuple[float, ...]
    binding: int = ATOM

    @property
    def text(self) -> str:
        return " ".join(self.terms)

    @property
    def width(self) -> float:
        return sum(self.widths)

    def within(self, binding: int) -> MathText:
        """The formula as an operand, in parentheses if it binds less."""
        if self.binding >= binding:
            return MathText((self.text,), (self.width,))
        return MathText((f"({self.text})",), (self.width + 0.8,))


def formula(text: str) -> MathText:
    r"""A formula in LaTeX.

    >>> print(formula("floor((W + 2 x pad) / stride) + 1").text)
    \left\lfloor \frac{W + 2 \times \mathrm{pad}}{\mathrm{stride}} \right\rfloor + 1
    >>> print(formula("C' x (1024 + bias)").text)
    C' \times (1{,}024 + \mathrm{bias})
    """
    source = re.sub(r"[^\W\d]\w*'?", identifier, text)
    return of_node(ast.parse(source, mode="eval").body)


def identifier(found: re.Match[str]) -> str:
    """A word of a formula in Python, where a name may not be a keyword nor have a prime."""
    word = found[0]
    if word in FUNCTIONS:
        return "*" if word == "x" else word
    return f"n_{word.replace(PRIME, PRIME_WORD)}"


PRIME, PRIME_WORD = "'", "_prime"


def of_node(node: ast.expr) -> MathText:
    if isinstance(node, ast.BinOp):
        return of_operation(node)
    if isinstance(node, ast.UnaryOp):
        inner = of_node(node.operand).within(2)
        return MathText((f"-{inner.text}",), (inner.width + TIMES,), 1)
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)
        inner = of_node(node.args[0])
        side = node.func.id
        text = f"\\left\\l{side} {inner.text} \\right\\r{side}"
        return MathText((text,), (inner.width + 1.2,))
    if isinstance(node, ast.Name):
        return of_name(node.id)
    return of_number(ast.unparse(node))


def of_operation(node: ast.BinOp) -> MathText:
    sign, binding = OPERATORS[type(node.op)]
    left, right = of_node(node.left), of_node(node.right)
    if sign == "/":
        width = max(left.width, right.width) + 0.3
        return MathText((f"\\frac{{{left.text}}}{{{right.text}}}",), (width,))
    first = left if left.binding == binding else left.within(binding)
    second = right.within(binding + (sign == "-"))
    terms = (*first.terms, f"{sign} {second.text}")
    return MathText(terms, (*first.widths, second.width + SIGN), binding)


def of_name(name: str) -> MathText:
    word, prime, _ = name.removeprefix("n_").partition(PRIME_WORD)
    text = word if len(word) == 1 else f"\\mathrm{{{escaped(word)}}}"
    return MathText((text + "'" * bool(prime),), (1.1 * text_width(word) + 0.3 * bool(prime),))


def of_number(text: str) -> MathText:
    r"""A number with its thousands apart.

    >>> print(of_number("25557032").text, of_number("0.5").text)
    25{,}557{,}032 0.5
    """
    text = re.sub(r"(?<![\d.])\d{4,}", lambda found: f"{int(found[0]):,}", text)
    return MathText((text.replace(",", "{,}"),), (text_width(text),))


class AlignedEquation(NamedTuple):
    """The sides of an equation, after a label in words."""

    label: str
    sides: Sequence[MathText]


def aligned(equations: Sequence[AlignedEquation]) -> str:
    """Equations below each other; a label that is long is above its equation."""
    labels = [text_width(one.label) for one in equations]
    room = LINE - max([width for width in labels if width <= LABEL], default=0) - 2 * SIGN
    body = " \\\\\n".join([line for one in equations for line in equation_lines(one, room)])
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}\n"


def equation_lines(equation: AlignedEquation, room: float) -> Iterator[str]:
    """The lines of an equation: one if it fits, else one for each side, or several."""
    label = escaped(equation.label)
    shown = f"\\text{{{label}}}"
    if text_width(equation.label) > LABEL:
        yield f"&\\text{{{label}}}"
        shown = ""
    for side in joined(equation.sides, room):
        for index, line in enumerate(broken(side, room)):
            start = "=" if index == 0 else "\\quad"
            yield f"{shown} &{start} {line}".strip()
            shown = ""


def joined(sides: Sequence[MathText], room: float) -> list[MathText]:
    """Sides of an equation, joined to the one before where both fit a line."""
    found = [sides[0]]
    for side in sides[1:]:
        width = found[-1].width + side.width + SIGN
        if width > room:
            found.append(side)
        else:
            found[-1] = MathText((f"{found[-1].text} = {side.text}",), (width,))
    return found


def broken(side: MathText, room: float) -> Iterator[str]:
    """The terms of a formula in as many lines as they need."""
    line, width = "", 0.0
    for term, more in zip(side.terms, side.widths, strict=True):
        if line and width + more > room:
            yield line
            line, width = "{}", 1.0
        line, width = f"{line} {term}".strip(), width + more
    yield line


def named_sum(parts: Sequence[tuple[str, int]]) -> MathText:
    r"""A sum, with a name under each number.

    >>> print(named_sum([("dense", 1024), ("other", 1)]).text)
    \underbrace{1{,}024}_{\text{dense}} + \underbrace{1}_{\text{other}}
    """
    terms: list[str] = []
    widths: list[float] = []
    for name, number in parts:
        shown = of_number(str(number))
        sign = "+ " if terms else ""
        terms.append(f"{sign}\\underbrace{{{shown.text}}}_{{\\text{{{escaped(name)}}}}}")
        widths.append(max(shown.width, 0.8 * text_width(name)) + SIGN)
    return MathText(tuple(terms), tuple(widths), 1)

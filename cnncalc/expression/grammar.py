"""The grammar of expressions and references, as a recursive descent parser."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from ..datum import Datum
from ..limits import MAX_EXPRESSION_LENGTH, MAX_EXPRESSION_NESTING
from ..problem import Refusal, Span, did_you_mean
from .arithmetic import COMPARISONS, bounded, calculate, compare, number
from .expression import Expression, Names, Reference, Run
from .functions import FUNCTIONS, SHAPE_FUNCTIONS, call
from .lists import index, listed
from .reference import Computed, reference_parts
from .tokens import TokenStream

LITERALS: dict[str, Datum] = {"true": True, "false": False, "none": None}
OPERATORS = ("and", "or", "not", "if", "else")
KEYWORDS = frozenset((*OPERATORS, *LITERALS))
"""Words with a meaning in expressions: no name can be one of them."""

NEVER = Span(1, 1, 1, 1)


@lru_cache(maxsize=4096)
def compile_text(text: str) -> Expression:
    """The text of a value -> an expression without a position.  Raises Refusal if invalid."""
    if len(text) > MAX_EXPRESSION_LENGTH:
        raise Refusal(
            f"an expression has at most {MAX_EXPRESSION_LENGTH} characters, found {len(text)}",
            rule="limit",
        )
    # Short literals and names are the most common texts, and need no grammar: that takes long to
    # prepare.
    if text.isascii() and len(text) <= 15:
        if text.isdigit():
            return literal(text, int(text))
        if text in LITERALS:
            return literal(text, LITERALS[text])
        if text.isidentifier() and text not in OPERATORS:
            return Expression(text, NEVER, lambda names: names.value(text), frozenset((text,)))
        sizes = text.split("x")
        if all(size.isdigit() for size in sizes):
            return literal(text, tuple(map(int, sizes)))
    return Compiler(text).compile()


def literal(text: str, value: Datum) -> Expression:
    return Expression(text, NEVER, lambda names: value)


@lru_cache(maxsize=4096)
def compile_reference(text: str) -> Reference:
    """The text of a reference -> a reference.  Raises Refusal if it is not valid."""
    parts = [
        compile_text(part.text) if isinstance(part, Computed) else part
        for part in reference_parts(text)
    ]
    return Reference(text, tuple(parts))


def negated(sign: int, value: Datum, names: Names) -> Datum:
    """A value with a sign of 1 or -1; of a list, each entry."""
    if isinstance(value, tuple):
        return calculate("-", 0, calculate("-", 0, value, names) if sign > 0 else value, names)
    return sign * number(value, "-")


def binary(mark: str, left: Run, right: Run) -> Run:
    return lambda names: calculate(mark, left(names), right(names), names)


class Compiler:
    """Compiles one expression to a function of names; the grammar is that of Python."""

    def __init__(self, text: str) -> None:
        self.tokens = TokenStream(text)
        self.depth = 0
        self.names: set[str] = set()
        self.references: list[Reference] = []

    def compile(self) -> Expression:
        run = self.ternary()
        if self.tokens.kind:
            raise self.tokens.unexpected()
        return Expression(
            self.tokens.text, NEVER, run, frozenset(self.names), tuple(self.references)
        )

    # From the loosest to the tightest binding

    def ternary(self) -> Run:
        self.depth += 1
        if self.depth > MAX_EXPRESSION_NESTING:
            raise Refusal(
                f"an expression is nested at most {MAX_EXPRESSION_NESTING} levels deep",
                rule="limit",
            )
        chosen = self.disjunction()
        if self.tokens.accept("if"):
            condition = self.disjunction()
            self.tokens.expect("else")
            other = self.ternary()
            then = chosen
            chosen = lambda names: then(names) if condition(names) else other(names)
        self.depth -= 1
        return chosen

    def disjunction(self) -> Run:
        left = self.conjunction()
        while self.tokens.accept("or"):
            left = (lambda a, b: lambda names: a(names) or b(names))(left, self.conjunction())
        return left

    def conjunction(self) -> Run:
        left = self.negation()
        while self.tokens.accept("and"):
            left = (lambda a, b: lambda names: a(names) and b(names))(left, self.negation())
        return left

    def negation(self) -> Run:
        times = 0
        while self.tokens.accept("not"):
            times += 1
        operand = self.comparison()
        if not times:
            return operand
        return lambda names: bool(operand(names)) == (times % 2 == 0)

    def comparison(self) -> Run:
        first = self.terms()
        chain: list[tuple[str, Run]] = []
        while self.tokens.kind == "mark" and self.tokens.token in COMPARISONS:
            mark = self.tokens.advance()
            chain.append((mark, self.terms()))
        if not chain:
            return first

        def run(names: Names) -> bool:
            left = first(names)
            for mark, operand in chain:
                right = operand(names)
                if not compare(mark, left, right, names):
                    return False
                left = right
            return True

        return run

    def operators(self, marks: tuple[str, ...], operand: Callable[[], Run]) -> Run:
        left = operand()
        while self.tokens.kind == "mark" and self.tokens.token in marks:
            mark = self.tokens.advance()
            left = binary(mark, left, operand())
        return left

    def terms(self) -> Run:
        return self.operators(("+", "-"), self.factors)

    def factors(self) -> Run:
        return self.operators(("*", "/", "//", "%"), self.signed)

    def signed(self) -> Run:
        sign = 1
        marks = 0
        while self.tokens.kind == "mark" and self.tokens.token in ("-", "+"):
            sign *= -1 if self.tokens.advance() == "-" else 1
            marks += 1
        operand = self.powers()
        return (lambda names: negated(sign, operand(names), names)) if marks else operand

    def powers(self) -> Run:
        base = self.entries()
        if not self.tokens.accept("**"):
            return base
        exponent = self.signed()
        return lambda names: calculate("**", base(names), exponent(names), names)

    def entries(self) -> Run:
        value = self.atom()
        while self.tokens.accept("["):
            at = self.ternary()
            self.tokens.expect("]")
            value = (lambda a, b: lambda names: index(a(names), b(names)))(value, at)
        return value

    def atom(self) -> Run:
        if self.tokens.kind == "number":
            return self.literal(self.tokens.advance())
        if self.tokens.kind == "sizes":
            sizes = tuple(map(int, self.tokens.advance().split("x")))
            bounded(max(sizes))
            return lambda names: sizes
        if self.tokens.kind == "name" and self.tokens.token not in OPERATORS:
            return self.name(self.tokens.advance())
        if self.tokens.accept("("):
            inner = self.ternary()
            self.tokens.expect(")")
            return inner
        if self.tokens.accept("["):
            runs = self.values("]")
            return lambda names: listed(tuple([run(names) for run in runs]), names)
        raise self.tokens.unexpected("a value")

    def literal(self, text: str) -> Run:
        if sum(character.isdigit() for character in text) > 30:
            raise Refusal(f"a number has at most 30 digits, found {len(text)}", rule="limit")
        text = text.replace("_", "")
        try:
            value = bounded(int(text) if text.isdigit() else float(text))
        except (ValueError, OverflowError):
            raise Refusal(f"`{text}` is not a number", rule="expression") from None
        return lambda names: value

    def values(self, end: str) -> list[Run]:
        """Values up to a closing bracket."""
        runs = []
        while not self.tokens.accept(end):
            runs.append(self.ternary())
            if not self.tokens.accept(","):
                self.tokens.expect(end)
                break
        return runs

    def name(self, name: str) -> Run:
        if name in LITERALS:
            value = LITERALS[name]
            return lambda names: value
        if self.tokens.token == "(" and name in SHAPE_FUNCTIONS:
            return self.shape_function(name)
        if self.tokens.token == "(":
            if name not in FUNCTIONS:
                raise Refusal(
                    f"there is no function `{name}`",
                    did_you_mean(name, [*FUNCTIONS, *SHAPE_FUNCTIONS]),
                    rule="unknown-name",
                )
            self.tokens.advance()
            return self.function(name)
        self.names.add(name)
        return lambda names: names.value(name)

    def function(self, name: str) -> Run:
        runs: list[Run] = []
        keywords: dict[str, Run] = {}
        while not self.tokens.accept(")"):
            if (
                name == "make_divisible"
                and self.tokens.token in ("divisor", "min_value")
                and self.tokens.names_argument()
            ):
                word = self.tokens.advance()
                self.tokens.advance()
                keywords[word] = self.ternary()
            else:
                runs.append(self.ternary())
            if not self.tokens.accept(","):
                self.tokens.expect(")")
                break
        return lambda names: call(
            name,
            tuple([run(names) for run in runs]),
            {word: run(names) for word, run in keywords.items()},
            names,
        )

    def shape_function(self, name: str) -> Run:
        """`channels(x)`, where x is a reference, not an expression."""
        text = self.tokens.within_brackets()
        if not text:
            raise Refusal(f"`{name}` takes a reference", f"as in {name}(input)", rule="expression")
        reference = compile_reference(text)
        self.tokens.advance()
        self.references.append(reference)
        for part in reference.parts:
            if isinstance(part, Expression):
                self.names |= part.names
        function = SHAPE_FUNCTIONS[name]
        return lambda names: function(names.shape(reference))

"""Expressions: the text of a value -> a function of the names that it reads.

Nothing is run that is not listed here; numbers, lengths and exponents are bounded, so that a value costs little
whatever it says.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from functools import lru_cache
from itertools import chain, islice
from typing import NamedTuple, Protocol

from ..layers.parameter import LARGEST, Value, show, whole
from ..problem import Refusal, Span, count
from ..shape import Shape

LONGEST_TEXT = 200
LONGEST_LIST = 10_000
LARGEST_EXPONENT = 64
DEEPEST = 20


class Names(Protocol):
    """What an expression may ask for."""

    def value(self, name: str) -> Value:
        """The value of a name; raises Refusal where there is none."""

    def shape(self, reference: Reference) -> Shape:
        """The shape of the value that a reference names."""

    def spend(self, effort: int) -> None:
        """Account for work on a list; raises where a file asks for too much."""


Run = Callable[[Names], Value]


class Reference(NamedTuple):
    """A reference as written: names, round numbers (or expressions that give them), and `*` for all."""

    text: str
    parts: tuple[str | int | Expression, ...]

    @property
    def name(self) -> str:
        return str(self.parts[0])


class Expression(NamedTuple):
    """A value as written.  `names` and `references` are what it reads; without either it is a literal."""

    text: str
    span: Span
    run: Run
    names: frozenset[str] = frozenset()
    references: tuple[Reference, ...] = ()

    def at(self, span: Span) -> Expression:
        return self._replace(span=span)


def constant(value: Value, span: Span, text: str = "") -> Expression:
    return Expression(text or show(value), span, lambda names: value)


def sequence(entries: list[Expression], span: Span) -> Expression:
    """A list that YAML wrote, of expressions."""
    runs = [entry.run for entry in entries]
    return Expression(
        f"[{', '.join(entry.text for entry in entries)}]",
        span,
        lambda names: listed(tuple([run(names) for run in runs]), names),
        frozenset().union(*(entry.names for entry in entries)),
        tuple(reference for entry in entries for reference in entry.references),
    )


TOKEN = re.compile(
    r"""\s*(?:
    (?P<sizes>\d+(?:x\d+)+(?![\w.]))
    |(?P<number>(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
    |(?P<name>[A-Za-z_]\w*)
    |(?P<mark>\*\*|//|==|!=|<=|>=|[-+*/%<>()\[\],=])
    )""",
    re.VERBOSE,
)

NEVER = Span(1, 1, 1, 1)


@lru_cache(maxsize=4096)
def compile_text(text: str) -> Expression:
    """The text of a value -> an expression without a place.  Raises Refusal where it is none."""
    if text.isascii() and text.isdigit() and len(text) <= 15:
        number = int(text)
        return Expression(text, NEVER, lambda names: number)
    if len(text) > LONGEST_TEXT:
        raise Refusal(f"an expression has at most {LONGEST_TEXT} characters, found {len(text)}", rule="limit")
    return Compiler(text).compile()


def bounded(value: Value) -> Value:
    """Refuse numbers without bounds; everything that is calculated passes here."""
    kind = type(value)
    if kind is float and not math.isfinite(value):
        raise Refusal("the result is not a finite number", rule="bad-value")
    if (kind is int or kind is float) and not -LARGEST <= value <= LARGEST:
        raise Refusal("numbers go up to 10^15, the result is larger", rule="limit")
    return value


def number(value: Value, mark: str) -> int | float:
    if type(value) is not int and type(value) is not float:
        raise Refusal(f"`{mark}` takes numbers, found {show(value)}", rule="bad-value")
    return value


def power(left: float, right: float) -> Value:
    if abs(right) > LARGEST_EXPONENT:
        raise Refusal(f"an exponent is at most {LARGEST_EXPONENT}, found {show(right)}", rule="limit")
    result = left**right
    if isinstance(result, complex):
        raise Refusal("the result is not a number", rule="bad-value")
    return result


ARITHMETIC: dict[str, Callable[[float, float], Value]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": power,
}
COMPARISONS: dict[str, Callable[[Value, Value], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def calculate(mark: str, left: Value, right: Value, names: Names) -> Value:
    if isinstance(left, tuple) or isinstance(right, tuple):
        return on_lists(mark, left, right, names)
    try:
        return bounded(ARITHMETIC[mark](number(left, mark), number(right, mark)))
    except ZeroDivisionError:
        raise Refusal("division by zero", rule="bad-value") from None
    except OverflowError:
        raise Refusal("numbers go up to 10^15, the result is larger", rule="limit") from None


def listed(entries: tuple[Value, ...], names: Names) -> tuple[Value, ...]:
    """A list, which holds only so many values in all, and lists in lists only so deep: to compare it costs little."""
    left = LONGEST_LIST
    level = entries
    for _ in range(DEEPEST):
        left -= len(level)
        if left < 0:
            raise Refusal(f"lists have at most {LONGEST_LIST:,} entries", rule="limit")
        level = tuple(islice(chain.from_iterable(entry for entry in level if isinstance(entry, tuple)), left + 1))
        if not level:
            names.spend(LONGEST_LIST - left)
            return entries
    raise Refusal(f"lists are nested at most {DEEPEST} deep", rule="limit")


def on_lists(mark: str, left: Value, right: Value, names: Names) -> Value:
    """`[..] + [..]` and `[..] * n`, as Python has them."""
    if mark == "+" and isinstance(left, tuple) and isinstance(right, tuple):
        length = len(left) + len(right)
    elif mark == "*" and type(left if isinstance(right, tuple) else right) is int:
        left, right = (right, left) if isinstance(right, tuple) else (left, right)
        length = len(left) * max(0, right)
    else:
        raise Refusal(f"`{mark}` cannot take {show(left)} and {show(right)}", rule="bad-value")
    if length > LONGEST_LIST:
        raise Refusal(f"lists have at most {LONGEST_LIST:,} entries, the result has {length:,}", rule="limit")
    return listed(left + right if mark == "+" else left * right, names)


def compare(mark: str, left: Value, right: Value) -> bool:
    if mark not in ("==", "!="):
        number(left, mark)
        number(right, mark)
    if isinstance(left, bool) != isinstance(right, bool):
        return mark == "!="
    return COMPARISONS[mark](left, right)


def spread(arguments: tuple[Value, ...], name: str) -> tuple[Value, ...]:
    """The numbers of `max(a, b)` or `max(list)`."""
    entries = arguments[0] if len(arguments) == 1 and isinstance(arguments[0], tuple) else arguments
    if not entries and name != "sum":
        raise Refusal(f"`{name}` of nothing", rule="bad-value")
    for entry in entries:
        number(entry, name)
    return entries


def make_divisible(value: float, divisor: int = 8, min_value: int | None = None) -> int:
    """The nearest multiple of the divisor that is not more than a tenth below the value.

    Source: Howard et al., MobileNet's reference implementation (_make_divisible).
    """
    result = max(divisor if min_value is None else min_value, int(value + divisor / 2) // divisor * divisor)
    return result + divisor if result < 0.9 * value else result


FUNCTIONS: dict[str, tuple[Callable[..., Value], int, int | None]] = {
    "min": (lambda *a: min(spread(a, "min")), 1, None),
    "max": (lambda *a: max(spread(a, "max")), 1, None),
    "abs": (lambda a: abs(number(a, "abs")), 1, 1),
    "round": (lambda a, digits=None: round(number(a, "round"), digits), 1, 2),
    "floor": (lambda a: math.floor(number(a, "floor")), 1, 1),
    "ceil": (lambda a: math.ceil(number(a, "ceil")), 1, 1),
    "sum": (lambda *a: sum(spread(a, "sum")), 1, None),
    "len": (len, 1, 1),
    "make_divisible": (make_divisible, 1, 3),
}
"""The functions with how many arguments they take, at least and at most."""
SHAPE_FUNCTIONS: dict[str, Callable[[Shape], Value]] = {
    "channels": lambda shape: shape.channels,
    "size": lambda shape: shape.space,
    "shape": tuple,
}
LITERALS: dict[str, Value] = {"true": True, "false": False, "none": None}
OPERATORS = ("and", "or", "not", "if", "else")
KEYWORDS = frozenset((*OPERATORS, *LITERALS))
"""Words of the language of expressions: no name can be one."""
SPELLINGS = {"&": "write `and`", "|": "write `or`", "!": "write `not`, or `!=`", "=": "compare with `==`"}
"""What to do about the marks of other languages."""


def call(name: str, arguments: tuple[Value, ...], keywords: dict[str, Value], names: Names) -> Value:
    function, least, most = FUNCTIONS[name]
    given = len(arguments) + len(keywords)
    if given < least or (most is not None and given > most):
        wanted = f"{least} to {most} arguments" if most else f"{least} or more arguments"
        raise Refusal(
            f"`{name}` takes {count(least, 'argument') if most == least else wanted}, found {given}",
            rule="bad-value",
        )
    names.spend(sum(len(argument) for argument in arguments if isinstance(argument, tuple)))
    if name == "len" and not isinstance(arguments[0], tuple):
        raise Refusal(f"`len` takes a list, found {show(arguments[0])}", rule="bad-value")
    if name in ("make_divisible", "round"):
        if not arguments:
            raise Refusal(f"`{name}` takes the value first", rule="bad-value")
        number(arguments[0], name)
        arguments = (arguments[0], *(needed_whole(argument, name) for argument in arguments[1:]))
        keywords = {word: needed_whole(argument, name) for word, argument in keywords.items()}
        if name == "make_divisible" and keywords.get("divisor", (*arguments, 8)[1]) < 1:
            raise Refusal("`make_divisible` takes a divisor of 1 or more", rule="bad-value")
        if name == "round" and abs((arguments[1:2] or (0,))[0]) > 15:
            raise Refusal("`round` takes up to 15 digits", rule="bad-value")
    try:
        return bounded(function(*arguments, **keywords))
    except TypeError:
        raise Refusal(f"`{name}` cannot take these arguments", rule="bad-value") from None
    except ZeroDivisionError:
        raise Refusal("division by zero", rule="bad-value") from None


def needed_whole(value: Value, name: str) -> int:
    result = whole(value)
    if result is None:
        raise Refusal(f"`{name}` takes a whole number there, found {show(value)}", rule="bad-value")
    return result


def index(value: Value, at: Value) -> Value:
    position = whole(at)
    if not isinstance(value, tuple):
        raise Refusal(f"only lists have entries, found {show(value)}", rule="bad-value")
    if position is None:
        raise Refusal(f"an index is a whole number, found {show(at)}", rule="bad-value")
    if not -len(value) <= position < len(value):
        raise Refusal(f"there is no entry {position} in a list of {len(value)}", rule="bad-value")
    return value[position]


def binary(mark: str, left: Run, right: Run) -> Run:
    return lambda names: calculate(mark, left(names), right(names), names)


class Compiler:
    """A recursive descent parser, as the grammar of Python's expressions goes, whose results are functions."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.depth = 0
        self.names: set[str] = set()
        self.references: list[Reference] = []
        self.kind = self.token = ""
        self.advance()

    def compile(self) -> Expression:
        run = self.ternary()
        if self.kind:
            raise self.unexpected()
        return Expression(self.text, NEVER, run, frozenset(self.names), tuple(self.references))

    # Tokens

    def advance(self) -> str:
        """Go to the next token and return the last one."""
        last = self.token
        found = TOKEN.match(self.text, self.position)
        if found:
            self.kind, self.token = found.lastgroup or "", found[found.lastgroup or 0]
            self.position = found.end()
        else:
            rest = self.text[self.position :].strip()
            if rest:
                raise Refusal(f"`{self.text}` is no expression: found `{rest[:20]}`", self.hint(rest), rule="expression")
            self.kind = self.token = ""
        return last

    def unexpected(self, wanted: str = "") -> Refusal:
        found = f"found `{self.token}`" if self.kind else "found the end"
        message = f"`{self.text}` is no expression: expected {wanted or 'an operator'}, {found}"
        return Refusal(message, self.hint(self.token) if self.kind else "", rule="expression")

    def hint(self, found: str) -> str:
        """What to write in place of what was found."""
        if re.fullmatch(r"\d+(\s*[xX\u00d7*]\s*\d+)+", self.text):
            return f"sizes are written {'x'.join(re.findall('[0-9]+', self.text))}"
        return SPELLINGS.get(found[0], "an expression has numbers, names, lists and `+ - * / // % **`")

    def accept(self, *tokens: str) -> bool:
        if self.kind in ("mark", "name") and self.token in tokens:
            self.advance()
            return True
        return False

    def expect(self, token: str) -> None:
        if not self.accept(token):
            raise self.unexpected(f"`{token}`")

    # The grammar, from what binds least to what binds most

    def ternary(self) -> Run:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Refusal(f"an expression is nested at most {DEEPEST} deep", rule="limit")
        chosen = self.disjunction()
        if self.accept("if"):
            condition = self.disjunction()
            self.expect("else")
            other = self.ternary()
            then = chosen
            chosen = lambda names: then(names) if condition(names) else other(names)
        self.depth -= 1
        return chosen

    def disjunction(self) -> Run:
        left = self.conjunction()
        while self.accept("or"):
            left = (lambda a, b: lambda names: a(names) or b(names))(left, self.conjunction())
        return left

    def conjunction(self) -> Run:
        left = self.negation()
        while self.accept("and"):
            left = (lambda a, b: lambda names: a(names) and b(names))(left, self.negation())
        return left

    def negation(self) -> Run:
        times = 0
        while self.accept("not"):
            times += 1
        operand = self.comparison()
        if not times:
            return operand
        return lambda names: bool(operand(names)) == (times % 2 == 0)

    def comparison(self) -> Run:
        first = self.terms()
        chain: list[tuple[str, Run]] = []
        while self.kind == "mark" and self.token in COMPARISONS:
            mark = self.advance()
            chain.append((mark, self.terms()))
        if not chain:
            return first

        def run(names: Names) -> bool:
            left = first(names)
            for mark, operand in chain:
                right = operand(names)
                if not compare(mark, left, right):
                    return False
                left = right
            return True

        return run

    def operators(self, marks: tuple[str, ...], operand: Callable[[], Run]) -> Run:
        left = operand()
        while self.kind == "mark" and self.token in marks:
            mark = self.advance()
            left = binary(mark, left, operand())
        return left

    def terms(self) -> Run:
        return self.operators(("+", "-"), self.factors)

    def factors(self) -> Run:
        return self.operators(("*", "/", "//", "%"), self.signed)

    def signed(self) -> Run:
        sign = 1
        marks = 0
        while self.kind == "mark" and self.token in ("-", "+"):
            sign *= -1 if self.advance() == "-" else 1
            marks += 1
        operand = self.powers()
        return (lambda names: sign * number(operand(names), "-")) if marks else operand

    def powers(self) -> Run:
        base = self.entries()
        if not self.accept("**"):
            return base
        exponent = self.signed()
        return lambda names: calculate("**", base(names), exponent(names), names)

    def entries(self) -> Run:
        value = self.atom()
        while self.accept("["):
            at = self.ternary()
            self.expect("]")
            value = (lambda a, b: lambda names: index(a(names), b(names)))(value, at)
        return value

    def atom(self) -> Run:
        if self.kind == "number":
            return self.literal(self.advance())
        if self.kind == "sizes":
            sizes = tuple(map(int, self.advance().split("x")))
            bounded(max(sizes))
            return lambda names: sizes
        if self.kind == "name" and self.token not in OPERATORS:
            return self.name(self.advance())
        if self.accept("("):
            inner = self.ternary()
            self.expect(")")
            return inner
        if self.accept("["):
            runs = self.values("]")
            return lambda names: listed(tuple([run(names) for run in runs]), names)
        raise self.unexpected("a value")

    def literal(self, text: str) -> Run:
        if sum(character.isdigit() for character in text) > 30:
            raise Refusal(f"a number has at most 30 digits, found {len(text)}", rule="limit")
        text = text.replace("_", "")
        try:
            value = bounded(int(text) if text.isdigit() else float(text))
        except (ValueError, OverflowError):
            raise Refusal(f"`{text}` is no number", rule="expression") from None
        return lambda names: value

    def values(self, end: str) -> list[Run]:
        """Values up to a closing bracket."""
        runs = []
        while not self.accept(end):
            runs.append(self.ternary())
            if not self.accept(","):
                self.expect(end)
                break
        return runs

    def name(self, name: str) -> Run:
        if name in LITERALS:
            value = LITERALS[name]
            return lambda names: value
        if self.token == "(" and name in SHAPE_FUNCTIONS:
            return self.shape_function(name)
        if self.token == "(":
            if name not in FUNCTIONS:
                from ..problem import did_you_mean

                raise Refusal(
                    f"there is no function `{name}`", did_you_mean(name, [*FUNCTIONS, *SHAPE_FUNCTIONS]), rule="unknown-name"
                )
            self.advance()
            return self.function(name)
        self.names.add(name)
        return lambda names: names.value(name)

    def function(self, name: str) -> Run:
        runs: list[Run] = []
        keywords: dict[str, Run] = {}
        while not self.accept(")"):
            keyword = re.compile(r"\s*=(?!=)").match(self.text, self.position) if self.kind == "name" else None
            if keyword and name == "make_divisible" and self.token in ("divisor", "min_value"):
                word = self.advance()
                self.advance()
                keywords[word] = self.ternary()
            else:
                runs.append(self.ternary())
            if not self.accept(","):
                self.expect(")")
                break
        return lambda names: call(
            name, tuple([run(names) for run in runs]), {word: run(names) for word, run in keywords.items()}, names
        )

    def shape_function(self, name: str) -> Run:
        """`channels(x)`, where x is a reference: its text goes to the bracket that closes."""
        start = self.position
        depth = 1
        end = start
        while end < len(self.text) and depth:
            depth += (self.text[end] == "(") - (self.text[end] == ")")
            end += 1
        if depth:
            raise Refusal(f"`{self.text}` is no expression: a bracket is not closed", rule="expression")
        reference = compile_reference(self.text[start : end - 1].strip())
        self.references.append(reference)
        for part in reference.parts:
            if isinstance(part, Expression):
                self.names |= part.names
        self.position = end
        self.advance()
        function = SHAPE_FUNCTIONS[name]
        return lambda names: function(names.shape(reference))


REFERENCE_PART = re.compile(r"\.?([^.\[\]]+)|\[((?:[^\[\]]|\[[^\[\]]*\])*)\]")


@lru_cache(maxsize=4096)
def compile_reference(text: str) -> Reference:
    """`name.inner`, `name.0`, `name[k]` and `name.*` -> a reference.  Raises Refusal where it is none."""
    wrong = Refusal(
        f"`{text}` is no reference", "references are `name`, `name.inner`, `name.0`, `name[k]` and `name.*`", rule="reference"
    )
    if len(text) > 20 * LONGEST_TEXT:
        raise Refusal(f"a reference has at most {20 * LONGEST_TEXT} characters", rule="limit")
    parts: list[str | int | Expression] = []
    position = 0
    while position < len(text):
        found = REFERENCE_PART.match(text, position)
        if not found or (text[position] == ".") != (bool(parts) and text[position] != "["):
            raise wrong
        if found[1] is None:
            parts.append(compile_text(found[2].strip()))
        elif parts and found[1].isascii() and found[1].isdigit() and len(found[1]) <= 15:
            parts.append(int(found[1]))
        else:
            parts.append(found[1])
        position = found.end()
    if not parts or not is_name(str(parts[0])) or "*" in parts[:-1]:
        raise wrong
    return Reference(text, tuple(parts))


def is_name(text: str) -> bool:
    """Whether a text can be the name of a step: a letter in it, and no mark that a reference gives a meaning to."""
    return (
        any(character.isalpha() for character in text) and not any(mark in text for mark in ".[]*(),") and text == text.strip()
    )

"""What is wrong, and where: the values that every part of the house reports with."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from collections.abc import Iterable
from itertools import islice
from typing import Literal, NamedTuple

from .limits import MAX_COMPARED_WORDS

Severity = Literal["error", "warning"]


class Span(NamedTuple):
    """A stretch of a file's text; lines and columns count from 1, the end column is the first one behind it."""

    line: int
    column: int
    end_line: int
    end_column: int


class Call(NamedTuple):
    """One step on the way to a mistake: the block or the repetition in which it stands, and where that was asked for."""

    label: str
    span: Span


class Problem(NamedTuple):
    """One mistake.  Problems sort into reading order.

    `hint` says what to do; `calls` leads from the innermost call to the outermost.
    """

    span: Span
    rule: str
    message: str
    hint: str = ""
    severity: Severity = "error"
    calls: tuple[Call, ...] = ()


class Error(Exception):
    """The base class of all exceptions of cnncalc; any other exception is a bug."""


class Refusal(Error):
    """Raised by a layer, a join or an expression that cannot take what it was given.

    The parser catches it in one place, where the position is known.  `argument` names the argument at fault, if it is
    one.
    """

    span: Span | None = None  # where it is known at once

    def __init__(
        self, message: str, hint: str = "", argument: str = "", rule: str = "shape"
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.argument = argument
        self.rule = rule


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word, or lists the known ones where none is near and they are few.

    >>> did_you_mean("kernal", ["kernel", "stride"])
    'did you mean `kernel`?'
    """
    choices = [choice for choice in islice(known, MAX_COMPARED_WORDS) if len(choice) <= 60]
    near = nearest(word, choices)
    if near:
        return near
    return f"known: {', '.join(sorted(choices))}" if 0 < len(choices) <= 12 else ""


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word; empty where none is near."""
    near = nearest_of(word, known)
    return f"did you mean `{near}`?" if near else ""


def nearest_of(word: str, known: Iterable[str]) -> str:
    """The known word that is meant, if one is near: of the same letters first, whatever their order and case.

    >>> nearest_of("form", ["for", "from"]), nearest_of("ReLU", ["elu", "relu"]), nearest_of("strid", ["stride"])
    ('from', 'relu', 'stride')
    """
    from difflib import get_close_matches  # slow to import, and needed only when something is wrong

    word = word[:60].lower()
    choices = {choice.lower(): choice for choice in sorted(islice(known, MAX_COMPARED_WORDS))}
    if word in choices:
        return choices[word]
    letters = sorted(word)
    near = next((choice for choice in choices if sorted(choice) == letters), None) or next(
        iter(get_close_matches(word, choices, n=1, cutoff=0.7)), None
    )
    return choices[near] if near else ""


def count(number: int, noun: str) -> str:
    """A number with its noun, in the plural where it belongs.

    >>> count(1, "layer"), count(2, "axis")
    ('1 layer', '2 axes')
    """
    if number == 1:
        return f"1 {noun}"
    plural = noun[:-2] + "es" if noun.endswith("axis") else noun + "s"
    return f"{number:,} {plural}"

"""Problems with their positions, the exceptions that carry them, and hints about similar words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from itertools import islice
from typing import Literal

from .limits import MAX_COMPARED_WORDS
from .named_tuple import NamedTuple

MAX_LISTED = 20  # known words in a hint
FEW_WORDS = 12  # known words that are all listed
MAX_LISTED_LENGTH = 60  # of one of them
MAX_MEASURED_LETTERS = 20_000  # the products of the lengths of two words, for one hint
Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""How grave a problem is, gravest first."""


class Span(NamedTuple):
    """A range of text in a file.  Lines and columns count from 1; the end column is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Call(NamedTuple):
    """A block call or iteration that leads to a problem, and its position."""

    label: str
    span: Span


class Problem(NamedTuple):
    """An error, a warning or a note.  Problems sort into reading order.

    `rule` is its name in brackets, `hint` the way to fix it; `calls` lead from the innermost call
    to the outermost.
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
    """Raised by a layer, a join or an expression for arguments or inputs that it cannot have.

    The parser catches it where the position is known.  `argument` is the argument that is wrong, if
    it is one.  A hint that takes long to find is given as a function, which is called if the
    problem is new: all iterations of a step may have the same.
    """

    span: Span | None = None  # if it is known where this is raised

    def __init__(
        self,
        message: str,
        hint: str | Callable[[], str] = "",
        argument: str = "",
        rule: str = "shape",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.found_hint = hint
        self.argument = argument
        self.rule = rule

    @property
    def hint(self) -> str:
        return self.found_hint if isinstance(self.found_hint, str) else self.found_hint()


def is_at_least(severity: Severity, threshold: Severity) -> bool:
    """Whether a severity is as grave as a threshold, or graver.

    >>> is_at_least("error", "warning"), is_at_least("note", "warning")
    (True, False)
    """
    return SEVERITIES.index(severity) <= SEVERITIES.index(threshold)


def did_you_mean(word: str, known: Iterable[str], few: int = FEW_WORDS) -> str:
    """A hint that names the most similar known word, or else lists them all if they are few.

    >>> did_you_mean("kernal", ["kernel", "stride"])
    'did you mean `kernel`?'
    """
    compared = islice(known, MAX_COMPARED_WORDS)
    choices = [choice for choice in compared if len(choice) <= MAX_LISTED_LENGTH]
    near = nearest(word, choices)
    if near:
        return near
    return f"known: {', '.join(sorted(choices))}" if 0 < len(choices) <= few else ""


def suggestion(word: str, known: Iterable[str], if_empty: str = "") -> str:
    """A hint for an unknown word that is never empty; without any known word, `if_empty`.

    It names the most similar known word, or else the known ones: all, or the first MAX_LISTED.

    >>> suggestion("zzz", [f"net{number}" for number in range(30)], "there are none")[-24:]
    'net18, net19 and 10 more'
    >>> suggestion("zzz", [], "the file has no variants")
    'the file has no variants'
    """
    choices = list(known)
    if not choices:
        return if_empty
    near = did_you_mean(word, choices)
    if near:
        return near
    listed = [choice for choice in choices if len(choice) <= MAX_LISTED_LENGTH][:MAX_LISTED]
    more = len(choices) - len(listed)
    names = ", ".join(listed) or "names that are too long for a line,"
    return f"known: {names}" + (f" and {more:,} more" if more else "")


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint that names the most similar known word; empty if none is similar."""
    near = nearest_of(word, known)
    return f"did you mean `{near}`?" if near else ""


def nearest_of(word: str, known: Iterable[str]) -> str:
    """The most similar known word; empty if none is similar.  Words of the same letters are first.

    >>> nearest_of("form", ["for", "from"]), nearest_of("ReLU", ["elu", "relu"])
    ('from', 'relu')
    >>> nearest_of("strid", ["stride"])
    'stride'
    """
    word = word[:MAX_LISTED_LENGTH].lower()
    compared = sorted(islice(known, MAX_COMPARED_WORDS))
    choices = {choice.lower(): choice for choice in compared if len(choice) <= MAX_LISTED_LENGTH}
    if word in choices:
        return choices[word]
    letters = letters_of(word)
    same = [choice for choice in choices if len(choice) == len(word)]
    anagrams = (choice for choice in same if letters_of(choice) == letters)
    near = next(anagrams, None) or closest(word, choices)
    return choices[near] if near else ""


def closest(word: str, choices: Collection[str]) -> str:
    """The most similar choice, as difflib measures it; empty if none is similar.

    Its measure takes time with the product of the lengths, so that only the choices with the most
    pairs of letters in common are measured, as many as MAX_MEASURED_LETTERS allow.
    """
    from difflib import get_close_matches  # slow to import, and rarely needed

    pairs = pairs_of(word)
    common = {choice: len(pairs & pairs_of(choice)) for choice in choices}
    by_length = sorted(choices, key=lambda choice: abs(len(choice) - len(word)))
    measured: list[str] = []
    letters = 0
    for choice in sorted(by_length, key=lambda choice: -common[choice]):
        letters += len(word) * len(choice)
        if measured and letters > MAX_MEASURED_LETTERS:
            break
        measured.append(choice)
    return next(iter(get_close_matches(word, sorted(measured), n=1, cutoff=0.7)), "")


@lru_cache(maxsize=4 * MAX_COMPARED_WORDS)
def letters_of(word: str) -> str:
    """The letters of a word in the order of the alphabet."""
    return "".join(sorted(word))


@lru_cache(maxsize=4 * MAX_COMPARED_WORDS)
def pairs_of(word: str) -> frozenset[str]:
    """The pairs of letters that are next to each other, with the first and the last letter."""
    return frozenset(map("".join, zip(f" {word}", f"{word} ", strict=True)))


def are(number: int) -> str:
    """The verb after a number of things.

    >>> are(1), are(2)
    ('is', 'are')
    """
    return "is" if number == 1 else "are"


def count(number: int, noun: str) -> str:
    """A number with its noun, in the plural if needed.

    >>> count(1, "layer"), count(2, "axis")
    ('1 layer', '2 axes')
    """
    if number == 1:
        return f"1 {noun}"
    plural = noun[:-2] + "es" if noun.endswith("axis") else noun + "s"
    return f"{number:,} {plural}"

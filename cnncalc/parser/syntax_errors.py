"""Finds the cause of an error in a text that is not YAML: a bracket, quote, dash or indent.

A YAML parser reports where it could not continue, often many lines below.  Here the text is read
again, line by line, by the rules that architecture files need, so that the message names the
opening bracket or the indent that is wrong, whichever parser reads the file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..named_tuple import NamedTuple
from ..problem import Problem, Span

MAX_SCANNED = 100_000  # characters; only the beginning of a text is scanned
PAIRS = {"{": "}", "[": "]"}
CURLY = {"\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2018": "'", "\u2019": "'"}
KEY = r"[A-Za-z_][\w.-]*"
NEW_STEP = re.compile(rf"(?:- |-$|{KEY}:(?:\s|$))")
TOP_KEY = re.compile(rf"{KEY}:(?:\s|$)")
BLOCK_TEXT = re.compile(r"(?:^|[:-] )\s*[|>][-+0-9]*\s*(?:#.*)?$")
UNSPACED_DASH = re.compile(r"\s*(?:- )*-(?=[\[{\"'])")
STRAIGHT = "quotes are straight: "


WORDING = (
    (r"mapping values are not allowed.*", "a `:` is not allowed here"),
    (r"(?:did not find expected|expected) '(.)' or '(.)'.*", r"expected `\1` or `\2`"),
    (r".*node content.*", "expected a value"),
    (
        r".*(?:expected key|expected '-' indicator|<block end>).*",
        "this does not continue the text before",
    ),
    (r"could not find expected ':'.*", "expected a `:` after the key"),
    (r"found character .*cannot start any token.*", "no value begins with this character"),
    (r"found unexpected end of stream.*", "the file ends too early"),
    (r"found unexpected document (?:indicator|separator).*", "a `---` inside of a value"),
)
"""The messages of both YAML parsers, and our wording of them."""


def worded(message: str) -> str:
    """The message of either parser in our wording.

    >>> worded("mapping values are not allowed here")
    'a `:` is not allowed here'
    """
    for pattern, text in WORDING:
        if re.fullmatch(pattern, message, re.DOTALL):
            return re.sub(pattern, text, message, count=1, flags=re.DOTALL)
    return message


class Opener(NamedTuple):
    """A bracket or quote that is open: its mark, line and column from 0, and its line's indent."""

    mark: str
    line: int
    column: int
    indent: int


def find_syntax_error(lines: Sequence[str]) -> Problem | None:
    """The first syntax error at the beginning of a text; None if no known one is found."""
    total = len(lines)
    lines = beginning(lines)
    return typographic_quote(lines) or SyntaxScanner(lines).scan(is_whole=len(lines) == total)


def beginning(lines: Sequence[str]) -> Sequence[str]:
    """The first lines of a text: MAX_SCANNED characters, so that a large file costs no more.

    The last line of a longer text is omitted, as it may be incomplete.
    """
    size = 0
    for number, line in enumerate(lines):
        size += len(line) + 1
        if size > MAX_SCANNED:
            return lines[:number]
    return lines


def syntax_error(line: int, column: int, message: str, hint: str = "") -> Problem:
    """The problem at a line and column that count from 0."""
    span = Span(line + 1, column + 1, line + 1, column + 2)
    return Problem(span, "syntax", f"invalid YAML: {message}", hint)


def typographic_quote(lines: Sequence[str]) -> Problem | None:
    """A quote as word processors write it, at the start of a value."""
    for number, line in enumerate(lines):
        found = re.search("(?:^|[-:,\\[{]) *([\u201c\u201d\u201e\u2018\u2019])", line)
        if found and not line.lstrip().startswith("#"):
            straight = re.sub(
                "[\u201c-\u201e\u2018\u2019]", lambda one: CURLY[one[0]], line
            ).strip()
            message = f"`{found[1]}` is not a quote of YAML"
            return syntax_error(number, found.start(1), message, f"{STRAIGHT}{straight}")
    return None


class SyntaxScanner:
    """Reads the lines of a text; `open` are the brackets that are open, outer ones first."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.open: list[Opener] = []
        self.quote: Opener | None = None
        self.text_indent: int | None = None  # of the key of a block of text
        self.found: Problem | None = None

    def scan(self, is_whole: bool) -> Problem | None:
        """The first error; None if there is none.  A whole text has nothing open at its end."""
        for number, line in enumerate(self.lines):
            if self.is_text(line):
                continue
            self.found = self.at_start(number, line)
            if self.found is None:
                self.characters(number, line)
            if self.found:
                return self.found
        return self.at_end() if is_whole else None

    def at_end(self) -> Problem | None:
        """What is open at the end of the text."""
        return self.unclosed(self.quote) or self.unclosed(self.open[-1] if self.open else None)

    def is_text(self, line: str) -> bool:
        """Whether a line is empty, or belongs to a block of text (`|`)."""
        indent = len(line) - len(line.lstrip())
        if self.text_indent is not None:
            if not line.strip() or indent > self.text_indent:
                return True
            self.text_indent = None
        if not self.open and self.quote is None and BLOCK_TEXT.search(line):
            self.text_indent = indent
        return not line.strip()

    def at_start(self, number: int, line: str) -> Problem | None:
        """A dash without a space, or an opener before a line that cannot be inside it."""
        text = line.lstrip()
        indent = len(line) - len(text)
        inner = self.quote or (self.open[-1] if self.open else None)
        if inner is None:
            if found := UNSPACED_DASH.match(line):
                at = found.end()
                hint = f"write: {(line[:at] + ' ' + line[at:]).strip()}"
                return syntax_error(number, at - 1, "no space after the dash", hint)
            return None
        outer = self.open[0] if self.open else inner
        if indent <= outer.indent and NEW_STEP.match(text):
            return self.unclosed(inner)
        return self.unclosed(inner) if indent == 0 and TOP_KEY.match(text) else None

    def unclosed(self, opener: Opener | None) -> Problem | None:
        """The problem of a bracket or quote that is not closed."""
        if opener is None:
            return None
        line = opener.line + 1
        message = f"`{opener.mark}` opened in line {line} is not closed"
        closer = PAIRS.get(opener.mark, opener.mark)
        return syntax_error(opener.line, opener.column, message, f"a `{closer}` is missing")

    def characters(self, number: int, line: str) -> None:
        """Follow the brackets and quotes of a line."""
        indent = len(line) - len(line.lstrip())
        column, last = 0, -1  # the last character before that is not a space
        closed = False  # whether a collection has ended in this line
        while column < len(line) and self.found is None:
            mark = line[column]
            if self.quote is not None:
                last, column = column, self.in_quote(line, column)
                continue
            if mark == "#" and (column == 0 or line[column - 1].isspace()):
                return
            if closed and not self.open and mark not in " ]}":
                self.check_rest(number, line, column)
                return
            if mark in "\"'" and self.begins_value(line, column, last):
                self.quote = Opener(mark, number, column, indent)
            elif mark in PAIRS and (self.open or self.begins_value(line, column, last)):
                self.open.append(Opener(mark, number, column, indent))
            elif mark in "]}" and (self.open or closed):
                self.close(mark, number, column)
                closed = not self.open
            last = last if mark == " " else column
            column += 1

    def check_rest(self, number: int, line: str, column: int) -> None:
        """Check the text after a collection in brackets: none can follow but a colon."""
        rest = line[column:]
        if rest[0] in ":[" or self.found:  # a key; an index, for which the parser has a hint
            return
        is_expression = re.match(r"[-+*/%<>=]|(?:if|and|or)\b", rest)
        hint = "quote the whole expression" if is_expression else "begin a line of its own after it"
        message = f"nothing can follow this value in its line, found `{rest[:20]}`"
        self.found = syntax_error(number, column, message, hint)

    def in_quote(self, line: str, column: int) -> int:
        """The column after the next character of a quoted text, which may end it."""
        assert self.quote is not None
        mark = line[column]
        if mark == "\\" and self.quote.mark == '"':
            return column + 2
        if mark == self.quote.mark:
            if mark == "'" and line[column + 1 : column + 2] == "'":
                return column + 2
            self.quote = None
        return column + 1

    def begins_value(self, line: str, column: int, last: int) -> bool:
        """Whether a value can begin at a column: after a dash, a colon, a comma or a bracket.

        `last` is the column of the last character before it that is not a space.
        """
        if last < 0:
            return True
        before = line[last]
        if self.open and before in ",[{":
            return True
        is_dash = before in "-?" and (last == 0 or line[last - 1] == " ")
        return last < column - 1 and (before == ":" or is_dash)

    def close(self, mark: str, number: int, column: int) -> None:
        """Close the innermost bracket; an error if there is none, or one of the other kind."""
        if not self.open:
            opener = "{" if mark == "}" else "["
            message = f"this `{mark}` closes nothing: it has no `{opener}`"
            self.found = syntax_error(number, column, message, f"remove the `{mark}`")
            return
        opener_ = self.open.pop()
        wanted = PAIRS[opener_.mark]
        if mark != wanted:
            where = f"`{opener_.mark}` opened in line {opener_.line + 1}"
            message = f"{where} is closed by `{mark}`"
            if any(PAIRS[other.mark] == mark for other in self.open):
                message = f"{where} is not closed before this `{mark}`"
            self.found = syntax_error(
                opener_.line, opener_.column, message, f"a `{wanted}` is missing"
            )


# Indents


def find_wrong_indent(lines: Sequence[str]) -> Problem | None:
    """The first line whose indent fits no line before it; None if there is none.

    For files without brackets that are open over several lines, and without quotes over several.
    """
    lines = beginning(lines)
    levels: list[tuple[int, int, bool]] = []  # column, line, whether it is a list
    ends_open = True  # whether a value is missing at the end of the line before
    for number, line in enumerate(lines):
        text = line.lstrip()
        if not text or text.startswith("#"):
            continue
        indent = len(line) - len(text)
        if levels and (found := misplaced(lines, number, indent, text, levels, ends_open)):
            return found
        while levels and levels[-1][0] > indent:
            levels.pop()
        column = indent
        while found_dash := re.match(r"- +(?=\S)", line[column:]):
            add_level(levels, column, number, True)
            column += found_dash.end()
        if re.match(rf"{KEY}:(?:\s|$)", line[column:]):
            add_level(levels, column, number, False)
        elif line[column:].rstrip() == "-":
            add_level(levels, column, number, True)
        ends_open = re.search(r"(?::|(?:^|\s)-)\s*(?:#.*)?$", line) is not None
    return None


def add_level(levels: list[tuple[int, int, bool]], column: int, line: int, is_list: bool) -> None:
    if not levels or levels[-1][0] < column or levels[-1][::2] != (column, is_list):
        levels.append((column, line, is_list))


def misplaced(
    lines: Sequence[str],
    number: int,
    indent: int,
    text: str,
    levels: Sequence[tuple[int, int, bool]],
    ends_open: bool,
) -> Problem | None:
    """The problem of a key or dash whose column is that of no key or dash it can continue."""
    if not NEW_STEP.match(text) or any(column == indent for column, _, _ in levels):
        return None
    deepest = levels[-1][0]
    if indent > deepest and ends_open:
        return None
    is_list = text.startswith("-")
    same = [level for level in levels if level[2] == is_list] or list(levels)
    column, line, _ = min(same, key=lambda level: (abs(level[0] - indent), -level[0]))
    word = "-" if is_list else text.partition(":")[0] + ":"
    other = lines[line][column:].split(" ")[0]
    message = (
        f"`{word}` is indented by {spaces(indent)}, "
        f"`{other}` in line {line + 1}, which it continues, by {column}"
    )
    hint = f"indent this line by {spaces(column)}" if column else "do not indent this line"
    return syntax_error(number, indent, message, hint)


def spaces(number: int) -> str:
    return "1 space" if number == 1 else f"{number} spaces"

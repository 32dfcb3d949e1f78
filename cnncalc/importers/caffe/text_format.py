"""The text format of protocol buffers: names with values, and messages in braces.

Source: protobuf.dev/reference/protobuf/textformat-spec.  No schema is needed: a field has all its
values, and whoever reads it knows which type it wants.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...named_tuple import NamedTuple
from ..errors import InvalidModelFile

MAX_TOKENS = 5_000_000
MAX_NESTING = 60
MAX_WORD = 40  # characters of a number

TOKEN = re.compile(
    r"""\#.*"""
    r"""|(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    r"""|(?P<mark>[{}:\[\],;<>])"""
    r"""|(?P<word>[^\s{}:\[\],;<>"'\#]+)"""
    r"""|(?P<rest>\S)"""
)
"""A token of a line, or a comment.  The `rest` is a quote that is not closed."""

WHOLE = re.compile(r"[+-]?(\d{1,18}|0[xX][0-9a-fA-F]{1,15})")
REAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?[fF]?")
ENDS = {"{": "}", "<": ">"}
SEPARATORS = (",", ";")


class Token(NamedTuple):
    """A mark, a quoted text without its quotes, or a word: a number or a name."""

    kind: str
    text: str
    line: int


class TextMessage:
    """The fields of a message: for each name its values, in order.

    `place` is where it is, for messages of errors: `line 12`.
    """

    def __init__(self, place: str) -> None:
        self.fields: dict[str, list[FieldValue]] = {}
        self.place = place

    def has(self, name: str) -> bool:
        return name in self.fields

    def text(self, name: str, default: str = "") -> str:
        """A text or the name of a constant.  Raises InvalidModelFile if it is a message."""
        found = self.texts(name)
        return found[0] if found else default

    def texts(self, name: str) -> list[str]:
        return [self.scalar(name, value) for value in self.fields.get(name, ())]

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number.  Raises InvalidModelFile if it is not one."""
        found = self.integers(name)
        return found[0] if found else default

    def integers(self, name: str) -> list[int]:
        found = []
        for text in self.texts(name):
            if WHOLE.fullmatch(text) is None:
                raise self.invalid(name, "a whole number")
            found.append(int(text, 16 if "x" in text.lower() else 10))
        return found

    def real(self, name: str, default: float = 0.0) -> float:
        """A number.  Raises InvalidModelFile if it is not one."""
        found = self.reals(name)
        return found[0] if found else default

    def reals(self, name: str) -> list[float]:
        found = []
        for text in self.texts(name):
            if len(text) > MAX_WORD or REAL.fullmatch(text) is None:
                raise self.invalid(name, "a number")
            found.append(float(text.rstrip("fF")))
        return found

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A truth value.  Raises InvalidModelFile if it is not one."""
        text = self.text(name, "true" if default else "false").lower()
        if text in ("true", "t", "1"):
            return True
        if text in ("false", "f", "0"):
            return False
        raise self.invalid(name, "true or false")

    def message(self, name: str) -> TextMessage:
        """The first message of a field; an empty one if there is none."""
        found = self.messages(name)
        return found[0] if found else TextMessage(self.place)

    def messages(self, name: str) -> list[TextMessage]:
        """All messages of a field.  Raises InvalidModelFile for a value that is not one."""
        found = []
        for value in self.fields.get(name, ()):
            if not isinstance(value, TextMessage):
                raise self.invalid(name, "a message")
            found.append(value)
        return found

    def scalar(self, name: str, value: FieldValue) -> str:
        if isinstance(value, TextMessage):
            raise self.invalid(name, "a single value")
        return value

    def invalid(self, name: str, wanted: str) -> InvalidModelFile:
        return InvalidModelFile(f"`{name}` at {self.place} is not {wanted}")


FieldValue = TextMessage | str
"""A message, or the text of a single value: quoted or not."""


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text.  Raises InvalidModelFile where there is none, or too many."""
    count = 0
    for line, content in enumerate(text.split("\n"), 1):
        for match in TOKEN.finditer(content):
            kind = match.lastgroup
            if kind is None:
                continue
            if kind == "rest":
                raise InvalidModelFile(f"line {line} is not the text of a protocol buffer")
            count += 1
            if count > MAX_TOKENS:
                raise InvalidModelFile(f"the file has more than {MAX_TOKENS:,} words")
            found = match[kind]
            yield Token(kind, found[1:-1] if kind == "text" else found, line)


class TextParser:
    """Reads messages from tokens."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens(text)
        self.next = next(self.tokens, None)

    def take(self) -> Token:
        """The next token.  Raises InvalidModelFile at the end of the file."""
        found = self.next
        if found is None:
            raise InvalidModelFile("the file ends in the middle of a message")
        self.next = next(self.tokens, None)
        return found

    def is_mark(self, *marks: str) -> bool:
        return self.next is not None and self.next.kind == "mark" and self.next.text in marks

    def message(self, place: str, end: str, depth: int) -> TextMessage:
        """The fields up to the end of a message; "" is the end of the file."""
        if depth > MAX_NESTING:
            raise InvalidModelFile(f"{place} is nested more than {MAX_NESTING} deep")
        message = TextMessage(place)
        while self.next is not None and not (end and self.is_mark(end)):
            self.field(message, depth)
        if end:
            self.take()
        return message

    def field(self, message: TextMessage, depth: int) -> None:
        """Read one field, with the separators after it."""
        name = self.take()
        if name.kind != "word":
            raise InvalidModelFile(f"line {name.line}: `{name.text[:20]}` is not a name")
        if self.is_mark(":"):
            self.take()
        values = message.fields.setdefault(name.text, [])
        if self.is_mark("["):
            self.take()
            while not self.is_mark("]"):
                values.append(self.value(depth))
                if self.is_mark(","):
                    self.take()
            self.take()
        else:
            values.append(self.value(depth))
        while self.is_mark(*SEPARATORS):
            self.take()

    def value(self, depth: int) -> FieldValue:
        token = self.take()
        if token.kind == "mark":
            if token.text not in ENDS:
                raise InvalidModelFile(f"line {token.line}: `{token.text}` is not a value")
            return self.message(f"line {token.line}", ENDS[token.text], depth + 1)
        if token.kind == "word":
            return token.text
        text = token.text
        while self.next is not None and self.next.kind == "text":
            text += self.take().text
        return text


def parse_message(text: str) -> TextMessage:
    """The message of a text.  Raises InvalidModelFile."""
    return TextParser(text).message("line 1", "", 0)

"""Texts as YAML: plain if they are read as the same text anywhere in a file, else in quotes."""

from __future__ import annotations

import re

from .layout import Tree

NOT_PLAIN = re.compile(
    r"""
    [\s'"*&!%@`|>]     # at the start: a space, a quote, or a mark of YAML
    | -(?:\s|--|$)     # a list, or the start of a document
    | \.\.\.           # the end of a document
    | <<$              # a merge
    | $                # no text, which is no value
    | .*[,\[\]{}:#?]   # anywhere: a bracket, a comma or a mark that a bracket gives a meaning
    | .*\s$            # at the end: a space
    """,
    re.VERBOSE | re.DOTALL,
)


def scalar(text: str) -> str:
    r"""A text as a YAML scalar, for inside and outside of brackets.

    >>> scalar("4 * planes"), scalar("max(1, c)"), scalar("* 2"), scalar("a\nb")
    ('4 * planes', '"max(1, c)"', '"* 2"', '"a\\nb"')
    """
    if text.isprintable() and not NOT_PLAIN.match(text):
        return text
    return f'"{"".join(map(escaped, text))}"'


def escaped(character: str) -> str:
    r"""A character inside of double quotes.

    >>> escaped("\\"), escaped("é"), escaped("\u2028"), escaped("\U000e0001")
    ('\\\\', 'é', '\\u2028', '\\U000e0001')
    """
    if character in '\\"':
        return "\\" + character
    if character.isprintable():
        return character
    if character == "\n":
        return "\\n"
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


# Expressions


def expression_tree(text: str) -> Tree:
    """The text of an expression: a list with its entries, if it is one, else a scalar.

    >>> expression_tree("[a, [1, f(b, c)]]"), expression_tree("[1] + [2]")
    (['a', ['1', '"f(b, c)"']], '"[1] + [2]"')
    """
    entries = list_entries(text)
    return scalar(text) if entries is None else [expression_tree(entry) for entry in entries]


def list_entries(text: str) -> list[str] | None:
    """The texts of the entries of a list; None if the text is none, or not written as usual.

    >>> list_entries("[a, f(b, c)]"), list_entries("[a,b]"), list_entries("[]")
    (['a', 'f(b, c)'], None, [])
    """
    if not (text.startswith("[") and text.endswith("]")):
        return None
    if text == "[]":
        return []
    entries = list(split_at_commas(text[1:-1]))
    is_list = all(entry and entry == entry.strip() and is_balanced(entry) for entry in entries)
    return entries if is_list and f"[{', '.join(entries)}]" == text else None


def split_at_commas(text: str) -> list[str]:
    """The parts of a text between commas that are outside of brackets, without spaces around."""
    parts = []
    start = depth = 0
    for position, character in enumerate(text):
        if character == "," and depth == 0:
            parts.append(text[start:position].strip())
            start = position + 1
        depth += (character in "([") - (character in ")]")
    return [*parts, text[start:].strip()]


def is_balanced(text: str) -> bool:
    """True if each bracket of a text is closed in it."""
    depth = 0
    for character in text:
        depth += (character in "([") - (character in ")]")
        if depth < 0:
            return False
    return depth == 0

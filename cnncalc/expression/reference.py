"""References: `name`, `name.inner`, `name.0`, `name[k]`, `name.*` and `name.*.inner`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..limits import MAX_REFERENCE_LENGTH
from ..named_tuple import NamedTuple
from ..problem import Refusal

REFERENCE_PART = r"\.?([^.\[\]]+)|\[((?:[^\[\]]|\[[^\[\]]*\])*)\]"


class Computed(NamedTuple):
    """The text in brackets: an expression for the number of an iteration or value."""

    text: str


def reference_parts(text: str) -> Iterator[str | int | Computed]:
    """The parts of a reference: names, numbers, and `*`.  Raises Refusal if it is not valid."""
    wrong = Refusal(
        f"invalid reference `{text}`",
        "a reference is `name`, `name.inner`, `name.0`, `name[k]`, `name.*` or `name.*.inner`",
        rule="reference",
    )
    if len(text) > MAX_REFERENCE_LENGTH:
        raise Refusal(f"a reference has at most {MAX_REFERENCE_LENGTH} characters", rule="limit")
    if is_name(text):
        yield text
        return
    pattern = re.compile(REFERENCE_PART)  # at the first use: re caches it
    parts: list[str | int | Computed] = []
    counted = re.search(r"\.-(\d+)", text)
    if counted:
        raise Refusal(
            wrong.message,
            f"write an iteration counted from the end in brackets: [-{counted[1]}]",
            rule="reference",
        )
    position = 0
    while position < len(text):
        found = pattern.match(text, position)
        if not found or (text[position] == ".") != (bool(parts) and text[position] != "["):
            raise wrong
        if found[1] is None:
            if not found[2].strip():
                raise wrong
            parts.append(Computed(found[2].strip()))
        elif parts and found[1].isascii() and found[1].isdigit() and len(found[1]) <= 15:
            parts.append(int(found[1]))
        else:
            parts.append(found[1])
        yield parts[-1]
        position = found.end()
    if not parts or not isinstance(parts[0], str) or not is_name(parts[0]):
        raise wrong
    if parts.count("*") > 1:
        raise Refusal(wrong.message, "a reference has at most one `*`", rule="reference")


def is_name(text: str) -> bool:
    """True if a step can have this name: one with a letter, and no character of references."""
    return (
        any(character.isalpha() for character in text)
        and not any(mark in text for mark in ".[]*(),")
        and text == text.strip()
        and text.isprintable()
    )

"""References as written: `name`, `name.inner`, `name.0`, `name[k]` and `name.*`."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
import re
from collections.abc import Iterator
from typing import NamedTuple

from ..limits import MAX_REFERENCE_LENGTH
from ..problem import Refusal

REFERENCE_PART = r"\.?([^.\[\]]+)|\[((?:[^\[\]]|\[[^\[\]]*\])*)\]"


class Computed(NamedTuple):
    """The text in brackets, an expression that gives the number of a round."""

    text: str


def reference_parts(text: str) -> Iterator[str | int | Computed]:
    """The parts of a reference: names, numbers of rounds, and `*`.  Raises Refusal where it is none."""
    wrong = Refusal(
        f"`{text}` is no reference",
        "references are `name`, `name.inner`, `name.0`, `name[k]` and `name.*`",
        rule="reference",
    )
    if len(text) > MAX_REFERENCE_LENGTH:
        raise Refusal(f"a reference has at most {MAX_REFERENCE_LENGTH} characters", rule="limit")
    if is_name(text):
        yield text
        return
    pattern = re.compile(REFERENCE_PART)  # once: re remembers it
    parts: list[str | int | Computed] = []
    counted = re.search(r"\.-(\d+)", text)
    if counted:
        raise Refusal(
            wrong.message,
            f"a round counted from the end stands in brackets: [-{counted[1]}]",
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
    if not parts or not isinstance(parts[0], str) or not is_name(parts[0]) or "*" in parts[:-1]:
        raise wrong


def is_name(text: str) -> bool:
    """Whether a text can be the name of a step: a letter in it, and no mark that a reference gives a meaning to."""
    return (
        any(character.isalpha() for character in text)
        and not any(mark in text for mark in ".[]*(),")
        and text == text.strip()
        and text.isprintable()
    )

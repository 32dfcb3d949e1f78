"""Files damaged at random: pieces of the language and of YAML lost, doubled, moved or put in."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

PIECES = [
    *("", " ", "\n", "\n  - ", "[", "]", "{", "}", ",", ":", ": ", "- ", '"', "'", "#", "*a"),
    *("&a ", "!t ", "|", ">", "0", "-1", "?", "9**9**9", "1e999", ".nan", "relu", "conv"),
    *("name: ", "when: false, ", "repeat: 3, ", "from: ", "shared: a, ", "input", "i", "((((", "x"),
    *("\t", "\x1b", "\x85", "\u2028", "\ufeff", "~", "%", "<<: ", "10**15", "0.5", "true"),
    *("layers: ", "add: ", "-", "//0", "3x3", "[]", "for: {k: 3}, ", "across: {k: [1, 2]}, ", "k"),
    *("a.0", "a[-1]", "a.*", "chunk: 2", "channels(input)", "let: {c: 3}", "params: [a, b=2]"),
    *("outputs: [a]", "variants: {a: }", "expect: {params: 3M}", "training_only: true, "),
    *("output: [relu], ", "---\n", "...\n", "\\", "\r"),
]


def damaged(random: Random, text: str, others: Sequence[str]) -> str:
    """A file with a few stretches changed, lost, doubled, moved or taken from another."""
    for _ in range(random.randint(1, 4)):
        start = random.randint(0, len(text))
        end = min(len(text), start + random.choice((0, 1, 2, 5, 12, 40)))
        how = random.randrange(4)
        if how == 0:
            text = text[:start] + random.choice(PIECES) + text[end:]
        elif how == 1:
            text = text[:end] + text[start:end] + text[end:]
        elif how == 2:
            rest = text[:start] + text[end:]
            at = random.randint(0, len(rest))
            text = rest[:at] + text[start:end] + rest[at:]
        else:
            other = random.choice(others)
            at = random.randint(0, len(other))
            text = text[:start] + other[at : at + random.randint(1, 60)] + text[end:]
    return text

"""Hints for unknown layers and unknown arguments."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from itertools import islice

from ...document import COMMON_KEYS
from ...layers.aliases import argument_for, kind_for
from ...limits import MAX_COMPARED_WORDS
from ...problem import did_you_mean, nearest
from ..yaml_nodes import YamlNode
from .other_frameworks import similar_argument, step_argument_hint, type_key_hint, word_hint


def layer_hint(
    word: str,
    value: YamlNode | None,
    other_keys: Iterable[str],
    is_known: Callable[[str], bool],
    step_names: Container[str],
    known: Iterable[str],
) -> str:
    """The hint for a step whose first key is unknown.

    `is_known` is true for the words of layers, blocks and structures; `known` are all words that
    can be the first key.
    """
    if word[:1] in ("\u201c", "\u201d", "\u201e", "\u2018", "\u2019"):
        return "write straight quotes, or none"
    if word == "training_only":
        return "write `output` first: {output: [...], training_only: true}"
    if hint := type_key_hint(word, value, is_known):
        return hint
    first = next((key for key in other_keys if is_known(key)), "")
    if first:
        return f"the first key names the layer: put `{first}` first"
    if re.split(r"[.\[]", word)[0] in step_names:
        return (
            f"`{word}` is a value, not a layer: write {{from: {word}}} to continue from it, "
            "and no brackets around it as an operand"
        )
    if " - " in word:
        return "align the dashes of a list in one column"
    return (
        call_hint(word, is_known)
        or word_hint(word)
        or known_word_hint(word, list(islice(known, MAX_COMPARED_WORDS)))
        or "the first key that is not a common key must name a layer, a block or a structure"
    )


def call_hint(word: str, is_known: Callable[[str], bool]) -> str:
    """The hint for a layer with its value in the same word, as in `conv(64)`; else empty."""
    found = re.fullmatch(r"([\w.]*)(\W*)(.*)", word, re.DOTALL)
    assert found is not None
    head, mark, rest = found.groups()
    kind = head if is_known(head) else kind_for(head)
    if kind and mark == ":":
        return f"put a space after the colon: {head}: {rest}"
    if kind and mark and rest:
        value = rest.partition(",")[0].rstrip(")")
        return f"write a layer with a value as {{{kind}: {value}}}"
    return ""


def known_word_hint(word: str, known: list[str]) -> str:
    """The hint that names a known word: in another case, of another framework, or similar."""
    same = next((name for name in known if name.lower() == word.lower()), "")
    meant = same or kind_for(word)
    return f"did you mean `{meant}`?" if meant else did_you_mean(word, known)


def argument_hint(
    name: str,
    word: str,
    value: YamlNode | None,
    known: list[str],
    node: YamlNode,
    is_call: Callable[[str], bool],
) -> str:
    """The hint for an unknown argument of a step with this first key and value.

    `known` are its arguments; `is_call` is true for the words of layers and blocks.
    """
    if node.empty and is_call(name):
        return f"`{name}` is a separate step: put it after this one, not inside it"
    if node.empty and value is not None and re.fullmatch("[0-9.x]+", name):
        if value.text == "0" and name.isdigit():
            return f"decimals have a point: write `{word}: 0.{name}`"
        if value.empty:
            return f"write {{{word}: {name}}}"
        return f"write a list in brackets: [{value.text}, {name}]"
    first, _, rest = name.partition(" ")
    if node.empty and rest and first in known:
        return f"write `{first}: {rest}`"
    if name in ("in_channels", "in_features"):
        return "remove it: it follows from the input"
    if hint := step_argument_hint(name, node, is_call):
        return hint
    meant = argument_for(name, known) or similar_argument(name, known)
    if meant:
        return f"did you mean `{meant}`?"
    return nearest(name, (*known, *COMMON_KEYS)) or f"it takes {', '.join(known) or 'no arguments'}"

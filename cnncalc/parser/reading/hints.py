"""What to write in place of a word that is none: for steps, and for their arguments."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from itertools import islice

from ...document import COMMON_KEYS
from ...layers import layer_class
from ...layers.aliases import argument_for, kind_for
from ...limits import MAX_COMPARED_WORDS
from ...problem import did_you_mean, nearest
from ..yaml_nodes import YamlNode


def layer_hint(
    word: str,
    beside: Iterable[str],
    is_known: Callable[[str], bool],
    names: Container[str],
    known: Iterable[str],
) -> str:
    """What to do about a step that names no layer.

    `beside` are the other keys of the step, `is_known` says of a word whether it names a layer, a block or a structure,
    `names` are those of steps, and `known` all words that could stand there.
    """
    if word == "training_only":
        return "write `output` first: {output: [...], training_only: true}"
    first = next((key for key in beside if is_known(key)), "")
    if first:
        return f"the first key says what the step is: put `{first}` first"
    if word in names:
        return f"`{word}` is no layer but a value: {{from: {word}}} goes on from it, and as an operand it has no brackets"
    head, mark, rest = re.fullmatch(r"([\w.]*)(\W*)(.*)", word, re.DOTALL).groups()  # type: ignore[union-attr]
    meant = head if is_known(head) else kind_for(head)
    if " - " in word:
        return "the dashes of a list stand in one column"
    if meant and mark == ":":
        return f"put a space behind the colon: {head}: {rest}"
    if meant and mark and rest:
        return f"a layer with a value is written {{{meant}: {rest.partition(',')[0].rstrip(')')}}}"
    known = list(islice(known, MAX_COMPARED_WORDS))
    same = next((name for name in known if name.lower() == word.lower()), "") or kind_for(word)
    if same:
        return f"did you mean `{same}`?"
    return (
        did_you_mean(word, known)
        or "the first key that is not a common key names a layer, a block or a structure"
    )


def argument_hint(
    name: str,
    word: str,
    value: YamlNode | None,
    known: list[str],
    node: YamlNode,
    is_known: Callable[[str], bool],
) -> str:
    """What to do about an argument that a step of this word and value does not have."""
    if node.empty and is_known(name):
        return f"`{name}` is a step of its own: it stands behind this one, not in it"
    if node.empty and value is not None and re.fullmatch("[0-9.x]+", name):
        return (
            f"write {{{word}: {name}}}"
            if value.empty
            else f"a list stands in brackets: [{value.text}, {name}]"
        )
    first, _, rest = name.partition(" ")
    if node.empty and rest and first in known:
        return f"write `{first}: {rest}`"
    if name in ("in_channels", "in_features"):
        return "leave it out: what enters says it"
    meant = argument_for(name, known)
    if meant:
        return f"did you mean `{meant}`?"
    return nearest(name, (*known, *COMMON_KEYS)) or f"it takes {', '.join(known) or 'no arguments'}"


def call_example(word: str, needed: list[str], block: bool) -> str:
    """A call with what it needs, as an example."""
    if not block:
        return layer_class(word).example[1]
    return f"{{{word}: {needed[0] if len(needed) == 1 else '[' + ', '.join(needed) + ']'}}}"

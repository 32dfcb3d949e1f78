"""Recognizes architecture files, for commands that search whole folders."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..document import COMMON_KEYS, STRUCTURES, TOP_KEYS
from ..layers import LAYERS
from ..problem import nearest
from .yaml_nodes import YamlNode


def is_architecture(root: YamlNode) -> bool:
    """True if `layers` has a step that the language knows, and few other keys are unknown to it."""
    pairs = {key.text: value for key, value in root.pairs}
    if "layers" not in pairs or pairs["layers"].kind == "mapping":
        return False
    unknown = [key for key in pairs if key not in TOP_KEYS and not nearest(key, TOP_KEYS)]
    if unknown and ("input" not in pairs or len(unknown) >= len(pairs) - len(unknown)):
        return False
    known = {*LAYERS, *STRUCTURES, "from"}
    for key in ("blocks", "vars"):
        known |= {name.text for name, _ in pairs[key].pairs} if key in pairs else set()
    words = list(naming_words(pairs["layers"]))
    return any(word in known for word in words) if words else "input" in pairs


def naming_words(layers: YamlNode) -> Iterator[str]:
    """The word that names the layer, block or structure of each step."""
    for step in layers.items:
        if step.kind == "scalar":
            yield step.text
        for key, _ in step.pairs:
            if key.text not in COMMON_KEYS or (key.text == "from" and len(step.pairs) == 1):
                yield key.text
                break


def looks_like_architecture(text: str) -> bool:
    """Recognize a text that is not valid YAML, by the keys at the start of its lines."""
    keys = set(re.findall(r"^[\"']?(\w+)[\"']?[ ]*:", text, re.MULTILINE))
    return (
        {"input", "layers"} <= keys
        and len(keys - set(TOP_KEYS)) < len(keys & set(TOP_KEYS))
        and "{%" not in text
    )

"""What a file says beside its layers, as texts: whatever the order of its keys, its quotes, its spaces and comments."""

from __future__ import annotations

from collections.abc import Mapping

from .yaml_nodes import YamlNode


def said_vars(root: YamlNode, variant: str | None, settings: Mapping[str, str]) -> dict[str, str]:
    """The variables by name, as the file, a variant and the command line have them."""
    found = texts(entry(root, "vars"))
    own = entry(entry(root, "variants"), variant) if variant else None
    return {**found, **texts(entry(own, "vars")), **settings}


def said_blocks(root: YamlNode) -> dict[str, str]:
    """The blocks by name."""
    return texts(entry(root, "blocks"))


def entry(node: YamlNode | None, key: str) -> YamlNode | None:
    pairs = node.pairs if node is not None else []
    return next((value for name, value in pairs if name.text == key), None)


def texts(node: YamlNode | None) -> dict[str, str]:
    return {key.text: text(value) for key, value in node.pairs} if node is not None else {}


def text(node: YamlNode) -> str:
    """A node in one line."""
    if node.kind == "mapping":
        return f"{{{', '.join(sorted(f'{key.text}: {text(value)}' for key, value in node.pairs))}}}"
    return f"[{', '.join(map(text, node.items))}]" if node.kind == "sequence" else node.text

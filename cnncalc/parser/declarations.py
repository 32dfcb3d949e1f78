"""The variables and blocks of a file as text, free of formatting, comments and key order."""

from __future__ import annotations

from collections.abc import Mapping

from .yaml_nodes import YamlNode


def variable_declarations(
    root: YamlNode, variant: str | None, settings: Mapping[str, str]
) -> dict[str, str]:
    """The values of the variables by name: the file's, changed by a variant and by `settings`."""
    found = texts(entry(root, "vars"))
    own = entry(entry(root, "variants"), variant) if variant else None
    return {**found, **texts(entry(own, "vars")), **settings}


def block_declarations(root: YamlNode) -> dict[str, str]:
    """The blocks by name."""
    return texts(entry(root, "blocks"))


def entry(node: YamlNode | None, key: str) -> YamlNode | None:
    """The value of a key of a mapping; None if there is none."""
    pairs = node.pairs if node is not None else []
    return next((value for name, value in pairs if name.text == key), None)


def texts(node: YamlNode | None) -> dict[str, str]:
    """The values of a mapping by key."""
    return {key.text: text(value) for key, value in node.pairs} if node is not None else {}


def text(node: YamlNode) -> str:
    """A node in one line."""
    if node.kind == "mapping":
        pairs = sorted(f"{key.text}: {text(value)}" for key, value in node.pairs)
        return f"{{{', '.join(pairs)}}}"
    return f"[{', '.join(map(text, node.items))}]" if node.kind == "sequence" else node.text

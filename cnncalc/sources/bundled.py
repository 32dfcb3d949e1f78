"""The bundled architecture files."""

from __future__ import annotations

import os
import re

from .files import PACKAGE, is_there, longest


def folder(name: str = "architectures") -> str:
    """Where the bundled files are: inside the package when installed, beside it in a checkout."""
    inside = os.path.join(PACKAGE, name)
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(PACKAGE), name)


def bundled_files() -> dict[str, str]:
    """The paths of the bundled files by their names without suffix, sorted."""
    where = folder()
    names = sorted(os.listdir(where)) if os.path.isdir(where) else []
    return {
        name.removesuffix(".yaml"): os.path.join(where, name)
        for name in names
        if name.endswith(".yaml")
    }


def variant_names(file: str) -> list[str]:
    """The variants of a bundled file, which are keys with two spaces before them; parsing all files would take longer."""
    with open(file, encoding="utf-8") as opened:
        _, _, section = opened.read().partition("\nvariants:\n")
    section = re.split(r"^\S", section, maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"^  ([\w.-]+):", section, flags=re.MULTILINE)


def variants_of(target: str) -> list[str]:
    """The variants of what a path or a bundled name means; none where it is not there or not to be read."""
    try:
        path = target if is_there(target) else (bundled(target) or ("", None))[0]
        return variant_names(path) if path and os.path.getsize(path) <= longest() else []
    except (OSError, ValueError):
        return []


def bundled(name: str) -> tuple[str, str | None] | None:
    """The bundled file, and the variant, that a name means: a file's name goes before a variant's."""
    stem = name.removesuffix(".yaml")
    files = bundled_files()
    if stem in files:
        return files[stem], stem if stem in variant_names(files[stem]) else None
    # A variant is mostly named after its file: that one is looked into first.
    for own in sorted(files, key=lambda own: not name.startswith(own)) if stem == name else ():
        if name in variant_names(files[own]):
            return files[own], name
    return None


def bundled_names() -> list[str]:
    files = bundled_files()
    return [*files, *(name for file in files.values() for name in variant_names(file))]

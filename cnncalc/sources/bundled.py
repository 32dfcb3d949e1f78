"""The bundled architecture files."""

from __future__ import annotations

import os
import re

from .files import PACKAGE, is_present, leads_to_system, max_file_bytes

MAX_NAME = 100  # characters of a name that is searched for


def data_folder(name: str = "architectures") -> str:
    """A folder of bundled files: inside the package if installed, next to it in a checkout."""
    inside = os.path.join(PACKAGE, name)
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(PACKAGE), name)


def bundled_files() -> dict[str, str]:
    """The paths of the bundled files by their names without suffix, sorted."""
    folder = data_folder()
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return {
        name.removesuffix(".yaml"): os.path.join(folder, name)
        for name in names
        if name.endswith(".yaml")
    }


def variant_names(file: str) -> list[str]:
    """The variants of a bundled file.

    They are the keys of `variants` that are indented by two spaces; parsing would take longer.
    """
    with open(file, encoding="utf-8") as opened:
        _, _, section = opened.read().partition("\nvariants:\n")
    section = re.split(r"^\S", section, maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"^  ([\w.-]+):", section, flags=re.MULTILINE)


def variants_of(target: str) -> list[str]:
    """The variants of a path or a bundled name; none unless it is a regular file that is read."""
    try:
        path = target if is_present(target) else (bundled(target) or ("", None))[0]
        is_readable = os.path.isfile(path) and not leads_to_system(path)
        return variant_names(path) if is_readable and has_valid_size(path) else []
    except (OSError, ValueError):
        return []


def has_valid_size(path: str) -> bool:
    return os.path.getsize(path) <= max_file_bytes()


def bundled(name: str) -> tuple[str, str | None] | None:
    """The bundled file and the variant that a name refers to; None if there is no such name.

    The name of a file takes precedence over that of a variant.  A name that is spelled in another
    way, such as `ResNet-50`, refers to the only one with the same letters and digits.
    """
    return exactly_bundled(name) or exactly_bundled(same_letters(name))


def same_letters(name: str) -> str:
    """The only bundled name with the letters and digits of a name; empty if there is none."""
    if len(name) > MAX_NAME or not re.fullmatch(r"[\w -]+", name):
        return ""  # a path, rather than a name
    wanted = plain(name)
    found = {known for known in bundled_names() if plain(known) == wanted}
    return found.pop() if len(found) == 1 else ""


def plain(name: str) -> str:
    """The letters and digits of a name, in lower case.

    >>> plain("EfficientNet-B0")
    'efficientnetb0'
    """
    return re.sub(r"[\W_]+", "", name.lower())


def exactly_bundled(name: str) -> tuple[str, str | None] | None:
    """The bundled file and the variant with exactly this name; None if there is none."""
    stem = name.removesuffix(".yaml")
    files = bundled_files()
    if stem in files:
        return files[stem], stem if stem in variant_names(files[stem]) else None
    if stem != name:
        return None
    # A variant is usually named after its file, so that file is searched first.
    for own in sorted(files, key=lambda own: not name.startswith(own)):
        if name in variant_names(files[own]):
            return files[own], name
    return None


def bundled_names() -> list[str]:
    """The names of all bundled files and variants."""
    files = bundled_files()
    return [*files, *(name for file in files.values() for name in variant_names(file))]

"""Resolves arguments of the command line: a path, a bundled name, or standard input."""

from __future__ import annotations

import os

from ..named_tuple import NamedTuple
from ..problem import did_you_mean
from .bundled import bundled, bundled_names
from .files import UnreadableFile, is_present, read_file, read_standard_input


class Source(NamedTuple):
    """A file's bytes, its name in messages, and the requested variant."""

    data: bytes
    name: str
    variant: str | None


def load(target: str) -> Source:
    """A path, `path@variant`, the name of a bundled architecture or variant, or `-`.

    Raises UnreadableFile.
    """
    if target == "-":
        return standard_input(None)
    if is_present(target):
        return Source(read_file(target, named=True), target, None)
    path, mark, variant = target.rpartition("@")
    if mark and path == "-":
        return standard_input(variant)
    if mark and is_present(path):
        return Source(read_file(path, named=True), path, variant)
    found = bundled(path if mark else target)
    if found is not None:
        file, own = found
        name = f"architectures/{os.path.basename(file)}"
        return Source(read_file(file), name, variant if mark else own)
    if os.path.isdir(target):
        raise UnreadableFile(f"{target} is a folder")
    hint = unknown_name_hint(path if mark else target)
    raise UnreadableFile(f"there is no file or bundled architecture {target}{hint}")


def standard_input(variant: str | None) -> Source:
    """Standard input, at most one byte more than a file may have."""
    return Source(read_standard_input(), "<stdin>", variant)


def unknown_name_hint(name: str) -> str:
    """The bundled name that is meant, as the end of a message; empty if none is similar."""
    hint = did_you_mean(name, bundled_names())
    return f": {hint}" if hint.startswith("did") else ""

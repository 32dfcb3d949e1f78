"""What a word of the command line means: a path, a bundled name, standard input."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
import os
import sys
from typing import NamedTuple

from ..problem import did_you_mean
from .bundled import bundled, bundled_names
from .files import UnreadableFile, is_there, longest, read


class Source(NamedTuple):
    """A file's bytes, how it is called, and the variant that is asked for."""

    data: bytes
    name: str
    variant: str | None


def load(target: str) -> Source:
    """A path, `path@variant`, the name of a bundled architecture or variant, or `-`.  Raises UnreadableFile."""
    if target == "-":
        return Source(sys.stdin.buffer.read(longest() + 1), "<stdin>", None)
    if is_there(target):
        return Source(read(target), target, None)
    path, mark, variant = target.rpartition("@")
    if mark and path == "-":
        return Source(sys.stdin.buffer.read(longest() + 1), "<stdin>", variant)
    if mark and is_there(path):
        return Source(read(path), path, variant)
    found = bundled(path if mark else target)
    if found is not None:
        file, own = found
        return Source(
            read(file), f"architectures/{os.path.basename(file)}", variant if mark else own
        )
    if os.path.isdir(target):
        raise UnreadableFile(f"{target} is a folder")
    hint = did_you_mean(path if mark else target, bundled_names())
    raise UnreadableFile(
        f"there is no file or bundled architecture {target}"
        + (f": {hint}" if hint.startswith("did") else "")
    )

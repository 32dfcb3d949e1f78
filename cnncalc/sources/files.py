"""Finding, reading and writing files, whatever stands at a path: the only place that does."""

from __future__ import annotations

import os
import re
import stat
import sys
from contextlib import suppress
from typing import NamedTuple

from ..problem import did_you_mean


PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def longest() -> int:
    """How many bytes a file may have.  The parser knows, which is imported only to read one."""
    from ..parser.decoding import LONGEST

    return LONGEST


class Source(NamedTuple):
    """A file's bytes, how it is called, and the variant that is asked for."""

    data: bytes
    name: str
    variant: str | None


class Unreadable(OSError):
    """A file that cannot be read; the message says why, in one line."""


def load(target: str) -> Source:
    """A path, `path@variant`, the name of a bundled architecture or variant, or `-`.  Raises Unreadable."""
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
        return Source(read(file), f"architectures/{os.path.basename(file)}", variant if mark else own)
    if os.path.isdir(target):
        raise Unreadable(f"{target} is a folder")
    hint = did_you_mean(path if mark else target, bundled_names())
    raise Unreadable(f"there is no file or bundled architecture {target}" + (f": {hint}" if hint.startswith("did") else ""))


def is_there(path: str) -> bool:
    """Whether something that is no folder stands at a path; what cannot be looked at counts, and reading says why."""
    try:
        return not stat.S_ISDIR(os.stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError:
        return True


def read(path: str) -> bytes:
    """The bytes of a file, at most one more than may be.  Raises Unreadable."""
    try:
        mode = os.stat(path).st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
            raise Unreadable(f"{path} is no file")
        with open(path, "rb") as file:
            data = file.read(longest() + 1)
    except OSError as error:
        raise Unreadable(f"cannot read {path}: {error.strerror}") from None
    if len(data) > longest():
        raise Unreadable(f"{path} is larger than {longest():,} bytes")
    return data


def write(path: str, data: bytes) -> None:
    """Write a file whole or not at all; one that is there keeps its mode.  Raises Unreadable.

    What is no file (a device, a pipe) is written to as it is.
    """
    try:
        path = os.path.realpath(path)
        mode = os.stat(path).st_mode if os.path.exists(path) else None
        if mode is not None and not stat.S_ISREG(mode):
            with open(path, "wb") as file:
                file.write(data)
            return
        replace(path, data, mode)
    except (OSError, ValueError) as error:
        raise Unreadable(f"cannot write {path}: {getattr(error, 'strerror', None) or error}") from None


def replace(path: str, data: bytes, mode: int | None) -> None:
    """Put a file of this content in the place of what is there, in one step."""
    beside = f"{path}.{os.getpid()}.tmp"
    try:
        with open(beside, "xb") as file:
            file.write(data)
        if mode is not None:
            os.chmod(beside, stat.S_IMODE(mode))
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise


def page_files() -> dict[str, str]:
    """The scripts, styles and libraries of which the page of a report is made, by name."""
    where = os.path.join(PACKAGE, "views", "report")
    found = {}
    for part in ("assets", "vendor"):
        for name in sorted(os.listdir(os.path.join(where, part))):
            with open(os.path.join(where, part, name), encoding="utf-8") as file:
                found[name] = file.read()
    return found


# Bundled architectures


def folder(name: str = "architectures") -> str:
    """Where the bundled files are: inside the package when installed, beside it in a checkout."""
    inside = os.path.join(PACKAGE, name)
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(PACKAGE), name)


def bundled_files() -> dict[str, str]:
    """The paths of the bundled files by their names without suffix, sorted."""
    where = folder()
    names = sorted(os.listdir(where)) if os.path.isdir(where) else []
    return {name.removesuffix(".yaml"): os.path.join(where, name) for name in names if name.endswith(".yaml")}


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

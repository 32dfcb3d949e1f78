"""Resolves a NET of the command line, in the same way for every command.

A path, a bundled name, a file in a git revision, or standard input; each but that of a bundled
network may be followed by `@` and a variant.  Or a model of another framework.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..named_tuple import NamedTuple
from ..problem import nearest
from .bundled import bundled, bundled_names
from .files import UnreadableFile, is_present, read_file, read_standard_input
from .models import (
    Announce,
    check_is_read,
    imported_content,
    imported_model,
    is_binary,
    is_model_content,
    is_model_file,
    runs_code,
)

if TYPE_CHECKING:
    from ..importers.importing import ImportedModel
    from ..parser import Parsed
    from .git import Repository


NOT_TEXT = "standard input is not text: give the path of a model file in place of -"


class Source(NamedTuple):
    """A file's bytes, its name in messages, and the requested variant.

    `imported`: the bytes are those of the architecture file that a model was imported as, which
    was read already; no line of it is one of the file that has the name.
    """

    data: bytes
    name: str
    variant: str | None
    imported: Parsed | None = None

    @property
    def is_imported(self) -> bool:
        return self.imported is not None


def load(target: str, inputs: Mapping[str, str] = {}, announce: Announce | None = None) -> Source:
    """A path, `REV:PATH`, the name of a bundled architecture, or `-`, and `@variant` after it; or
    a model.

    A path comes before a revision, and that before a bundled name.  `inputs` are the shapes that a
    model is run with; its code runs only where `announce` can tell of it.  Raises UnreadableFile.
    """
    if target == "-":
        return standard_input(None)
    if runs_code(target):
        return model_source(imported_model(target, inputs, announce), target)
    if is_present(target):
        return file_source(target, None, inputs)
    path, mark, variant = target.rpartition("@")
    if mark and path == "-":
        return standard_input(variant)
    if mark and is_present(path):
        return file_source(path, variant, inputs)
    if is_revision(target):
        return in_revision(target, inputs)
    found = bundled(path if mark else target)
    if found is not None:
        file, own = found
        name = f"architectures/{os.path.basename(file)}"
        return Source(read_file(file), name, variant if mark else own)
    if os.path.isdir(target):
        check_is_read(target)
        raise UnreadableFile(f"{target} is a folder: name a file in it")
    hint = unknown_name_hint(path if mark else target)
    raise UnreadableFile(f"there is no file or bundled architecture {target}{hint}")


def file_source(
    path: str, variant: str | None, inputs: Mapping[str, str] = {}, name: str = ""
) -> Source:
    """A file that the command line names, or what a model file is imported as.

    `name` is what messages call it, if that is not its path.  Raises UnreadableFile.
    """
    if is_model_file(path):
        check_variant(path, variant)
        return model_source(imported_model(path, inputs, None), name or path)
    check_is_read(path)
    return Source(read_file(path, named=True), name or path, variant)


def content_source(
    data: bytes, name: str, variant: str | None, inputs: Mapping[str, str] = {}
) -> Source:
    """The content of a file in a revision, or what a model is imported as.

    Raises UnreadableFile.
    """
    if is_model_content(data, name):
        check_variant(name, variant)
        return model_source(imported_content(data, name, inputs), name)
    check_is_read(name)
    return Source(data, name, variant)


def model_source(model: ImportedModel, name: str) -> Source:
    """What a model was imported as, under the name of the model."""
    return Source(model.text.encode(), name, None, model.parsed)


def check_variant(name: str, variant: str | None) -> None:
    """Raise UnreadableFile for a variant of a model file."""
    if variant is not None:
        raise UnreadableFile(f"{name} is a model file, which has no variants: omit @{variant}")


def is_at_rest(target: str) -> bool:
    """Whether `load` of a target runs no code of a model, and reads no pipe or standard input."""
    path = target if is_present(target) else target.rpartition("@")[0]
    if runs_code(target) or "-" in (target, path):
        return False
    return not is_present(path) or os.path.isfile(path)


def is_network(target: str) -> bool:
    """Whether a target is an existing file or a bundled name, without reading it."""
    path = target.rpartition("@")[0] or target
    return any(is_present(name) or bundled(name) is not None for name in (target, path))


def called_variant(base: str, variant: str) -> str:
    """What a variant of a path, a revision or a bundled file is called, as shortly as possible.

    >>> called_variant("resnet.yaml", "resnet50"), called_variant("./my.yaml", "small")
    ('resnet50', './my.yaml@small')
    """
    is_bundled = not (is_present(base) or is_revision(base) or is_present(variant))
    file = bundled(base) if is_bundled else None
    is_known = file is not None and bundled(variant) == (file[0], variant)
    return variant if is_known else f"{base}@{variant}"


def standard_input(variant: str | None) -> Source:
    """Standard input, at most one byte more than a file may have.

    Raises UnreadableFile, also for what is not text: a model file is read by its path.
    """
    data = read_standard_input()
    if is_binary(data):
        raise UnreadableFile(NOT_TEXT)
    return Source(data, "<stdin>", variant)


def is_revision(target: str) -> bool:
    """Whether `target` is REV:PATH, and neither a file with a colon in its name nor a model."""
    is_file = is_present(target) or is_present(target.rpartition("@")[0])
    return ":" in target and not is_file and not runs_code(target)


def split_revision(target: str) -> tuple[str, str, str | None]:
    """The revision, the path and the variant of `REV:PATH@VARIANT`; REV may contain an @ too."""
    revision, _, path = target.partition(":")
    path, mark, variant = path.rpartition("@") if "@" in path else (path, "", "")
    return revision or "HEAD", path, variant if mark else None


def in_revision(target: str, inputs: Mapping[str, str]) -> Source:
    """The file `REV:PATH`.  Raises UnreadableFile."""
    from .git import Repository

    revision, path, variant = split_revision(target)
    data, _ = read_revision(Repository(), revision, path)
    if data is None:
        raise UnreadableFile(f"there is no file {path} in {revision}")
    return content_source(data, f"{revision}:{path}", variant, inputs)


def read_revision(repository: Repository, revision: str, path: str) -> tuple[bytes | None, str]:
    """The content of a file in a revision, None if it is missing, and its path from the top.

    As in git itself, a path is relative to the top of the work tree; if there is no such file,
    it is relative to the current folder.
    """
    data = None if path.startswith("./") else repository.read(revision, path)
    here = repository.relative(path)
    if data is not None or here is None:
        return data, path
    return repository.read(revision, here), here


def unknown_name_hint(name: str) -> str:
    """What to do about a name that is not known, as the end of a message.

    The bundled name that is meant, or where the bundled names are; empty for a missing file.
    """
    hint = nearest(name, bundled_names())
    if hint or os.path.splitext(name)[1] or os.path.basename(name) != name:
        return f": {hint}" if hint else ""
    return ": `cnncalc list` shows the bundled ones"

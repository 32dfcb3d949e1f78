"""Resolves the two versions to compare: files and git revisions."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..named_tuple import NamedTuple
from ..parser.request import Request, RequestError
from .files import UnreadableFile, current_folder, is_present, read_file
from .models import Announce, runs_code
from .resolve import (
    Source,
    content_source,
    file_source,
    is_revision,
    load,
    read_revision,
    split_revision,
)

if TYPE_CHECKING:
    from .git import Repository

NOWHERE = "/dev/null"
"""Git's name for the missing version of a file that was added or removed."""

GIT_ARGUMENTS = (7, 8, 9)
"""The numbers of arguments that git gives to an external diff: path, old file, hex, mode, new file,
hex, mode; for a renamed file also the new path and the similarity."""

YAML_FILES = (":(top)*.yaml", ":(top)*.yml")
LAYERS_KEY = re.compile(rb"^layers\s*:", re.MULTILINE)
INPUT_KEY = re.compile(rb"^(input|variants)\s*:", re.MULTILINE)


class FileVersions(NamedTuple):
    """A file before and after; None where it does not exist.

    `all_variants` is whether all of its variants are compared, and not only one.
    """

    before: Source | None
    after: Source | None
    all_variants: bool = False

    @property
    def reversed(self) -> FileVersions:
        return self._replace(before=self.after, after=self.before)

    @property
    def name(self) -> str:
        """The name of the later version, or of the only one."""
        source = self.after or self.before
        return source.name if source else NOWHERE


def two_networks(
    before: str, after: str, request: Request = Request(), announce: Announce | None = None
) -> FileVersions:
    """Two networks by their files, bundled names, or revisions and paths.

    All variants are compared if one of them is a revision and none names a variant.  A model that
    code makes is run with the inputs of the request, or else with those of the other network.
    `announce` is that of `load`.  Raises UnreadableFile, and RequestError as `build` does.
    """
    if runs_code(before) and not runs_code(after):
        return two_networks(after, before, request, announce).reversed
    old = network(before, request.inputs, announce)
    inputs: Mapping[str, str] | None = request.inputs
    if runs_code(after) and not inputs and old is not None:
        inputs = stated_inputs(old, request)
        if inputs is None:  # whoever compares the file reports its errors
            return FileVersions(old, None)
    versions = FileVersions(old, network(after, inputs or {}, announce))
    variants = [source.variant for source in (versions.before, versions.after) if source]
    has_revision = is_revision(before) or is_revision(after)
    return versions._replace(all_variants=has_revision and not any(variants))


def from_git(arguments: Sequence[str]) -> FileVersions:
    """The versions that git gives to an external diff; see GIT_ARGUMENTS.

    Raises UnreadableFile.
    """
    path, before, after = arguments[0], arguments[1], arguments[4]
    new_path = arguments[7] if len(arguments) > 7 else path
    return FileVersions(
        None if before == NOWHERE else file_source(before, None, name=path),
        None if after == NOWHERE else file_source(after, None, name=new_path),
        all_variants=True,
    )


def stated_inputs(source: Source, request: Request) -> dict[str, str] | None:
    """The shapes of the inputs of a network by their numbers; None if the file has errors."""
    from ..parser import parse

    try:
        found = parse(source.data, source.name, request._replace(variant=source.variant)).network
    except RequestError as error:
        raise RequestError(f"{source.name}: {error}") from None
    if found is None:
        return None
    return {f"#{index}": str(shape) for index, shape in enumerate(found.inputs.values())}


def network(target: str, inputs: Mapping[str, str], announce: Announce | None) -> Source | None:
    """A network by its file, its bundled name, or its revision and path; None for NOWHERE."""
    if target == NOWHERE:
        return None
    return load(target, inputs, announce)


# One file against a revision


def against_revision(target: str, inputs: Mapping[str, str] = {}) -> FileVersions:
    """A file of the work tree against the same file in HEAD, or in the revision that is named.

    `inputs` are those of `load`.  Raises UnreadableFile.
    """
    if is_revision(target):
        return against_named_revision(*split_revision(target), inputs)
    path, variant = target, None
    if not is_present(target) and "@" in target:
        path, _, variant = target.rpartition("@")
    before = Versioned(head_content(path), "HEAD", path)
    return against_content(before, path, variant, inputs)


def against_named_revision(
    revision: str, path: str, variant: str | None, inputs: Mapping[str, str]
) -> FileVersions:
    from .git import Repository

    repository = Repository()
    data, from_top = read_revision(repository, revision, path)
    file = path if is_present(path) else os.path.join(repository.top, from_top)
    return against_content(Versioned(data, revision, path), file, variant, inputs)


def head_content(path: str) -> bytes | None:
    """The content of a file in HEAD of the repository whose work tree contains it."""
    from .git import Repository

    folder, name = os.path.split(path)
    repository = Repository(folder if os.path.isdir(folder) else ".")
    from_top = repository.relative(os.path.join(current_folder(), path)) if name else None
    return None if from_top is None else repository.read("HEAD", from_top)


class Versioned(NamedTuple):
    """The content of a file in a revision; None if it is missing there."""

    data: bytes | None
    revision: str
    path: str

    @property
    def name(self) -> str:
        return f"{self.revision}:{self.path}"


def against_content(
    before: Versioned, file: str, variant: str | None, inputs: Mapping[str, str]
) -> FileVersions:
    """A file in a revision, and `file` now.  Raises UnreadableFile without both."""
    data, revision, path = before
    if data is None and not is_present(file):
        problem = f"there is no file {path}, here or in {revision}"
        raise UnreadableFile(f"{problem}: give two networks, or a file that git tracks")
    return FileVersions(
        None if data is None else content_source(data, before.name, variant, inputs),
        file_source(file, variant, inputs, path) if is_present(file) else None,
        all_variants=variant is None,
    )


# All files of a branch


def changed_since(
    revision: str, paths: Sequence[str]
) -> tuple[list[FileVersions], list[UnreadableFile]]:
    """Every architecture file that differs between the start of a branch and the work tree.

    Returns their versions, and why others could not be read.  A link is not a file.
    Raises UnreadableFile if the changes cannot be listed.
    """
    from .git import Repository

    repository = Repository()
    found: list[FileVersions] = []
    errors: list[UnreadableFile] = []
    base = repository.merge_base(revision)
    for change in repository.changes(base, tuple(paths) or YAML_FILES):
        try:
            data = repository.read(base, change.before) if change.before else None
            now = content_in_work_tree(repository, change.after) if change.after else None
        except UnreadableFile as error:
            errors.append(error)
            continue
        if any(is_architecture(content) for content in (data, now) if content is not None):
            before = None if data is None else Source(data, f"{revision}:{change.before}", None)
            after = None if now is None else Source(now, change.after or "", None)
            found.append(FileVersions(before, after, all_variants=True))
    return found, errors


def content_in_work_tree(repository: Repository, path: str) -> bytes | None:
    """The content of a file of the work tree; None for a link, which can lead out of it."""
    file = os.path.join(os.path.realpath(repository.top), path)
    return read_file(file) if is_present(file) and os.path.realpath(file) == file else None


def is_architecture(content: bytes) -> bool:
    return bool(LAYERS_KEY.search(content) and INPUT_KEY.search(content))

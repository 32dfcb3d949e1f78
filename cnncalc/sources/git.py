"""Reads files from git.

A repository may come from a stranger, and a repository's configuration can name programs.  Git
is therefore run only from the top of the user's work tree, where it finds that work tree and not
a bare repository embedded in one of its folders, and with everything disabled that would
start a program: hooks, the file system monitor, filters, external diffs, text conversions, pagers
and transports.  Only objects that are already in the repository are read.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from functools import cached_property

from ..named_tuple import NamedTuple
from .files import UnreadableFile, current_folder, max_file_bytes

# Disabled whatever the configuration states: `-c` takes precedence over configuration files.
NO_PROGRAMS = (
    "--no-pager",
    *("-c", "safe.bareRepository=explicit"),
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "protocol.allow=never"),
    *("-c", "protocol.ext.allow=never"),
    *("-c", "submodule.recurse=false"),
)
# An empty list of allowed protocols forbids all of them, also to versions of git (before 2.45)
# that do not know GIT_NO_LAZY_FETCH: a missing object is an error, and nothing fetches it.
ENVIRONMENT = {
    "LC_ALL": "C",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}
FILTER_SETTING = r"^filter\..+\.(clean|smudge|process|required)$"
COMPARE = (
    *("diff", "--name-status", "-z", "-M", "--no-relative", "--no-ext-diff", "--no-textconv"),
    "--ignore-submodules=all",
)
PATHSPEC = re.compile(r"(:\([^)]*\)|:[!^/]+)?(.*)", re.DOTALL)
TRUST = "git config --global --add safe.directory"
REGULAR_FILES = (b"100644", b"100755")


class FileChange(NamedTuple):
    """A file's path before and after, from the top of the work tree; None if it is missing."""

    before: str | None
    after: str | None


class Repository:
    """The repository of a work tree, read through the command `git`.

    Every method raises UnreadableFile if git cannot answer.
    """

    def __init__(self, folder: str = ".") -> None:
        """The repository that `folder` belongs to; the folder need not exist any more."""
        self.folder = os.path.realpath(folder)
        # If the user's environment names the repository, git does not search for one.
        self._start = current_folder() if "GIT_DIR" in os.environ else work_tree(self.folder)

    @cached_property
    def top(self) -> str:
        """The top folder of the work tree."""
        printed = self._checked("rev-parse", "--show-toplevel")
        return os.fsdecode(printed.removesuffix(b"\n"))

    def commit(self, revision: str) -> str:
        """The hash of the commit that a revision names."""
        words = ("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        ran = None if revision.startswith("-") else self._run(*words)
        if ran is None or ran.returncode:
            if ran is not None and b"dubious ownership" in ran.stderr:
                raise UnreadableFile(f"{error_message(ran)}: {TRUST} {self._start}")
            raise UnreadableFile(f"git has no revision {revision}")
        return ran.stdout.decode("ascii").strip()

    def merge_base(self, revision: str) -> str:
        """The commit where HEAD branched off a revision.

        If git does not know that, as in a shallow clone, it is the revision itself.
        """
        commit = self.commit(revision)
        ran = self._run("merge-base", commit, "HEAD")
        return ran.stdout.decode("ascii").strip() or commit

    def read(self, revision: str, path: str) -> bytes | None:
        """The content of a file in a revision; None if the revision does not have it.

        `path` is relative to the top of the work tree.
        """
        name, from_top = f"{revision}:{path}", tree_path(path)
        tree = self.commit(revision)
        if from_top is None:
            return None
        entry = self._checked("ls-tree", "-z", "--full-tree", tree, "--", from_top)
        if not entry:
            return None
        mode, _, blob = entry.partition(b"\t")[0].split(b" ")
        if mode not in REGULAR_FILES:
            raise UnreadableFile(f"{name} is not a regular file")
        words = ("cat-file", "-s", blob.decode("ascii"))
        size = self._run(*words)
        if size.returncode:
            raise UnreadableFile(f"git does not have the content of {name}: fetch it first")
        if int(size.stdout) > max_file_bytes():
            raise UnreadableFile(f"{name} is larger than {max_file_bytes():,} bytes")
        return self._checked("cat-file", "blob", blob.decode("ascii"))

    def relative(self, path: str) -> str | None:
        """A path of the file system, relative to the top; None if it is outside."""
        folder, name = os.path.split(os.path.join(self.folder, path))
        found = os.path.relpath(os.path.join(os.path.realpath(folder), name), self.top)
        return None if found.split(os.sep, 1)[0] == os.pardir else found.replace(os.sep, "/")

    def changes(self, revision: str, patterns: Sequence[str]) -> list[FileChange]:
        """The files that differ between a revision and the work tree.

        Patterns are git's pathspecs, relative to the folder that the Repository was made for.
        """
        rooted = [self._rooted(pattern) for pattern in patterns]
        printed = self._checked(*self._without_filters(), *COMPARE, revision, "--", *rooted)
        return list(parsed_changes(iter(os.fsdecode(printed).split("\0"))))

    def _rooted(self, pattern: str) -> str:
        """A pathspec relative to the top; one with the magic `top` already is."""
        match = PATHSPEC.fullmatch(pattern)
        assert match is not None  # both parts of the expression may be empty
        magic, rest = match.groups("")
        if "top" in magic or "/" in magic:
            return pattern
        return magic + (self.relative(rest) or rest)

    def _without_filters(self) -> Iterator[str]:
        """Options that disable the filters of the configuration.

        A `.gitattributes` of the repository decides which of them apply to a file.
        """
        ran = self._run("config", "--null", "--name-only", "--get-regexp", FILTER_SETTING)
        for setting in os.fsdecode(ran.stdout).split("\0")[:-1]:
            if "=" in setting:
                problem = "a filter of git's configuration has a = in its name"
                raise UnreadableFile(f"{problem}: {setting}")
            value = "false" if setting.endswith(".required") else ""
            yield from ("-c", f"{setting}={value}")

    def _checked(self, *words: str) -> bytes:
        """The output of git.  Raises UnreadableFile with its error message if it fails."""
        ran = self._run(*words)
        if ran.returncode:
            raise UnreadableFile(error_message(ran))
        return ran.stdout

    def _run(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        try:
            ran = subprocess.run(
                ["git", *NO_PROGRAMS, *words],
                cwd=self._start,
                capture_output=True,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **ENVIRONMENT},
                check=False,
            )
        except FileNotFoundError:
            raise UnreadableFile("git is not installed: give two files") from None
        except OSError as error:
            raise UnreadableFile(f"cannot run git: {error.strerror}") from None
        if ran.returncode and b"not a git repository" in ran.stderr:
            raise no_repository()
        return ran


def tree_path(path: str) -> str | None:
    """A path as the trees of git have it; None if it cannot be the path of a file.

    >>> tree_path("./nets/../a.yaml"), tree_path("../a.yaml"), tree_path(".")
    ('a.yaml', None, None)
    """
    found = os.path.normpath(path).lstrip("/")
    return None if found.split("/")[0] in ("", os.curdir, os.pardir) else found


def work_tree(folder: str) -> str:
    """The nearest folder, from `folder` upwards, with a `.git`: the top of its work tree.

    Git would also stop at a folder that looks like a bare repository, which any commit can hold;
    a commit cannot hold a `.git`.  Raises UnreadableFile if there is none.
    """
    ceilings = os.environ.get("GIT_CEILING_DIRECTORIES", "").split(os.pathsep)
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder or parent in ceilings:
            raise no_repository()
        folder = parent
    return folder


def no_repository() -> UnreadableFile:
    return UnreadableFile("this is not a git repository: give two files")


def error_message(ran: subprocess.CompletedProcess[bytes]) -> str:
    """The first line of git's error message."""
    lines = ran.stderr.decode("utf-8", "replace").strip().splitlines() or ["git failed"]
    return lines[0].removeprefix("fatal: ").removeprefix("error: ")


def parsed_changes(words: Iterator[str]) -> Iterator[FileChange]:
    """The changes that `git diff --name-status -z` lists: a status, and one path or two."""
    for status in words:
        if not status:
            return
        path = next(words)
        if status[0] == "R":
            yield FileChange(path, next(words))
        elif status[0] == "C":
            yield FileChange(None, next(words))
        else:
            yield FileChange(None if status[0] == "A" else path, None if status[0] == "D" else path)

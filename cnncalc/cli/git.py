"""What git has of a file, and which files a branch changed; only what git itself prints is read."""

from __future__ import annotations

import os
import subprocess

from ..files import Unreadable, longest


def git(*words: str, folder: str = ".") -> subprocess.CompletedProcess[bytes]:
    """Run git.  Raises Unreadable where it is not there, or says that this is no repository."""
    try:
        ran = subprocess.run(
            ["git", "-C", folder, *words],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C"},
            check=False,
        )
    except FileNotFoundError:
        raise Unreadable("git is not installed: give two files") from None
    except OSError as error:
        raise Unreadable(f"cannot run git: {error.strerror}") from None
    if ran.returncode and b"not a git repository" in ran.stderr:
        raise Unreadable("this is no git repository: give two files")
    return ran


def said(ran: subprocess.CompletedProcess[bytes]) -> str:
    """The first line of what git complains of."""
    lines = ran.stderr.decode("utf-8", "replace").strip().splitlines() or ["git failed"]
    return lines[0].removeprefix("fatal: ").removeprefix("error: ")


def check_revision(revision: str, folder: str = ".") -> None:
    """Raises Unreadable where there is no such revision."""
    if revision.startswith("-") or git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}", folder=folder).returncode:
        raise Unreadable(f"git has no revision {revision}")


def blob(revision: str, path: str) -> bytes | None:
    """The bytes of a file in a revision, its path seen from here; None where it is not in it.  Raises Unreadable."""
    folder, name = os.path.split(path)
    if not os.path.isdir(folder or "."):
        folder, name = ".", path
    return read_blob(revision, f"./{name}" if not os.path.isabs(name) else name, folder or ".")


def blob_from_top(revision: str, path: str) -> bytes | None:
    """The same with the path seen from the top of the repository, as git itself has it, or else from here."""
    found = read_blob(revision, path, ".")
    return found if found is not None or path.startswith("./") else read_blob(revision, f"./{path}", ".")


def read_blob(revision: str, path: str, folder: str) -> bytes | None:
    check_revision(revision, folder)
    name = f"{revision}:{path}"
    size = git("cat-file", "-s", name, folder=folder)
    if size.returncode:
        return None
    if int(size.stdout) > longest():
        raise Unreadable(f"{name} is larger than {longest():,} bytes")
    ran = git("cat-file", "blob", name, folder=folder)
    if ran.returncode:
        raise Unreadable(f"{name} is no file" if b"bad file" in ran.stderr else f"cannot read {name}: {said(ran)}")
    return ran.stdout


def top() -> str:
    """The folder of the repository."""
    ran = git("rev-parse", "--show-toplevel")
    if ran.returncode:
        raise Unreadable(said(ran))
    return os.fsdecode(ran.stdout.rstrip(b"\n"))


def merge_base(revision: str) -> str:
    """Where this branch left another; that one itself where git does not know (in a shallow clone)."""
    check_revision(revision)
    ran = git("merge-base", revision, "HEAD")
    return ran.stdout.decode().strip() if not ran.returncode and ran.stdout.strip() else revision


def changed(revision: str, paths: tuple[str, ...]) -> list[tuple[str | None, str | None]]:
    """The YAML files that differ between a revision and the working tree: their paths there and here, from the top."""
    patterns = paths or (":(top)*.yaml", ":(top)*.yml")
    ran = git("diff", "--name-status", "-z", "-M", "--no-ext-diff", "--no-relative", revision, "--", *patterns)
    if ran.returncode:
        raise Unreadable(said(ran))
    words = iter(os.fsdecode(ran.stdout).split("\0"))
    found: list[tuple[str | None, str | None]] = []
    for status in words:
        if not status:
            break
        path = next(words)
        if status[0] in "RC":
            found.append((path if status[0] == "R" else None, next(words)))
        else:
            found.append((None if status[0] == "A" else path, None if status[0] == "D" else path))
    return found

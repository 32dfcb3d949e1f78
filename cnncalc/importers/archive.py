"""Members of a zip archive, of which no more is unpacked than allowed."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable

from ..named_tuple import NamedTuple
from .errors import InvalidModelFile


class WantedMember(NamedTuple):
    """Which member is read, of what kind of file, and what a message says if it has none."""

    title: str
    is_named: Callable[[str], bool]
    missing: str


def archived_text(path: str, wanted: WantedMember, limit: int) -> tuple[str, str]:
    """The name and the text of the first member that is wanted.

    At most `limit` bytes are declared and read.  Raises InvalidModelFile, and OSError if the file
    cannot be opened.
    """
    with open(path, "rb") as opened:
        try:
            with zipfile.ZipFile(opened) as archive:
                name = next(filter(wanted.is_named, archive.namelist()), None)
                if name is None:
                    raise InvalidModelFile(f"{path} {wanted.missing}")
                is_large = archive.getinfo(name).file_size > limit
                with archive.open(name) as file:
                    data = b"" if is_large else file.read(limit + 1)
        except DAMAGED as error:
            problem = f"{path} is not {wanted.title}, or it is damaged or incomplete: {error}"
            raise InvalidModelFile(problem) from None
    if is_large or len(data) > limit:
        raise InvalidModelFile(f"{name} in {path} is larger than {limit:,} bytes")
    try:
        return name, data.decode()
    except UnicodeDecodeError:
        raise InvalidModelFile(f"{name} in {path} is not UTF-8") from None


DAMAGED = (
    *(zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError),
    *(ValueError, OverflowError, OSError),
)
"""The errors of zipfile for archives that are damaged, encrypted, or of another compression.

OSError is that of a seek to a place before the file.
"""

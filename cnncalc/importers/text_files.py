"""Text of a stranger's file: its size is bounded."""

from __future__ import annotations

from .errors import InvalidModelFile

MAX_TEXT_BYTES = 20_000_000


def bounded_text(path: str) -> str:
    """The text of a file; bytes that are not UTF-8, as in comments, are replaced.

    Raises InvalidModelFile if it is too large, and OSError.
    """
    with open(path, "rb") as file:
        data = file.read(MAX_TEXT_BYTES + 1)
    if len(data) > MAX_TEXT_BYTES:
        raise InvalidModelFile(f"{path} is larger than {MAX_TEXT_BYTES:,} bytes")
    return data.decode("utf-8", "replace")

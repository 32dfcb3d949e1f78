"""The CSV files that options name."""

from __future__ import annotations

from ..sources.files import read_file
from ..sweep.errors import InvalidSweep


def table_text(path: str) -> str:
    """The text of a CSV file.  Raises InvalidSweep if it is not UTF-8, or UnreadableFile."""
    try:
        return read_file(path, named=True).decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidSweep(f"{path} is not UTF-8: save it as UTF-8") from None

"""A file that grows line by line, and can be continued after an interruption at any time.

Beside it is a file with the number of its complete bytes and a state, which is replaced after each
addition.  After an interruption, the file has at least these bytes, and is cut off there.
"""

from __future__ import annotations

import os
from contextlib import suppress

from ..problem import Error

ENDING = ".sweep"


class CannotResume(Error):
    """A file that does not belong to the state beside it, or to what is asked for."""


class RowFile:
    """A file that text is appended to.

    `state` is that of the last addition when it is opened again; None if the file is new.
    Raises CannotResume if the file is shorter than the state says.
    """

    def __init__(self, path: str, restart: bool = False) -> None:
        self.path = path
        self.state: str | None = None
        size = None if restart else self.read_state()
        if size is None:
            with suppress(FileNotFoundError):
                os.remove(path + ENDING)
        self.file = open(path, "wb" if size is None else "r+b")  # noqa: SIM115
        self.file.seek(self.file.truncate(size or 0))

    def read_state(self) -> int | None:
        """Read the state; returns the number of complete bytes, None if there is no state."""
        try:
            with open(self.path + ENDING, encoding="utf-8") as file:
                first, _, state = file.read().partition("\n")
        except (FileNotFoundError, UnicodeDecodeError):
            return None
        if not (first.isascii() and first.isdigit()):
            raise CannotResume(f"{self.path}{ENDING} is not the state of a sweep: --restart")
        with suppress(FileNotFoundError):
            if os.path.getsize(self.path) >= int(first):
                self.state = state
                return int(first)
        raise CannotResume(f"{self.path} has lost rows that were complete: --restart")

    def append(self, text: str, state: str) -> None:
        """Append text, and then replace the state; both are on the disk afterwards."""
        self.file.write(text.encode("utf-8", "backslashreplace"))
        self.file.flush()
        os.fsync(self.file.fileno())
        temporary = f"{self.path}{ENDING}.new"
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(f"{self.file.tell()}\n{state}\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self.path + ENDING)

    def close(self) -> None:
        self.file.close()

"""Whatever is in a model file, a reader ends with a sketch or with one message."""

from __future__ import annotations

from collections.abc import Callable

from ..problem import Error
from .errors import InvalidModelFile


class UnforeseenContent(InvalidModelFile):
    """Content that a reader did not expect.  The fuzz tests assert that it is never raised."""


class ReadingGuard:
    """See `reading`."""

    def __init__(self, place: str | Callable[[], str]) -> None:
        self.place = place

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, Error | OSError):
            place = self.place if isinstance(self.place, str) else self.place()
            raise UnforeseenContent(f"malformed at {place}") from error


def reading(place: str | Callable[[], str]) -> ReadingGuard:
    """Raise UnforeseenContent with a place (`node 12 (Conv)`) for every error but our own.

    A function returns the place at the time of the error.
    """
    return ReadingGuard(place)

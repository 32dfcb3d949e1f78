"""Whatever is in a model file, a reader ends with a sketch or with one message."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..problem import Error
from .errors import InvalidModelFile


class UnforeseenContent(InvalidModelFile):
    """Content that a reader did not expect.  The fuzz tests assert that it is never raised."""


@contextmanager
def reading(place: str) -> Iterator[None]:
    """Raise UnforeseenContent with a place (`node 12 (Conv)`) for every error but our own."""
    try:
        yield
    except (Error, OSError):
        raise
    except Exception as error:
        raise UnforeseenContent(f"malformed at {place}") from error

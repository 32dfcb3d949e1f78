"""What can go wrong in an import."""

from __future__ import annotations

from ..problem import Error


class Unsupported(Error):
    """A function that no layer of the catalogue states.  The message says why."""


class InvalidModelFile(Error, ValueError):
    """A model file that cannot be read.  The message says where, and what was expected."""


class ImportFailed(Error, ValueError):
    """A model that cannot be imported.  The message says why."""

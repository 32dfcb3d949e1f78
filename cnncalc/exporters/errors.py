"""What can go wrong in an export."""

from __future__ import annotations

from ..problem import Error


class ExportError(Error, ValueError):
    """A network that a format cannot state."""


class NotStated(Error):
    """A part of a file that cannot be translated as it is written.

    The part is written layer by layer instead.
    """

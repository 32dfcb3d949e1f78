"""The style of printed text."""

from __future__ import annotations

from ..named_tuple import NamedTuple


class Style(NamedTuple):
    """The style of a printed text.

    `width` is that of the terminal, None if there is no limit (a pipe, where nothing is cut);
    `bars` draws shares instead of printing them; `unicode`: the output can be more than ASCII.
    """

    width: int | None = None
    color: bool = False
    bars: bool = False
    unicode: bool = True
    exact: bool = False

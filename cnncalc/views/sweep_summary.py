"""The line below the rows of a sweep: how many variants there are, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence

from ..escape import safe
from ..problem import count
from ..sweep.progress import Tally
from .layout import wrapped
from .style import Style


def summary_text(tally: Tally, conditions: Sequence[str], style: Style) -> str:
    """How many variants are kept, invalid and excluded.

    >>> summary_text(Tally(10, 7, 1, 2, "width=0: line 3: ..."), ["macs < 1M"], Style())
    '10 variants: 7 kept, 1 invalid (the first: width=0: line 3: ...), 2 excluded by --where\\n'
    """
    parts = [f"{tally.kept:,} kept"] if tally.invalid or conditions else []
    if tally.invalid:
        parts.append(f"{tally.invalid:,} invalid (the first: {safe(tally.reason)})")
    if conditions:
        parts.append(f"{tally.excluded:,} excluded by --where")
    listed = f": {', '.join(parts)}" if parts else ""
    return wrapped(count(tally.variants, "variant") + listed, style) + "\n"

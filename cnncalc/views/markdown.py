"""Markdown: tables."""

from __future__ import annotations

from collections.abc import Sequence


def table(head: Sequence[str], aligns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; columns with the align `r` are right-aligned."""
    rule = ["---:" if align == "r" else "---" for align in aligns]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))

"""Markdown: tables and escaped text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .text import safe


def table(head: Sequence[str], aligns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; columns with the align `r` are right-aligned."""
    rule = ["---:" if align == "r" else "---" for align in aligns]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def escaped(text: str) -> str:
    r"""Text without markup, HTML, cell separators, and mentions of users or issues.

    >>> print(escaped("a|b <i> *c* _d_"))
    a\|b &lt;i> \*c\* \_d\_
    """
    text = safe(text).replace("&", "&amp;").replace("<", "&lt;")
    text = re.sub(r"([\\`*_\[\]|~])", r"\\\1", text)
    return re.sub("[@#]", r"\g<0>&#8203;", text)

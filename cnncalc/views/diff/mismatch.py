"""Why a model is not the network of a file: the message of a test."""

from __future__ import annotations

from ...difference.comparison import Comparison
from ...escape import safe
from ..layout import printed, wrapped
from ..style import Style
from .declarations import declaration_lines
from .rows import diff_rows
from .table import rows_text, totals_columns
from .totals import UNCHANGED, heading, totals
from .verdict import verdict

STYLE = Style(width=100)


def mismatch_text(comparison: Comparison, remark: str = "") -> str:
    """The layers that differ, with their names in both and their lines in the file, and the totals.

    `remark` is a difference that no layer has; empty if there is none.
    """
    before, after = comparison.before, comparison.after
    changed = [row for row in totals(comparison, exact=False) if row.change != UNCHANGED]
    reasons = [] if comparison.is_empty else [verdict(comparison)]
    reasons += [safe(remark)] if remark else []
    parts = [
        wrapped(f"{heading(after)} is not {heading(before)}: {'; '.join(reasons)}", STYLE),
        rows_text(diff_rows(comparison, None, consequences=False), STYLE),
        printed(totals_columns(comparison, changed, 24, STYLE), STYLE) if changed else "",
        "\n".join(f"{section}: {text}" for section, text in declaration_lines(comparison)),
    ]
    return "\n\n".join(part for part in parts if part)

"""Several networks as data of the page: their comparison, and the difference of two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...difference.comparison import Comparison
from ...engine.analysis import Analysis
from ..diff.declarations import declaration_lines
from ..diff.rows import DiffRow, diff_rows, number_text
from ..diff.totals import class_changes, heading, names, shares_sentence, totals
from ..diff.verdict import verdict
from ..grid.compare import NamedAnalysis, compare_grid


def comparison_object(analyses: Sequence[Analysis], called: Sequence[str]) -> dict[str, Any]:
    """The rows of `cnncalc compare`, short and exact; `best` are the best cells of each column.

    `remarks` state the sources of numbers that are not calculated.
    """
    networks = map(NamedAnalysis, called, analyses)
    grid = compare_grid(list(networks))
    return {
        "fields": [{"title": field.title, "number": field.is_right} for field in grid.columns],
        "rows": grid.texts(exact=False),
        "exact": grid.texts(exact=True),
        "best": sorted(grid.best),
        "remarks": grid.remark.text.splitlines() if grid.remark else [],
    }


def difference_object(difference: Comparison) -> dict[str, Any]:
    """The parts of the output of `cnncalc diff`."""
    shown = [] if difference.is_empty else diff_rows(difference, None, consequences=False)
    return {
        "headings": [heading(difference.before), heading(difference.after)],
        "names": names(difference),
        "verdict": verdict(difference),
        "totals": [row._asdict() for row in totals(difference, exact=False)],
        "classes": [row._asdict() for row in class_changes(difference, exact=False)],
        "split": shares_sentence(difference),
        "rows": [row_object(row) for row in shown],
        "declarations": declaration_lines(difference),
    }


def row_object(row: DiffRow) -> dict[str, Any]:
    return {
        "level": row.level,
        "mark": row.mark,
        "label": row.label,
        "text": row.text,
        "params": number_text(row, "params", exact=False),
        "macs": number_text(row, "macs", exact=False),
    }

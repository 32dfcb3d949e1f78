"""Comparisons as LaTeX tables: the totals of both networks, and the layers that changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...difference.comparison import Comparison
from ..latex import LatexColumn, LatexTable, document, running, table, text_columns
from .markdown import title_of
from .rows import DiffRow, diff_rows, number_text
from .totals import names, totals
from .verdict import summary, variant_line


def diff_latex(
    files: Sequence[Sequence[Comparison]],
    depth: int | None,
    consequences: bool,
    exact: bool,
    remarks: Sequence[str] = (),
) -> str:
    """All comparisons by file: the first variant of each in tables, each other one in a line."""
    parts: list[str] = []
    for first, *others in files:
        parts += comparison_parts(first, depth, consequences, exact)
        parts += [paragraph(variant_line(other)) for other in others]
    return document(*parts, *map(paragraph, remarks))


def paragraph(text: str) -> str:
    return f"{running(text)}\\par\n"


def comparison_parts(
    comparison: Comparison, depth: int | None, consequences: bool, exact: bool
) -> Iterator[str]:
    title = title_of(comparison)
    if comparison.is_empty:
        yield paragraph(f"{title}: {summary(comparison)}")
        return
    label = "-".join(names(comparison))
    titles = ("", *names(comparison), "change", "")
    columns = text_columns(titles, "lrrrr", totals(comparison, exact))
    yield table(LatexTable(columns, f"{title}: {summary(comparison)}", label))
    rows = diff_rows(comparison, depth, consequences)
    if rows:
        yield rows_table(rows, exact, title, label)


def rows_table(rows: Sequence[DiffRow], exact: bool, title: str, label: str) -> str:
    columns = [
        LatexColumn("layer", [row.label for row in rows], rank=9),
        LatexColumn("change", [row.text for row in rows], rank=6),
        *(
            LatexColumn(name, [number_text(row, key, exact) for row in rows], True, False, rank)
            for name, key, rank in (("params", "params", 8), ("MACs", "macs", 7))
        ),
    ]
    caption = f"Layers that changed, {title}"
    return table(LatexTable(columns, caption, f"{label}-layers", [row.level for row in rows]))

"""A Report as a LaTeX table that can be pasted into a paper."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...engine.report import Report
from ..text import safe
from .columns import SHAPES, Column, chosen, human, whole_of
from .rows import Row
from .summary import breakdown, operations, totals

HEAD = """\
% Lines as booktabs draws them: with \\usepackage{booktabs} in the preamble, or plain ones without.
\\providecommand{\\toprule}{\\hline}\\providecommand{\\midrule}{\\hline}\\providecommand{\\bottomrule}{\\hline}"""
SPECIAL = {
    "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
    "<": "\\textless{}", ">": "\\textgreater{}", '"': "\\textquotedbl{}", "|": "\\textbar{}", "→": "$\\to$",
    **{mark: f"\\{mark}" for mark in "&%$#_"},
}  # fmt: skip


def show_latex(report: Report, rows: Sequence[Row], columns: Sequence[str], exact: bool, whole: bool) -> str:
    """The rows as one table; of the `whole` network with its totals as the last line.  Columns without a word are left out."""
    shown = [column for column in chosen(columns, report) if any(cell(column, row, report, exact) for row in rows)]
    aligns = "".join("r" if column.is_number or column.name in SHAPES else "l" for column in shown)
    titles = [escaped(f"% of {whole_of(column, report)}" if column.kind == "share" else column.title) for column in shown]
    cells = [[cell(column, row, report, exact) for column in shown] for row in rows]
    last = [total(column, report, exact) for column in shown] if whole else []
    return f"{HEAD}\n{tabular(aligns, titles, cells, last if any(last[1:]) else None)}\n"


def totals_latex(report: Report, exact: bool) -> str:
    """The totals and the breakdown."""
    lines = [[escaped(line.title), escaped(line.amount), escaped(line.remark)] for line in totals(report, exact)]
    shares = [list(map(escaped, line)) for line in breakdown(report, exact)]
    counts = operations(report)
    head = ["class", "layers", "params", "\\% of params", escaped(counts.title), f"\\% of {escaped(counts.noun)}"]
    return f"{HEAD}\n{tabular('lrl', ['total', '', ''], lines)}\n\n{tabular('lrrrrr', head, shares)}\n"


def total(column: Column, report: Report, exact: bool) -> str:
    """The cell of the last line: the sum of a column that has one."""
    if column.name == "layer":
        return "total"
    if column.name == "convention_count" and report.recount:
        return human(column.kind, report.recount.total, exact)
    value = getattr(report.totals, column.name, None) if column.is_number else None
    return escaped(human(column.kind, value, exact))


def cell(column: Column, row: Row, report: Report, exact: bool) -> str:
    text = human(column.kind, column.value(row, report), exact)
    if column.kind == "share":
        return escaped(text.removesuffix(" %"))
    if column.name in ("input", "output", "receptive_field"):
        return " + ".join(f"${part.replace('x', chr(92) + 'times ')}$" for part in text.split(" + ")) if text else ""
    indent = f"\\hspace{{{row.level}em}}" if row.level and column.name == "layer" else ""
    return indent + re.sub(r"(?<=\d)x(?=\d)", r"$\\times$", escaped(text))


def tabular(aligns: str, head: Sequence[str], rows: Sequence[Sequence[str]], last: Sequence[str] | None = None) -> str:
    lines = [f"\\begin{{tabular}}{{{aligns}}}", "\\toprule", line(head), "\\midrule", *map(line, rows)]
    if last:
        lines += ["\\midrule", line(last)]
    return "\n".join([*lines, "\\bottomrule", "\\end{tabular}"])


def line(cells: Sequence[str]) -> str:
    return " & ".join(cells) + " \\\\"


def escaped(text: str) -> str:
    """Text that LaTeX prints as it stands."""
    text = safe(text)
    return "".join(SPECIAL.get(mark, mark) if mark.isascii() or mark in SPECIAL else mark for mark in text)

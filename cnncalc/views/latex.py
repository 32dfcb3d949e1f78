"""LaTeX: tables and escaped text."""

from __future__ import annotations

from collections.abc import Sequence

from .text import safe

HEAD = """\
% Lines as booktabs draws them: with \\usepackage{booktabs} in the preamble, or plain ones without.
\\providecommand{\\toprule}{\\hline}\\providecommand{\\midrule}{\\hline}\
\\providecommand{\\bottomrule}{\\hline}"""

SPECIAL = {
    "\\": "\\textbackslash{}",
    "{": "\\{",
    "}": "\\}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "<": "\\textless{}",
    ">": "\\textgreater{}",
    '"': "\\textquotedbl{}",
    "|": "\\textbar{}",
    "→": "$\\to$",
    **{mark: f"\\{mark}" for mark in "&%$#_"},
}


def tabular(
    aligns: str,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    last: Sequence[str] | None = None,
) -> str:
    lines = [
        f"\\begin{{tabular}}{{{aligns}}}",
        "\\toprule",
        line(head),
        "\\midrule",
        *map(line, rows),
    ]
    if last:
        lines += ["\\midrule", line(last)]
    return "\n".join([*lines, "\\bottomrule", "\\end{tabular}"])


def line(cells: Sequence[str]) -> str:
    return " & ".join(cells) + " \\\\"


def escaped(text: str) -> str:
    """Text without markup of LaTeX."""
    text = safe(text)
    return "".join(
        SPECIAL.get(mark, mark) if mark.isascii() or mark in SPECIAL else mark for mark in text
    )

"""LaTeX: tables."""

from __future__ import annotations

from collections.abc import Sequence

HEAD = """\
% Lines as booktabs draws them: with \\usepackage{booktabs} in the preamble, or plain ones without.
\\providecommand{\\toprule}{\\hline}\\providecommand{\\midrule}{\\hline}\
\\providecommand{\\bottomrule}{\\hline}"""


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

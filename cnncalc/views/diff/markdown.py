"""Comparisons as Markdown for a pull request comment: a summary, a table, and collapsed details."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...difference.comparison import Comparison
from ...escape import markdown as escaped
from ...escape import safe
from ...problem import count
from ..markdown import table
from .declarations import declaration_lines
from .rows import DiffRow, diff_rows, number_text
from .totals import class_changes, names, revisions, shares_sentence, totals
from .verdict import summary, variant_line

MAX_COMMENT = 65_000  # characters; GitHub takes 65,536
RESERVED = 1_000  # characters for the note that the text is truncated
TOTALS_ONLY = "**Totals only**: the changes in these files do not fit in one comment."
MARKS = {"~": "\\~"}


def diff_markdown(
    families: Sequence[Sequence[Comparison]],
    depth: int | None,
    consequences: bool,
    exact: bool,
    remarks: Sequence[str] = (),
) -> str:
    """All comparisons in one comment, by file; `remarks` come last.

    The first variant of a file is shown in full, each other one in a line.  If several files do not
    fit, only their totals are shown; what still does not fit is truncated.
    """
    heads = [head(first, exact) for first, *_ in families]
    bodies = [body(first, depth, consequences, exact) for first, *_ in families]
    variants = [listed(map(variant_line, others)) for _, *others in families]
    end = listed(remarks)
    sections = zip(heads, bodies, variants, strict=True)
    text = joined([*(part for section in sections for part in section), end])
    if len(text) > MAX_COMMENT and len(families) > 1:
        brief = zip(heads, variants, strict=True)
        text = joined([*(part for section in brief for part in section), end, TOTALS_ONLY])
    return text if len(text) <= MAX_COMMENT else truncated(text)


def listed(lines: Iterable[str]) -> str:
    return "\n".join(f"- {escaped(line)}" for line in lines)


def joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


def truncated(text: str) -> str:
    """The complete lines that fit, with open details closed."""
    room = MAX_COMMENT - RESERVED
    kept: list[str] = []
    lines = text.split("\n")
    for line in lines:
        if len(line) + 1 > room:
            break
        kept.append(line)
        room -= len(line) + 1
    opened = sum(line.startswith("<details>") for line in kept)
    closing = "\n\n</details>" if opened > kept.count("</details>") else ""
    note = f"**Cut off here**: {count(len(lines) - len(kept), 'line')} more."
    return "\n".join(kept) + f"{closing}\n\n{note}\n"


def head(comparison: Comparison, exact: bool) -> str:
    """The title, the summary and the totals."""
    title = f"### {escaped(title_of(comparison))}\n\n**{escaped(summary(comparison))}**"
    if comparison.is_empty:
        return title
    before, after = map(escaped, names(comparison))
    rows = [list(map(escaped, row)) for row in totals(comparison, exact)]
    return f"{title}\n\n{table(['', before, after, 'change', ''], ['', *'rrrr'], rows)}"


def body(comparison: Comparison, depth: int | None, consequences: bool, exact: bool) -> str:
    """The collapsed details."""
    if comparison.is_empty:
        return ""
    parts = []
    rows = diff_rows(comparison, depth, consequences)
    if rows:
        parts.append(details("What changed", rows_table(rows, exact)))
    parts.append(class_table(comparison, exact))
    lines = [f"{section}: {text}" for section, text in declaration_lines(comparison)]
    if lines:
        parts.append(details("Other changes in the file", listed(lines)))
    return "\n\n".join(part for part in parts if part)


def title_of(comparison: Comparison) -> str:
    before, after = comparison.before.network, comparison.after.network
    if not before.nodes:
        return f"{after.name} ({after.file}) added"
    if not after.nodes:
        return f"{before.name} ({before.file}) removed"
    first, last = names(comparison)
    if first == "before":
        return f"{after.name}: {after.variant or after.file}"
    title = f"{first} → {last}"
    if (first, last) == tuple(map(safe, revisions(comparison))):
        variant = f"@{after.variant}" if after.variant else ""
        title = f"{after.file.rpartition(':')[2]}{variant}: {title}"
    return title


def details(title: str, text: str) -> str:
    """Collapsed text under a title, which is not escaped."""
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"


def rows_table(rows: Sequence[DiffRow], exact: bool) -> str:
    cells = [
        [
            MARKS.get(row.mark, row.mark),
            label(row),
            escaped(row.text),
            number_text(row, "params", exact),
            number_text(row, "macs", exact),
        ]
        for row in rows
    ]
    return table(["", "layer", "change", "params", "MACs"], ["", "", "", "r", "r"], cells)


def label(row: DiffRow) -> str:
    text = escaped(row.label)
    return "&nbsp;" * (4 * row.level) + (text if row.mark else f"**{text}**")


def class_table(comparison: Comparison, exact: bool) -> str:
    rows = class_changes(comparison, exact)
    if all(row.is_unchanged for row in rows):
        return ""
    titles = ["class", "params", "now", "change", "MACs", "now", "change"]
    cells = [[row.name, *row.params, *row.macs] for row in rows]
    parts = table(titles, ["", *"rrrrrr"], cells), escaped(shares_sentence(comparison))
    return details("Convolutional and dense layers", "\n\n".join(part for part in parts if part))

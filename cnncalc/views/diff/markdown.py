"""Differences as Markdown made for a comment on a pull request: a summary, a table, and the rest to unfold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...difference.comparison import Comparison
from ...problem import count
from ..markdown import escaped, table
from ..text import safe
from .declarations import said
from .rows import DiffRow, diff_rows
from .totals import classes, names, revisions, signed, split, totals
from .verdict import others_line, summary

LONGEST = 65_000  # characters: GitHub takes 65,536 in a comment
SPARE = 1_000  # for what says that something was cut off
TOTALS_ONLY = "**Totals only**: what changed in these files is longer than a comment may be."
MARKS = {"~": "\\~"}


def diff_markdown(
    families: Sequence[Sequence[Comparison]],
    depth: int | None,
    consequences: bool,
    exact: bool,
    remarks: Sequence[str] = (),
) -> str:
    """All of them in one comment: the first variant of a file in full, the others in a line each, `remarks` at the end.

    Where several files are too long together, their totals are told only; what is still too long is cut off, which is said.
    """
    heads = [head(first, exact) for first, *_ in families]
    bodies = [body(first, depth, consequences, exact) for first, *_ in families]
    rest = [
        "\n".join(f"- {escaped(others_line(other))}" for other in others) for _, *others in families
    ]
    last = "\n".join(f"- {escaped(remark)}" for remark in remarks)
    text = joined(
        [*(part for parts in zip(heads, bodies, rest, strict=True) for part in parts), last]
    )
    if len(text) > LONGEST and len(families) > 1:
        text = joined(
            [
                *(part for parts in zip(heads, rest, strict=True) for part in parts),
                last,
                TOTALS_ONLY,
            ]
        )
    return text if len(text) <= LONGEST else cut_off(text)


def joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


def cut_off(text: str) -> str:
    """As many whole lines as may be; what was open is closed."""
    room = LONGEST - SPARE
    kept: list[str] = []
    lines = text.split("\n")
    for line in lines:
        if len(line) + 1 > room:
            break
        kept.append(line)
        room -= len(line) + 1
    opened = sum(line.startswith("<details>") for line in kept) > sum(
        line == "</details>" for line in kept
    )
    closing = "\n\n</details>" if opened else ""
    return (
        "\n".join(kept)
        + f"{closing}\n\n**Cut off here**: {count(len(lines) - len(kept), 'line')} more.\n"
    )


def head(difference: Comparison, exact: bool) -> str:
    """What a network is, what happened to it, and its totals."""
    title = f"### {escaped(title_of(difference))}\n\n**{escaped(summary(difference))}**"
    if difference.is_empty:
        return title
    before, after = map(escaped, names(difference))
    rows = [list(map(escaped, row)) for row in totals(difference, exact)]
    return f"{title}\n\n{table(['', before, after, 'change', ''], ['', *'rrrr'], rows)}"


def body(difference: Comparison, depth: int | None, consequences: bool, exact: bool) -> str:
    """What there is to unfold."""
    if difference.is_empty:
        return ""
    parts = []
    found = diff_rows(difference, depth, consequences)
    if found:
        parts.append(details("What changed", rows_table(found, exact)))
    parts.append(class_table(difference, exact))
    words = "\n".join(f"- {escaped(part)}: {escaped(text)}" for part, text in said(difference))
    if words:
        parts.append(details("What else the file says", words))
    return "\n\n".join(part for part in parts if part)


def title_of(difference: Comparison) -> str:
    before, after = difference.before.network, difference.after.network
    if not before.nodes:
        return f"{after.name} ({after.file}) is new"
    if not after.nodes:
        return f"{before.name} ({before.file}) is gone"
    first, last = names(difference)
    if first == "before":
        return f"{after.name}: {after.variant or after.file}"
    title = f"{first} → {last}"
    if (first, last) == tuple(map(safe, revisions(difference))):
        variant = f"@{after.variant}" if after.variant else ""
        title = f"{after.file.rpartition(':')[2]}{variant}: {title}"
    return title


def details(title: str, text: str) -> str:
    """Text to unfold; the title is our own."""
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"


def rows_table(rows: Sequence[DiffRow], exact: bool) -> str:
    cells = [
        [
            MARKS.get(row.mark, row.mark),
            "&nbsp;" * (4 * row.level)
            + (f"**{escaped(row.label)}**" if not row.mark else escaped(row.label)),
            escaped(row.text),
            number(row, "params", exact),
            number(row, "macs", exact),
        ]
        for row in rows
    ]
    return table(["", "layer", "change", "params", "MACs"], ["", "", "", "r", "r"], cells)


def number(row: DiffRow, name: str, exact: bool) -> str:
    found = signed(getattr(row.delta, name), exact)
    training = signed(getattr(row.delta, f"training_{name}"), exact)
    return found or (f"({training})" if training else "")


def class_table(difference: Comparison, exact: bool) -> str:
    rows = classes(difference, exact)
    if all(row.params[2] == row.macs[2] == "=" for row in rows):
        return ""
    head = ["class", "params", "now", "change", "MACs", "now", "change"]
    cells = [[row.name, *row.params, *row.macs] for row in rows]
    parts = table(head, ["", *"rrrrrr"], cells), escaped(split(difference))
    return details("Convolutional and dense layers", "\n\n".join(part for part in parts if part))

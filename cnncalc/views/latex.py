"""LaTeX: tables that fit the text of an article, with a caption and a label.

A table states its columns as plain text and is laid out here: texts are wrapped if the page is too
narrow for them, and columns are dropped as in a narrow terminal, unless the user named them.  More
rows than fit a page become a `longtable`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import ceil

from ..escape import latex as escaped
from ..named_tuple import NamedTuple
from .latex_width import BOLD, text_width

BOOKTABS = """\
% The rules of booktabs with \\usepackage{booktabs} in the preamble, plain lines without it.
\\providecommand{\\toprule}{\\hline}\\providecommand{\\midrule}{\\hline}\
\\providecommand{\\bottomrule}{\\hline}
"""
LONG = "% Longer than a page: needs \\usepackage{longtable} and a single-column page.\n"
WIDE = "% As wide as the text of an article; in a two-column paper, change table to table*.\n"
CHARACTER = """\
% pdfLaTeX prints the code of a character that its fonts lack, XeLaTeX and LuaLaTeX the character.
\\providecommand{\\cnncalcchar}[2]{\\ifdefined\\Umathcode #2\\else U+#1\\fi}
"""
SIZES = (("small", 10.0), ("footnotesize", 9.25))
"""Sizes of the text of a table, and their em in points in an article of 11 points.

What fits there fits in one of 10 or 12 points, too: its em is a smaller part of the text width.
"""
TEXT_WIDTH = 355
COLUMN_WIDTH = 229
"""Points of a column of two in an article of 10 points."""
GAP = 8
"""Points between two columns: twice the `tabcolsep` that a table sets."""
PAGE = 40
"""Lines of a table that fit a page with its caption."""
MAX_LINES = 3
"""Lines in which a text is wrapped, before a column is dropped instead."""
MAX_WORD = 16
"""em of the longest word that is not broken for a narrower column."""
TOO_WIDE = "% Wider than the text of an article: select fewer columns, or rotate the table.\n"


class LatexColumn(NamedTuple):
    """A column of plain text: of numbers, or of words that may be wrapped.

    The column of lowest `rank` is dropped first, under its `name` if its title is not unique.
    """

    title: str
    cells: Sequence[str]
    right: bool = False
    words: bool = True
    rank: int = 1
    name: str = ""


class LatexTable(NamedTuple):
    """A table: its columns, and what is particular about some rows.

    `indents` are the levels of the first cells, `bold` positions (row, column), `sums` the number
    of last rows that add up the others.  Of `is_chosen` columns, none is dropped.
    """

    columns: Sequence[LatexColumn]
    caption: str
    label: str
    indents: Sequence[int] = ()
    bold: frozenset[tuple[int, int]] = frozenset()
    sums: int = 0
    is_chosen: bool = False


class Fit(NamedTuple):
    """How a table fits: the size of its text and its em, the columns that are kept by their
    position, with the width in em of those that are wrapped, and the names of the others.
    """

    size: str
    em: float
    widths: dict[int, float | None]
    dropped: tuple[str, ...]
    points: float

    @property
    def remarks(self) -> str:
        """Comments on the width."""
        dropped = f"% Omitted to fit the text: {', '.join(self.dropped)}.\n" if self.dropped else ""
        return dropped + (TOO_WIDE if self.points > TEXT_WIDTH else "")


class ColumnWidth(NamedTuple):
    """The width of a column in em, and the least one in which its words are not broken."""

    natural: float
    least: float


def text_columns(
    titles: Sequence[str], aligns: str, rows: Sequence[Sequence[str]]
) -> list[LatexColumn]:
    """The columns of rows of texts; the last ones are the least important."""
    cells = list(zip(*rows, strict=True)) or [()] * len(titles)
    return [
        LatexColumn(title, cells[index], align == "r", align != "r", -index)
        for index, (title, align) in enumerate(zip(titles, aligns, strict=True))
    ]


def document(*parts: str) -> str:
    """Tables and formulas, after what they need to be defined."""
    return "".join(with_definitions(["\n".join(parts)]))


def with_definitions(parts: Iterable[str]) -> Iterator[str]:
    """Parts of a document, each after what it is the first to need to be defined."""
    needed = {"\\toprule": BOOKTABS, "\\cnncalcchar": CHARACTER}
    for part in parts:
        found = [word for word in needed if word in part]
        yield "".join([needed.pop(word) for word in found]) + part


def table(table: LatexTable) -> str:
    """A table as a float, or as a longtable if it does not fit a page."""
    fit = fitted(table)
    rows = list(row_lines(table, fit))
    titles = [title(table.columns[index], width) for index, width in fit.widths.items()]
    head = line(titles, any(fit.widths.values()))
    aligns = "".join(alignment(table.columns[index], width) for index, width in fit.widths.items())
    caption = f"\\caption{{{running(table.caption)}}}\\label{{tab:{slug(table.label)}}}"
    made = long_table if height(table, fit) > PAGE else floating_table
    return fit.remarks + made(aligns, caption, head, rows, fit)


def floating_table(aligns: str, caption: str, head: str, rows: Sequence[str], fit: Fit) -> str:
    """A table on a page."""
    lines = [
        "\\begin{table}",
        "\\centering",
        f"{caption}\\smallskip",
        f"\\{fit.size}\\setlength{{\\tabcolsep}}{{{GAP // 2}pt}}",
        f"\\begin{{tabular}}{{@{{}}{aligns}@{{}}}}",
        "\\toprule",
        head,
        "\\midrule",
        *rows,
        "\\bottomrule",
        "\\end{tabular}",
        "\\end{table}",
    ]
    hint = WIDE if COLUMN_WIDTH < fit.points <= TEXT_WIDTH else ""
    return hint + "\n".join(lines) + "\n"


def long_table(aligns: str, caption: str, head: str, rows: Sequence[str], fit: Fit) -> str:
    """A table over several pages, with the titles at the top of each."""
    lines = [
        f"{{\\{fit.size}\\setlength{{\\tabcolsep}}{{{GAP // 2}pt}}\\LTcapwidth=\\linewidth",
        f"\\begin{{longtable}}{{@{{}}{aligns}@{{}}}}",
        f"{caption}\\\\",
        "\\toprule",
        head,
        "\\midrule",
        "\\endfirsthead",
        "\\toprule",
        head,
        "\\midrule",
        "\\endhead",
        "\\bottomrule",
        "\\endfoot",
        *rows,
        "\\end{longtable}}",
    ]
    return LONG + "\n".join(lines) + "\n"


def row_lines(table: LatexTable, fit: Fit) -> Iterator[str]:
    """The rows, with a rule above those that are sums."""
    count, is_wrapped = len(table.columns[0].cells), any(fit.widths.values())
    for row in range(count):
        if table.sums and row == count - table.sums:
            yield "\\midrule"
        cells = [cell(table, row, index, width) for index, width in fit.widths.items()]
        yield line(cells, is_wrapped)


def line(cells: Sequence[str], is_wrapped: bool = False) -> str:
    r"""A row.  What follows the `\\` of the row above must not look like its argument.

    A text that is wrapped has its own meaning of `\\`.

    >>> print(line(["[a]", "*"]), line(["a", "b"], is_wrapped=True))
    {}[a] & * \\ a & b \tabularnewline
    """
    guard = "{}" if cells[0][:1] in ("[", "*") else ""
    end = "\\tabularnewline" if is_wrapped else "\\\\"
    return f"{guard}{' & '.join(cells)} {end}"


def cell(table: LatexTable, row: int, index: int, width: float | None) -> str:
    text = table.columns[index].cells[row]
    if not text:
        return ""
    level = table.indents[row] if table.indents and index == 0 else 0
    shown = text_of(text) if width is None else breakable(text, width - level)
    if (row, index) in table.bold:
        shown = rf"\textbf{{{shown}}}"
    indent = rf"\hspace{{{level}em}}" if level else ""
    return ragged(table.columns[index], width) + indent + shown


def title(column: LatexColumn, width: float | None) -> str:
    return ragged(column, width) + text_of(column.title)


def ragged(column: LatexColumn, width: float | None) -> str:
    """What begins a cell that is wrapped, so that its lines are not stretched."""
    if width is None:
        return ""
    return "\\raggedleft " if column.right else "\\raggedright "


def text_of(text: str) -> str:
    r"""Text, with signs of mathematics: between sizes, before a negative number, and for `->`.

    >>> print(text_of("conv_1 3x3"), text_of("(3 - 1) x 4"))
    conv\_1 3$\times$3 (3 - 1) $\times$ 4
    >>> print(text_of("-1.5"), text_of("64 -> 128"))
    $-$1.5 64 $\to$ 128
    """
    text = re.sub("^-(?=[0-9])", "\u2212", text).replace("->", "→")
    return re.sub(r"(?<=\d)x(?=\d)|(?<=[\d)] )x(?= [\d(])", r"$\\times$", escaped(text))


PART = re.compile(r"[^._/]*[._/]|[^._/]+")
"""A part of a word, after which it can be broken."""


def breakable(text: str, width: float) -> str:
    r"""Text in which words that are too wide can be broken, after punctuation if that is enough.

    >>> print(breakable("stage.0, 3x3", 9))
    stage.0, 3$\times$3
    >>> print(breakable("stage.0", 2.7), breakable("abc", 0.6))
    stage.\allowbreak{}0 a\allowbreak{}b\allowbreak{}c
    """
    return " ".join(
        text_of(word) if text_width(word) <= width else broken(word, width)
        for word in text.split(" ")
    )


def running(text: str) -> str:
    """Text of a paragraph, in which every longer word can be broken after its punctuation."""
    return " ".join(
        text_of(word) if text_width(word) <= SHORT_WORD else broken(word, MAX_WORD)
        for word in text.split(" ")
    )


SHORT_WORD = 5
"""em of a word that a paragraph has room for."""


def broken(word: str, width: float) -> str:
    """A word with the places where it can be broken."""
    pieces = [
        piece
        for part in PART.findall(word)
        for piece in ([part] if text_width(part) <= width else list(part))
    ]
    return "\\allowbreak{}".join(map(text_of, pieces))


def alignment(column: LatexColumn, width: float | None) -> str:
    if width is None:
        return "r" if column.right else "l"
    return f"p{{{ceil(10 * width + 1) / 10}em}}"  # smaller fonts are wider by up to a percent


def slug(text: str) -> str:
    """A text as a label.

    >>> slug("ResNet (50)")
    'ResNet-50'
    """
    return re.sub(r"[^A-Za-z0-9_]+", "-", text).strip("-")


# What fits


def fitted(table: LatexTable) -> Fit:
    """The table in as few lines as possible; without some columns if three lines are not enough."""
    widths = [column_width(table, index) for index in range(len(table.columns))]
    kept = [index for index, column in enumerate(table.columns) if any(column.cells)]
    kept = kept or list(range(len(table.columns)))
    dropped: list[str] = []
    while True:
        for lines, (size, em) in product(range(1, MAX_LINES + 1), SIZES):
            wrapped = wrapped_widths(table, widths, kept, em, lines)
            if wrapped is not None:
                return fit(widths, wrapped, dropped, size, em)
        if table.is_chosen or len(kept) == 1:
            break
        least = min(kept, key=lambda index: table.columns[index].rank)
        kept.remove(least)
        dropped.append(table.columns[least].name or table.columns[least].title)
    wrapped = wrapped_widths(table, widths, kept, em, UNBOUNDED) or dict.fromkeys(kept)
    return fit(widths, wrapped, dropped, size, em)


UNBOUNDED = 10**9


def fit(
    widths: Sequence[ColumnWidth],
    wrapped: dict[int, float | None],
    dropped: Sequence[str],
    size: str,
    em: float,
) -> Fit:
    total = sum(width or widths[index].natural for index, width in wrapped.items())
    return Fit(size, em, wrapped, tuple(dropped), total * em + GAP * (len(wrapped) - 1))


def wrapped_widths(
    table: LatexTable, widths: Sequence[ColumnWidth], kept: Sequence[int], em: float, lines: int
) -> dict[int, float | None] | None:
    """The columns with the widths of those that are wrapped, in at most as many lines.

    None if they do not fit.
    """
    excess = sum(widths[index].natural for index in kept)
    excess -= (TEXT_WIDTH - GAP * (len(kept) - 1)) / em
    found: dict[int, float | None] = dict.fromkeys(kept)
    for index in sorted(kept, key=lambda index: table.columns[index].rank):
        natural, least = widths[index]
        width = max(least, SLACK * natural / lines, natural - excess)
        if excess > 0 and table.columns[index].words and width < natural:
            excess -= natural - width
            found[index] = width
    return found if excess <= 0 else None


SLACK = 1.15
"""How much wider than a part of a text its lines are, as words are not broken."""


def column_width(table: LatexTable, index: int) -> ColumnWidth:
    column = table.columns[index]
    levels = table.indents if table.indents and index == 0 else [0] * len(column.cells)
    cells = zip(column.cells, levels, strict=True)
    widths = [text_width(text) + level for text, level in cells]
    for row, position in table.bold:
        if position == index:
            widths[row] *= BOLD
    words = {word for text in column.cells for word in text.split()}
    longest = max(map(text_width, words), default=0) + max(levels, default=0)
    title = text_width(column.title)
    return ColumnWidth(max([title, *widths]), max(title, min(MAX_WORD, longest)))


def height(table: LatexTable, fit: Fit) -> int:
    """The lines of a table, those of its wrapped texts included."""
    count = len(table.columns[0].cells)
    lines = [1] * count
    for index, width in fit.widths.items():
        if width is not None:
            texts = table.columns[index].cells
            lines = [
                max(before, ceil(SLACK * text_width(text) / width))
                for before, text in zip(lines, texts, strict=True)
            ]
    return sum(lines) + 3

r"""The one way out for text: an escape for each kind of sink, and guards for whole outputs.

Text from a file, a file name, an option or git reaches an output only through the escape of that
sink: `safe` (terminal, `repr`, JSON messages), `csv_cell`, `latex`, `markdown`, `xml` (HTML and SVG
too), `mermaid`, `dot`, `github_message` and `github_property`.

A CI platform reads commands in whatever a job prints: GitHub takes a line that begins with `::`,
after any white space, and `##[` anywhere; Azure and TeamCity `##vso[` and `##teamcity[`.  `guarded`
takes the commands out of a whole output, so that a view cannot forget to.  Where the format has an
escape, the output still means the same: `\u0023` in JSON, quotes in CSV, a reference in XML.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable

from .named_tuple import NamedTuple

MAX_MARKS = 4
"""Combining marks on one character; a language has up to three."""
EMPTY = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Letters, marks and symbols that are drawn as nothing."""


def safe(text: str) -> str:
    """A text with characters escaped that are invisible, or that control a terminal.

    These are control, format, private and unassigned characters, surrogates, separators of lines
    and paragraphs, characters that are drawn as nothing, and combining marks after the fourth.

    >>> print(safe("red" + chr(27) + "[31m"), safe(chr(0x3164)))
    red\\x1b[31m \\u3164
    """
    if text.isascii() and text.isprintable():
        return text
    return re.sub("[^ -~]+", lambda found: visible(found[0]), text)


def visible(text: str) -> str:
    """`safe` for text outside of printable ASCII."""
    from unicodedata import category  # most texts are ASCII

    found, marks, before = [], 0, ""
    for char in text:
        kind = category(char)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        is_drawn = kind[0] != "C" and kind not in ("Zl", "Zp") and char not in EMPTY
        if "\ufe00" <= char <= "\ufe0f" or char >= "\U000e0100":  # selects how a symbol is drawn
            is_drawn = char == "\ufe0f" and before == "So"
        found.append(char if is_drawn and marks <= MAX_MARKS else escape_sequence(char))
        before = kind
    return "".join(found)


def escape_sequence(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


# Escapes of text within a format


def csv_cell(text: str) -> str:
    """A cell that a spreadsheet shows as text, also where `;` separates cells; quoted if needed.

    An apostrophe marks what would be a formula.  A cell that could be a command of a CI is quoted.

    >>> csv_cell("=1+1"), csv_cell("-3"), csv_cell("a,b"), csv_cell("a;=b"), csv_cell("::x")
    ("'=1+1", '-3', '"a,b"', "a;'=b", '"::x"')
    """
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?", text):
        text = re.sub(r"((?:^|;)\s*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])", r"\1'", text)
        text = without_marks(safe(text), r"\\x23#")
    if re.search('[,"]', text) or re.match(r"\s*::", text):
        text = '"' + text.replace('"', '""') + '"'
    return text


LATEX = {
    "\\": "\\textbackslash{}",
    "{": "\\{",
    "}": "\\}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "<": "\\textless{}",
    ">": "\\textgreater{}",
    '"': "\\textquotedblright{}",
    "`": "\\textasciigrave{}",
    "|": "\\textbar{}",
    "→": "$\\to$",
    "≤": "$\\leq$",
    "≥": "$\\geq$",
    "\u2212": "$-$",
    **{mark: f"\\{mark}" for mark in "&%$#_"},
}
LATEX_ACCENTS = frozenset(
    map(chr, (*range(0x300, 0x305), 0x306, 0x307, 0x308, *range(0x30A, 0x30D), 0x327))
)
LATEX_SIGNS = frozenset(
    "ßæœøåÆŒØÅłŁıĳĲ§¶©®£¢¥€¡¿ªº¹²³¼½¾°±µ·¬÷…†‡•←↑↓“”\u00d7\u00a0\u2013\u2014\u2018\u2019"
)
"""What the usual fonts of LaTeX have apart from ASCII: accents on its letters, and these."""


def latex(text: str) -> str:
    r"""Text without markup of LaTeX.

    The fonts of LaTeX do not have all characters: a macro prints the codes of others.

    >>> print(latex("50 % of a_1"), latex("--x"), latex("é"), latex(chr(0xAC00)))
    50 \% of a\_1 -{}-x é \cnncalcchar{AC00}{가}
    """
    text = safe(text)
    if not text.isascii():
        return latex_characters(text)
    text = "".join([LATEX.get(mark, mark) for mark in text])
    return re.sub(r"([-',])(?=\1)", r"\1{}", text) if re.search("--|''|,,", text) else text


def latex_characters(text: str) -> str:
    """`latex` for text that is not ASCII."""
    from unicodedata import normalize  # most texts are ASCII

    def shown(found: re.Match[str]) -> str:
        char = found[0]
        letter, *marks = list(normalize("NFD", char))
        is_accented = len(marks) == 1 and marks[0] in LATEX_ACCENTS and letter.isascii()
        if char in LATEX_SIGNS or (is_accented and char < "\u0180"):
            return char
        return LATEX.get(char) or f"\\cnncalcchar{{{ord(char):X}}}{{{char}}}"

    parts = re.split("([^ -~])", normalize("NFC", text))
    return "".join(latex(part) if part.isascii() else re.sub(".", shown, part) for part in parts)


def markdown(text: str) -> str:
    r"""Text without markup, HTML, cell separators, links, and mentions of users or issues.

    >>> print(markdown("a|b <i> *c* _d_"), markdown("https://x.org"))
    a\|b &lt;i> \*c\* \_d\_ https:&#8203;//x.org
    """
    text = safe(text).replace("&", "&amp;").replace("<", "&lt;")
    text = re.sub(r"([\\`*_\[\]|~])", r"\\\1", text)
    links = r"[@#]|:(?=//)|(?i:\bwww(?=\.)|\bgh(?=-\d))"
    return re.sub(links, r"\g<0>&#8203;", text)


XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})


def xml(text: str) -> str:
    """Text for an element or an attribute of XML, SVG or HTML.

    >>> xml('<a href="x">')
    '&lt;a href=&quot;x&quot;&gt;'
    """
    text = safe(text).translate(XML)
    return text.replace("##", "#&#35;").replace("::", ":&#58;")


def mermaid(text: str) -> str:
    """Text of a label of Mermaid, with special characters as character codes.

    >>> print(mermaid('conv 3x3, 64 "end" %%'))
    conv 3x3, 64 #34;end#34; #37;#37;
    """
    return re.sub(r"[^A-Za-z0-9_ .,/=+-]", lambda found: f"#{ord(found[0])};", safe(text))


def dot(text: str) -> str:
    r"""Text of a label of Graphviz, without its escapes and entities.

    >>> print(dot(r'say "a" \N &lt;'))
    say \"a\" \\N &amp;lt;
    """
    text = safe(text).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return text.replace("##", "#&#35;")


def github_message(text: str) -> str:
    """The message of a workflow command, escaped as GitHub's toolkit does.

    >>> github_message("100 %")
    '100 %25'
    """
    return safe(text).replace("%", "%25").replace("##", "#%23")


def github_property(text: str) -> str:
    """A property of a workflow command, escaped as GitHub's toolkit does."""
    return github_message(text).replace(":", "%3A").replace(",", "%2C")


# Guards of whole outputs

START = r"(?m)^((?:[^\S\n]|[\u180e\u200b\ufeff]|\x1b\[[\d;]*m)*+):(?=:)"
"""The first colon of a command that begins a line, after white space and colors."""
CONTROLS = r"\x1b(?!\[[\d;]*m)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u2028\u2029]"
"""What controls a terminal or ends a line, apart from tabs, line feeds and colors."""


def without_controls(text: str) -> str:
    if text.replace("\n", "").isprintable():
        return text
    return re.sub(CONTROLS, lambda found: escape_sequence(found[0]), text)


def without_starts(text: str, escaped: str) -> str:
    """Text with the first colon of each `::` replaced that begins a line."""
    return re.sub(START, rf"\1{escaped}", text) if "::" in text else text


def without_marks(text: str, escaped: str) -> str:
    """Text with the start of `##[`, `##vso[` and the like replaced, wherever it is in a line."""
    return re.sub(r"##(?=\w*\[)", escaped, text) if "##" in text else text


def guard_text(text: str) -> str:
    r"""Text for a terminal or a log.

    >>> print(guard_text("  ::error::no\n##[error]no"))
      \x3a:error::no
    \x23#[error]no
    """
    text = without_controls(text)
    return without_starts(without_marks(text, r"\\x23#"), r"\\x3a")


def guard_json(text: str) -> str:
    r"""JSON, in which no line begins with a text.

    >>> print(guard_json('["##[error]"]'))
    ["#\u0023[error]"]
    """
    text = text.replace("##", r"#\u0023")
    return text if text.isascii() else re.sub("[^\n -~]+", json_text, text)


def json_text(found: re.Match[str]) -> str:
    """Text of JSON, in which invisible characters are escaped."""
    return "".join(char if safe(char) == char else json_escape(char) for char in found[0])


def guard_csv(text: str) -> str:
    return without_starts(without_marks(without_controls(text), r"\\x23#"), "':")


def guard_latex(text: str) -> str:
    return without_starts(without_marks(without_controls(text), r"\\#\\#"), "{}:")


def guard_markup(text: str) -> str:
    """XML, HTML, Markdown, and dot, whose labels have the same references."""
    return without_starts(without_marks(without_controls(text), "#&#35;"), "&#58;")


def guard_commands(text: str) -> str:
    """Workflow commands: they are meant, and `github_message` escapes what is in them."""
    return text


# What replaces a character that an encoding lacks

LOOKALIKES = {
    "→": "->",
    "←": "<-",
    "↑": "^",
    "↓": "v",
    "…": "...",
    "≤": "<=",
    "≥": ">=",
    "“": '"',
    "”": '"',
    "·": "*",
    **dict.fromkeys("\u00d7", "x"),  # a multiplication sign
    **dict.fromkeys("\u2212\u2013\u2014─━═╌┄", "-"),  # minus, dashes, rules
    **dict.fromkeys("\u2018\u2019", "'"),  # quotes
    **dict.fromkeys("\u00a0\u3000", " "),  # spaces
    **dict.fromkeys("▏▎▍▌▋▊▉█", "#"),
    **dict.fromkeys("│┃║", "|"),
    "\u2800": " ",
    "●": "o",
    **dict.fromkeys(map(chr, range(0x2801, 0x2900)), "."),  # dots of a plot
    **dict.fromkeys("•┌┐└┘├┤┬┴┼┏┓┗┛╭╮╯╰╔╗╚╝╠╣╦╩╬┡┩╇┢┪╈", "+"),
}
"""What people read in place of a character."""


def lookalike(char: str) -> str:
    return LOOKALIKES.get(char) or escape_sequence(char)


def json_escape(char: str) -> str:
    """A character in a text of JSON: two escapes if it is beyond the first 65,536."""
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))


def register(name: str, replacement: Callable[[str], str]) -> None:
    """Make a replacement of characters known to `str.encode` and to streams."""

    def handler(error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeEncodeError)
        lacking = error.object[error.start : error.end]
        return "".join(map(replacement, lacking)), error.end

    codecs.register_error(name, handler)


ASCII_TEXT, ASCII_JSON = "cnncalc.text", "cnncalc.json"
register(ASCII_TEXT, lookalike)
register(ASCII_JSON, json_escape)


# The sinks


class Sink(NamedTuple):
    """A kind of output: its guard, and the error handler for characters that cannot be encoded."""

    guard: Callable[[str], str]
    errors: str


TEXT = Sink(guard_text, ASCII_TEXT)
JSON = Sink(guard_json, ASCII_JSON)
MARKUP = Sink(guard_markup, "xmlcharrefreplace")
SINKS = {
    "json": JSON,
    "sarif": JSON,
    "gitlab": JSON,
    "csv": Sink(guard_csv, ASCII_TEXT),
    "latex": Sink(guard_latex, ASCII_TEXT),
    "tikz": Sink(guard_latex, ASCII_TEXT),
    "markdown": MARKUP,
    "junit": MARKUP,
    "svg": MARKUP,
    "html": MARKUP,
    "dot": MARKUP,
    "github": Sink(guard_commands, ASCII_TEXT),
}
"""The sink of each format; any other is text for people."""


def guarded(text: str, form: str = "text") -> str:
    """An output in a format, in whole lines, without commands of a CI."""
    return SINKS.get(form, TEXT).guard(text)


def encodable(text: str, form: str, encoding: str) -> str:
    """The text without characters that an encoding lacks: ASCII for arrows and boxes.

    >>> encodable("a → b", "text", "ascii"), encodable("a → b", "json", "ascii")
    ('a -> b', 'a \\\\u2192 b')
    """
    if text.isascii() or encoding.lower() in ("utf-8", "utf8"):
        return text
    return text.encode(encoding, SINKS.get(form, TEXT).errors).decode(encoding)

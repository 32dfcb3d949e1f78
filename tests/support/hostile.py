"""Text that would act, mislead or break a format, and files that have it wherever they can."""

from __future__ import annotations

from pathlib import Path

from cnncalc.expression.reference import is_name

LOG = [
    "::error::x",
    " ::error::x",
    "\u00a0::error::x",
    "\u3000::warning::x",
    "\ufeff::error::x",
    "##[error]x",
    "a ##[stop-commands]x",
    "##vso[task.complete]x",
    "a\n::error::x",
    "a\r::error::x",
]
"""Commands of CI platforms."""
TERMINAL = [
    "\x1b[31mx",
    "\x1b]0;x\x07",
    "\x9b31mx",
    "\x00x",
    "x\x7f",
    "x\u0085y",
    "x\u2028y",
    "x\u202ey",
    "x\u061cy",
    "x\u00ady",
    "x\u180ey",
    "x\u206ay",
    "x\ufff9y",
    "x\U000e0041y",
    "x\U000e0100y",
    "x\U0001d173y",
    "x\ue000y",
    *("x\u0378y", "\ufffe", "\ud800", "a\tb", "\r\n"),
    "\u3164",
    "\u115f",
    "x" + "\u0301" * 40,
]
"""Characters that control a terminal, or cannot be seen."""
SPREADSHEET = [
    "=cmd|'/C calc'!A0",
    "a;=cmd|'/C calc'!A0;b",
    "a; =x",
    "\uff1dcmd",
    "\uff0bx",
    "@x",
    "-1+a",
    "\t=x",
]
"""Formulas."""
MARKUP = [
    "<script>alert(1)</script>",
    "</svg><script>alert(1)</script>",
    "]]>",
    "-->",
    "&lt;b&gt; &amp;#60; &#x3c; #lt; #35;",
    "<img src=x onerror=a()>",
    "https://evil.example",
    "WWW.evil.example",
    "@team #1 GH-1",
    "a|b `c` *d* _e_ ~f~ $g$",
    "\\input{x} 5% {y} ^z",
    "'",
    '"',
    "\\",
    '\\"',
    "\\N",
    "\\n",
    "--",
    *("end", "click n0 href", "subgraph", "graph", "style", "%%", "%%{init: {}}%%", "`**a**`"),
    *("$$x^2$$", "fa:fa-car", "- item", "1. item", "# head", "a<br/>b", "{0} {{x}}", "[[x]]"),
    *("(x)", "|x|", "; n0 --> n1", "@{shape: x}", ":::conv", "digraph {", "<<b>x</b>>"),
]
"""Marks of Markdown, HTML, LaTeX, Mermaid and Graphviz."""
PLAIN = ["\u00e9\u4e2d", "\U0001f600", "a\u0301", "x" * 400]
"""Text that stays as it is."""
HOSTILE = [*LOG, *TERMINAL, *SPREADSHEET, *MARKUP, *PLAIN]

TITLES = [*LOG, "\x1b]0;x\x07", "\u202ex", "a;=cmd;b", "https://evil.example <b> @team"]
"""Text for what a file has only one of: its name, its source, its own file name."""


def quoted(text: str) -> str:
    """A text in YAML."""
    special = '"\\' + "".join(map(chr, (*range(32), 127)))
    return (
        '"'
        + "".join(
            f"\\U{ord(char):08x}" if char in special or ord(char) > 126 else char for char in text
        )
        + '"'
    )


IN_FILES = [text for text in HOSTILE if "\ud800" not in text]
"""Text that a file can contain."""
NAMES = [text for text in IN_FILES if is_name(text)]


def network_text(title: str) -> str:
    """A valid file: hostile text in each name, tag, comment and source that takes it."""
    names = [
        f"  - {{conv: 4, kernel: 1, name: {quoted(name)}}}  # {quoted(title)}" for name in NAMES
    ]
    tags = [f"  - {{conv: 4, kernel: 1, shared: {quoted(text)}}}" for text in IN_FILES]
    lines = [
        f"name: {quoted(title)}",
        f"source: {quoted(title)}",
        f"task: {quoted(title)}",
        "input: 4x8x8",
        "layers:",
        *names,
        *tags,
        f"  - {{layers: [relu, relu], name: {quoted('::error::group')}}}",
        "  - {conv: 4, kernel: 1, shared: 'a",
        "  ::error::x",
        "  ##[error]x'}",
        "  # ##[error]x",
        "  - {conv: 4, kernel: 1}",
        "  - bn",
        f"  - {{output: [flatten, {{linear: 3}}], name: {quoted('::error::aux')}}}",
        "expect: {params: 1, layers: {'::error::x': {params: 1}}}",
    ]
    return "\n".join(lines) + "\n"


def broken_text() -> str:
    """A file with an error for each text: an unknown layer, key, argument, value and reference."""
    lines = ["input: 4x8x8", "layers:"]
    for text in IN_FILES:
        word = quoted(text)
        lines += [f"  - {word}", f"  - {{conv: 4, kernel: 1, {word}: 1}}", f"  - {{conv: {word}}}"]
        lines += [f"  - {{from: {word}}}", f"  - {{relu: , name: {word}}}"]
    lines += ["  - {conv: 4, kernel: 1, shared: 'a", "  ::error::x', x: 1}"]
    return "\n".join(lines) + "\n"


BROKEN = " ::error::broken.cnn.yaml"
"""The name of a file with errors."""


def write_hostile_files(folder: Path) -> list[str]:
    """Write valid files, named like their titles, and a broken one; the names of the valid ones."""
    names = []
    for title in TITLES:
        name = title.replace("/", "\u2215") + ".cnn.yaml"
        (folder / name).write_text(network_text(title), "utf-8")
        names.append(name)
    (folder / BROKEN).write_text(broken_text(), "utf-8")
    return names

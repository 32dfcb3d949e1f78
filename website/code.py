"""Code with the classes of its tokens, which site.css colors."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import Any

LANGUAGES = {
    "yaml": "yaml",
    "sh": "bash",
    "python": "python",
    "pycon": "pycon",
    "json": "json",
    "toml": "toml",
    "ini": "ini",
    "make": "make",
    "makefile": "make",
    "lua": "lua",
    "latex": "latex",
}
"""The languages of the blocks that have colors, as Pygments names them."""


def highlighted(code: str, language: str) -> str:
    """Code as HTML.

    >>> highlighted("a < b", "text")
    'a &lt; b'
    >>> highlighted("relu:", "yaml").strip()
    '<span class="nt">relu</span><span class="p">:</span>'
    """
    if language not in LANGUAGES:
        return escape(code, quote=False)
    from pygments import highlight

    html: str = highlight(code, lexer(LANGUAGES[language]), formatter())
    return html.replace('<span class="w"> </span>', " ")


@cache
def lexer(name: str) -> Any:
    from pygments.lexers import get_lexer_by_name

    return get_lexer_by_name(name, stripnl=False)


@cache
def formatter() -> Any:
    from pygments.formatters import HtmlFormatter

    return HtmlFormatter(nowrap=True)

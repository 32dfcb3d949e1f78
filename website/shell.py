"""Whole pages: the content of a page in the frame of the site, and the index of the search."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from cnncalc.views.palette import page_style

from .navigation import NavigationGroup, contents, navigation, translation
from .page import SitePage

ASSETS = Path(__file__).parent / "assets"
COPIED = ("theme.js", "search.js", "site.js", "icon.svg")


def filled(template: Path, parts: Mapping[str, str]) -> str:
    """A template with its parts."""
    text = template.read_text("utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], text)


def root_of(path: str) -> str:
    """The way from a page to the top of the site.

    >>> root_of("layers.html"), root_of("networks/alexnet.html")
    ('', '../')
    """
    return "../" * path.count("/")


def header(path: str) -> str:
    return filled(ASSETS / "header.html", {"root": root_of(path)})


def whole_page(page: SitePage, titles: Mapping[str, str], groups: Sequence[NavigationGroup]) -> str:
    """A page with its header, navigation and contents."""
    root = root_of(page.path)
    home = "cnncalc: shapes, parameters and operations of CNN architectures"
    return filled(
        ASSETS / "page.html",
        {
            "language": page.language,
            "root": root,
            "title": escape(home if page.path == "index.html" else f"{page.title} · cnncalc"),
            "summary": escape(page.summary or page.title),
            "script": f'<script src="{root}{page.script}" defer></script>' if page.script else "",
            "header": header(page.path),
            "wide": " spread" if page.is_wide else "",
            "navigation": navigation(page, titles, groups),
            "translation": translation(page, titles),
            "content": page.html,
            "contents": "" if page.is_wide else contents(page),
        },
    )


def style_sheet() -> str:
    """The style of the site, with the colors of the classes of layers."""
    return page_style() + (ASSETS / "site.css").read_text("utf-8")


def search_index(pages: Sequence[SitePage]) -> str:
    """The sections of all pages as a script: a page that is opened as a file can load that."""
    rows = [
        [page.path, page.title, "" if one.level == 1 else one.anchor, one.title, one.text]
        for page in pages
        for one in page.sections
        if one.level <= 4 and (one.text or one.level == 1)
    ]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return f"window.cnncalcIndex = {text};\n"

"""The navigation: the groups of pages in the README, in its order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

from .documents import KOREAN, ROOT, sources
from .page import SitePage, relative

FURTHER = {"Contribute": ("docs/architecture.md", "CONTRIBUTING.md")}
"""Pages for contributors, which the README does not list."""


class NavigationGroup(NamedTuple):
    """A group of pages by their paths on the site, with a sentence on each."""

    title: str
    pages: Mapping[str, str]


def groups() -> list[NavigationGroup]:
    """The lists in the section "Documentation" of the README."""
    text = (ROOT / "README.md").read_text("utf-8")
    section = re.split(r"^## ", text.split("\n## Documentation\n")[1], flags=re.MULTILINE)[0]
    paths = sources()
    found = []
    for part in re.findall(r"^(\w[^\n]*):\n\n((?:- .*\n(?:  .*\n)*)+)", section, re.MULTILINE):
        items = re.findall(r"^- \[.*?\]\((.*?)\)(?:: (.*))?", part[1], re.MULTILINE)
        found.append(NavigationGroup(part[0], {paths[path]: about for path, about in items}))
    for title, files in FURTHER.items():
        found.append(NavigationGroup(title, {paths[path]: "" for path in files}))
    return found


def navigation(
    page: SitePage, titles: Mapping[str, str], all_groups: Sequence[NavigationGroup]
) -> str:
    """The links to all pages, as they are on a page."""
    parts = []
    for group in all_groups:
        items = "".join(item(path, titles[path], page) for path in group.pages)
        parts.append(f"<h2>{escape(group.title)}</h2>\n<ul>{items}</ul>")
    licenses = (
        f'<a href="{relative("licenses.txt", page.path)}">Licenses of what is on this site</a>'
    )
    return "\n".join([*parts, f'<p class="fine">{licenses}</p>'])


def item(path: str, title: str, page: SitePage) -> str:
    here = ' aria-current="page"' if path == page.path else ""
    return f'<li><a href="{relative(path, page.path)}"{here}>{escape(title)}</a></li>\n'


def contents(page: SitePage) -> str:
    """The links to the sections of a page."""
    shown = [one for one in page.sections if 2 <= one.level <= 3 and one.anchor]
    if len(shown) < 2:
        return ""
    items = "".join(
        f'<li class="level{one.level}"><a href="#{escape(one.anchor)}">{escape(one.title)}</a></li>'
        for one in shown
    )
    title = "On this page"
    return f'<nav class="contents" aria-label="{title}"><h2>{title}</h2><ul>{items}</ul></nav>'


def translation(page: SitePage, titles: Mapping[str, str]) -> str:
    """The link to a page in its other language, if there are two."""
    if page.path.endswith(KOREAN):
        other, language, name = page.path.removesuffix(KOREAN) + ".html", "en", "English"
    else:
        other, language, name = page.path.removesuffix(".html") + KOREAN, "ko", "한국어"
    if other not in titles:
        return ""
    link = f'<a href="{other}" lang="{language}" hreflang="{language}">{name}</a>'
    return f'<p class="translation">{link}</p>'

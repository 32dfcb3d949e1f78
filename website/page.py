"""A page of the site, and the addresses of pages relative to each other."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import NamedTuple

from .markdown import Section


class SitePage(NamedTuple):
    """A page: its path on the site, its title, its content, and the sections for the search.

    `summary` is a sentence on it; `script` a library that it needs.
    """

    path: str
    title: str
    html: str
    sections: Sequence[Section] = ()
    language: str = "en"
    summary: str = ""
    script: str = ""
    is_wide: bool = False


def relative(target: str, page: str) -> str:
    """The address of a path of the site on a page, so that the site works in any folder.

    >>> relative("layers.html", "index.html"), relative("layers.html", "networks/alexnet.html")
    ('layers.html', '../layers.html')
    >>> relative("networks/alexnet.svg", "networks/alexnet.html")
    'alexnet.svg'
    """
    return posixpath.relpath(target, posixpath.dirname(page) or ".")

"""Builds the site into a folder, completely or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from .documents import ROOT, document_pages, folder_pages, linked_files, repository_files
from .navigation import groups
from .networks import network_pages
from .page import SitePage
from .shell import ASSETS, COPIED, search_index, style_sheet, whole_page

MARK = ".cnncalc-site"
"""A file by which a folder is known as one that was built, and may be replaced."""


class NotASite(Exception):
    """The output folder has files that were not built."""


def build_site(output: Path, further: Mapping[str, bytes]) -> int:
    """Build the site, and replace the one in the folder.  Returns the number of pages.

    `further` are the files that are not of the documentation, by their paths on the site.  Raises
    NotASite.
    """
    if output.exists() and any(output.iterdir()) and not (output / MARK).exists():
        raise NotASite(f"{output} has other files than a site: name another folder")
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".site-") as folder:
        made = Path(folder) / "site"
        pages = write_documentation(made)
        for name, data in further.items():
            put(made / name, data)
        put(made / MARK, b"")
        if output.exists():
            shutil.rmtree(output)
        made.rename(output)
    return len(pages)


def write_documentation(folder: Path) -> Sequence[SitePage]:
    """Write all pages of the documentation, their pictures, and the index of the search."""
    networks = network_pages()
    pages = [*document_pages(), *folder_pages(), *networks.pages]
    titles = {page.path: page.title for page in pages}
    all_groups = groups()
    for page in pages:
        put(folder / page.path, whole_page(page, titles, all_groups).encode())
    for name, figure in networks.figures.items():
        put(folder / name, figure.encode())
    for name in linked_files():
        put(folder / name, (ROOT / "docs" / name).read_bytes())
    for name in repository_files():
        put(folder / "files" / name, (ROOT / name).read_bytes())
    for name in COPIED:
        put(folder / name, (ASSETS / name).read_bytes())
    put(folder / "site.css", style_sheet().encode())
    put(folder / "search-index.js", search_index(pages).encode())
    return pages


def put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)

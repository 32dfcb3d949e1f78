"""The pages of the documentation: every Markdown file, and the folders that they refer to."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import partial
from html import escape
from pathlib import Path

from cnncalc.sources.bundled import bundled_files, bundled_names

from .markdown import Section, block, rendered
from .page import SitePage, relative

ROOT = Path(__file__).parent.parent
AT_TOP = {
    "README.md": "index.html",
    "CHANGELOG.md": "changelog.html",
    "CONTRIBUTING.md": "contributing.html",
}
"""The pages that are not in docs/."""
LANGUAGES = {".py": "python", ".yaml": "yaml"}
KOREAN = ".ko.html"
"""The file-name suffix of the pages in Korean."""


class BrokenLink(Exception):
    """A page refers to something that the site does not have."""


def sources() -> dict[str, str]:
    """The paths of pages on the site, by those of their files in the repository."""
    pages = sorted((ROOT / "docs").glob("*.md"))
    return {
        **AT_TOP,
        **{f"docs/{page.name}": f"{page.stem}.html" for page in pages},
        **{folder: f"{folder.removeprefix('docs/')}/index.html" for folder in folders()},
        **{f"architectures/{stem}.yaml": f"architectures/{stem}.html" for stem in bundled_files()},
        **{f"docs/{name}": name for name in linked_files()},
        **{name: f"files/{name}" for name in repository_files()},
    }


def data_files() -> list[Path]:
    """The files in docs/, without what Python compiled."""
    found = sorted((ROOT / "docs").rglob("*"))
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts]


def folders() -> list[str]:
    """The folders of examples that pages refer to."""
    return sorted(f"docs/{name}" for name in found_links(r"(examples(?:/\w+)*)"))


def found_links(pattern: str) -> set[str]:
    """The targets of links on the pages in docs/ that a pattern describes."""
    texts = (path.read_text("utf-8") for path in (ROOT / "docs").glob("*.md"))
    return {name for text in texts for name in re.findall(rf"\]\({pattern}\)", text)}


def linked_files() -> list[str]:
    """The pictures, data and examples that pages may refer to, by their paths in docs/."""
    names = [path.relative_to(ROOT / "docs").as_posix() for path in data_files()]
    return [name for name in names if re.search(r"^examples/|\.(svg|png|json)$", name)]


def repository_files() -> list[str]:
    """The scripts that pages refer to, by their paths in the repository."""
    return sorted(found_links(r"\.\./([\w./-]+\.(?:py|js|lua))"))


def document_pages() -> Iterator[SitePage]:
    """The Markdown files as pages."""
    paths = sources()
    networks = set(bundled_names())
    texts = {name: (ROOT / name).read_text("utf-8") for name in paths if name.endswith(".md")}
    titles = {name: text.partition("\n")[0].strip("# ") for name, text in texts.items()}
    for source, text in texts.items():
        path = paths[source]

        def title_of(link: str, source: str = source) -> str:
            return titles.get(repository_path(link, source), "").replace("`", "")

        resolve = partial(resolved, source=source, paths=paths)
        find = partial(network_address, page=path, networks=networks)
        found = rendered(text, resolve, title_of, find)
        yield SitePage(
            path,
            found.title,
            found.html,
            found.sections,
            "ko" if path.endswith(KOREAN) else "en",
            script="mermaid.min.js" if 'class="mermaid"' in found.html else "",
        )


def network_address(name: str, page: str, networks: set[str]) -> str:
    """The page of a network that is named on the page of architectures."""
    is_listed = page == "architectures.html" and name in networks
    return f"networks/{name}.html" if is_listed else ""


def resolved(link: str, source: str, paths: dict[str, str]) -> str:
    """A link of a file in the repository, as one of its page on the site.  Raises BrokenLink."""
    if re.match("[a-z]+:|#", link):
        return link
    _, mark, anchor = link.partition("#")
    path = repository_path(link, source)
    if path not in paths:
        raise BrokenLink(f"{source} links to {link}, which is not on the site")
    return relative(paths[path], paths[source]) + mark + anchor


def repository_path(link: str, source: str) -> str:
    """The file that a link refers to, as a path in the repository.

    >>> repository_path("../README.md#license", "docs/show.md")
    'README.md'
    """
    target = link.partition("#")[0]
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), target))


# Folders


def folder_pages() -> Iterator[SitePage]:
    """A page for each folder, with the text of its files."""
    paths = sources()
    for folder in folders():
        title = f"Files of {folder}"
        files = [path for path in sorted((ROOT / folder).iterdir()) if path.suffix in LANGUAGES]
        sections = [Section(1, "", title, "")]
        parts = [f"<h1>{escape(title)}</h1>"]
        for path in files:
            sections.append(Section(2, path.name, path.name, ""))
            code = block(path.read_text("utf-8"), LANGUAGES[path.suffix])
            parts.append(f'<h2 id="{path.name}">{path.name}</h2>\n{code}')
        yield SitePage(paths[folder], title, "\n".join(parts), sections)

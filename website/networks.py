"""The pages of the bundled networks: table, figure and file, as cnncalc shows them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from cnncalc.catalogue import CatalogueEntry, entries
from cnncalc.engine import analyse
from cnncalc.engine.analysis import Analysis
from cnncalc.parser import Request, build, read_document
from cnncalc.parser.pipeline import ReadFile
from cnncalc.sources.bundled import bundled_files
from cnncalc.views.graph.formats import GraphRequest
from cnncalc.views.graph.formats import render as render_graph
from cnncalc.views.show.formats import ShowRequest
from cnncalc.views.show.formats import render as render_table
from cnncalc.views.show.options import TableOptions
from cnncalc.views.style import Style
from cnncalc.views.text import short

from .markdown import Section, block, rendered, text_html
from .page import SitePage

INDEX = "networks/index.html"


class NetworkPages(NamedTuple):
    """Pages, and figures as SVG by their paths on the site."""

    pages: Sequence[SitePage]
    figures: dict[str, str]


def network_pages() -> NetworkPages:
    """The list of all networks, and a page for each of them and for each file."""
    found = entries()
    pages = [list_page(found)]
    figures: dict[str, str] = {}
    for stem, group in groupby(found, key=lambda entry: entry.file):
        family = list(group)
        data = Path(bundled_files()[stem]).read_bytes()
        file = read_document(data, f"architectures/{stem}.yaml")
        pages.append(file_page(stem, family, data.decode()))
        for entry in family:
            analysis = analysis_of(file, entry)
            figures[f"networks/{entry.name}.svg"] = figure_of(analysis)
            pages.append(network_page(entry, analysis, family))
    return NetworkPages(pages, figures)


def analysis_of(file: ReadFile, entry: CatalogueEntry) -> Analysis:
    variant = entry.name if entry.name in file.variants else None
    network = build(file, Request(variant)).network
    assert network is not None, entry.name
    return analyse(network)


def figure_of(analysis: Analysis) -> str:
    return render_graph("svg", GraphRequest(analysis)).text


# One network


def network_page(
    entry: CatalogueEntry, analysis: Analysis, family: Sequence[CatalogueEntry]
) -> SitePage:
    """The page of a network: what it is, its figure, and what `cnncalc show` has."""
    title = entry.name
    request = ShowRequest(analysis, TableOptions(), Style())
    table = "".join(render_table("markdown", request)).split("\n\n", 2)[2]  # after its heading
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="lead">{escape(lead(entry))}</p>',
        f"<p>{text_html(entry.source)}</p>" if entry.source else "",
        actions(entry),
        f'<figure class="paper wide" tabindex="0"><img src="{entry.name}.svg" '
        f'alt="The feature maps of {escape(entry.title)} as boxes"></figure>',
        '<h2 id="layers">Layers</h2>',
        rendered(table).html,
        siblings(entry, family),
    ]
    about = f"{lead(entry)}. {entry.source}"
    sections = (Section(1, "", title, about), Section(2, "layers", "Layers", ""))
    html = "\n".join(part for part in parts if part)
    return SitePage(
        f"networks/{entry.name}.html", title, html, sections, summary=about, is_wide=True
    )


def lead(entry: CatalogueEntry) -> str:
    """A network in one line."""
    year = f" ({entry.year})" if entry.year else ""
    numbers = f"{short(entry.params)} parameters, {short(entry.macs)} MACs"
    return f"{entry.title}{year}, {entry.task}: {entry.input} → {entry.output}, {numbers}"


def actions(entry: CatalogueEntry) -> str:
    links = {
        "Open in the playground": f"../playground/index.html#net={entry.name}",
        "Its file": f"../architectures/{entry.file}.html",
        "Published numbers": "../architectures.html",
    }
    items = "".join(f'<a href="{href}">{text}</a>' for text, href in links.items())
    command = f"<code>cnncalc show {escape(entry.name)}</code>"
    return f'<p class="actions">{items}{command}</p>'


def siblings(entry: CatalogueEntry, family: Sequence[CatalogueEntry]) -> str:
    """The other networks of the file."""
    others = [one for one in family if one is not entry]
    if not others:
        return ""
    items = "".join(
        f'<li><a href="{one.name}.html">{escape(one.name)}</a> '
        f"{short(one.params)} params, {short(one.macs)} MACs</li>"
        for one in others
    )
    return f'<h2 id="variants">Other variants</h2>\n<ul class="columns">{items}</ul>'


# One file, and all networks


def file_page(stem: str, family: Sequence[CatalogueEntry], text: str) -> SitePage:
    """The text of an architecture file, and its networks."""
    title = f"{stem}.yaml"
    items = "".join(
        f'<li><a href="../networks/{one.name}.html">{escape(one.name)}</a></li>' for one in family
    )
    html = f'<h1>{title}</h1>\n<ul class="columns">{items}</ul>\n{block(text, "yaml")}'
    section = Section(1, "", title, f"The file of {family[0].title}")
    return SitePage(f"architectures/{stem}.html", title, html, (section,), is_wide=True)


HEAD = ("name", "network", "year", "task", "input", "params", "MACs")


def list_page(found: Sequence[CatalogueEntry]) -> SitePage:
    """All networks, one row each."""
    title = "Networks"
    rows = "\n".join(map(list_row, found))
    head = "".join(f"<th>{name}</th>" for name in HEAD)
    html = (
        f"<h1>{title}</h1>\n"
        f"<p>The {len(found)} networks that cnncalc includes. <a href='../architectures.html'>"
        "The bundled architectures</a> compares their numbers with published ones.</p>\n"
        '<label class="filter">Filter <input type="search" data-filter="networks"></label>\n'
        f'<div class="wide" tabindex="0"><table id="networks" class="sortable"><thead><tr>{head}'
        f"</tr></thead><tbody>\n{rows}\n</tbody></table></div>"
    )
    return SitePage(INDEX, title, html, (Section(1, "", title, ""),), is_wide=True)


def list_row(entry: CatalogueEntry) -> str:
    words = (entry.title, entry.year or "", entry.task, entry.input)
    numbers = (entry.params, entry.macs)
    cells = "".join(f"<td>{escape(str(word))}</td>" for word in words)
    cells += "".join(f'<td class="r" data-value="{one}">{short(one)}</td>' for one in numbers)
    return f'<tr><td><a href="{entry.name}.html">{escape(entry.name)}</a></td>{cells}</tr>'

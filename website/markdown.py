"""Markdown of the documentation as HTML, with the sections that the search looks through."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from html import escape
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from .code import highlighted

Resolve = Callable[[str], str]
"""From the address of a link in the Markdown to the one on the site."""
LINKS = re.compile(r"(https?://[^\s<>)]*[^\s<>).,;:])|arXiv:(\d{4}\.\d{4,5})")
"""What is a link although no markup says so."""


class Section(NamedTuple):
    """A heading, its anchor, and the text up to the next one; `level` 1 is the page's own."""

    level: int
    anchor: str
    title: str
    text: str


class RenderedPage(NamedTuple):
    """A page as HTML; the sections are those of its headings."""

    html: str
    sections: Sequence[Section]

    @property
    def title(self) -> str:
        return self.sections[0].title if self.sections else ""


def nothing(_: str) -> str:
    return ""


def rendered(
    text: str, resolve: Resolve = str, titles: Resolve = nothing, names: Resolve = nothing
) -> RenderedPage:
    """Markdown as a page.

    `resolve` gives the address of each link, `titles` the title of the page that it leads to, and
    `names` the address for a name in code; either is empty if there is none.
    """
    parser = MarkdownIt("commonmark").enable("table")
    for rule, function in RULES.items():
        parser.add_render_rule(rule, function)
    tokens = parser.parse(text)
    sections = number_headings(tokens)
    for token in tokens:
        resolve_links(token.children or (), resolve, titles)
        for child in token.children or ():
            if child.type == "code_inline" and names(child.content):
                child.meta["href"] = names(child.content)
    html: str = parser.renderer.render(tokens, parser.options, {})
    return RenderedPage(html, sections)


def resolve_links(tokens: Sequence[Token], resolve: Resolve, titles: Resolve) -> None:
    """Give links their addresses on the site, and to those named after a file its title."""
    for index, token in enumerate(tokens):
        name = {"link_open": "href", "image": "src"}.get(token.type)
        if name is None:
            continue
        target = str(token.attrGet(name))
        token.attrSet(name, resolve(target))
        if name == "href" and tokens[index + 1].content.endswith(".md"):
            tokens[index + 1].content = titles(target) or tokens[index + 1].content


# Headings


def number_headings(tokens: Sequence[Token]) -> list[Section]:
    """Give each heading its anchor, as GitHub does, and collect the text below it."""
    used: dict[str, int] = {}
    found: list[Section] = []
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            title = plain_text(tokens[index + 1])
            anchor = slug(title)
            times = used[anchor] = used.get(anchor, -1) + 1
            anchor = f"{anchor}-{times}" if times else anchor
            token.attrSet("id", anchor)
            tokens[index + 2].meta["anchor"] = anchor  # of heading_close
            found.append(Section(int(token.tag[1]), anchor, title, ""))
        elif found and token.type in ("inline", "fence") and tokens[index - 1].tag[:1] != "h":
            last = found[-1]
            found[-1] = last._replace(text=f"{last.text} {plain_text(token)}".strip())
    return found


def slug(title: str) -> str:
    """The anchor of a heading.

    >>> slug("One page: `cnncalc report`"), slug("dense-on-map"), slug("local_conv")
    ('one-page-cnncalc-report', 'dense-on-map', 'local_conv')
    >>> slug("합성곱 산술")
    '합성곱-산술'
    """
    text = unicodedata.normalize("NFC", title).lower()
    return re.sub(r"[^\w\- ]", "", text).strip().replace(" ", "-")


def plain_text(token: Token) -> str:
    """The text of a token without its markup."""
    if token.children is None:
        return " ".join(token.content.split())
    texts = (
        " " if child.type in ("softbreak", "hardbreak") else child.content
        for child in token.children
        if child.type not in ("html_inline", "image")
    )
    return " ".join("".join(texts).split())


# What is rendered in another way


def fence(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    language = token.info.split(" ")[0]
    return block(token.content, language)


def block(code: str, language: str) -> str:
    """A block of code; one of Mermaid is drawn by its script."""
    if language == "mermaid":
        return f'<pre class="mermaid" tabindex="0">{escape(code)}</pre>\n'
    return f'<pre tabindex="0"><code>{highlighted(code, language)}</code></pre>\n'


def text(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """Text, with links on addresses and on papers of the arXiv, unless it is that of a link."""
    content = tokens[index].content
    is_link = index > 0 and tokens[index - 1].type == "link_open"
    return escape(content) if is_link else text_html(content)


def text_html(content: str) -> str:
    """Text as HTML, with its links."""
    parts, end = [], 0
    for found in LINKS.finditer(content):
        url = found[1] or f"https://arxiv.org/abs/{found[2]}"
        parts.append(escape(content[end : found.start()]))
        parts.append(f'<a href="{escape(url)}">{escape(found[0])}</a>')
        end = found.end()
    return "".join([*parts, escape(content[end:])])


def code_inline(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    code = f"<code>{escape(token.content)}</code>"
    href = token.meta.get("href")
    return f'<a href="{escape(href)}">{code}</a>' if href else code


def heading_close(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    anchor = escape(token.meta["anchor"])
    link = f'<a class="anchor" href="#{anchor}" aria-label="Link to this section">#</a>'
    return f"{link if token.tag != 'h1' else ''}</{token.tag}>\n"


def table_open(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return '<div class="wide" tabindex="0"><table>\n'


def table_close(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return "</table></div>\n"


def html(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """Comments are for those who edit the page.  Other HTML is text, except a line break."""
    content = tokens[index].content
    if content == "<br>":
        return content
    return escape(re.sub(r"<!--.*?-->\s*", "", content, flags=re.DOTALL))


RULES: dict[str, Callable[..., str]] = {
    "fence": fence,
    "text": text,
    "code_inline": code_inline,
    "heading_close": heading_close,
    "table_open": table_open,
    "table_close": table_close,
    "html_block": html,
    "html_inline": html,
}

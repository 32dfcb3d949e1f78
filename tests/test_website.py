"""The pages of the site, and what the playground asks cnncalc for, without a browser."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from cnncalc import load
from cnncalc.catalogue import entries
from cnncalc.documentation import page_url
from cnncalc.engine import analyse
from cnncalc.layers import LAYERS
from cnncalc.lint.registry import RULES
from website import vendor
from website.build import MARK, NotASite, build_site
from website.documents import (
    ROOT,
    BrokenLink,
    document_pages,
    folder_pages,
    linked_files,
    repository_files,
    resolved,
)
from website.markdown import rendered
from website.navigation import groups
from website.networks import network_page
from website.page import SitePage
from website.playground.files import archive
from website.playground.session import MAX_LAYERS, Session, catalogue, example
from website.shell import search_index, whole_page

from .support.processes import PATIENCE, cnncalc

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"


class Anchors(HTMLParser):
    """The identifiers of a page, and the addresses that it refers to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                assert value not in self.ids, value
                self.ids.add(value)
            if name in ("href", "src") and value:
                self.links.append(value)


@cache
def pages() -> dict[str, SitePage]:
    """The pages that are made of Markdown and of folders."""
    return {page.path: page for page in (*document_pages(), *folder_pages())}


@cache
def anchors(path: str) -> Anchors:
    titles = {page.path: page.title for page in pages().values()}
    return Anchors(whole_page(pages()[path], titles, groups()))


# Links


def test_every_link_leads_to_a_page_or_a_file_of_the_site() -> None:
    """Those to networks, architectures and the playground are looked at in tests/browser."""
    others = {"search.js", "site.js", "theme.js", "site.css", "icon.svg"}
    others |= {"mermaid.min.js", "licenses.txt"}
    scripts = {f"files/{name}" for name in repository_files()}
    files = {*linked_files(), *scripts, *others}
    for path in pages():
        for link in anchors(path).links:
            if re.match("https?:", link):
                continue
            target, _, anchor = link.partition("#")
            folder = Path("/", path).parent
            found = (folder / target).resolve().relative_to("/").as_posix() if target else path
            if re.match("networks/|architectures/|playground/", found):
                continue
            assert found in pages() or (found in files and not anchor), (path, link)
            if anchor:
                assert anchor in anchors(found).ids, (path, link)


@pytest.mark.parametrize("topic", [*LAYERS, *RULES])
def test_links_of_messages_lead_to_a_section(topic: str) -> None:
    url = page_url(topic, "https://example.org")
    assert url is not None
    page, _, anchor = url.removeprefix("https://example.org/").partition("#")
    assert anchor in anchors(page).ids


def test_a_link_to_nothing_is_an_error() -> None:
    with pytest.raises(BrokenLink, match=r"docs/show\.md links to missing\.md"):
        resolved("missing.md", "docs/show.md", {"docs/show.md": "show.html"})


def test_every_page_of_the_documentation_is_in_the_navigation() -> None:
    listed = {path for group in groups() for path in group.pages}
    written = {f"{page.stem}.html" for page in (ROOT / "docs").glob("*.md")}
    assert {path.replace(".ko.html", ".html") for path in written} <= listed


# Content


def test_markdown_is_rendered_as_github_renders_it() -> None:
    """CommonMark with tables; HTML of a text is text, and comments are nothing."""
    text = (
        "# A `b`\n\n<!-- hidden -->\n\n| x | y |\n| --- | ---: |\n| 1<br>2 | <i>3</i> |\n\n## A b\n"
    )
    page = rendered(text)
    assert page.title == "A b" and [one.anchor for one in page.sections] == ["a-b", "a-b-1"]
    assert "hidden" not in page.html and "1<br>2" in page.html and "<i>" not in page.html
    assert '<td style="text-align:right">&lt;i&gt;3&lt;/i&gt;</td>' in page.html


def test_code_and_papers_are_shown_as_what_they_are() -> None:
    page = rendered(f"See arXiv:1603.07285, https://example.org/a.\n\n```yaml\n# {HOSTILE}\n```\n")
    assert 'href="https://arxiv.org/abs/1603.07285">arXiv:1603.07285</a>,' in page.html
    assert 'href="https://example.org/a">https://example.org/a</a>.' in page.html
    assert "<script" not in page.html and "<img" not in page.html


def test_the_tutorials_refer_to_each_other_and_state_their_languages() -> None:
    titles = {page.path: page.title for page in pages().values()}
    english, korean = (
        whole_page(pages()[path], titles, groups())
        for path in ("tutorial.html", "tutorial.ko.html")
    )
    assert '<html lang="en"' in english and 'href="tutorial.ko.html" lang="ko"' in english
    assert '<html lang="ko"' in korean and 'href="tutorial.html" lang="en"' in korean


def test_the_page_of_a_network_has_the_table_of_show() -> None:
    entry = next(one for one in entries() if one.name == "alexnet")
    html = network_page(entry, analyse(load("alexnet")), [entry]).html
    found = cnncalc("show", "alexnet", "--format", "csv", "--depth", "all").stdout.splitlines()[1:]
    assert len(found) > 8
    for row in found:
        assert f"<td>{row.partition(',')[0]}</td>" in html


def test_a_network_is_text_on_its_page() -> None:
    entry = next(one for one in entries() if one.name == "lenet5")
    hostile = entry._replace(title=HOSTILE, task=HOSTILE, source=HOSTILE, input=HOSTILE)
    page = network_page(hostile, analyse(load("lenet5")), [entry])
    html = whole_page(page, {path: "" for group in groups() for path in group.pages}, groups())
    assert "<script>alert" not in html and "<img src=x" not in html


def test_the_search_finds_sections() -> None:
    text = search_index(list(pages().values()))
    rows = json.loads(text.removeprefix("window.cnncalcIndex = ").removesuffix(";\n"))
    by_place = {(path, anchor): (title, content) for path, _, anchor, title, content in rows}
    assert by_place["layers.html", "conv"][0] == "conv"
    assert "cancels" in by_place["rules.html", "bias-before-norm"][1]
    for path, anchor in by_place:
        assert not anchor or anchor in anchors(path).ids


# Building


def test_a_folder_with_other_files_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work", encoding="utf-8")
    with pytest.raises(NotASite, match="has other files than a site"):
        build_site(tmp_path, {})
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_failed_build_leaves_the_site_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder: Path) -> None:
        (folder / "half.html").parent.mkdir(parents=True)
        (folder / "half.html").write_text("half")
        raise OSError("disk full")

    (tmp_path / "site").mkdir()
    (tmp_path / "site" / MARK).touch()
    monkeypatch.setattr("website.build.write_documentation", fail)
    with pytest.raises(OSError, match="disk full"):
        build_site(tmp_path / "site", {})
    assert [path.name for path in tmp_path.rglob("*")] == ["site", MARK]


def test_a_changed_file_of_others_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vendor, "MODULES", tmp_path)
    path = tmp_path / "pyodide" / "pyodide.mjs"
    path.parent.mkdir()
    path.write_text("export const loadPyodide = evil;", encoding="utf-8")
    with pytest.raises(vendor.VendorError, match=r"pyodide/pyodide\.mjs has the checksum"):
        vendor.released("pyodide/pyodide.mjs")


# The playground


def calculated(session: Session, text: str, variant: str = "") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(session.calculate(text, variant))
    return found


@pytest.mark.parametrize("name", ["alexnet", "resnet50", "mobilenet_v2", "dcgan_generator"])
def test_numbers_are_those_of_show(name: str) -> None:
    session = Session()
    opened = json.loads(example(name))
    found = calculated(session, opened["text"], opened["variant"])
    shown = json.loads(cnncalc("show", name, "--format", "json").stdout)
    assert found["problems"] == [] and found["variant"] == opened["variant"]
    assert found["network"]["show"]["totals"] == shown["totals"]
    rows = ("path", "type", "output_shape", "params", "macs")
    for own, other in zip(found["network"]["show"]["layers"], shown["layers"], strict=True):
        assert [own[key] for key in rows] == [other[key] for key in rows]
    explained = json.loads(session.explain())
    assert len(explained["layers"]) == len(shown["layers"])
    assert max(max(cards) for cards in explained["layers"]) < len(explained["explanations"])


def test_problems_have_places_hints_and_pages() -> None:
    session = Session()
    text = "input: 3x32x32\nlayers:\n  - {conv: 8, kernal: 3}\n"
    (problem,) = calculated(session, text)["problems"]
    assert (problem["line"], problem["column"], problem["severity"]) == (3, 15, "error")
    assert problem["hint"] == "did you mean `kernel`?" and problem["url"] is None
    assert calculated(session, "input: 3x32x32\nlayers: [{conv: 8}]\n")["network"] is not None
    (found,) = json.loads(session.check())
    assert found["url"] == "../rules.html#implicit-kernel"


def test_each_step_has_a_hint_and_keeps_it_while_the_file_is_broken() -> None:
    session = Session()
    text = "input: 3x8x8\nlayers:\n  - {conv: 4, kernel: 3}\n  - relu\n  - flatten\n"
    found = [(hint["line"], hint["text"]) for hint in calculated(session, text)["hints"]]
    assert found == [(3, "-> 4x6x6  112"), (4, "-> 4x6x6"), (5, "-> 144")]  # 4 x (3 x 9 + 1)
    broken = calculated(session, text.replace("- relu", "- rel: ]"))
    assert broken["network"] is None and broken["hints"]


def test_a_variant_that_the_file_lost_is_replaced_by_its_first() -> None:
    session = Session()
    text = (
        "input: 3x32x32\nvars: {n: 8}\nlayers: [{linear: n}]\nvariants: {a: {}, b: {vars: {n: 9}}}"
    )
    assert calculated(session, text, "b")["variant"] == "b"
    assert calculated(session, text.replace("b:", "c:"), "b")["variant"] == "a"
    assert calculated(session, "input: 8\nlayers: [relu]", "b")["variant"] is None


def test_a_large_network_is_not_drawn() -> None:
    text = "input: 8\nlayers: [{layers: [relu], repeat: %d}]"
    assert calculated(Session(), text % MAX_LAYERS)["network"] is not None
    found = calculated(Session(), text % (MAX_LAYERS + 1))
    assert (found["network"], found["layers"]) == (None, MAX_LAYERS + 1)


@pytest.mark.parametrize("text", ["", "\0", "\ud800", "a: &a [*a]", "[" * 1000, "!!python/name:os"])
def test_what_is_no_network_has_problems(text: str) -> None:
    session = Session()
    found = calculated(session, text)
    assert found["network"] is None and found["problems"]
    assert json.loads(session.explain()) == {"explanations": [], "layers": []}
    assert json.loads(session.check())
    assert json.loads(session.export("pytorch")) == {"text": "", "problem": "the file has errors"}


def test_export_is_that_of_the_command_line() -> None:
    session = Session()
    opened = json.loads(example("unet"))
    calculated(session, opened["text"], opened["variant"])
    for form in ("pytorch", "keras"):
        lines = json.loads(session.export(form))["text"].splitlines()
        written = cnncalc("export", "unet", "--to", form).stdout.splitlines()
        differing = [pair for pair in zip(lines, written, strict=True) if pair[0] != pair[1]]
        assert all("unet.yaml" in theirs for _, theirs in differing)


def test_every_bundled_network_is_an_example() -> None:
    families = json.loads(catalogue())["families"]
    for file, names in families.items():
        opened = json.loads(example(names[-1]))
        path = ROOT / "architectures" / f"{file}.yaml"
        assert opened["text"] == path.read_text("utf-8")
    assert json.loads(example("../../etc/passwd")) == {"text": "", "variant": ""}


def test_the_archive_holds_all_that_is_imported(tmp_path: Path) -> None:
    """Another interpreter has nothing but the archive: PyYAML without libyaml, no click."""
    with zipfile.ZipFile(_written(tmp_path / "cnncalc.zip")) as opened:
        opened.extractall(tmp_path / "files")
    code = """
import json, sys
sys.path.insert(0, sys.argv[1])
from cnncalc_playground import Session, catalogue, example
session = Session()
for name in ("googlenet", "yolov3", "visual_wake_words"):
    opened = json.loads(example(name))
    assert json.loads(session.calculate(opened["text"], opened["variant"]))["network"]
    session.explain(), session.check()
    assert json.loads(session.export("pytorch"))["text"]
    assert json.loads(session.export("keras"))["text"]
catalogue()
outside = {name.partition(".")[0] for name, module in sys.modules.items()
           if "site-packages" in (getattr(module, "__file__", None) or "")}
print(sorted(outside))
"""
    command = [sys.executable, "-I", "-S", "-c", code, str(tmp_path / "files")]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (ran.stdout, ran.stderr) == ("[]\n", "")


def _written(path: Path) -> Path:
    path.write_bytes(archive())
    return path


def test_the_archive_is_the_same_for_the_same_files() -> None:
    assert archive() == archive()

"""Text of a file stays text in a picture: ends of labels, markup, scripts, control characters.

Graphviz and Mermaid, if they are installed, read the drawings in their languages:

    npm install --no-package-lock --prefix tests/mermaid

`CNNCALC_MERMAID` names another folder with its node_modules.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.engine.analysis import Analysis
from cnncalc.escape import safe
from cnncalc.network import CallArgument, Network, Value
from cnncalc.views.graph.dot import graph_dot
from cnncalc.views.graph.figure.styles import FigureOptions
from cnncalc.views.graph.figure.svg import graph_svg
from cnncalc.views.graph.graph import collapsed_graph
from cnncalc.views.graph.mermaid import graph_mermaid

from .support.hostile import HOSTILE
from .support.mermaid import decoded
from .support.networks import report_of
from .support.paths import TESTS
from .support.processes import PATIENCE, cnncalc

TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(),
    st.lists(st.sampled_from(HOSTILE), max_size=4).map(" ".join),
)

TEXT = """\
name: net
input: {in: 3x8x8}
blocks:
  block:
    params: [out]
    layers:
      - {conv: out}
      - {chunk: 2, name: parts}
      - {concat: [{from: parts.0}, {from: parts.1}]}
layers:
  - {block: 4, name: group}
  - {layers: [{conv: 4}, relu], name: open}
  - {output: [flatten, {linear: 3}], name: aux}
  - {add: [{from: group}, []]}
"""
NET = report_of(TEXT)


def named(one: str, other: str) -> Analysis:
    """A report in which every text from the file is one of two."""
    network = NET.network
    layers = tuple(
        layer._replace(node=layer.node._replace(path=one, shared=other)) for layer in NET.layers
    )
    groups = tuple(
        group._replace(
            group=group.group._replace(
                path=other, kind=one, arguments=(CallArgument(other, other, True),)
            )
        )
        for group in NET.groups
    )
    network = network._replace(
        name=one,
        variant=other,
        file=one,
        source=other,
        task=one,
        inputs=dict.fromkeys([one], *network.inputs.values()),
        outputs=renamed(network, other),
    )
    return NET._replace(network=network, layers=layers, groups=groups)


def renamed(network: Network, name: str) -> dict[str, Value]:
    main, side = network.outputs.values()
    return {name: main, f"{name}'": side}


def drawn(report: Analysis, draw: Callable[..., str]) -> list[str]:
    """A report in a format, collapsed and expanded."""
    return [draw(collapsed_graph(report, depth), report) for depth in (1, 2, 9)]


def assert_visible(*lines: str) -> None:
    assert [line for line in lines if safe(line) != line] == []


# Mermaid: a small grammar, which each line matches

LABEL = r'"((?:[A-Za-z0-9_ .,/=+-]|#\d+;|<br/>)*)"'
MERMAID_LINE = re.compile(
    rf"flowchart (?:TD|LR)| *(?:in|out)\d+\(\[{LABEL}\]\)| *n\d+\[{LABEL}\]"
    rf"| *subgraph g\d+\[{LABEL}\]| *end"
    rf"| *style g\d+ fill:none,stroke:#[0-9a-f]{{6}}|  (?:in|n)\d+ -->(?:\|{LABEL}\|)? (?:out|n)\d+"
    r"|  classDef [a-z]+ fill:#[0-9a-f]{6},stroke:#[0-9a-f]{6},color:#[0-9a-f]{6}"
    r"|  class [n\d,]+ [a-z]+"
)


def mermaid_labels(text: str) -> list[list[str]]:
    assert text.endswith("\n")
    found = [(line, MERMAID_LINE.fullmatch(line)) for line in text[:-1].split("\n")]
    assert all(match for _, match in found), [line for line, match in found if not match]
    return [
        decoded(label)
        for _, match in found
        if match
        for label in match.groups()
        if label is not None
    ]


@given(TEXTS, TEXTS)
@settings(max_examples=150)
def test_mermaid(one: str, other: str) -> None:
    for text in drawn(named(one, other), graph_mermaid):
        lines = {line for label in mermaid_labels(text) for line in label}
        assert safe(one) in lines or not safe(one)
        assert_visible(*text.split("\n"))


# dot: quoted texts between words of the language

DOT_TEXT = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
DOT_LINE = re.compile(
    r'digraph "" \{| *(?:graph|node|edge) \[[^<>]*\]'
    r'| *(?:in|n|out)\d+ \[label="", (?:shape=ellipse|fillcolor="", color="")\]'
    r' *| *subgraph cluster\d+ \{| *label=""| *\}|  (?:in|n)\d+ -> (?:out|n)\d+(?: \[label=""\])?'
)


def dot_labels(text: str) -> list[list[str]]:
    for line in text.removesuffix("\n").split("\n"):
        assert DOT_LINE.fullmatch(DOT_TEXT.sub('""', line)), line
    return [unquoted(label) for label in DOT_TEXT.findall(text)]


def unquoted(label: str) -> list[str]:
    """The lines of a label as Graphviz reads them: an escape is a backslash and a character."""
    marks = re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], label)
    return [html.unescape(line) for line in marks.split("\n")]


@given(TEXTS, TEXTS)
@settings(max_examples=150)
def test_dot(one: str, other: str) -> None:
    for text in drawn(named(one, other), graph_dot):
        lines = {line for label in dot_labels(text) for line in label}
        assert safe(one) in lines or not safe(one)
        assert_visible(*text.split("\n"))


# SVG: XML of a few elements without scripts

ELEMENTS = {"svg", "title", "desc", "rect", "g", "text", "polygon", "polyline", "circle"}
ATTRIBUTES = {
    "viewBox",
    "width",
    "height",
    "role",
    "fill",
    "stroke",
    "stroke-width",
    "stroke-linejoin",
    "font-family",
    "font-size",
    "font-weight",
    "text-anchor",
    "x",
    "y",
    "r",
    "cx",
    "cy",
    "points",
}


def svg_texts(text: str) -> list[str]:
    assert text.isascii() and "&#0" not in text
    root = ET.fromstring(text)
    for element in root.iter():
        assert (
            element.tag.removeprefix("{http://www.w3.org/2000/svg}") in ELEMENTS
            and set(element.attrib) <= ATTRIBUTES
        )
        assert not (element.tail or "").strip()
        for value in element.attrib.values():
            assert re.fullmatch(r"[A-Za-z0-9 .,#+-]+", value)
    return [element.text or "" for element in root.iter()]


@given(TEXTS, TEXTS)
@settings(max_examples=150)
def test_svg(one: str, other: str) -> None:
    report = named(one, other)
    for text in drawn(report, graph_svg):
        texts = svg_texts(text)
        assert safe(one) in texts
        assert_visible(*(line for found in texts for line in found.split("\n")))


@given(TEXTS)
@settings(max_examples=50)
def test_svg_captions(caption: str) -> None:
    options = FigureOptions(caption=caption)
    texts = svg_texts(graph_svg(collapsed_graph(NET, 1), NET, options))
    assert_visible(*(line for found in texts for line in found.split("\n")))
    assert set("".join(safe(caption).split())) <= set("".join(texts))


# As a file, whose name is a text too


@pytest.mark.parametrize("form", ["mermaid", "dot", "svg"])
@pytest.mark.parametrize(
    "name",
    ['a"b\\', "</text><script>", "end", "%%{init}%%", "a; click n0", "\u00e9\u4e2d", "`x`", "b-->"],
)
def test_names_in_a_file(tmp_path: Path, name: str, form: str) -> None:
    quoted, longer = json.dumps(name), json.dumps(name + "2")
    path = tmp_path / "net.yaml"
    path.write_text(
        f"name: {quoted}\ninput: {{{quoted}: 3x8x8}}\nlayers: [{{conv: 4, name: {longer}}}]\n"
    )
    ran = cnncalc("graph", str(path), "--format", form)
    assert ran.returncode == 0, ran.stderr
    found = svg_texts(ran.stdout) if form == "svg" else lines_of(ran.stdout, form)
    assert {safe(name), safe(name + "2")} <= set(found)


def lines_of(text: str, form: str) -> list[str]:
    return [
        line
        for label in (mermaid_labels(text) if form == "mermaid" else dot_labels(text))
        for line in label
    ]


# By the tools that read it


@pytest.mark.skipif(not shutil.which("dot"), reason="there is no Graphviz")
def test_graphviz_reads_what_is_meant() -> None:
    """Graphviz returns every hostile text as it has read it, before the escapes."""
    for one in HOSTILE:
        for text in drawn(named(one, "other"), graph_dot):
            ran = subprocess.run(
                ["dot", "-Tsvg"],
                input=text,
                capture_output=True,
                encoding="utf-8",
                timeout=PATIENCE,
                check=False,
            )
            assert (ran.returncode, ran.stderr) == (0, ""), (one, ran.stderr)
            words = [
                "".join(element.itertext())
                for element in ET.fromstring(ran.stdout).iter("{http://www.w3.org/2000/svg}text")
            ]
            assert safe(one).strip() in {word.replace("\xa0", " ").strip() for word in words}, (
                one,
                words,
            )


MERMAID = Path(os.environ.get("CNNCALC_MERMAID", TESTS / "mermaid"))


@pytest.mark.skipif(
    not shutil.which("node") or not (MERMAID / "node_modules" / "mermaid").exists(),
    reason=f"there is no Mermaid in {MERMAID}: "
    "npm install --no-package-lock --prefix tests/mermaid",
)
def test_mermaid_reads_what_is_meant() -> None:
    """Mermaid returns every hostile text as it would draw it, with entities as placeholders."""
    texts = [text for one in HOSTILE for text in drawn(named(one, "other"), graph_mermaid)]
    ran = subprocess.run(
        ["node", str(TESTS / "mermaid" / "read.mjs"), str(MERMAID)],
        input=json.dumps(texts),
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    for text, found in zip(texts, json.loads(ran.stdout), strict=True):
        texts_of_it = (one[-1] for kind in ("nodes", "edges", "groups") for one in found[kind])
        lines = {line for label in texts_of_it for line in kept_entities(label).split("<br>")}
        assert {line for label in mermaid_labels(text) for line in label} <= lines, text


def kept_entities(label: str) -> str:
    """A label with the characters that Mermaid keeps as placeholders until it draws them."""
    return re.sub("\ufb02\u00b0\u00b0(\\d+)\u00b6\u00df", lambda found: chr(int(found[1])), label)

"""`graph --format tikz`: it compiles alone and in an article, and has what the SVG has."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from cnncalc.cli.main import main

from .support.latex import TIKZ, article, complaints, needs_latex
from .support.processes import cnncalc

NETWORKS = (
    "alexnet",
    "unet",
    "googlenet",
    "resnet50",
    "densenet121",
    "yolov3",
    "vit_b_16",
)
HOSTILE = """\
name: "50% of a_b & #1 ~ ^ $x$ {z} 가"
input: 3x8x8
layers: [{conv: 4, name: "a|b<i>_c$d%e&f#g{h}^~--''é가"}, relu, flatten, {linear: 3, name: "x_%"}]
"""


def tikz(*words: str) -> str:
    ran = CliRunner().invoke(main, ["graph", *words, "--format", "tikz"])
    assert ran.exit_code == 0, ran.output
    return ran.stdout


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    path = tmp_path_factory.mktemp("networks") / "net.yaml"
    path.write_text(HOSTILE, encoding="utf-8")
    return {name: tikz(name) for name in (*NETWORKS, str(path))}


@needs_latex
@pytest.mark.parametrize("options", ["10pt", "12pt"])
def test_it_fits_an_article(tmp_path: Path, figures: dict[str, str], options: str) -> None:
    floats = [f"\\begin{{figure}}\n{text}\\end{{figure}}" for text in figures.values()]
    paper = article(*floats, packages=TIKZ, options=options)
    assert complaints(tmp_path, paper, runs=1) == []


@needs_latex
def test_it_compiles_alone(tmp_path: Path, figures: dict[str, str]) -> None:
    """As one page of its size: Output written on paper.pdf (1 page, ...)."""
    for text in list(figures.values())[::3]:
        assert complaints(tmp_path, text, runs=1) == []
        assert "paper.pdf (1 page," in (tmp_path / "paper.log").read_text("utf-8", "replace")


@pytest.mark.parametrize("name", ["alexnet", "googlenet", "unet"])
def test_it_has_what_the_svg_has(name: str) -> None:
    """At the same width: as many texts, polygons and lines, and the same words."""
    svg = ElementTree.fromstring(cnncalc("graph", name, "--format", "svg", "--width", "600").stdout)
    text = tikz(name, "--width", "600")
    texts = svg.findall(".//{http://www.w3.org/2000/svg}text")
    nodes = re.findall(r"\\node\[.*\] at \(.*?\) \{(?:\\bfseries )?(.*)\};", text)
    sized = [re.sub(r"^\\scalebox\{[\d.]+\}\{(.*)\}$", r"\1", node) for node in nodes]
    plain = [node.replace("$\\times$", "x").replace("\\", "") for node in sized]
    assert plain == [one.text for one in texts]
    lines = svg.findall(".//{http://www.w3.org/2000/svg}polyline")
    assert text.count("\\draw[") == len(lines)
    polygons = svg.findall(".//{http://www.w3.org/2000/svg}polygon")
    assert text.count(" -- cycle;") == len(polygons)


def test_the_ending_is_enough(tmp_path: Path) -> None:
    assert cnncalc("graph", "lenet5", "-o", "lenet5.tex", cwd=tmp_path).returncode == 0
    assert (tmp_path / "lenet5.tex").read_text().count("\\begin{tikzpicture}") == 1


def test_a_roofline_is_svg_only() -> None:
    ran = cnncalc("graph", "lenet5", "--roofline", "rtx-4090", "--format", "tikz")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "--roofline is for svg, pdf and png, not for tikz" in ran.stderr

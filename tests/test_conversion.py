"""Drawings as PDF and PNG: what CairoSVG makes of our SVG, and what is said without it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from cnncalc.views.conversion import SCALE, MissingConverter, converted, require_converter
from cnncalc.views.palette import FILLS

from .support.paths import ROOT
from .support.processes import cnncalc, python, terminal


def has_converter() -> bool:
    try:
        require_converter("pdf")
    except MissingConverter:
        return False
    return True


needs_converter = pytest.mark.skipif(not has_converter(), reason="CairoSVG is not installed")
DRAWINGS = (
    "graph alexnet",
    "graph resnet50 --roofline rtx-4090",
    "compare resnet18 resnet50 vgg16 --plot macs,params",
    "sweep mobilenet_v2 --over width=0.5,1 --over resolution=160,224 --plot macs,params",
)


def drawn(words: str, extension: str, folder: Path) -> bytes:
    path = folder / f"drawing{extension}"
    ran = cnncalc(*words.split(), "-o", str(path))
    assert ran.returncode == 0, ran.stderr
    return path.read_bytes()


@needs_converter
@pytest.mark.parametrize("words", DRAWINGS)
def test_sizes_are_those_of_the_svg(words: str, tmp_path: Path) -> None:
    """A pixel of SVG is 0.75 points of PDF (CSS Values and Units, section 6.2)."""
    svg = ElementTree.fromstring(drawn(words, ".svg", tmp_path))
    width, height = (float(svg.attrib[name]) for name in ("width", "height"))
    pdf = drawn(words, ".pdf", tmp_path)
    assert pdf.startswith(b"%PDF-") and b"/Count 1" in pdf
    box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+)", pdf)
    assert box is not None
    assert [float(one) for one in box.groups()] == pytest.approx(
        [0.75 * width, 0.75 * height], abs=1
    )
    png = drawn(words, ".png", tmp_path)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    pixels = [int.from_bytes(png[start : start + 4], "big") for start in (16, 20)]
    assert pixels == pytest.approx([SCALE * width, SCALE * height], abs=1)


@needs_converter
def test_the_colors_are_those_of_the_palette(tmp_path: Path) -> None:
    from io import BytesIO

    image: Any = pytest.importorskip("PIL.Image")
    colors = image.open(BytesIO(drawn("graph alexnet", ".png", tmp_path))).convert("RGB")
    found = {f"#{r:02x}{g:02x}{b:02x}" for _, (r, g, b) in colors.getcolors(10**6)}
    assert {FILLS["conv"], FILLS["dense"], FILLS["pool"], "#ffffff"} <= found


@needs_converter
def test_the_same_drawing_is_the_same_file(tmp_path: Path) -> None:
    svg = drawn("graph lenet5", ".svg", tmp_path).decode()
    assert b"CreationDate (D:19700101000000" in converted(svg, "pdf")
    for form in ("pdf", "png"):
        assert converted(svg, form) == converted(svg, form)


@pytest.mark.parametrize(
    "words",
    [
        *map(str.split, DRAWINGS),
        [*DRAWINGS[-1].split(), "--pareto", "min macs, max params"],
    ],
    ids=lambda words: words[0],
)
def test_what_is_converted_is_the_svg(words: list[str], tmp_path: Path) -> None:
    """With a converter that changes nothing: every point is in the PDF, not the front alone."""
    (tmp_path / "cairosvg.py").write_text("def svg2pdf(bytestring):\n    return bytestring\n")
    svg, pdf = tmp_path / "drawing.svg", tmp_path / "drawing.pdf"
    for path in (svg, pdf):
        ran = cnncalc(*words, "-o", str(path), PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
        assert ran.returncode == 0, ran.stderr
    assert svg.read_bytes() == pdf.read_bytes()


def test_it_is_not_printed_on_a_terminal() -> None:
    assert "png is binary" in terminal("graph", "lenet5", "--format", "png", columns=80)


@pytest.mark.parametrize(
    ("module", "message"),
    [
        ("raise ImportError", "pdf needs CairoSVG: pip install 'cnncalc[figures]'"),
        ("raise OSError('no library called cairo')", "pdf needs the library cairo (libcairo2)"),
    ],
)
@pytest.mark.parametrize("words", DRAWINGS)
def test_without_the_converter(words: str, module: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "cairosvg.py").write_text(module)
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from cnncalc.cli import run; run()"
    )
    ran = python("-c", program, *words.split(), "-o", str(tmp_path / "x.pdf"))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert message in ran.stderr and not (tmp_path / "x.pdf").exists()


def test_other_endings_are_refused_with_those_that_exist(tmp_path: Path) -> None:
    ran = cnncalc("graph", "lenet5", "-o", "x.jpg", cwd=tmp_path)
    known = "mermaid (.mmd), dot (.dot), svg (.svg), tikz (.tex), pdf (.pdf), png (.png)"
    assert ran.returncode == 2 and f"unknown extension .jpg: write one of {known}" in ran.stderr

"""`sweep --plot`: what is drawn of its rows, in a terminal and as SVG."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from .support.paths import ROOT
from .support.processes import bare, cnncalc, terminal

SMALL = """\
input: 3x32x32
vars: {width: 16, act: relu}
layers:
  - {conv: width, kernel: 3, padding: 1}
  - {conv: 2 * width, kernel: 3, stride: 2}
"""
PUBLISHED = (
    *("sweep", "mobilenet_v2", "--over", "width=0.35,0.5,0.75,1,1.3,1.4"),
    *("--over", "resolution=96..224:32", "--join", "docs/examples/mobilenet_v2_top1.csv"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "small.yaml").write_text(SMALL)
    return tmp_path


def points(text: str) -> dict[str, tuple[float, float, float]]:
    """The place and the radius of each named point of a figure."""
    found = {}
    for circle in ET.fromstring(text).findall(".//{*}g/{*}circle"):
        name = circle.findtext("{*}title")
        if name is not None:
            x, y, radius = (float(circle.attrib[key]) for key in ("cx", "cy", "r"))
            found[name] = x, y, radius
    return found


def test_the_published_front_of_mobilenet_v2() -> None:
    """The MACs and accuracies are those of the 22 published checkpoints."""
    found = points(cnncalc(*PUBLISHED, "--plot", "macs,top1", "--format", "svg", cwd=ROOT).stdout)
    with (ROOT / "docs" / "examples" / "mobilenet_v2_top1.csv").open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert len(found) == len(rows) == 22
    largest = max(radius for _, _, radius in found.values())
    for row in rows:
        width = row["width"].removesuffix(".0")
        x, y, radius = found[f"width={width}, resolution={row['resolution']}{tail(row)}"]
        is_beaten = any(
            int(other["million_macs"]) < int(row["million_macs"])
            and float(other["top1"]) >= float(row["top1"])
            for other in rows
        )
        assert (radius == largest) != is_beaten, row
        assert x > 0 and y > 0


def tail(row: dict[str, str]) -> str:
    """The joined cells in the name of a point, which has all values of its row."""
    return f", top1={row['top1']}, pixel1_ms={row['pixel1_ms']}, million_macs={row['million_macs']}"


def test_a_plot_in_a_terminal(folder: Path) -> None:
    words = ("sweep", "small.yaml", "--over", "width=8..32:4", "--plot", "macs,params")
    lines = cnncalc(*words, cwd=folder).stdout.splitlines()
    assert lines[0] == "params over MACs; ● the front: min MACs, max params"
    assert lines[-1] == "7 variants"
    assert "".join(lines[1:-1]).count("●") == 7  # both grow with the width
    ascii_only = cnncalc(*words, cwd=folder, PYTHONIOENCODING="ascii").stdout
    assert ascii_only.isascii() and ascii_only.count("*") == 8


@pytest.mark.parametrize("columns", [30, 60, 120])
def test_a_plot_fits_a_terminal(columns: int) -> None:
    words = ("sweep", "mobilenet_v2", "--over", "width=0.5..1:0.1", "--plot", "macs")
    colored = terminal(*words, columns=columns)
    assert max(map(len, bare(colored).splitlines())) <= columns
    assert "\x1b[2m" in colored
    assert "\x1b[" not in terminal(*words, columns=columns, NO_COLOR="1")


def test_the_front_of_other_objectives_is_highlighted(folder: Path) -> None:
    words = ("sweep", "small.yaml", "--over", "width=8,16", "--over", "resolution=16,32")
    front = ("--pareto", "max params, min peak_bytes")
    kept = cnncalc(*words, *front, "--format", "csv", cwd=folder).stdout
    names = {
        f"width={one['width']}, resolution={one['resolution']}"
        for one in csv.DictReader(io.StringIO(kept))
    }
    drawn = cnncalc(*words, *front, "--plot", "macs,params", "--format", "svg", cwd=folder).stdout
    found = points(drawn)
    largest = max(radius for _, _, radius in found.values())
    assert len(found) == 4 > len(names)
    assert {name for name, (_, _, radius) in found.items() if radius == largest} == names


def test_a_distribution(folder: Path) -> None:
    """Half of the variants have at most the median."""
    words = ("sweep", "small.yaml", "--over", "width=1..100", "--plot", "params")
    text = cnncalc(*words, "--format", "svg", cwd=folder).stdout
    [line] = [one for one in ET.fromstring(text).iter() if one.attrib.get("stroke-width") == "1.5"]
    corners = [tuple(map(float, pair.split(","))) for pair in line.attrib["points"].split()]
    assert len(corners) == 200
    top, bottom = 36, 368
    middle = [x for x, y in corners if abs(y - (top + bottom) / 2) < 0.1]
    rows = cnncalc("sweep", "small.yaml", "--over", "width=1..100", "--format", "csv", cwd=folder)
    params = sorted(int(one["params"]) for one in csv.DictReader(io.StringIO(rows.stdout)))
    assert len(middle) == 2 and middle[0] < middle[1]
    assert params[49] < params[50]
    assert "share of the variants" in text


def test_rows_without_a_number_are_counted(folder: Path) -> None:
    (folder / "results.csv").write_text("width,top1\n8,50\n16,\n24,60\n")
    words = ("sweep", "small.yaml", "--over", "width=8,16,24", "--join", "results.csv")
    ran = cnncalc(*words, "--plot", "macs,top1", "--format", "svg", cwd=folder)
    assert len(points(ran.stdout)) == 2
    assert "1 variant without macs or top1: not drawn" in ran.stderr


def test_the_ending_states_the_format(folder: Path) -> None:
    words = ("sweep", "small.yaml", "--over", "width=8,16", "-o", "plot.svg")
    ran = cnncalc(*words, cwd=folder)
    assert (ran.returncode, ran.stdout) == (0, "")
    text = (folder / "plot.svg").read_text()
    assert text.startswith("<svg") and "<title>params over MACs</title>" in text
    assert re.findall(r"width=\d+", text) == ["width=8", "width=16"]


def test_merged_shards_are_drawn(folder: Path) -> None:
    words = ("sweep", "small.yaml", "--over", "width=1..20")
    for part in ("1", "2"):
        assert cnncalc(*words, "--shard", f"{part}/2", "-o", f"{part}.csv", cwd=folder).stdout == ""
    plot = ("--plot", "macs,depth", "--format", "svg")
    merged = cnncalc("sweep", "--merge", "1.csv", "2.csv", *plot, cwd=folder)
    assert merged.stdout == cnncalc(*words, *plot, cwd=folder).stdout
    refused = cnncalc("sweep", "--merge", "1.csv", "2.csv", "--plot", "flops", cwd=folder)
    assert refused.returncode == 2 and "--plot: there is no column `flops`" in refused.stderr


@pytest.mark.slow
def test_the_regnets_of_the_tutorial() -> None:
    """They were drawn with a count by hand (tests/generate/regnet_space.py)."""
    table = ("--from", "docs/examples/regnet_500.csv", "--columns", "macs", "--format", "csv")
    ran = cnncalc("sweep", "regnet_x_400mf", *table, cwd=ROOT)
    macs = [int(one["macs"]) for one in csv.DictReader(io.StringIO(ran.stdout))]
    assert len(macs) == 500
    assert all(360_000_000 <= number <= 400_000_000 for number in macs)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--plot", "macs,prams"), "--plot: there is no column `prams`: did you mean `params`?"),
        (("--plot", "macs,params,depth"), "--plot takes two columns, X,Y, or one for its"),
        (("--plot", ""), "--plot: there is no column ``"),
        (
            ("--plot", "macs", "--format", "csv"),
            "--plot is for plot, svg, html, pdf and png, not for csv",
        ),
        (("--plot", "macs", "--format", "html"), "a page has two axes: --plot X,Y"),
        (("--plot", "macs", "--per", "width"), "--per is for table, json, csv, markdown and"),
        (("--plot", "macs", "--where", "macs < 1"), "no variant is kept: there is nothing to"),
        (("--over", "act=relu,silu", "--plot", "act"), "act is relu, not a number"),
        (("--over", "act=1..2000000", "--plot", "act"), "more than 1,000,000 values"),
    ],
)
def test_plots_that_are_refused(folder: Path, words: tuple[str, ...], message: str) -> None:
    ran = cnncalc("sweep", "small.yaml", "--over", "width=8,16", *words, cwd=folder)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert message in " ".join(ran.stderr.split())

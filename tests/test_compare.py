"""`compare`: its columns and their order, and every variant of a file."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from .support.networks import bundled
from .support.paths import ROOT
from .support.processes import bare, cnncalc, terminal

SMALL = """\
input: 3x8x8
vars: {width: 4}
layers: [{conv: width, kernel: 3}]
variants:
  narrow: {}
  wide: {vars: {width: 40}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "small.yaml").write_text(SMALL)
    return tmp_path


def rows(*words: str, cwd: Path = ROOT) -> list[dict[str, str]]:
    ran = cnncalc("compare", *words, "--format", "csv", cwd=cwd)
    assert (ran.returncode, ran.stderr) == (0, "")
    return list(csv.DictReader(io.StringIO(ran.stdout)))


# Columns


def test_columns_are_those_named_in_their_order() -> None:
    """The trained parameters of ResNet-18 are all of them, as torchvision has it."""
    found = rows("resnet18", "--columns", "trained, peak memory,name,PARAMS")
    assert list(found[0]) == ["trainable_params", "peak_bytes", "name", "params"]
    assert found[0]["trainable_params"] == found[0]["params"] == "11689512"


def test_plus_adds_to_the_default_columns() -> None:
    usual, more = list(rows("lenet5")[0]), list(rows("lenet5", "--columns", "+buffers,macs")[0])
    assert more == [*usual, "buffers"]


def test_a_column_of_a_device() -> None:
    words = ("resnet8", "--device", "stm32f746", "--columns", "name,arena,RAM")
    assert list(rows(*words)[0]) == ["name", "arena_bytes", "ram_bytes"]


def test_rows_are_sorted_by_a_column_that_is_not_shown() -> None:
    """11.7, 25.6 and 3.5 million parameters."""
    words = ("resnet18", "resnet50", "mobilenet_v2", "--columns", "name")
    assert [row["name"] for row in rows(*words, "--sort", "params")] == [
        "resnet50",
        "resnet18",
        "mobilenet_v2",
    ]
    assert [row["name"] for row in rows(*words, "--sort", "-params")] == [
        "mobilenet_v2",
        "resnet18",
        "resnet50",
    ]


def test_the_best_of_the_selected_columns_is_marked() -> None:
    words = ("resnet50", "mobilenet_v2", "--columns", "name,macs,params", "--sort", "params")
    out = cnncalc("compare", *words).stdout.splitlines()
    assert out[1].split() == ["resnet50", "4.09G", "25.6M"]
    assert out[2].split() == ["mobilenet_v2", "301M*", "3.50M*"]


# Classes and types of layers


def test_classes_are_those_of_show() -> None:
    words = ("googlenet", "vit_b_16", "--by", "class")
    found = rows(*words)
    for name in words[:2]:
        shown = [row for row in found if row["name"] == name]
        parts = bundled(name).breakdown
        assert [(row["class"], int(row["params"]), int(row["macs"])) for row in shown] == [
            (part.class_, part.params, part.macs) for part in parts
        ]
        assert sum(float(row["macs_share"]) for row in shown) == pytest.approx(1, abs=1e-5)


def test_types_add_up_to_the_totals() -> None:
    """VGG-16: 13 convolutions and 3 dense layers, whose first has 102,764,544 parameters."""
    found = rows("vgg16", "--by", "type", "--columns", "type,layers,params", "--sort", "params")
    assert found == [
        {"type": "linear", "layers": "3", "params": "123642856"},
        {"type": "conv", "layers": "13", "params": "14714688"},
    ]


def test_json_of_a_breakdown() -> None:
    ran = cnncalc("compare", "vgg16", "--by", "class", "--format", "json")
    first = json.loads(ran.stdout)["breakdown"][0]
    assert (first["name"], first["class"], first["layers"]) == ("vgg16", "conv", 13)


# Variants


def test_all_variants_of_a_file(folder: Path) -> None:
    """A convolution of 3x3 on 3 channels: 27 weights and a bias for each output channel."""
    found = rows("small.yaml@*", "lenet5", "--columns", "name,params", cwd=folder)
    assert [(row["name"], row["params"]) for row in found[:2]] == [
        ("small.yaml@narrow", str(4 * 28)),
        ("small.yaml@wide", str(40 * 28)),
    ]
    assert found[2]["name"] == "lenet5"


def test_variants_of_bundled_files_have_their_own_names() -> None:
    names = [row["name"] for row in rows("resnet@*")]
    assert names[:3] == ["resnet18", "resnet34", "resnet50"]
    assert [row["name"] for row in rows(*names)] == names
    assert rows("resnet.yaml@*") == rows("resnet@*")


def test_options_apply_to_every_variant(folder: Path) -> None:
    words = ("small.yaml@*", "--set", "width=5", "--columns", "params")
    assert [row["params"] for row in rows(*words, cwd=folder)] == [str(5 * 28)] * 2


@pytest.mark.parametrize("command", ["show", "graph", "explain"])
def test_other_commands_take_one_variant(folder: Path, command: str) -> None:
    ran = cnncalc(command, "small.yaml@*", cwd=folder)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert (
        "small.yaml@*: only compare, sweep and fit take all variants of a file: name one"
        in ran.stderr
    )


def test_a_file_with_errors_is_reported_once(folder: Path) -> None:
    (folder / "bad.yaml").write_text(SMALL.replace("conv:", "convv:"))
    ran = cnncalc("compare", "bad.yaml@*", cwd=folder)
    assert ran.returncode == 1 and not ran.stdout
    assert ran.stderr.count("unknown layer") == 1


def test_json_has_the_columns_that_are_named(folder: Path) -> None:
    ran = cnncalc(
        "compare", "small.yaml@*", "--columns", "name,macs", "--format", "json", cwd=folder
    )
    found = json.loads(ran.stdout)["networks"]
    assert found == [
        {"name": "small.yaml@narrow", "macs": 36 * 27 * 4},
        {"name": "small.yaml@wide", "macs": 36 * 27 * 40},
    ]


# A table of one's own

RESULTS = "name,top1,latency_ms,note\nnarrow,61.5,7.1,mine\nnothing,1,2,3\n"


def test_columns_of_a_table_are_joined_by_name(folder: Path) -> None:
    (folder / "results.csv").write_text(RESULTS)
    words = ("small.yaml@*", "--join", "results.csv", "--columns", "name,top-1,latency_ms,note")
    ran = cnncalc("compare", *words, "--sort", "latency_ms", "--format", "csv", cwd=folder)
    assert list(csv.DictReader(io.StringIO(ran.stdout))) == [
        {"name": "small.yaml@narrow", "top1": "61.5", "latency_ms": "7.1", "note": "mine"},
        {"name": "small.yaml@wide", "top1": "", "latency_ms": "", "note": ""},
    ]
    assert ran.stderr.splitlines() == [
        "results.csv: 1 row matches no network: nothing",
        "results.csv: no row for small.yaml@wide",
    ]


@pytest.mark.parametrize("name", ["resnet18", "ResNet-18", "architectures/resnet.yaml@resnet18"])
def test_names_of_a_joined_network(tmp_path: Path, name: str) -> None:
    (tmp_path / "results.csv").write_text(f"network,top1,params\n{name},70.5,1\n")
    found = rows("resnet18", "--join", "results.csv", "--columns", "top1,params", cwd=tmp_path)
    assert found == [{"top1": "70.5", "params": "11689512"}]  # what it has itself stays


def test_an_accuracy_of_ones_own_has_no_other_source(tmp_path: Path) -> None:
    (tmp_path / "results.csv").write_text("name,top1\nresnet18,70.5\nvgg11,69\n")
    words = ("compare", "resnet18", "vgg11", "--join", "results.csv", "--columns", "name,top1")
    out = cnncalc(*words, cwd=tmp_path).stdout
    assert "70.5*" in out and "accuracy of" not in out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,x\nnarrow,1\nsmall.yaml@narrow,2\n", "line 3: small.yaml@narrow is also in line 2"),
        ("width,x\n1,2\n", "results.csv has no column name, network, path, file or model"),
        ("name,params\nnarrow,2\n", "results.csv has nothing to join"),
        ("name,x\n", "results.csv has no rows"),
        ("x\n1,2\n", "line 2: expected 1 value, found 2"),
        ("name,x\nnarrow,\udce9\n", "results.csv is not UTF-8: save it as UTF-8"),
    ],
)
def test_tables_that_do_not_fit(folder: Path, text: str, message: str) -> None:
    (folder / "results.csv").write_text(text, "utf-8", "surrogateescape")
    ran = cnncalc("compare", "small.yaml@*", "--join", "results.csv", cwd=folder)
    assert ran.returncode == 2 and message in ran.stderr


@pytest.mark.parametrize("form", ["table", "csv", "markdown", "latex", "json"])
def test_text_of_a_table_does_not_act(folder: Path, form: str) -> None:
    """Neither the name of a column nor a cell reaches a terminal as a command."""
    (folder / "results.csv").write_text("name,\x1b[31mx\nnarrow,\x1b]0;title\x07\n\x1b[2Jwide,1\n")
    words = ("compare", "small.yaml@narrow", "--join", "results.csv", "--format", form)
    ran = cnncalc(*words, cwd=folder)
    assert ran.returncode == 0 and "\x1b" not in ran.stdout + ran.stderr


def test_a_name_of_two_networks(folder: Path) -> None:
    (folder / "other.yaml").write_text(SMALL)
    (folder / "results.csv").write_text("name,x\nwide,1\n")
    words = ("compare", "small.yaml@wide", "other.yaml@wide", "--join", "results.csv")
    ran = cnncalc(*words, cwd=folder)
    assert ran.returncode == 2
    assert "wide is small.yaml@wide and other.yaml@wide: write one of these" in ran.stderr


# The front, and plots

NETS = ("resnet18", "resnet34", "resnet50", "mobilenet_v2", "vgg11", "alexnet")
"""MACs and top-1: 1.81G 69.758, 3.66G 73.314, 4.09G 76.13, 301M 71.878, 7.61G 69.02, no top-1."""
FRONT = ["mobilenet_v2", "resnet34", "resnet50"]


def test_the_front_of_published_accuracies() -> None:
    found = rows(*NETS, "--pareto", "min macs, max top1", "--sort", "-macs")
    assert [row["name"] for row in found] == FRONT


def test_multiples_of_the_first_network_where_it_is_not_on_the_front() -> None:
    """3.66G and 11.7M of ResNet-34 are 2.02 times those of ResNet-18 (1.81G)."""
    words = (*NETS, "--pareto", "min macs, max top1", "--relative", "--columns", "name,macs")
    found = {row["name"]: row["macs"] for row in rows(*words)}
    assert list(found) == ["resnet34", "resnet50", "mobilenet_v2"]
    assert found["resnet34"].startswith("2.01") or found["resnet34"].startswith("2.02")


def test_a_figure_of_published_accuracies() -> None:
    ran = cnncalc("compare", *NETS, "--format", "svg")
    assert ran.stderr == "1 network without macs or top1: not drawn\n  alexnet\n"
    root = ET.fromstring(ran.stdout)
    radius = {
        one.findtext("{*}title"): float(one.attrib["r"]) for one in root.findall(".//{*}circle")
    }
    largest = max(radius.values())
    assert sorted(n for n, r in radius.items() if n and r == largest) == sorted(FRONT)
    assert {one.text for one in root.findall(".//{*}text")} >= {*NETS[:-1], "MACs", "top-1"}


def test_a_plot_in_the_terminal() -> None:
    out = cnncalc("compare", *NETS, "--plot", "macs,top1").stdout
    assert out.startswith("top-1 over MACs; ● the front: min MACs, max top-1\n")
    assert all(name in out for name in NETS[:-1]) and "alexnet" not in out


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_a_plot_fits_the_terminal(columns: int) -> None:
    words = ("compare", "resnet@*", "mobilenet_v2@*", "--plot", "macs,top1")
    assert max(map(len, bare(terminal(*words, columns=columns)).splitlines())) <= columns


def test_the_page_has_all_columns(tmp_path: Path) -> None:
    ran = cnncalc("compare", *NETS, "--plot", "macs,top1", "-o", "nets.html", cwd=tmp_path)
    assert ran.returncode == 0
    data = re.search(
        r'<script[^>]*id="data"[^>]*>(.*?)</script>', (tmp_path / "nets.html").read_text()
    )
    assert data is not None
    found = json.loads(data[1])
    assert found["title"] == "top-1 over MACs"
    assert [row[0] for row in found["rows"]] == list(NETS)


@pytest.mark.parametrize("columns", [40, 60, 120])
def test_a_comparison_fits_the_terminal(columns: int) -> None:
    out = bare(terminal("compare", "vgg@*", "--columns", "+trained", columns=columns))
    assert max(map(len, out.splitlines())) <= columns and "vgg11_lrn" in out

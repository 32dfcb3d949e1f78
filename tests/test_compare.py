"""`compare`: its columns and their order, and every variant of a file."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("columns", [40, 60, 120])
def test_a_comparison_fits_the_terminal(columns: int) -> None:
    out = bare(terminal("compare", "vgg@*", "--columns", "+trained", columns=columns))
    assert max(map(len, out.splitlines())) <= columns and "vgg11_lrn" in out

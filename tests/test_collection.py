"""`list` and `compare`, and the index that makes them quick."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from cnncalc import catalogue as collection
from cnncalc.catalogue import INDEX, entries, make_index

from .support.networks import NAMES_OF_BUNDLED, bundled
from .support.paths import ARCHITECTURES
from .support.processes import bare, cnncalc, terminal


@pytest.mark.slow
def test_the_index_is_fresh() -> None:
    """Else: python docs/make.py"""
    assert (ARCHITECTURES / INDEX).read_text("utf-8") == make_index()


def test_entries_are_the_collection() -> None:
    assert [entry.name for entry in entries()] == NAMES_OF_BUNDLED


def test_a_file_that_differs_from_the_index_is_calculated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("alexnet.yaml", "lenet5.yaml", INDEX):
        (tmp_path / name).write_bytes((ARCHITECTURES / name).read_bytes())
    changed = (
        (tmp_path / "lenet5.yaml")
        .read_text()
        .replace("{linear: 84, name: f6}", "{linear: 85, name: f6}")
    )
    (tmp_path / "lenet5.yaml").write_text(changed)
    monkeypatch.setattr(
        collection,
        "bundled_files",
        lambda: {p.stem: str(p) for p in sorted(tmp_path.glob("*.yaml"))},
    )
    monkeypatch.setattr(collection, "data_folder", lambda: str(tmp_path))
    found = {entry.name: entry.params for entry in entries()}
    assert found["lenet5"] == 60_840 + 121 + 10
    assert found["alexnet"] == 60_965_224
    (tmp_path / INDEX).write_text("broken")
    assert {entry.name: entry.params for entry in entries()} == found


def listed(*arguments: str) -> list[dict[str, str]]:
    ran = cnncalc("list", *arguments, "--format", "csv")
    assert ran.returncode == 0, ran.stderr
    return list(csv.DictReader(io.StringIO(ran.stdout)))


def test_list_has_every_network() -> None:
    rows = listed()
    assert [row["name"] for row in rows] == NAMES_OF_BUNDLED
    row = next(row for row in rows if row["name"] == "resnet50")
    assert (row["file"], row["year"], row["params"], row["macs"]) == (
        "resnet",
        "2016",
        "25557032",
        "4089184256",
    )
    assert all(row["task"] and row["source"] for row in rows)


def test_filters() -> None:
    assert {row["file"] for row in listed("densenet")} == {"densenet"}
    assert all(int(row["params"]) <= 5_000_000 for row in listed("--max-params", "5M"))
    assert all("segmentation" in row["task"] for row in listed("--task", "segmentation"))
    macs = [int(row["macs"]) for row in listed("--max-macs", "1G", "--sort", "-macs")]
    assert macs == sorted(macs) and macs[-1] <= 10**9
    ran = cnncalc("list", "nothing like this")
    assert ran.returncode == 1 and not ran.stdout
    assert cnncalc("list", "--max-params", "many").returncode == 2


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_list_fits_the_terminal(columns: int) -> None:
    out = bare(terminal("list", columns=columns))
    assert max(map(len, out.splitlines())) <= columns and "resnet" in out
    assert f"{len(NAMES_OF_BUNDLED)} networks" in out


def test_compare_marks_the_least() -> None:
    out = cnncalc("compare", "resnet50", "mobilenet_v2", "alexnet").stdout.splitlines()
    assert "3.50M*" in out[2] and "301M*" in out[2] and "2.22 MiB*" in out[3]
    assert not any(
        "*" in line for line in cnncalc("compare", "alexnet", "alexnet").stdout.splitlines()
    )


def test_compare_numbers_are_those_of_show() -> None:
    names = ["resnet18", "googlenet_bn", "lenet5"]
    found = json.loads(cnncalc("compare", *names, "--format", "json").stdout)
    assert found["schema"] == "cnncalc/compare/1"
    for row, name in zip(found["networks"], names, strict=True):
        totals = bundled(name).totals._asdict()
        assert {key: row[key] for key in row if key in totals} == {
            key: totals[key] for key in row if key in totals
        }
        assert row["name"] == name and row["layers"] == len(bundled(name).layers)


def test_relative_to_the_first() -> None:
    rows = list(
        csv.DictReader(
            io.StringIO(
                cnncalc("compare", "resnet18", "resnet34", "--relative", "--format", "csv").stdout
            )
        )
    )
    assert rows[0]["params"] == "11689512" and rows[1]["params"] == "1.86472"  # 21,797,672


def test_an_invalid_network_stops_it(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("input: 3x8x8\nlayers: [convv]\n")
    ran = cnncalc("compare", "alexnet", str(path))
    assert ran.returncode == 1 and not ran.stdout and "unknown layer" in ran.stderr

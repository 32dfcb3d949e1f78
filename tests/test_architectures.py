"""The bundled files give the numbers of their sources."""

from __future__ import annotations

import csv

import pytest

from cnncalc.checks.expect import check_expect, number
from cnncalc.engine.report import Report
from cnncalc.files import variant_names
from cnncalc.network import Figure, Promise
from cnncalc.parser import parse
from cnncalc.parser.promises import figure
from cnncalc.problem import Span

from .support import ARCHITECTURES, HERE, bundled
from .support import NAMES_OF_BUNDLED as NAMES

PUBLISHED = HERE / "published"
TORCHVISION = {"alexnet": "alexnet_owt", "googlenet": "googlenet_bn"}
"""What torchvision calls alexnet and googlenet is not what their papers have."""


def table(name: str) -> list[dict[str, str]]:
    with open(PUBLISHED / name, newline="") as file:
        return list(csv.DictReader(file))


def numbers(report: Report, path: str, name: str) -> object:
    if name in ("peak_bytes",):
        return report.totals.peak_bytes
    if name == "activation_bytes":
        return next(layer.activation_bytes for layer in report.layers if layer.node.path == path)
    return number(report, Promise(path, name, Figure("", 0, 1), Span(1, 1, 1, 1)))


@pytest.mark.parametrize("name", NAMES)
def test_keeps_its_promises(name: str) -> None:
    assert check_expect(bundled(name)) == []
    assert bundled(name).network.expect


@pytest.mark.parametrize("path", sorted(ARCHITECTURES.glob("*.yaml")), ids=lambda path: path.stem)
def test_variants_are_found_without_parsing(path) -> None:
    assert tuple(variant_names(str(path))) == parse(path.read_bytes(), path.name).variants


@pytest.mark.parametrize("row", table("papers.csv"), ids=lambda row: f"{row['variant']}-{row['path']}-{row['number']}")
def test_papers(row: dict[str, str]) -> None:
    assert numbers(bundled(row["variant"]), row["path"], row["number"]) == int(row["value"])


@pytest.mark.parametrize("row", table("googlenet_table1.csv"), ids=lambda row: row["path"])
def test_googlenet_table_1(row: dict[str, str]) -> None:
    """Source: Szegedy et al. 2015, Table 1.  Operations agree to rounding where the column `exact` says so."""
    report = bundled("googlenet")
    path = row["path"]
    shape = numbers(report, path, "output")
    assert str(shape) == row["output"]
    macs = numbers(report, path, "macs")
    if path == "conv2":  # the paper counts the reduction into the row
        macs += numbers(report, "conv2_reduce", "macs")
    else:
        assert numbers(report, path, "depth") == int(row["depth"])
    printed = figure(row["ops"])
    assert printed is not None
    assert printed.is_met_by(macs) == (row["exact"] == "ops")


def torchvision_rows() -> list[dict[str, str]]:
    ours = {TORCHVISION.get(row["model"], row["model"]) for row in table("torchvision.csv")} & set(NAMES)
    return [row for row in table("torchvision.csv") if TORCHVISION.get(row["model"], row["model"]) in ours]


@pytest.mark.parametrize("row", torchvision_rows(), ids=lambda row: row["model"] + row["variant"])
def test_torchvision_totals(row: dict[str, str]) -> None:
    report = bundled(TORCHVISION.get(row["model"], row["model"]))
    layers = [layer for layer in report.layers if row["variant"] == "aux_on" or not layer.node.training_only]
    found = {"params": sum(layer.params for layer in layers), "buffers": sum(layer.buffers for layer in layers)}
    for category in ("conv", "dense", "norm", "other"):
        found[category] = sum(layer.params for layer in layers if layer.node.layer.category == category)
    found["macs"] = report.totals.macs
    assert found == {key: int(row[key]) for key in found}
    totals = report.training_totals if row["variant"] == "aux_on" else report.totals
    assert totals.params == int(row["params"])
    assert str(report.network.inputs["input"]) == row["input"]


def test_left_over_column() -> None:
    """Krizhevsky et al. 2012 state 224 pixels: an 11x11 window at stride 4 then leaves a row and a column over."""
    notes = bundled("lecture_224").layers[0].notes
    assert [note.partition(":")[0] for note in notes] == [
        "the stride leaves 1 row of the height over",
        "the stride leaves 1 column of the width over",
    ]
    assert bundled("lecture_227").layers[0].notes == ()


def test_dense_is_84_9_times_convolutional() -> None:
    found = {share.category: share.params for share in bundled("alexnet_two_towers").breakdown}
    assert found == {"conv": 2_332_704, "dense": 198_082_560}

"""The bundled files have the published numbers: papers, reference implementations, torchvision."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cnncalc.check.expect import NetworkPaths, actual, check_expect
from cnncalc.engine import analyse
from cnncalc.engine.analysis import Analysis
from cnncalc.figure import Figure, parse_figure
from cnncalc.network import Expectation
from cnncalc.parser import Request, build, read_document
from cnncalc.problem import Span
from cnncalc.shape import parse_shape

from .support.networks import NAMES_OF_BUNDLED as NAMES
from .support.networks import bundled
from .support.paths import TESTS

PUBLISHED = TESTS / "published"


def table(path: Path) -> list[dict[str, str]]:
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def found(report: Analysis, path: str, name: str) -> object:
    """A number of a network, or of the step at a path."""
    if name == "peak_bytes":
        return report.totals.peak_bytes
    if name == "activation_bytes":
        return next(layer.activation_bytes for layer in report.layers if layer.node.path == path)
    expectation = Expectation(path, name, Figure("", 0, 1), Span(1, 1, 1, 1))
    return actual(report, NetworkPaths(report.network), expectation)


# Papers and reference implementations


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", sorted((PUBLISHED / "networks").glob("*.csv")), ids=lambda path: path.stem
)
def test_published(path: Path) -> None:
    """Every row of a table, to the precision it states; `path` is empty for the whole network."""
    rows = table(path)
    reports = {row["name"]: bundled(row["name"]) for row in rows}
    assert not differing(rows, reports)


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", sorted((PUBLISHED / "unusual").glob("*.csv")), ids=lambda path: path.stem
)
def test_unusual_networks(path: Path) -> None:
    """Unusual networks: cells with several outputs, shared heads, attention, recursion."""
    file = TESTS / "networks" / "unusual" / f"{path.stem}.yaml"
    read = read_document(file.read_bytes(), file.name)
    reports = {}
    for variant in read.variants or (None,):
        parsed = build(read, Request(variant))
        assert parsed.network is not None and not parsed.problems, parsed.problems
        reports[variant or path.stem] = analyse(parsed.network)
        assert not check_expect(reports[variant or path.stem])
    assert not differing(table(path), reports)


def differing(rows: list[dict[str, str]], reports: dict[str, Analysis]) -> list[object]:
    pairs = [(row, found(reports[row["name"]], row["path"], row["number"])) for row in rows]
    return [(row, got) for row, got in pairs if not is_met(row, got)]


def is_met(row: dict[str, str], got: object) -> bool:
    if row["number"] == "output":
        return got == parse_shape(row["value"])
    printed = parse_figure(row["value"])
    assert printed is not None and row["source"], row
    return isinstance(got, int) and printed.is_met_by(got)


@pytest.mark.parametrize(
    "row", table(PUBLISHED / "googlenet_table1.csv"), ids=lambda row: row["path"]
)
def test_googlenet_table_1(row: dict[str, str]) -> None:
    """Source: Szegedy et al. 2015, Table 1. Operations agree to rounding if `exact` is set."""
    report = bundled("googlenet")
    path = row["path"]
    assert str(found(report, path, "output")) == row["output"]
    macs = found(report, path, "macs")
    assert isinstance(macs, int)
    if path == "conv2":  # the paper counts the reduction into the row
        reduction = found(report, "conv2_reduce", "macs")
        assert isinstance(reduction, int)
        macs += reduction
    else:
        assert found(report, path, "depth") == int(row["depth"])
    printed = parse_figure(row["ops"])
    assert printed is not None
    assert printed.is_met_by(macs) == (row["exact"] == "ops")


def test_dense_is_84_9_times_convolutional() -> None:
    """The two towers of AlexNet as a lecture counts their weights."""
    shares = {share.class_: share.params for share in bundled("alexnet_two_towers").breakdown}
    assert shares == {"conv": 2_332_704, "dense": 198_082_560}


# torchvision

CALLED = {"alexnet": "alexnet_owt", "googlenet": "googlenet_bn"}
"""What torchvision calls alexnet and googlenet is not what their papers have."""
CONVERTED = ("convnext_base", "convnext_large", "convnext_small", "convnext_tiny")
"""Pointwise layers are linear in torchvision, and 1x1 convolutions in the paper and here."""
WITH_AUXILIARY = (
    "fcn_resnet50",
    "fcn_resnet101",
    "deeplabv3_resnet50",
    "deeplabv3_resnet101",
    "deeplabv3_mobilenet_v3_large",
)
"""Of these the operations too are counted with the auxiliary head where it is there."""
ROWS = table(PUBLISHED / "torchvision.csv")


def ours(row: dict[str, str]) -> str:
    """The variant that a row refers to; three networks have one for their larger input."""
    larger = "_384" if row["model"].startswith("regnet") and row["input"] == "3x384x384" else ""
    return CALLED.get(row["model"], row["model"]) + larger


@pytest.mark.parametrize(
    "row", ROWS, ids=lambda row: f"{row['model']}-{row['variant']}-{row['input']}"
)
def test_torchvision_totals(row: dict[str, str]) -> None:
    report = bundled(ours(row))
    auxiliary = row["variant"] == "aux_on"
    layers = [layer for layer in report.layers if auxiliary or not layer.node.training_only]
    sums = {
        "params": sum(layer.params for layer in layers),
        "buffers": sum(layer.buffers for layer in layers),
    }
    for category in ("conv", "dense", "norm", "other"):
        sums[category] = sum(
            layer.params for layer in layers if layer.node.layer.category == category
        )
    sums["macs"] = (
        report.training_totals.macs
        if auxiliary and row["model"] in WITH_AUXILIARY
        else report.totals.macs
    )
    expected = {key: int(row[key]) for key in sums}
    if row["model"] in CONVERTED:
        for counts in (sums, expected):
            counts["conv"] += counts.pop("dense")
    assert sums == expected
    totals = report.training_totals if auxiliary else report.totals
    assert totals.params == int(row["params"])
    assert str(report.network.inputs["input"]) == row["input"]


# References

REFERENCES = table(PUBLISHED / "references.csv")


@pytest.mark.parametrize("row", REFERENCES, ids=lambda row: row["name"])
def test_reference_totals(row: dict[str, str]) -> None:
    report = bundled(row["name"])
    totals = report.totals
    found = (str(*report.network.inputs.values()), totals.params, totals.buffers, totals.macs)
    assert found == (row["input"], int(row["params"]), int(row["buffers"]), int(row["macs"]))


def test_the_collection_is_large() -> None:
    assert len(NAMES) >= 400 and len(NAMES) == len(set(NAMES))

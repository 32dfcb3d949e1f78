"""The columns of machine formats add up to the totals, for every bundled network."""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest

from cnncalc.conventions import CONVENTIONS, load, recount
from cnncalc.documents.show import report_lines
from cnncalc.engine.analysis import Analysis
from cnncalc.views.show.formats import ShowRequest, render
from cnncalc.views.show.options import TableOptions
from cnncalc.views.style import Style

from .support.networks import ONE_OF_EACH, bundled, report_of

ADDITIVE = ("params", "trainable_params", "buffers", "macs", "flops", "weight_bytes")
ALL = 10**6


def lines_of(analysis: Analysis, depth: int, *columns: str) -> list[dict[str, str]]:
    request = ShowRequest(analysis, TableOptions(depth, columns), Style())
    return list(csv.DictReader("".join(render("csv", request)).splitlines()))


def document_of(analysis: Analysis) -> dict[str, Any]:
    found: dict[str, Any] = json.loads("".join(report_lines(analysis)))
    return found


def sums_of(lines: list[dict[str, str]]) -> dict[str, int]:
    return {name: sum(int(line[name] or 0) for line in lines) for name in ADDITIVE}


@pytest.mark.slow
@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_columns_of_csv_add_up(name: str) -> None:
    assert_sums(bundled(name))


@pytest.mark.parametrize("name", ["googlenet", "resnet50", "inception_v3", "lenet5"])
def test_columns_of_csv_add_up_quick(name: str) -> None:
    assert_sums(bundled(name))


def assert_sums(analysis: Analysis) -> None:
    document = document_of(analysis)
    totals = {name: document["totals"][name] for name in ADDITIVE}
    deepest = lines_of(analysis, ALL, "layer", *ADDITIVE, "params_share", "macs_share")
    assert len(deepest) == len(document["layers"])
    for depth in (1, 2):
        assert sums_of(lines_of(analysis, depth, *ADDITIVE)) == totals
    assert sums_of(deepest) == totals
    for share, name in (("params_share", "params"), ("macs_share", "macs")):
        found = sum(float(line[share] or 0) for line in deepest)
        assert found == pytest.approx(1 if totals[name] else 0, abs=1e-4)
    for name in ("params", "buffers", "macs", "flops"):
        assert sum(layer[f"counted_{name}"] for layer in document["layers"]) == totals[name]


DEFAULT = ("params", "buffers", "macs", "flops", "weight_bytes")


def test_default_columns_of_csv_add_up() -> None:
    """GoogLeNet has 6,998,552 parameters at inference, and 13,378,280 with its auxiliary heads."""
    lines = lines_of(bundled("googlenet"), ALL)
    totals = document_of(bundled("googlenet"))["totals"]
    assert {name: sum(int(line[name]) for line in lines) for name in DEFAULT} == {
        name: totals[name] for name in DEFAULT
    }
    assert sum(int(line["params"]) for line in lines) == 6_998_552
    own = lines_of(bundled("googlenet"), ALL, "own_params")
    assert sum(int(line["own_params"]) for line in own) == 13_378_280
    assert {line["marks"] for line in lines} == {"", "training only"}


@pytest.mark.parametrize("name", ["googlenet", "resnet18", "lenet5", "squeezenet1_0"])
@pytest.mark.parametrize("tool", CONVENTIONS)
def test_counts_of_other_tools_add_up(tool: str, name: str) -> None:
    analysis = bundled(name)
    measure = recount(load(tool), analysis)
    lines = lines_of(analysis._replace(measures=(measure,)), ALL)
    assert sum(int(line[measure.column] or 0) for line in lines) == measure.total


TOWERS = """\
input: 3x8x8
blocks:
  tower: {layers: [{conv: 4, kernel: 3, shared: w, name: c}, bn, relu]}
layers:
  - concat: [[{conv: 4, kernel: 3, shared: w}], [{conv: 4, kernel: 3, shared: w}]]
  - {conv: 2, kernel: 1}
"""
"""Two branches with one set of weights: 4 x 3 x 9 + 4 = 112; then 8 x 2 + 2 = 18 parameters."""


def test_shared_weights_are_counted_at_their_first_use() -> None:
    lines = lines_of(report_of(TOWERS), ALL, "layer", "type", "params", "own_params", "macs")
    found = [tuple(line.values())[1:] for line in lines]
    assert found == [
        ("conv", "112", "112", "3888"),
        ("conv", "0", "112", "3888"),
        ("concat", "0", "0", "0"),
        ("conv", "18", "18", "576"),
    ]


def test_shares_of_shared_weights() -> None:
    request = ShowRequest(report_of(TOWERS), TableOptions(depth=ALL), Style())
    text = "".join(render("table", request))
    shared = [line.split() for line in text.splitlines() if "shared w" in line]
    assert [line[line.index("112") + 1] for line in shared] == ["86.2", "(shared)"]


TRAINED = """\
input: 4
layers:
  - {linear: 4, shared: w, trainable: false}
  - {linear: 4, shared: w}
  - {output: [{linear: 3, shared: v}], name: aux, training_only: true}
  - {linear: 3, shared: v, trainable: false}
"""
"""`w` is trained by its second use, `v` only by a layer that exists only in training."""


def test_trained_weights_are_counted_once() -> None:
    analysis = report_of(TRAINED)
    lines = lines_of(analysis, ALL, "params", "trainable_params")
    found = [tuple(line.values()) for line in lines]
    assert found == [("20", "20"), ("0", "0"), ("0", "0"), ("15", "0")]
    assert (analysis.totals.params, analysis.totals.trainable_params) == (35, 20)

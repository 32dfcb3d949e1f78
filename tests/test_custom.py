"""Steps whose numbers are stated in the file: their sums, and how every view marks them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.conventions.recount import count, recount
from cnncalc.conventions.table import CONVENTIONS, load
from cnncalc.difference.compare import compare
from cnncalc.documents.diff import Difference
from cnncalc.documents.show import Report
from cnncalc.engine.receptive_field import AxisField
from cnncalc.explain import explain_layers
from cnncalc.views.diff.totals import totals as diff_totals
from cnncalc.views.explain.text import layer_text
from cnncalc.views.show.csv import show_csv
from cnncalc.views.show.rows import rows
from cnncalc.views.show.summary import totals
from cnncalc.views.style import Style

from .support.networks import report_of

CONV = "input: 3x9x9\nlayers:\n  - {conv: 4, kernel: 3, stride: 2, padding: 1}\n  - relu\n"
STATED = """\
input: 3x9x9
layers:
  - custom: my conv
    shape: 4x5x5
    weights: {weight: 4x3x3x3, bias: 4}
    macs: 2700
    flops: 5500
    receptive_field: 3
    stride: 2
    name: c
  - relu
"""


def test_a_convolution_that_is_stated() -> None:
    """Weights 4 * 3 * 9 + 4, MACs 100 * 27, FLOPs two each and 100 for the bias: as calculated."""
    calculated, stated = report_of(CONV), report_of(STATED)
    assert stated.totals._replace(depth=1, peak_layer="conv1") == calculated.totals
    assert stated.layers[0].weights == calculated.layers[0].weights
    assert [layer.receptive_field for layer in stated.layers] == [
        layer.receptive_field for layer in calculated.layers
    ]
    assert calculated.stated is None
    assert stated.stated is not None
    assert stated.stated._asdict() == {
        "layers": 1,
        "params": 112,
        "buffers": 0,
        "macs": 2700,
        "flops": 5500,
    }


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ("", None),
        (", receptive_field: all", None),
        (", receptive_field: 3", AxisField(3, 2, 0)),
        (", receptive_field: 5", AxisField(5, 2, -1)),
        (", receptive_field: 3, stride: 3", AxisField(3, 3, -2)),
    ],
)
def test_receptive_field(arguments: str, field: AxisField | None) -> None:
    """8 positions to 4: 4 windows of 5 with stride 2 need 11, and 1 of 3 is before the axis."""
    text = f"input: 2x8x8\nlayers:\n  - {{custom: a, shape: 2x4x4{arguments}}}\n"
    expected = None if field is None else (field, field)
    assert report_of(text).layers[0].receptive_field == expected


def test_another_input_of_another_size_is_read_as_a_whole() -> None:
    text = (
        "input: {x: 2x8x8, y: 2x4x4}\nlayers:\n"
        "  - {custom: a, shape: 2x8x8, receptive_field: 1, from: [x, OTHER]}\n"
    )
    point = AxisField(1, 1, 0)
    assert report_of(text.replace("OTHER", "x")).layers[0].receptive_field == (point, point)
    assert report_of(text.replace("OTHER", "y")).layers[0].receptive_field is None


def test_every_view_marks_it() -> None:
    report = report_of(STATED)
    assert list(show_csv(report, rows(report, None), ("layer", "marks")))[1] == "c,stated\n"
    [line] = [line for line in totals(report, exact=True) if line.title == "stated"]
    assert line.amount == "112"
    assert line.remark == "parameters and 2,700 MACs of 1 custom layer, not calculated"
    text = layer_text(next(explain_layers(report, [0])), report, Style(None))
    assert text.count("stated in the file, not calculated") == 4
    for name in CONVENTIONS:
        convention = load(name)
        stated = {"flops": 5500, "macs": 2700, "params": 112}[convention.quantity]
        assert recount(convention, report).layers["c"] == stated
        assert "the file states" in count(convention, report.layers[0]).description


def test_json_marks_it() -> None:
    document: dict[str, Any] = json.loads(Report.of(report_of(STATED)).to_json())
    assert document["stated"]["params"] == 112
    assert [layer.get("stated") for layer in document["layers"]] == [True, None]
    assert document["layers"][0]["arguments"]["weights"] == {"weight": [4, 3, 3, 3], "bias": [4]}
    text = json.dumps(document)
    assert Report.from_json(text) == Report.of(report_of(STATED))
    assert "stated" not in Report.of(report_of(CONV)).to_json()


def test_diff_marks_it() -> None:
    comparison = compare(report_of(CONV), report_of(STATED))
    rows = {row.title: row for row in diff_totals(comparison, exact=True)}
    assert (rows["stated params"].before, rows["stated params"].after) == ("0", "112")
    assert rows["stated MACs"].change == "+2,700"
    document = json.loads(Difference.of(comparison).to_json())
    assert document["after"]["totals"]["stated_macs"] == 2700
    assert "stated_macs" not in document["before"]["totals"]


sizes = st.lists(st.integers(1, 9), min_size=1, max_size=4)


@given(st.dictionaries(st.sampled_from("abcd"), sizes), st.lists(sizes, min_size=1, max_size=3))
def test_what_is_stated_is_what_is_counted(
    weights: dict[str, list[int]], shapes: list[list[int]]
) -> None:
    outputs = json.dumps(shapes if len(shapes) > 1 else shapes[0])
    step = f"{{custom: a, shape: {outputs}, weights: {json.dumps(weights)}, name: x}}"
    report = report_of(f"input: 3\nlayers:\n  - {step}\n  - {{from: input}}\n")
    params = 0
    for shape in weights.values():
        elements = 1
        for size in shape:
            elements *= size
        params += elements
    assert report.totals.params == params
    assert [list(shape) for shape in report.layers[0].node.shapes] == shapes

"""Layers whose weight is a value: what depends on it, and who counts it."""

from __future__ import annotations

import pytest

from cnncalc.conventions.recount import Uncounted, recount
from cnncalc.conventions.table import load
from cnncalc.engine.receptive_field import AxisField
from cnncalc.explain import explain_layers
from cnncalc.views.explain.text import layer_text
from cnncalc.views.style import Style

from .support.networks import report_of

LEARNED = """\
input: 4x9
layers:
  - {weight: 6x4x3, name: w}
  - {conv: 6, kernel: 3, weights: w, from: input}
"""
DYNAMIC = """\
input: 4x9
layers:
  - {conv: 8, kernel: 1}
  - {reshape: 6x4x3, name: w}
  - {conv: 6, kernel: 3, weights: w, from: input}
"""
SERIES = """\
input: 4x9
layers:
  - {conv: 4, kernel: 1, name: w}
  - {linear: 4, weights: w, from: v}
"""


def test_a_learned_weight_is_counted_once_and_has_no_field() -> None:
    report = report_of(LEARNED)
    assert report.totals.params == 6 * 4 * 3
    assert report.layers[-1].receptive_field == (AxisField(3, 1, 0),)


def test_a_weight_that_depends_on_the_input_depends_on_all_of_it() -> None:
    report = report_of(DYNAMIC)
    layer = report.layers[-1]
    assert (layer.params, layer.macs) == (0, 6 * 7 * 4 * 3)
    assert layer.receptive_field is None
    text = layer_text(next(explain_layers(report, [2])), report, Style(None))
    assert "nothing is learned here" in text
    assert "the whole input" in text


def test_a_series_as_matrix_of_another_is_read_as_a_whole() -> None:
    """Each position of the output needs all of the matrix, not the same position of it."""
    text = SERIES.replace("input: 4x9", "input: {x: 4x4, v: 4x4}").replace(
        "{conv: 4, kernel: 1, name: w}", "{conv: 4, kernel: 1, name: w, from: x}"
    )
    assert report_of(text).layers[-1].receptive_field is None


def test_a_bias_is_opted_into() -> None:
    with_bias = LEARNED.replace("weights: w", "weights: w, bias: true")
    assert report_of(with_bias).totals.params == 6 * 4 * 3 + 6
    assert report_of(LEARNED.replace(", weights: w", "")).totals.params == 2 * 6 * 4 * 3 + 6


@pytest.mark.parametrize("tool", ["torchinfo", "fvcore", "ptflops", "thop", "calflops"])
def test_other_tools_are_not_guessed(tool: str) -> None:
    with pytest.raises(Uncounted, match="whose weights are a value"):
        recount(load(tool), report_of(LEARNED))

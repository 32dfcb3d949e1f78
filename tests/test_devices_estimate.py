"""The estimate of time by a calibration."""

from __future__ import annotations

import pytest

from cnncalc.devices.device import Device
from cnncalc.devices.estimate import Work, conditions, time_estimate, work_of
from cnncalc.devices.reading import read_device
from cnncalc.engine import analyse
from cnncalc.engine.analysis import Analysis

from .support.networks import read

CALIBRATION = """\
calibrations:
  - {source: s, runtime: r, execution: layers, dtype: float16, batch: {least: 2, most: 8},
     macs: 1M, bandwidth: 1M, operator: 0.5, networks: 9, families: 6, median: 0.05, within: 0.15}
"""


def analysis(layers: str, input: str, dtype: str = "float16", batch: int = 1) -> Analysis:
    steps = "\n".join(f"  - {line}" for line in layers.splitlines())
    parsed = read(f"input: {input}\ndtype: {dtype}\nlayers:\n{steps}\n")
    assert parsed.network is not None
    return analyse(parsed.network, batch)


def device(text: str) -> Device:
    found = read_device(text.encode(), "board")
    assert found.device is not None, found.problems
    return found.device


def test_layers_are_operators_or_fused() -> None:
    """8x10x10 in float16 is 1,600 B; the convolution has 64 weights and 6,400 MACs."""
    found = analysis(
        "{conv: 8, bias: false}\nrelu\n{depthwise: 3, padding: 1, bias: false}", "8x10x10"
    )
    passes, weights = 1600, 2 * (64 + 72)
    assert work_of(found, "layers") == Work(6400, 7200, 6 * passes + weights, 3)
    assert work_of(found, "fused") == Work(6400, 7200, 4 * passes + weights, 2)


def test_views_and_dropout_take_no_time() -> None:
    found = analysis("{dropout: 0.5}\n{linear: 4, bias: false}\nflatten", "10")
    assert work_of(found, "layers") == Work(40, 0, 2 * (10 + 4 + 40), 1)


def test_grouped_convolution_is_depthwise_if_each_channel_is_a_group() -> None:
    found = analysis(
        "{conv: 8, groups: 8, bias: false}\n{conv: 8, groups: 4, bias: false}", "8x2x2"
    )
    assert work_of(found, "layers")[:2] == (64, 32)


def test_estimate_is_the_sum() -> None:
    found = time_estimate(analysis("{linear: 10, bias: false}", "10", batch=4), device(CALIBRATION))
    assert found is not None
    # 400 MACs, 4 x 20 values and 100 weights of 2 B, and one operator
    assert found.seconds == pytest.approx(0.0004 + 0.00036 + 0.5)
    assert (found.within, found.energy) == (0.15, None)


def test_energy_is_time_at_the_active_power() -> None:
    board = device(f"active_power: 0.5\n{CALIBRATION}")
    found = time_estimate(analysis("{linear: 10, bias: false}", "10", batch=4), board)
    assert found is not None
    assert found.energy == pytest.approx(found.seconds / 2)


@pytest.mark.parametrize(
    ("dtype", "batch"), [("float16", 1), ("float16", 9), ("float32", 4), ("int8", 4)]
)
def test_no_estimate_beyond_the_calibration(dtype: str, batch: int) -> None:
    assert time_estimate(analysis("{linear: 10}", "10", dtype, batch), device(CALIBRATION)) is None


def test_the_first_calibration_that_applies() -> None:
    slower = CALIBRATION.partition("\n")[2].replace("float16", "float32").replace("1M", "1k")
    board = device(CALIBRATION + slower)
    found = time_estimate(analysis("{linear: 10}", "10", "float32", 4), board)
    assert found is not None
    assert found.calibration.dtype == "float32"


def test_what_an_estimate_needs() -> None:
    slower = (
        CALIBRATION.partition("\n")[2].replace("float16", "float32").replace("least: 2", "least: 8")
    )
    assert conditions(device(CALIBRATION + slower)) == (
        "float16 and a batch of 2 to 8 or float32 and a batch of 8"
    )
    assert conditions(device("ram: 3")) == ""

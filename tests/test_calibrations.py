"""The calibrations of the collection: the fit, its errors, and published times."""

from __future__ import annotations

from pathlib import Path
from statistics import mean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.calibrate import (
    MAX_WITHIN,
    PAGE,
    SeriesFit,
    error_table,
    series_fit,
    series_fits,
    with_families,
    write_calibrations,
)
from bench.calibration_text import calibration_text
from bench.fitting import LeftOut, Observation, error_quantile, fit, leave_out
from bench.measured_times import Measurement, measurements, mlperf_tiny, model_zoo_of_st
from cnncalc.devices.calibration import Calibration
from cnncalc.devices.catalogue import FOLDER, bundled_device, device_names
from cnncalc.devices.estimate import seconds_of
from cnncalc.devices.reading import read_device

from .support.devices import Processor, measured_on

SPEEDS = st.floats(0.001, 1000)
AMOUNTS = st.lists(st.tuples(SPEEDS, SPEEDS), min_size=2, max_size=8)


def calibrations() -> dict[str, tuple[Calibration, ...]]:
    """The calibrations of each device that states some, if they are to be those of the fit."""
    devices = [bundled_device(name) for name in device_names()]
    return {
        device.name: device.calibrations
        for device in devices
        if device.calibrations and "calibrations" not in device.unchecked
    }


@pytest.fixture(scope="module")
def found() -> list[SeriesFit]:
    return series_fits(measurements())


# The collection


@pytest.mark.slow
def test_device_files_state_what_the_fit_gives(found: list[SeriesFit]) -> None:
    fitted: dict[str, tuple[Calibration, ...]] = {}
    for one in found:
        if one.calibration:
            device = one.series.processor.device
            fitted[device] = (*fitted.get(device, ()), one.calibration)
    assert fitted == calibrations()
    assert len(fitted) == 3


@pytest.mark.slow
def test_writing_changes_nothing(
    found: list[SeriesFit], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = {path.name: path.read_bytes() for path in Path(FOLDER).iterdir()}
    for name, data in written.items():
        (tmp_path / name).write_bytes(data)
    monkeypatch.setattr("bench.calibrate.FOLDER", str(tmp_path))
    write_calibrations(found)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == written


@pytest.mark.slow
def test_table_states_what_was_measured(found: list[SeriesFit]) -> None:
    rows = {(row[0], row[6]): row[1:6] for row in error_table(found).rows}
    eager = "PyTorch 2.4.0, eager, mixed precision, NCHW, float16"
    assert rows["rtx-3090", eager] == ("85", "45", "12", "5.4%", "20%")
    board = "STM32Cube.AI 10.0.0 at 400 MHz, int8"
    assert rows["stm32h743", board] == ("6", "3", "1", "too few", "")


@pytest.mark.slow
def test_page_states_the_families(found: list[SeriesFit]) -> None:
    page = PAGE.read_text("utf-8")
    assert with_families(page, found) == page


@pytest.mark.slow
def test_errors_on_families_that_were_left_out(found: list[SeriesFit]) -> None:
    for one in found:
        if one.calibration is None:
            continue
        errors: dict[str, list[float]] = {}
        for estimate in one.estimates:
            measured = estimate.observation
            error = abs(estimate.seconds - measured.seconds) / measured.seconds
            errors.setdefault(measured.family, []).append(error)
        shares = [
            mean(error <= one.calibration.within for error in each) for each in errors.values()
        ]
        assert mean(shares) >= 0.9
        assert median(map(median, errors.values())) <= 0.07


@pytest.mark.slow
def test_products_alone_do_not_give_the_time(found: list[SeriesFit]) -> None:
    """On GPUs, half of the networks are off by a third or more by their MACs alone."""
    for one in found:
        if one.series.processor.kind == "GPU":
            by_macs = [
                each.observation._replace(work=each.observation.work[:1]) for each in one.measured
            ]
            assert error_quantile(leave_out(by_macs), 0.5) > 1 / 3


def test_few_families_give_no_calibration() -> None:
    measured = list(model_zoo_of_st())
    one = series_fit(measured[0].series, measured)
    assert (one.estimates, one.calibration) == ((), None)


def error(one: Measurement, calibration: Calibration, clock: float = 1.0) -> float:
    """The relative error of the estimate at a multiple of the clock."""
    return abs(seconds_of(one.work, calibration) / clock / one.seconds - 1)


def test_microcontroller() -> None:
    """Its speeds are not those of the script; the published times are within the error."""
    [calibration] = bundled_device("stm32h743").calibrations
    errors = [
        error(one, calibration)
        for one in model_zoo_of_st()
        if one.series.processor.device == "stm32h743"
    ]
    assert len(errors) == 6
    assert max(errors) < 0.07 < calibration.within


def test_microcontroller_with_the_same_core() -> None:
    """An STM32H7A3 has a Cortex-M7, too, at 280 MHz instead of 400 MHz.

    The networks are not those of the calibration, and neither are the runtimes.
    """
    [calibration] = bundled_device("stm32h743").calibrations
    errors = {
        (one.series.runtime, one.network): error(one, calibration, 280 / 400)
        for one in mlperf_tiny()
        if one.series.processor.device == "stm32h7a3" and one.series.dtype == "int8"
    }
    close = [pair for pair, each in errors.items() if each < 0.2]
    assert sorted(close) == [
        ("Krai", "resnet8"),
        ("Krai", "visual_wake_words"),
        ("STMicroelectronics", "ds_cnn"),
        ("STMicroelectronics", "resnet8"),
        ("bosch", "ds_cnn"),
        ("bosch", "resnet8"),
        ("bosch", "visual_wake_words"),
        ("plumerai", "ds_cnn"),
    ]


@pytest.mark.parametrize(
    "case",
    [case for case in measured_on("mlperf_tiny", "system") if case[0]["uJ_per_inference"]],
    ids=lambda case: f"{case[0]['system']}-{case[0]['benchmark']}",
)
def test_active_power(case: tuple[dict[str, str], Processor]) -> None:
    """The energy that was measured is that of the stated power during the measured time."""
    row, processor = case
    power = bundled_device(processor.device).active_power
    assert power is not None
    energy = float(row["uJ_per_inference"]) / 1e6
    assert power * float(row["ms"]) / 1000 == pytest.approx(energy, rel=0.1)


@pytest.mark.parametrize("name", calibrations())
def test_text_of_a_calibration_is_read_again(name: str) -> None:
    for one in calibrations()[name]:
        read = read_device(f"calibrations:\n{calibration_text(one)}".encode(), name)
        assert read.device is not None, read.problems
        assert read.device.calibrations == (one,)
        assert one.within <= MAX_WITHIN


# The fit


@given(SPEEDS, SPEEDS, AMOUNTS)
def test_speeds_that_explain_all_times_are_found(
    first: float, second: float, amounts: list[tuple[float, float]]
) -> None:
    observations = [
        Observation(str(index), work, work[0] * first + work[1] * second)
        for index, work in enumerate(amounts)
    ]
    for observation in observations:
        times = zip(observation.work, fit(observations), strict=True)
        assert sum(amount * each for amount, each in times) == pytest.approx(
            observation.seconds, rel=0.01
        )


@given(st.lists(st.tuples(SPEEDS, SPEEDS, SPEEDS), min_size=1, max_size=8))
def test_no_speed_is_negative_and_none_is_better(cases: list[tuple[float, float, float]]) -> None:
    observations = [Observation(str(index), case[:2], case[2]) for index, case in enumerate(cases)]
    found = fit(observations)
    assert min(found) >= 0
    assert squares(found, observations) <= squares([0.0, 0.0], observations) + 1e-9
    for changed in ([found[0] * 1.01, found[1]], [found[0], found[1] * 0.99]):
        assert squares(found, observations) <= squares(changed, observations) * 1.001 + 1e-9


def squares(speeds: list[float], observations: list[Observation]) -> float:
    estimated = [
        sum(amount * each for amount, each in zip(one.work, speeds, strict=True)) / one.seconds
        for one in observations
    ]
    return sum((ratio - 1) ** 2 for ratio in estimated)


def test_a_family_with_many_networks_counts_as_one() -> None:
    one, other = Observation("a", (1.0,), 1.0), Observation("b", (1.0,), 1.2)
    assert fit([one] * 50 + [other]) == pytest.approx(fit([one, other]))


def test_a_family_is_estimated_by_the_others() -> None:
    observations = [Observation("a", (1.0,), 1.0), Observation("b", (1.0,), 2.0)]
    assert [estimate.ratio for estimate in leave_out(observations)] == pytest.approx([2.0, 0.5])


def test_quantile_counts_families_equally() -> None:
    exact = LeftOut(Observation("a", (1.0,), 1.0), 1.0)
    wrong = LeftOut(Observation("b", (1.0,), 1.0), 1.5)
    assert error_quantile([exact] * 9 + [wrong], 0.5) == 0
    assert error_quantile([exact] * 9 + [wrong], 0.9) == 0.5

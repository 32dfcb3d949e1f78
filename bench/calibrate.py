"""`python -m bench.calibrate`: fit the speeds of devices to published times.

Each error is that of estimates by fits without the family of the network.  With `--write`, the
calibrations are written into the files of the devices, and the families into docs/devices.md.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence
from math import ceil
from os.path import commonpath
from pathlib import Path
from typing import NamedTuple

from cnncalc.devices.calibration import Batches, Calibration
from cnncalc.devices.catalogue import FOLDER

from .calibration_text import calibration_text
from .fitting import LeftOut, error_quantile, fit, leave_out
from .measured_times import SPEEDS, Measurement, Series, measurements
from .table import FigureTable, markdown, plain, times

MIN_FAMILIES, MIN_NETWORKS = 5, 8
"""With fewer, the error for other families is not known."""

MAX_WITHIN = 0.4
"""An estimate that is further off one time in ten is not worth printing."""

PAGE = Path(__file__).parent.parent / "docs" / "devices.md"
MARKS = ("<!-- families -->\n", "<!-- end of families -->")


class SeriesFit(NamedTuple):
    """What the times of a series give: `estimates` are those without the family of the network.

    There are none of too few networks.  If their errors are too large, there is no calibration.
    """

    series: Series
    measured: Sequence[Measurement]
    estimates: Sequence[LeftOut]
    calibration: Calibration | None


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.calibrate", description=__doc__)
    help_text = "write the calibrations into the device files, and the families into the docs"
    parser.add_argument("--write", action="store_true", help=help_text)
    options = parser.parse_args()
    found = series_fits(measurements())
    print(plain(error_table(found)))
    print(plain(family_table(found)))
    if options.write:
        write_calibrations(found)
        PAGE.write_text(with_families(PAGE.read_text("utf-8"), found), encoding="utf-8")


# The fits


def series_fits(measured: Iterable[Measurement]) -> list[SeriesFit]:
    """The fit of each series, in the order of the tables."""
    by_series: dict[Series, list[Measurement]] = {}
    for one in measured:
        by_series.setdefault(one.series, []).append(one)
    return [series_fit(series, found) for series, found in by_series.items()]


def series_fit(series: Series, measured: Sequence[Measurement]) -> SeriesFit:
    families, networks = counts(measured)
    if families < MIN_FAMILIES or networks < MIN_NETWORKS:
        return SeriesFit(series, measured, (), None)
    estimates = leave_out([one.observation for one in measured])
    if within(estimates) > MAX_WITHIN:
        return SeriesFit(series, measured, estimates, None)
    return SeriesFit(series, measured, estimates, calibration_of(series, measured, estimates))


def counts(measured: Sequence[Measurement]) -> tuple[int, int]:
    """How many families and networks were measured."""
    return len({one.family for one in measured}), len({one.network for one in measured})


def within(estimates: Sequence[LeftOut]) -> float:
    """The error that nine of ten estimates do not exceed, rounded up to a percent."""
    return ceil(100 * error_quantile(estimates, 0.9)) / 100


def calibration_of(
    series: Series, measured: Sequence[Measurement], estimates: Sequence[LeftOut]
) -> Calibration:
    """The speeds that fit all times; what takes no time has none."""
    found = fit([one.observation for one in measured])
    seconds = dict(zip(SPEEDS[series.processor.kind], found, strict=True))
    speeds = {name: rounded(1 / each) for name, each in seconds.items() if each}
    batches = [one.batch for one in measured]
    families, networks = counts(measured)
    return Calibration(
        source=commonpath([one.source for one in measured]),
        runtime=series.runtime,
        execution=series.execution,
        dtype=series.dtype,
        batch=Batches(min(batches), max(batches)),
        macs=speeds["macs"],
        depthwise=speeds.get("depthwise"),
        bandwidth=speeds.get("bytes"),
        operator=rounded(seconds.get("operators", 0.0)),
        networks=networks,
        families=families,
        median=round(error_quantile(estimates, 0.5), 3),
        within=within(estimates),
    )


def rounded(number: float) -> float:
    """A number with three digits.

    >>> rounded(32.4567e12), rounded(0.0000224301)
    (32500000000000.0, 2.24e-05)
    """
    return float(f"{number:.3g}")


# The tables


def error_table(found: Sequence[SeriesFit]) -> FigureTable:
    """One row per series: how much was measured, and the errors, or why there is no estimate."""
    titles = ("device", "measured", "networks", "families", "median", "9 of 10", "runtime")
    rows = []
    for one in found:
        families, networks = counts(one.measured)
        errors = ("too few", "")
        if one.estimates:
            middle, worst = error_quantile(one.estimates, 0.5), within(one.estimates)
            errors = (f"{middle:.1%}", f"{worst:.0%}" + ("" if one.calibration else ": too large"))
        series = one.series
        numbers = (str(len(one.measured)), str(networks), str(families))
        rows.append(
            (series.processor.device, *numbers, *errors, f"{series.runtime}, {series.dtype}")
        )
    note = "The error of estimates by fits without the family of the network."
    return FigureTable("Calibrations", titles, rows, note)


def family_table(found: Sequence[SeriesFit]) -> FigureTable:
    """The estimate as a multiple of the measured time, from the lowest to the highest."""
    fitted = [one for one in found if one.estimates]
    ratios: dict[str, dict[Series, list[float]]] = {}
    for one in fitted:
        for estimate in one.estimates:
            of_family = ratios.setdefault(estimate.observation.family, {})
            of_family.setdefault(one.series, []).append(estimate.ratio)
    titles = ("family", *(one.series.processor.device for one in fitted))
    rows = [
        (family, *(span(of_family.get(one.series, [])) for one in fitted))
        for family, of_family in sorted(ratios.items())
    ]
    return FigureTable("Estimated / measured time, by the family that was left out", titles, rows)


def span(ratios: Sequence[float]) -> str:
    """
    >>> span([1.07, 0.93, 1.0]), span([1.111]), span([])
    ('0.93 to 1.07', '1.11', '')
    """
    ends = dict.fromkeys(times(end) for end in (min(ratios), max(ratios))) if ratios else ()
    return " to ".join(ends)


def with_families(page: str, found: Sequence[SeriesFit]) -> str:
    """A page with a new table of families between the marks."""
    before, mark, rest = page.partition(MARKS[0])
    _, end, after = rest.partition(MARKS[1])
    assert mark and end, f"the page has no {' ... '.join(MARKS)}"
    _, _, table = markdown(family_table(found)).partition("\n\n")
    return f"{before}{mark}\n{table}\n{end}{after}"


# The device files


def write_calibrations(found: Sequence[SeriesFit]) -> None:
    """Replace the calibrations of the devices that have one."""
    by_device: dict[str, list[Calibration]] = {}
    for one in found:
        if one.calibration:
            by_device.setdefault(one.series.processor.device, []).append(one.calibration)
    for device, calibrations in by_device.items():
        path = Path(FOLDER) / f"{device}.yaml"
        text = re.sub(r"(?m)^calibrations:\n(?: .*\n)*", "", path.read_text("utf-8"))
        section = "calibrations:\n" + "".join(map(calibration_text, calibrations))
        path.write_text(text.replace("sources:\n", f"{section}sources:\n"), encoding="utf-8")


if __name__ == "__main__":
    main()

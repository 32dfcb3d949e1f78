"""Writes the table of calibrations in docs/devices.md from the files of the devices."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cnncalc.devices.catalogue import bundled_device, device_names
from cnncalc.devices.estimate import batches

PAGE = Path(__file__).with_name("devices.md")
MARKS = ("<!-- calibrations -->\n", "<!-- end of calibrations -->")
HEAD = """\
| device | measured by | runtime | type | batch | networks | families | median | nine of ten | fit |
| :-- | :-- | :-- | :-- | --: | --: | --: | --: | --: | :-- |
"""


def devices_page() -> str:
    """The page, with a new table between the marks."""
    before, mark, rest = PAGE.read_text("utf-8").partition(MARKS[0])
    _, end, after = rest.partition(MARKS[1])
    assert mark and end, f"{PAGE.name} has no {' ... '.join(MARKS)}"
    return f"{before}{mark}\n{HEAD}{''.join(calibration_rows())}\n{end}{after}"


def calibration_rows() -> Iterator[str]:
    """One row per calibration."""
    for name in device_names():
        device = bundled_device(name)
        made = "not checked" if "calibrations" in device.unchecked else "`bench.calibrate`"
        for one in device.calibrations:
            counts = (
                batches(one).removeprefix("a batch of "),
                str(one.networks),
                str(one.families or ""),
            )
            errors = (f"{one.median:.1%}", f"{one.within:.0%}")
            cells = (
                f"`{name}`",
                measured_by(one.source),
                one.runtime,
                one.dtype,
                *counts,
                *errors,
                made,
            )
            yield f"| {' | '.join(cells)} |\n"


def measured_by(source: str) -> str:
    """The repository in which times were published.

    >>> measured_by("github.com/huggingface/pytorch-image-models@aa4b585 results/a.csv")
    'huggingface/pytorch-image-models'
    """
    return source.removeprefix("github.com/").partition(" ")[0].partition("@")[0]

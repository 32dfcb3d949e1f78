"""Sweeps and fits on a device: flash, RAM and time are columns like the others."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from cnncalc.devices.catalogue import bundled_device
from cnncalc.devices.device import Device
from cnncalc.parser import Request
from cnncalc.sweep.job import Job

from .support.processes import cnncalc
from .support.sweeps import csv_rows

SMALL = """\
input: 3x32x32
vars: {width: 16, classes: 10}
layers:
  - {conv: width, kernel: 3, padding: 1}
  - relu
  - {maxpool: 2}
  - {conv: 2 * width, kernel: 3, padding: 1}
  - relu
  - global_avgpool
  - {linear: classes}
"""
WORDS = ("sweep", "small.yaml", "--over", "width=8,16,24", "--over", "resolution=16,32")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "small.yaml").write_text(SMALL)
    return tmp_path


def shown(folder: Path, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        cnncalc("show", *words, "--format", "json", cwd=folder).stdout
    )
    return found


@pytest.mark.parametrize(
    "target",
    [
        ("--device", "stm32h743"),
        ("--device", "rtx-4090"),
        ("--device", "stm32h743", "--dtype", "int16"),
        ("--device", "stm32h743", "--runtime", "file"),
        ("--runtime", "tflm"),
    ],
    ids=" ".join,
)
def test_numbers_are_those_of_show(folder: Path, target: tuple[str, ...]) -> None:
    found = csv_rows(folder, *WORDS, *target)
    assert len(found) == 6
    for one in found:
        size = one["resolution"]
        words = ("--set", f"width={one['width']}", "--input", f"3x{size}x{size}")
        network = shown(folder, "small.yaml", *words, *target)
        deployment, time = network["deployment"], network.get("time", {})
        assert int(one["ram_bytes"]) == deployment["ram_bytes"]
        for name in ("arena_bytes", "flash_bytes"):
            assert (name in one) == (name in deployment)
            assert name not in one or int(one[name]) == deployment[name]
        for name in {"at_least_s", "estimate_s"} & {*time, *one}:
            assert one[name] == (f"{time[name]:.6g}" if name in time else "")
        assert int(one["weight_bytes"]) == network["totals"]["weight_bytes"]


def test_conditions_on_a_device(folder: Path) -> None:
    """By the names of budgets; the limits are between the numbers of two rows each."""
    target = ("--device", "stm32h743")
    every = csv_rows(folder, *WORDS, *target)
    ram = sorted(int(one["ram_bytes"]) for one in every)[2]
    time = sorted(float(one["at_least_s"]) for one in every)[3]
    microseconds = int(time * 1e6) + 1
    where = ("--where", f"ram <= {ram} and time <= {microseconds}us")
    expected = [
        one
        for one in every
        if int(one["ram_bytes"]) <= ram and float(one["at_least_s"]) <= microseconds / 1e6
    ]
    assert 0 < len(expected) < 4
    assert csv_rows(folder, *WORDS, *target, *where) == expected
    found = csv_rows(folder, *WORDS, *target, "--columns", "RAM", "--sort", "-ram", "--top", "1")
    assert found == [
        {"n": "0", "width": "8", "resolution": "16", "ram_bytes": found[0]["ram_bytes"]}
    ]


def test_a_variable_comes_before_a_number(folder: Path) -> None:
    (folder / "small.yaml").write_text(SMALL.replace("width", "ram"))
    words = ("sweep", "small.yaml", "--over", "ram=8,16", "--device", "stm32h743")
    assert [one["ram"] for one in csv_rows(folder, *words, "--where", "ram <= 8")] == ["8"]


def test_what_cannot_run_there_is_invalid(folder: Path) -> None:
    """TensorFlow Lite has no operator for a softplus."""
    (folder / "small.yaml").write_text(
        "input: 3x8x8\nvars: {odd: 0}\nlayers: [{conv: 4}, {softplus: , when: odd == 1}]\n"
    )
    words = ("sweep", "small.yaml", "--over", "odd=0,1", "--device", "stm32h743")
    ran = cnncalc(*words, cwd=folder)
    assert "2 variants: 1 kept, 1 invalid (the first: odd=1: " in ran.stdout


def test_the_identity_has_the_device() -> None:
    device = bundled_device("stm32h743")
    faster = device._replace(macs={"int8": 1e9})

    def job(device: Device | None) -> Job:
        axes = (("width", ("1", "2")),)
        found = Job(
            SMALL.encode(), "small.yaml", Request(), 1, axes, ({},), None, 0, ("ram_bytes",)
        )
        return found._replace(device=device)

    assert len({job(one).identity for one in (None, device, faster)}) == 3
    assert job(device).identity == job(bundled_device("stm32h743")).identity


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_fit_on_a_device_is_the_best_of_the_sweep(folder: Path, jobs: str) -> None:
    target = ("--device", "stm32h743", "--dtype", "int8")
    axes = ("width=8..40:8", "resolution=16..64:16")
    over = [word for axis in axes for word in ("--over", axis)]
    vary = [word for axis in axes for word in ("--vary", axis)]
    every = csv_rows(folder, "sweep", "small.yaml", *over, *target)
    within = [one for one in every if int(one["ram_bytes"]) <= 40_000]
    within = [one for one in within if float(one["at_least_s"]) <= 0.001]
    best = max(within, key=lambda one: (int(one["params"]), int(one["macs"])))
    assert 0 < len(within) < len(every)
    words = ("fit", "small.yaml", *vary, "--under", "ram=40k,time=1ms", *target)
    ran = cnncalc(*words, "--jobs", jobs, "--format", "json", cwd=folder)
    found = json.loads(ran.stdout)
    assert found["variants"][0]["params"] == int(best["params"])
    assert found["limits"] == {
        "flash_bytes": 2 * 2**20,
        "ram_bytes": 40_000,
        "at_least_s": 0.001,
    }
    assert found["variants"][0]["ram_bytes"] <= 40_000
    again = shlex.split(found["command"])
    assert again[-4:] == ["--dtype", "int8", "--device", "stm32h743"]
    deployment = shown(folder, *again[2:])["deployment"]
    assert deployment["ram_bytes"] == found["variants"][0]["ram_bytes"]


def test_a_share_of_the_device(folder: Path) -> None:
    """The largest block of the STM32H743 has 512 KiB."""
    words = ("fit", "small.yaml", "--vary", "width=8,16", "--under", "ram=50%")
    ran = cnncalc(*words, "--device", "stm32h743", "--format", "json", cwd=folder)
    assert json.loads(ran.stdout)["limits"]["ram_bytes"] == 256 * 1024


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--under", "ram=1M"), "ram is a number on a device: add --device NAME"),
        (("--under", "ram=x", "--device", "stm32h743"), "`ram` must be a figure, such as 256KiB"),
        (("--under", "estimate=1s", "--device", "stm32f746"), "estimate is not a number on"),
        (("--under", "ram=1M,ram=2M", "--device", "stm32f746"), "two limits of a number"),
        (("--under", "ram=50%", "--runtime", "tflm"), "the device does not state the whole"),
        ((), "nothing is limited: add --under NUMBER=FIGURE, or --device NAME"),
    ],
)
def test_limits_that_are_refused(folder: Path, words: tuple[str, ...], message: str) -> None:
    ran = cnncalc("fit", "small.yaml", "--vary", "width=8,16", *words, cwd=folder)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert message in " ".join(ran.stderr.split())


def test_nothing_fits_on_a_device(folder: Path) -> None:
    words = ("fit", "small.yaml", "--vary", "width=8,16", "--device", "stm32h743")
    ran = cnncalc(*words, "--under", "ram=100,time=1us", cwd=folder)
    assert ran.returncode == 1
    assert "the nearest is width=8: ram is 13,548 of 100, time is " in ran.stderr
    assert " ms of 0.001 ms" in ran.stderr

"""Device files: those of the collection, and what is wrong with others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.devices.catalogue import UnknownDevice, bundled_device, device_names
from cnncalc.devices.reading import read_device


def messages(text: str) -> list[str]:
    read = read_device(text.encode(), "board")
    assert read.device is None
    return [f"{one.span.line}: {one.message}" for one in read.problems]


@pytest.mark.parametrize("name", device_names())
def test_every_number_has_its_source(name: str) -> None:
    device = bundled_device(name)
    stated = {
        "ram": device.ram,
        "ram_block": device.ram_block,
        "flash": device.flash,
        "clock": device.clock,
        "active_power": device.active_power,
        "bandwidth": device.bandwidth,
    }
    assert all(one.source for one in device.calibrations)
    known = {key for key, value in stated.items() if value}
    assert set(device.sources) - {"macs", "macs_per_cycle"} == known
    assert bool(device.macs) == bool(set(device.sources) & {"macs", "macs_per_cycle"})
    assert device.unchecked - {"calibrations"} <= set(device.sources)
    assert device.calibrations or "calibrations" not in device.unchecked


def test_the_collection() -> None:
    assert len(device_names()) == 38
    device = bundled_device("stm32f746")
    assert (device.ram, device.flash, device.runtime) == (320 * 1024, 1024 * 1024, "tflm")
    assert device.peak("int8") == 2 * 216e6


def test_an_unknown_name() -> None:
    with pytest.raises(UnknownDevice, match="there is no device stm32f747: did you mean"):
        bundled_device("stm32f747")


def test_a_file() -> None:
    text = "name: Board\nclock: 100M\nmacs_per_cycle: {int8: 0.5}\nram: 64 KiB\n"
    device = read_device(text.encode(), "board").device
    assert device is not None
    assert (device.title, device.ram, device.macs) == ("Board", 65536, {"int8": 50e6})
    assert (device.runtime, device.dtype, device.flash) == ("file", "float32", None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("clok: 3", "1: unknown key `clok` in a device"),
        ("ram: big", "1: `ram` must be a positive number, found `big`"),
        ("ram: 0", "1: `ram` must be a positive number, found `0`"),
        ("ram: [1]", "1: `ram` must be text, found a list"),
        ("macs: {int9: 3}", "1: unknown key `int9` in `macs`"),
        ("macs_per_cycle: {int8: 2}", "1: `macs_per_cycle` needs a `clock`"),
        ("runtime: tflite", "1: `runtime` must be one of file, tflm, eager, found `tflite`"),
        ("dtype: int9", "1: `dtype` must be one of float64, "),
        ("unchecked: [ram]", "1: `unchecked` names `ram`, which is not a number of the device"),
        ("calibrations: [{source: s}]", "1: a calibration needs `runtime`"),
        ("calibrations: {source: s}", "1: `calibrations` must be a list, found a mapping"),
        ("calibrations: [{batch: {last: 1}}]", "1: a calibration needs `source`"),
        ("calibrations: [3]", "1: a calibration must be a mapping (`key: value`), found `3`"),
        ("- ram", "1: a device must be a mapping (`key: value`), found a list"),
        ("ram: *x", "1: "),
        ("ram: 1\x07", "1: the character U+0007 is not allowed"),
    ],
)
def test_what_is_wrong(text: str, expected: str) -> None:
    assert messages(text)[0].startswith(expected)


@given(st.binary(max_size=60))
def test_any_bytes_give_a_device_or_a_problem(data: bytes) -> None:
    read = read_device(data, "board")
    assert read.device is not None or read.problems


@given(st.text("ram: cloksun{}[]0123KiBM\n", max_size=60))
def test_any_text_gives_a_device_or_a_problem(text: str) -> None:
    read = read_device(text.encode(), "board")
    assert read.device is not None or read.problems

"""Budgets on devices: in a file, on the command line, and in the configuration."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc import Report
from cnncalc.check.device_budget import on_device
from cnncalc.devices.catalogue import bundled_device
from cnncalc.devices.deploy import deploy
from cnncalc.devices.reading import read_device
from cnncalc.engine import analyse
from cnncalc.explain.device import device_terms
from cnncalc.parser import Request, build, read_document
from cnncalc.parser.variants import build_variants
from cnncalc.views.show.deployment import needs

from .support.networks import read
from .support.processes import cnncalc

NET = """\
input: 3x64x64
layers:
  - {conv: 16, kernel: 3, padding: 1}
  - relu
  - {conv: 64, kernel: 3, padding: 1}
  - relu
"""
RAM = 16 * 64**2 + 64 * 64**2
"""The arena in int8: the input and the output of the second convolution."""


def check(folder: Path, *arguments: str, budget: str = "") -> str:
    """What `check` prints of the network with a budget."""
    (folder / "net.yaml").write_text(NET + (f"budget: {{{budget}}}\n" if budget else ""))
    ran = cnncalc("check", "net.yaml", *arguments, cwd=folder)
    return ran.stdout + ran.stderr


PASSED = "1 file, 1 network: no findings\n"


@pytest.mark.parametrize(
    ("budget", "message"),
    [
        ("device: stm32h743", ""),
        (
            "device: stm32f746",
            " ram on stm32f746: 329,708 is over the 327,680 of the device",
        ),
        ("device: {name: stm32h743, ram: 400KiB}", ""),
        (
            "device: {name: stm32h743, ram: 60%}",
            ":7:36: error: ram on stm32h743: 329,708 is over the budget of 314,572 (60%) by 15,135",
        ),
        (
            "device: {name: stm32h743, arena: 320KiB, flash: 9KiB}",
            "flash on stm32h743: 9,968 is over the budget of 9,216 (9KiB) by 752",
        ),
        (
            "device: {name: stm32h743, time: 30ms}",
            "time on stm32h743: at least 41.16 ms is over the budget of 30 ms by 11.16 ms",
        ),
        ("device: {name: stm32h743, time: 0.05 s}", ""),
        (
            "device: {name: stm32f746, ram: 1GiB, estimate: 1s}",
            "the device has no calibration for this type",
        ),
        (
            "device: {name: stm32l4r5, energy: 1mJ}",
            "energy on stm32l4r5: at least 6.916 mJ is over the budget of 1 mJ by 5.916 mJ",
        ),
        ("device: {name: stm32l4r5, energy: 7000 uJ}", ""),
        ("device: {name: stm32l4r5, energy_estimate: 1J}", "no calibration for this type"),
        ("device: {name: stm32h743, energy: 1J}", "the device states no active power"),
        ("device: {name: rtx-4090, flash: 1GiB}", "flash on rtx-4090: the weights are in RAM"),
        ("device: stm32h744", "there is no device stm32h744: did you mean `stm32h743`?"),
        ("device: ../../etc/passwd", "there is no device ../../etc/passwd"),
    ],
)
def test_in_a_file(tmp_path: Path, budget: str, message: str) -> None:
    printed = check(tmp_path, budget=budget)
    if message:
        assert message in printed
        assert "1 error" in printed
    else:
        assert printed.endswith(PASSED)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--device stm32h743", ""),
        (
            "--device stm32f746",
            "net.yaml:1:1: error: ram on stm32f746: 329,708 is over",
        ),
        ("--device stm32h743 --budget ram=10%", "ram on stm32h743"),
        ("--device stm32h743 --budget flash=9KiB --budget params=9", "params: 9,728 is over"),
        ("--budget ram=256KiB", "ram is a number on a device: name it with --device"),
        ("--device stm32h743 --budget time=3", "`time` must be a time, such as 30ms or 1.5s"),
        ("--device stm32h743 --budget ram=-3", "`ram` must be a figure, such as 256KiB"),
        ("--device board.yaml", "board.yaml:1:6: error: `ram` must be a positive number"),
        ("--device nothing.yaml", "cannot read nothing.yaml"),
    ],
)
def test_on_the_command_line(tmp_path: Path, arguments: str, message: str) -> None:
    (tmp_path / "board.yaml").write_text("ram: -3\n")
    printed = check(tmp_path, *arguments.split())
    assert message in printed if message else printed.endswith(PASSED)


def test_in_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "boards").mkdir()
    (tmp_path / "boards" / "small.yaml").write_text("ram: 100\nruntime: tflm\ndtype: int8\n")
    (tmp_path / "pyproject.toml").write_text('[tool.cnncalc]\ndevice = "boards/small.yaml"\n')
    assert "ram on small: 329,708 is over the 100 of the device" in check(tmp_path)
    assert check(tmp_path, "--device", "stm32h743").endswith(PASSED)
    assert check(tmp_path, "--isolated") == PASSED
    (tmp_path / "pyproject.toml").write_text("[tool.cnncalc]\ndevice = 3\n")
    assert "`device` is the name of a device, or a device file" in check(tmp_path)


def test_a_baseline_keeps_the_numbers_on_devices(tmp_path: Path) -> None:
    options = ("--baseline", "b.json", "--device", "stm32h743")
    assert "1 network: no findings" in check(tmp_path, *options, "--update-baseline")
    assert "no findings" in check(tmp_path, *options)
    other = ("--baseline", "b.json", "--update-baseline", "--device", "stm32f767")
    assert "no findings" in check(tmp_path, *other)  # and those on the first device remain
    path = tmp_path / "b.json"
    devices = json.loads(path.read_text())["networks"]["net.yaml"][""]["devices"]
    assert {name: found["ram_bytes"] for name, found in devices.items()} == {
        "stm32f767": 329_708,
        "stm32h743": 329_708,
    }
    path.write_text(path.read_text().replace('"ram_bytes": 329708', '"ram_bytes": 329700'))
    assert "ram_bytes on stm32h743 329,708 (+8) [baseline]" in check(tmp_path, *options)
    assert "no findings" in check(tmp_path, *options[:2])
    for wrong in ("[]", '{"t4": 3}', '{"t4": {"ram_bytes": "3"}}', '{"t4": {"at_least_s": -1}}'):
        known = {**json.loads(path.read_text())["networks"]["net.yaml"][""]}
        known["devices"] = json.loads(wrong)
        text = json.dumps({"schema": "cnncalc/baseline/1", "networks": {"net.yaml": {"": known}}})
        (tmp_path / "wrong.json").write_text(text)
        printed = check(tmp_path, "--baseline", "wrong.json")
        assert "wrong.json is not a baseline of cnncalc/baseline/1" in printed


def test_variants_inherit_the_device_and_are_named(tmp_path: Path) -> None:
    text = NET.replace("64, kernel", "out, kernel") + "vars: {out: 8}\n"
    text += "variants:\n  small: {}\n  large: {vars: {out: 900}}\n  other: {budget: {device: t4}}\n"
    (tmp_path / "net.yaml").write_text(text + "budget: {device: stm32h743}\n")
    ran = cnncalc("check", "net.yaml", cwd=tmp_path)
    assert "error: `large`, ram on stm32h743: " in ran.stdout
    assert ran.stdout.count("error:") == 1


@pytest.mark.parametrize("dtype", ["", "dtype: int8, "])
def test_a_network_is_in_the_types_of_the_device(
    monkeypatch: pytest.MonkeyPatch, dtype: str
) -> None:
    """It is built again only if some step states a type; the layers are those of that network."""
    text = NET.replace("{conv: 64,", f"{{conv: 64, {dtype}")
    built = build_variants(read_document(text.encode(), "net.yaml"))
    [network] = built.networks.values()
    again = build(built.file, Request(usual_dtype="int16")).network
    assert network is not None and again is not None
    device = bundled_device("stm32h743")._replace(dtype="int16")
    if not dtype:
        monkeypatch.delattr("cnncalc.check.device_budget.build")
    assert on_device(built, network, device).network == again


def test_a_type_of_the_file_is_kept(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(f"dtype: int16\n{NET}budget: {{device: stm32h743}}\n")
    ran = cnncalc("check", "net.yaml", cwd=tmp_path)
    assert f"ram on stm32h743: {2 * RAM + 2028:,}"[:24] in ran.stdout


@pytest.mark.parametrize(
    ("device", "message"),
    [
        ("[1]", "`device` must be text, found a list"),
        ("{ram: 80%}", "`device` needs a `name`"),
        ("{name: t4, rom: 3}", "unknown key `rom` in `device`"),
        ("{name: t4, ram: [3]}", "`ram` must be text, found a list"),
        ("{name: t4, ram: 1e999}", "`ram` must be a figure, such as 256KiB, or a share"),
        ("{name: t4, ram: 99999999999%}", "`ram` must be a figure"),
        ("{name: t4, time: 30}", "`time` must be a time, such as 30ms or 1.5s, found `30`"),
        ("{name: t4, energy: 5}", "`energy` must be an energy, such as 5mJ or 20uJ, found `5`"),
        ("{name: [t4]}", "`name` of `device` must be text"),
    ],
)
def test_what_is_not_a_budget(device: str, message: str) -> None:
    problems = read(f"{NET}budget: {{device: {device}}}\n").problems
    assert [problem.message for problem in problems if message in problem.message]
    assert all(problem.span.line == 7 for problem in problems)


def test_headroom(tmp_path: Path) -> None:
    """What a network needs and what the device has are printed, and in the document."""
    printed = check(tmp_path, "--device", "stm32h743")
    memories = "flash 9,968 of 2,097,152 B (0.5 %), RAM 329,708 of 524,288 B (62.9 %)"
    assert f"net.yaml on stm32h743: {memories}, at least " in printed
    options = ("--device", "stm32h743", "--format", "json")
    found = json.loads(cnncalc("check", "net.yaml", *options, cwd=tmp_path).stdout)
    [device] = found["results"][0]["networks"][0]["devices"]
    assert (device["device"], device["ram_bytes"]) == ("stm32h743", 329_708)
    assert device["ram_limit"] == 524_288


# Device files of strangers


def number() -> st.SearchStrategy[str]:
    """Numbers as files may have them: tiny, huge, negative, or none at all."""
    sizes = st.decimals(min_value=0, max_value=10**15, places=6).map(lambda size: f"{size:f}")
    wrong = st.sampled_from(["-1", "0", "1e9", "inf", "[]", "{}", "yes", "1 2", "9" * 400, "٣"])
    return st.one_of(sizes, st.integers(0, 10**14).map(str), wrong).flatmap(
        lambda text: st.sampled_from(["", "k", "T", "KiB", "Hz"]).map(lambda unit: text + unit)
    )


KEYS = ("clock", "ram", "ram_block", "flash", "active_power")
RATES = ("macs", "macs_per_cycle", "bandwidth")


@given(
    st.dictionaries(st.sampled_from(KEYS), number()),
    st.dictionaries(st.sampled_from(RATES), number()),
    st.sampled_from(["tflm", "file", "eager"]),
)
def test_a_device_file_is_read_or_refused(
    numbers: dict[str, str], rates: dict[str, str], runtime: str
) -> None:
    """Each problem has a position in the file; with any other device, all texts can be made."""
    parts = {"macs": "int8", "macs_per_cycle": "int8", "bandwidth": "ram"}
    lines = [f"{key}: {text}" for key, text in numbers.items()]
    lines += [f"{key}: {{{parts[key]}: {text}}}" for key, text in rates.items()]
    text = "\n".join([*lines, f"runtime: {runtime}", "dtype: int8"])
    found = read_device(text.encode(), "board")
    count = len(text.splitlines())
    assert all(1 <= problem.span.line <= count and problem.message for problem in found.problems)
    if found.device is None:
        assert found.problems
        return
    network = read("dtype: int8\n" + NET).network
    assert network is not None
    analysis = analyse(network)
    made = deploy(analysis, found.device)
    analysis = analysis.supplemented(made)
    report = Report.of(analysis)
    assert Report.from_json(report.to_json()) == report
    for need in needs(made, analysis, exact=True):
        assert need.remark
        if need.limit:
            amount, limit = (int(re.sub(r"\D", "", side)) for side in (need.amount, need.limit))
            assert ("does not fit" in need.remark) == (amount > limit)
    assert all(term.result >= 0 for term in device_terms(analysis, made).values())

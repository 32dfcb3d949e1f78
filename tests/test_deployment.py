"""What a network needs on a device, as the command line shows it."""

from __future__ import annotations

import csv
import io
import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from cnncalc import Report
from cnncalc.documents.deployment import BufferReport, OperatorReport

from .support.devices import Row, rows
from .support.processes import cnncalc, terminal

BOARD = (
    "ram: 100000\nflash: 1MiB\nruntime: tflm\ndtype: int8\nclock: 100M\nmacs_per_cycle: {int8: 1}\n"
)
SMALL = "input: 3x32x32\nlayers:\n  - {conv: 8, kernel: 3, padding: same}\n  - relu\n"


def shown(*arguments: str, cwd: Path | None = None) -> str:
    ran = cnncalc("show", *arguments, cwd=cwd)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def document(*arguments: str, cwd: Path | None = None) -> Report:
    return Report.from_json(shown(*arguments, "--format", "json", cwd=cwd))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "board.yaml").write_text(BOARD)
    (tmp_path / "small.yaml").write_text(SMALL)
    return tmp_path


# Facts


ARENAS = [row for row in rows("tflm_arena") if "(" not in row["cnncalc_network"]]


@pytest.mark.parametrize("row", ARENAS[:4], ids=lambda row: row["model"])
def test_the_arena_is_that_of_the_recording_allocator(row: Row) -> None:
    network, dtype = row["cnncalc_network"], row["dtype"]
    options = ("--input", row["input"], "--dtype", dtype, "--runtime", "tflm")
    found = document(network, *options).deployment
    assert found is not None
    assert found.arena_bytes == int(row["head_bytes"])
    assert found.liveness_bytes == int(row["liveness_of_file_bytes"])
    assert found.ram_bytes == pytest.approx(int(row["total_bytes_64bit_host"]), rel=0.011)


# Types and runtimes


def test_the_type_is_that_of_the_device_unless_the_file_states_one(folder: Path) -> None:
    def dtype(*options: str) -> object:
        return document("small.yaml", "--device", "board.yaml", *options, cwd=folder).dtype

    assert dtype() == "int8"
    assert dtype("--dtype", "float32") == "float32"
    (folder / "small.yaml").write_text("dtype: int16\n" + SMALL)
    assert dtype() == "int16"


def test_weights_are_in_ram_without_a_flash() -> None:
    found = document("resnet8", "--device", "rtx-4090").deployment
    assert found is not None and found.runtime == "eager"
    assert found.flash_bytes is None
    assert found.weight_bytes == 2 * (78_186 + 480)
    assert (
        found.ram_bytes
        == found.weight_bytes + document("resnet8", "--dtype", "float16").totals.peak_bytes
    )


def test_weights_in_a_flash_of_unknown_size(folder: Path) -> None:
    """The flash of an STM32N6 is outside of it: what fits depends on the board."""
    found = document("mobilenet_v2", "--device", "stm32n657").deployment
    assert found is not None and found.flash_limit is None
    assert found.flash_bytes == 3_469_760 + 72_224
    text = shown("mobilenet_v2", "--device", "stm32n657", "--totals-only")
    assert "does not fit" not in text
    assert "; how much stm32n657 has is not stated" in text
    (folder / "board.yaml").write_text(BOARD.replace("runtime: tflm", "weights: ram"))
    placed = document("small.yaml", "--device", "board.yaml", cwd=folder).deployment
    assert placed is not None and placed.flash_limit is None
    assert placed.weight_bytes == 8 * 27 + 8


def test_another_runtime(folder: Path) -> None:
    found = document("small.yaml", "--device", "board.yaml", "--runtime", "file", cwd=folder)
    assert found.deployment is not None
    assert found.deployment.arena_bytes is None
    assert found.deployment.ram_bytes == found.totals.peak_bytes


# The text


def test_text_and_document_have_the_same_numbers(folder: Path) -> None:
    text = shown("small.yaml", "--device", "board.yaml", cwd=folder)
    found = document("small.yaml", "--device", "board.yaml", cwd=folder)
    memory, time = found.deployment, found.time
    assert memory is not None and time is not None
    assert re.search(rf"flash +{memory.flash_bytes:,} of 1,048,576 B", text)
    assert re.search(rf"RAM +{memory.ram_bytes:,} of +100,000 B", text)
    assert f"arena {memory.arena_bytes:,}" in text
    assert time.at_least_s == 8 * 27 * 1024 / 100e6
    assert "at least 2.21 ms at 100 MHz, layer by layer, MACs alone" in text


def test_what_does_not_fit(folder: Path) -> None:
    (folder / "board.yaml").write_text(BOARD.replace("100000", "10000"))
    text = shown("small.yaml", "--device", "board.yaml", cwd=folder)
    found = document("small.yaml", "--device", "board.yaml", cwd=folder).deployment
    assert found is not None and found.ram_bytes is not None
    assert f"does not fit: {found.ram_bytes - 10_000:,} B too much" in text


def test_an_arena_is_in_one_block(folder: Path) -> None:
    (folder / "board.yaml").write_text(BOARD + "ram_block: 60000\n")
    found = document("small.yaml", "--device", "board.yaml", cwd=folder).deployment
    assert found is not None and found.ram_limit == 60_000


@pytest.mark.parametrize("columns", [40, 200])
def test_on_a_terminal(columns: int) -> None:
    printed = terminal("show", "resnet8", "--device", "stm32f746", columns=columns)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", printed).splitlines()
    assert all(len(line) <= columns for line in lines)
    assert any(line.startswith("RAM    56,108 of   327,680 B  17.1 %") for line in lines)


def test_a_device_without_a_speed_for_the_type() -> None:
    text = shown("resnet8", "--device", "stm32h743", "--runtime", "file", "--dtype", "float16")
    assert "time   no bound: the speed of stm32h743 is stated for int8, int16, float32" in text


# Errors


def test_all_layers_that_cannot_run_are_in_one_error(folder: Path) -> None:
    layers = "input: 3x8x8\nlayers:\n  - gelu\n  - gelu\n  - layernorm\n  - {conv: 4}\n"
    (folder / "net.yaml").write_text(layers)
    ran = cnncalc("show", "net.yaml", "--device", "board.yaml", cwd=folder)
    assert ran.returncode == 2
    assert (
        "net.yaml: TensorFlow Lite Micro cannot run gelu (gelu1 and 1 other): it has no operator"
        " GELU; layernorm (layernorm1): its conversion is not known" in ran.stderr
    )


def test_one_sample_at_a_time() -> None:
    ran = cnncalc("show", "resnet8", "--device", "stm32h743", "--batch", "2")
    assert ran.returncode == 2
    assert "runs one sample at a time, not a batch of 2" in ran.stderr


def test_no_such_device() -> None:
    ran = cnncalc("show", "resnet8", "--device", "stm32h744")
    assert ran.returncode == 2
    assert "there is no device stm32h744: did you mean `stm32h743`?" in ran.stderr


# Comparison


def test_compare() -> None:
    ran = cnncalc(
        "compare", "resnet8", "visual_wake_words", "--device", "stm32f746", "--format", "json"
    )
    first, _ = json.loads(ran.stdout)["networks"]
    found = document("resnet8", "--device", "stm32f746")
    assert found.deployment is not None and found.time is not None
    assert first["ram_bytes"] == found.deployment.ram_bytes
    assert first["at_least_s"] == found.time.at_least_s
    assert first["flash_bytes"] == found.deployment.flash_bytes


def test_diff_has_the_numbers_of_both(folder: Path) -> None:
    (folder / "wide.yaml").write_text(SMALL.replace("conv: 8", "conv: 16"))
    words = ("diff", "small.yaml", "wide.yaml", "--device", "board.yaml")
    [found] = json.loads(cnncalc(*words, "--format", "json", cwd=folder).stdout)["differences"]
    for side, name in (("before", "small.yaml"), ("after", "wide.yaml")):
        alone = document(name, "--device", "board.yaml", cwd=folder)
        assert alone.deployment is not None and alone.time is not None
        assert found[side]["on_device"] == {
            "flash_bytes": alone.deployment.flash_bytes,
            "ram_bytes": alone.deployment.ram_bytes,
            "arena_bytes": alone.deployment.arena_bytes,
            "at_least_s": alone.time.at_least_s,
        }
    text = cnncalc(*words, cwd=folder).stdout
    assert "[small.yaml] on board → " in text
    assert re.search(r"time at least +2\.21 ms +4\.42 ms +\+2\.21 ms +\+100\.0 %", text)
    assert "time at least" not in cnncalc(*words[:3], cwd=folder).stdout


def test_diff_of_networks_that_cannot_run_there(folder: Path) -> None:
    (folder / "gelu.yaml").write_text("input: 3x8x8\nlayers: [gelu]\n")
    ran = cnncalc("diff", "small.yaml", "gelu.yaml", "--runtime", "tflm", cwd=folder)
    assert ran.returncode == 2
    assert "gelu.yaml: TensorFlow Lite Micro cannot run gelu" in ran.stderr


# Columns


def test_columns_add_up_to_the_bound() -> None:
    options = ("--device", "rtx-4090", "--depth", "1", "--format", "csv")
    lines = list(csv.DictReader(io.StringIO(shown("resnet18", *options))))
    found = document("resnet18", "--device", "rtx-4090").time
    assert found is not None
    times = [float(line["time"] or 0) for line in lines]
    assert sum(times) == pytest.approx(found.at_least_s, rel=1e-4)
    assert {line["bound"] for line in lines} == {"", "compute", "memory"}


def test_columns_need_a_device() -> None:
    ran = cnncalc("show", "resnet18", "--columns", "layer,time")
    assert ran.returncode == 2
    assert "column time needs --device NAME" in ran.stderr


@pytest.mark.parametrize("form", ["csv", "markdown", "latex"])
def test_totals_in_other_formats(form: str) -> None:
    text = shown("resnet8", "--device", "stm32h743", "--totals-only", "--format", form)
    assert "56,108" in text or "56108" in text


def test_what_an_estimate_needs(folder: Path) -> None:
    options = ("--device", "rtx-4090", "--totals-only")
    needed = "an estimate needs float16 and a batch of 256 to 1,024"
    assert needed in shown("small.yaml", *options, cwd=folder)
    assert needed in shown("small.yaml", *options, "--batch", "256", "--dtype", "int8", cwd=folder)
    found = shown("small.yaml", *options, "--batch", "256", cwd=folder)
    assert "estimate" in found and needed not in found
    assert "estimate" not in shown("small.yaml", "--device", "t4", "--totals-only", cwd=folder)


def test_no_estimate_in_another_runtime(folder: Path) -> None:
    options = ("--device", "rtx-4090", "--batch", "256", "--runtime", "file")
    assert "estimate" not in shown("small.yaml", *options, cwd=folder)
    time = document("small.yaml", *options, cwd=folder).time
    assert time is not None and time.estimate_s is None


def test_an_estimate_that_nobody_checked(folder: Path) -> None:
    """The fit of this device is not repeated by `bench.calibrate`."""
    assert "; not checked)" in shown("small.yaml", "--device", "stm32h743", cwd=folder)
    options = ("--device", "rtx-3090", "--batch", "256")
    assert "not checked" not in shown("small.yaml", *options, cwd=folder)


# Energy


POWERED = """\
active_power: 0.5
calibrations:
  - {source: s, runtime: r, execution: fused, dtype: int8, batch: {least: 1, most: 1},
     macs: 10M, networks: 9, families: 6, median: 0.05, within: 0.15}
"""


def test_energy_is_the_time_at_the_active_power(folder: Path) -> None:
    """221,184 MACs: at 100 million a second for the bound, at 10 million for the estimate."""
    (folder / "board.yaml").write_text(BOARD + POWERED)
    options = ("small.yaml", "--device", "board.yaml")
    time = document(*options, cwd=folder).time
    assert time is not None
    assert time.energy_at_least_j == pytest.approx(221_184 / 100e6 / 2)
    assert time.energy_j == pytest.approx(221_184 / 10e6 / 2)
    text = shown(*options, cwd=folder)
    assert (
        "energy at least 1.11 mJ, if it draws 500 mW for the minimum time;"
        " estimate 11.1 mJ, for the estimated time" in text
    )
    ran = cnncalc("compare", "small.yaml", "--device", "board.yaml", "--format", "csv", cwd=folder)
    [line] = csv.DictReader(io.StringIO(ran.stdout))
    assert (line["energy_at_least_j"], line["energy_j"]) == ("0.00110592", "0.0110592")
    ran = cnncalc("explain", *options, "--format", "json", cwd=folder)
    terms = {one["name"]: one["result"] for one in json.loads(ran.stdout)["overview"]["on_device"]}
    assert terms["energy at least, in nJ"] == 221_184 * 10 // 2
    assert terms["energy estimate in nJ"] == 221_184 * 100 // 2
    ran = cnncalc("check", *options, "--format", "json", cwd=folder)
    [[fit]] = [one["devices"] for one in json.loads(ran.stdout)["results"][0]["networks"]]
    assert fit["energy_at_least_j"] == time.energy_at_least_j


def test_no_energy_without_a_power(folder: Path) -> None:
    assert "energy" not in shown("small.yaml", "--device", "board.yaml", cwd=folder)


# The memory plan


def test_the_plan_has_no_overlap_and_is_the_arena() -> None:
    options = ("--device", "stm32f746", "--memory", "--format", "csv")
    names = ("offset", "bytes", "first", "last")
    lines = csv.DictReader(io.StringIO(shown("resnet8", *options)))
    buffers = [tuple(int(line[name]) for name in names) for line in lines]
    found = document("resnet8", "--device", "stm32f746").deployment
    assert found is not None
    assert max(offset + size for offset, size, _, _ in buffers) == found.arena_bytes
    for one, other in combinations(buffers, 2):
        is_apart = one[0] + one[1] <= other[0] or other[0] + other[1] <= one[0]
        assert is_apart or one[3] < other[2] or other[3] < one[2]


def test_the_document_has_the_plan() -> None:
    found = document("resnet8", "--device", "stm32f746").deployment
    assert found is not None
    assert [one.name for one in found.inputs] == ["input"]
    lines = shown("resnet8", "--device", "stm32f746", "--memory", "--format", "csv").splitlines()
    printed = {tuple(line.split(",")[:4]) for line in lines[1:]}
    buffers: list[BufferReport | OperatorReport] = [*found.inputs, *found.operators]
    for operator in found.operators:
        buffers += operator.others
    planned = {tuple(map(str, (one.offset, one.bytes, one.first, one.last))) for one in buffers}
    scratch = {
        tuple(map(str, (one.offset, one.bytes, operator.first, operator.first)))
        for operator in found.operators
        for one in operator.scratch
    }
    assert printed == planned | scratch


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--device", "rtx-4090"), "--memory shows the plan of TensorFlow Lite Micro"),
        (("--device", "stm32f746", "--depth", "1"), "so --depth has no effect"),
        (("--device", "stm32f746", "--format", "json"), "not for json"),
    ],
)
def test_memory_is_refused(options: tuple[str, ...], message: str) -> None:
    ran = cnncalc("show", "resnet8", "--memory", *options)
    assert ran.returncode == 2
    assert message in ran.stderr


# Explanations


def explained(*words: str) -> dict[str, Any]:
    ran = cnncalc("explain", *words, "--format", "json")
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


@pytest.mark.parametrize("device", ["stm32h743", "rtx-4090"])
def test_the_explanation_of_a_network_has_its_numbers(device: str) -> None:
    overview = explained("resnet8", "--device", device)["overview"]
    terms = {one["name"]: one["result"] for one in overview["on_device"]}
    found = document("resnet8", "--device", device)
    assert found.deployment is not None and found.time is not None
    assert terms["RAM"] == found.deployment.ram_bytes
    if found.deployment.arena_bytes:
        assert terms["arena"] == found.deployment.arena_bytes
        assert terms["flash"] == found.deployment.flash_bytes
    at_least, estimate = found.time.at_least_s, found.time.estimate_s
    assert at_least is not None
    assert terms["time at least, in ns"] == pytest.approx(1e9 * at_least, abs=30)
    if estimate is not None:
        assert terms["estimate in ns"] == pytest.approx(1e9 * estimate, abs=2)


def test_the_explanations_of_layers_add_up() -> None:
    layers = explained("resnet8", "*", "--device", "stm32h743")["layers"]
    numbers = [{one["number"]: one for one in layer["numbers"]} for layer in layers]
    time = document("resnet8", "--device", "stm32h743").time
    assert time is not None and time.at_least_s is not None
    total = sum(one["time_ns"]["total"] for one in numbers)
    assert total == pytest.approx(1e9 * time.at_least_s, abs=len(layers))
    for number in (one[name] for one in numbers for name in ("time_ns", "arena_bytes")):
        assert number["total"] == sum(term["result"] for term in number["terms"])
        assert number["terms"] or number["remarks"]


def test_rates_of_an_estimate_have_separators() -> None:
    ran = cnncalc("explain", "resnet8", "--device", "rtx-4090", "--batch", "256")
    assert "/ 69,500 + " in " ".join(ran.stdout.split())


def test_why_a_number_is_not_explained() -> None:
    ran = cnncalc("explain", "resnet8", "classifier", "--only", "arena")
    assert "arena and time are explained with --device NAME" in ran.stdout

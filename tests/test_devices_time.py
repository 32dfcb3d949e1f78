"""The bound on time, against published measurements: none may be faster than it."""

from __future__ import annotations

import pytest

from cnncalc.devices.catalogue import bundled_device
from cnncalc.devices.deploy import deploy
from cnncalc.devices.device import NoPeak
from cnncalc.devices.fusion import fused_operators
from cnncalc.devices.time_bound import TimeBound, time_bound
from cnncalc.engine import analyse
from cnncalc.engine.analysis import Analysis

from .support.devices import Processor, Row, measured_on, network_of, rows
from .support.networks import read

Case = tuple[dict[str, str], Processor]


def bound(row: Row, device: str, dtype: str = "", batch: int = 1) -> float:
    """The bound in seconds for the batch."""
    return time_bound(analyse(network_of(row, dtype), batch), bundled_device(device)).seconds


def label(case: Case) -> str:
    row, processor = case
    name = row.get("timm_model") or row["cnncalc_network"]
    return f"{name}-{row.get('input', row.get('system', ''))}-{processor.device}"


@pytest.mark.parametrize("case", measured_on("timm_inference", "device"), ids=label)
def test_inference_of_timm(case: Case) -> None:
    row, processor = case
    dtype = {"amp": "float16", "fp32": "float32"}[row["precision"]]
    batch = int(row["batch"])
    assert bound(row, processor.device, dtype, batch) <= batch / float(row["samples_per_s"])


@pytest.mark.parametrize("case", measured_on("st_model_zoo", "board"), ids=label)
def test_model_zoo_of_st(case: Case) -> None:
    row, processor = case
    assert bound(row, processor.device) <= float(row["ms"]) / 1000


@pytest.mark.parametrize("case", measured_on("pixel_tflite", "device"), ids=label)
def test_pixel_phones(case: Case) -> None:
    row, processor = case
    assert bound(row, processor.device) <= float(row["ms"]) / 1000


@pytest.mark.parametrize("case", measured_on("mlperf_tiny", "system"), ids=label)
def test_mlperf_tiny(case: Case) -> None:
    row, processor = case
    if row["division"] != "closed":
        pytest.skip("open submissions may run another network")
    dtype = "float32" if "float" in row["system"] else "int8"
    assert bound(row, processor.device, dtype) <= float(row["ms"]) / 1000


@pytest.mark.parametrize("row", rows("mlperf_tiny_energy"), ids=lambda row: row["source"])
def test_energy_of_mlperf_tiny(row: Row) -> None:
    """No energy that was measured is below the bound; the stated power is near the measured one."""
    device = bundled_device(row["device"])
    found = deploy(analyse(network_of(row, "int8")), device).least_energy
    assert found is not None and device.active_power is not None
    assert found <= float(row["uj_per_inference"]) / 1e6
    assert 0.5 < device.active_power / (float(row["power_mw"]) / 1000) < 1.25


def analysis(layers: str, input: str, dtype: str = "float32", batch: int = 1) -> Analysis:
    steps = "\n".join(f"  - {line}" for line in layers.splitlines())
    parsed = read(f"input: {input}\ndtype: {dtype}\nlayers:\n{steps}\n")
    assert parsed.network is not None
    return analyse(parsed.network, batch)


def test_visual_wake_words() -> None:
    """7,489,664 MACs, two a cycle at 480 MHz."""
    row = {"cnncalc_network": "visual_wake_words", "input": "3x96x96", "dtype": "int8"}
    assert bound(row, "stm32h743") == pytest.approx(7_489_664 / 2 / 480e6)


def test_bytes_of_a_fused_operator() -> None:
    """A convolution, its norm and its relu read the input and the weights, and write once."""
    found = fused_operators(analysis("{conv: 16, kernel: 3, bias: false}\nbn\nrelu", "8x10x10"))
    [operator] = found
    assert operator.layers == (0, 1, 2)
    assert operator.value_bytes == 4 * (8 * 10 * 10 + 16 * 8 * 8)
    assert operator.weight_bytes == 4 * 16 * 8 * 9


def test_a_sum_reads_its_other_operand() -> None:
    found = fused_operators(analysis("{add: [{conv: 8}, []]}\nrelu", "8x10x10"))
    [operator] = found
    values = 4 * 800
    assert operator.value_bytes == 2 * values  # the input, which both read, and the output


def test_moving_is_free_and_parts_are_read_alone() -> None:
    text = "{conv: 8}\n{slice: [0, 2]}\nflatten\n{linear: 4}"
    conv, linear = fused_operators(analysis(text, "8x10x10"))
    assert linear.layers == (3,)
    assert linear.value_bytes == 4 * (2 * 100 + 4)
    assert conv.value_bytes == 4 * (800 + 800)


def bounds(device: str, batch: int) -> TimeBound:
    found = analysis("{conv: 64, kernel: 3}\nflatten\n{linear: 4096}", "64x32x32", "float16", batch)
    return time_bound(found, bundled_device(device))


def test_what_limits() -> None:
    """A dense layer reads each weight for one product per sample, a convolution for many."""
    conv, linear = bounds("rtx-3090", 1).operators
    assert linear.bound == "memory"
    assert linear.intensity < 1 < conv.intensity
    assert bounds("rtx-3090", 4096).operators[1].bound == "compute"


def test_a_type_without_a_speed() -> None:
    found = analysis("{conv: 8}", "8x10x10", "float16")
    with pytest.raises(NoPeak, match="stated for int8, int16, float32, not for float16"):
        time_bound(found, bundled_device("stm32h743"))

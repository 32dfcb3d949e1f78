"""Times that others published, as series: one per device, runtime and data type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cnncalc.devices.calibration import Execution
from cnncalc.devices.estimate import Work, work_of
from cnncalc.engine import analyse
from cnncalc.sources import bundled
from tests.support.devices import SAME, Kind, Processor, Row, measured_on, network_of

from .fitting import Observation

SPEEDS: dict[Kind, tuple[str, ...]] = {
    "GPU": ("macs", "bytes"),
    "CPU": ("macs", "bytes", "operators"),
    "NPU": ("macs", "bytes", "operators"),
    "MCU": ("macs", "depthwise", "bytes"),
}
"""The work whose speeds are fitted, by kind of processor.

Starting an operator takes no time for the large batches of GPUs, and little of that of a
microcontroller, where depthwise convolutions are slower than others.
"""

PRECISIONS = {"amp": ("float16", "mixed precision"), "fp32": ("float32", "float32")}


class Series(NamedTuple):
    """What was measured together: on what, and how it was executed."""

    processor: Processor
    runtime: str
    dtype: str
    execution: Execution


class Measurement(NamedTuple):
    """The time of a network for a batch, in seconds, and the work that it has to do."""

    series: Series
    source: str
    network: str
    family: str
    batch: int
    work: Work
    seconds: float

    @property
    def observation(self) -> Observation:
        """The work in the units of `SPEEDS`."""
        work, kind = self.work, self.series.processor.kind
        amounts = work._asdict()
        if "depthwise" not in SPEEDS[kind]:
            amounts["macs"] += work.depthwise
        return Observation(
            self.family, tuple(float(amounts[name]) for name in SPEEDS[kind]), self.seconds
        )


def measurements() -> Iterator[Measurement]:
    """All published times of devices of the collection."""
    yield from inference_of_timm()
    yield from model_zoo_of_st()
    yield from pixel_phones()
    yield from mlperf_tiny()


def inference_of_timm() -> Iterator[Measurement]:
    for row, processor in measured_on("timm_inference", "device"):
        dtype, precision = PRECISIONS[row["precision"]]
        version = ".".join(row["torch"])
        runtime = f"PyTorch {version}, {row['compile']}, {precision}, {row['layout'].upper()}"
        execution: Execution = "layers" if row["compile"] == "eager" else "fused"
        series = Series(processor, runtime, dtype, execution)
        batch = int(row["batch"])
        yield measurement(series, row, batch, batch / float(row["samples_per_s"]))


def model_zoo_of_st() -> Iterator[Measurement]:
    for row, processor in measured_on("st_model_zoo", "board"):
        clock = f" at {row['clock_mhz']} MHz" if row["clock_mhz"] else ""
        runtime = f"{row['runtime']}{clock}"
        series = Series(processor, runtime, row["dtype"], "fused")
        yield measurement(series, row, 1, float(row["ms"]) / 1000)


def pixel_phones() -> Iterator[Measurement]:
    for row, processor in measured_on("pixel_tflite", "device"):
        runtime = f"TensorFlow Lite, threads: {row['threads']}"
        series = Series(processor, runtime, row["dtype"], "fused")
        yield measurement(series, row, 1, float(row["ms"]) / 1000)


def mlperf_tiny() -> Iterator[Measurement]:
    """The closed division, whose networks are those of the benchmark; one series a submitter."""
    for row, processor in measured_on("mlperf_tiny", "system"):
        if row["division"] == "closed":
            dtype = "float32" if "float" in row["system"] else "int8"
            series = Series(processor, row["organisation"], dtype, "fused")
            yield measurement(series, row, 1, float(row["ms"]) / 1000)


def source_of(row: Row) -> str:
    """The source of a row without its license."""
    return row["source"].partition(" (")[0]


def measurement(series: Series, row: Row, batch: int, seconds: float) -> Measurement:
    work = work_of(analyse(network_of(row, series.dtype), batch), series.execution)
    name = row["cnncalc_network"].removesuffix(SAME)
    return Measurement(series, source_of(row), name, family_of(name), batch, work, seconds)


def family_of(network: str) -> str:
    """The family of a network: the file that defines it."""
    found = bundled.bundled(network)
    assert found is not None, network
    path, _ = found
    return path.rpartition("/")[2].removesuffix(".yaml")

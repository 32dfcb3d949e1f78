"""The parts of the document of `cnncalc show` on a device: memory, its plan, and time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from ..devices.deployment import Deployment
from ..engine.analysis import Analysis
from ..engine.flash import Flash
from ..named_tuple import NamedTuple

if TYPE_CHECKING:
    from ..devices.memory_plan import MemoryPlan, PlacedBuffer
    from ..devices.operators import DeviceOperator


class BufferReport(NamedTuple):
    """A buffer in the arena of TensorFlow Lite Micro, live from operator `first` to `last`.

    Operators count from 1; the inputs of the network are live from 0 on.
    """

    name: str
    offset: int
    bytes: int
    first: int
    last: int

    @classmethod
    def of(cls, buffer: PlacedBuffer) -> Self:
        return cls._make(buffer[1:])


class ScratchReport(NamedTuple):
    """A buffer that an operator needs only while it runs."""

    offset: int
    bytes: int


class OperatorReport(NamedTuple):
    """An operator: the layers that it executes, what it reads, and the buffer of its output.

    `others` are further outputs.
    """

    name: str
    layers: tuple[str, ...]
    inputs: tuple[str, ...]
    output: str
    offset: int
    bytes: int
    first: int
    last: int
    others: tuple[BufferReport, ...] = ()
    scratch: tuple[ScratchReport, ...] = ()

    @classmethod
    def from_object(cls, entry: Mapping[str, Any]) -> Self:
        others = tuple([BufferReport(**one) for one in entry.get("others", ())])
        scratch = tuple([ScratchReport(**one) for one in entry.get("scratch", ())])
        lists = {"layers": tuple(entry["layers"]), "inputs": tuple(entry["inputs"])}
        return cls(**{**entry, **lists, "others": others, "scratch": scratch})


class DeploymentReport(NamedTuple):
    """What a network needs on a device.

    Of the weights in flash: their bytes, and the parts of these.  `tflite_bytes_at_least` is the
    size of a TFLite file of a quantized network, which has more than the weights.
    In a runtime: `ram_bytes`, which include `weight_bytes` if the weights are not in flash; with
    TensorFlow Lite Micro, `arena_bytes` are the planned part of its arena, `liveness_bytes` the
    most that tensors need at once, and `padding_bytes` what padding other than `same` adds;
    `inputs` and `operators` have the buffers of the plan.  The limits are those of the device.
    What is not known is None, or empty.
    """

    flash_bytes: int | None = None
    weights: int | None = None
    biases: int | None = None
    norms: int | None = None
    folded_norms: int | None = None
    tflite_bytes_at_least: int | None = None
    runtime: str | None = None
    device: str | None = None
    flash_limit: int | None = None
    ram_limit: int | None = None
    weight_bytes: int | None = None
    ram_bytes: int | None = None
    arena_bytes: int | None = None
    liveness_bytes: int | None = None
    padding_bytes: int | None = None
    inputs: tuple[BufferReport, ...] = ()
    operators: tuple[OperatorReport, ...] = ()

    @classmethod
    def of(cls, analysis: Analysis) -> Self | None:
        """None for a network that is not quantized, and not in a runtime."""
        found = analysis.supplement(Deployment)
        report = cls()
        if analysis.is_quantized or (found and found.in_flash):
            report = report.with_flash(analysis.flash, analysis.is_quantized)
        if found is not None:
            report = report.with_memory(found, analysis)
        return None if report == cls() else report

    def with_flash(self, flash: Flash, is_quantized: bool) -> Self:
        weights, biases, norms = flash.size
        return self._replace(
            flash_bytes=flash.total,
            weights=weights,
            biases=biases,
            norms=norms,
            folded_norms=flash.folded,
            tflite_bytes_at_least=flash.total + flash.file_bytes if is_quantized else None,
        )

    def with_memory(self, found: Deployment, analysis: Analysis) -> Self:
        plan = found.plan
        return self._replace(
            runtime=found.runtime,
            device=found.device and found.device.name,
            flash_limit=found.flash_limit,
            ram_limit=found.ram_limit,
            weight_bytes=None if found.in_flash else found.weight_bytes,
            ram_bytes=found.ram_bytes,
            arena_bytes=plan and plan.arena_bytes,
            liveness_bytes=plan and plan.liveness_bytes,
            padding_bytes=found.padding and found.padding.bytes,
            inputs=tuple(map(BufferReport.of, plan.inputs)) if plan else (),
            operators=tuple(operator_reports(plan, analysis)) if plan else (),
        )

    @classmethod
    def from_object(cls, entry: Mapping[str, Any]) -> Self:
        inputs = tuple([BufferReport(**one) for one in entry.get("inputs", ())])
        operators = tuple(map(OperatorReport.from_object, entry.get("operators", ())))
        return cls(**{**entry, "inputs": inputs, "operators": operators})


def operator_reports(plan: MemoryPlan, analysis: Analysis) -> Iterator[OperatorReport]:
    scratch = plan.scratch
    for step, operator in enumerate(plan.program.operators, 1):
        own = [ScratchReport(one.offset, one.bytes) for one in scratch if one.first == step]
        yield operator_report(operator, plan, analysis, own)


def operator_report(
    operator: DeviceOperator,
    plan: MemoryPlan,
    analysis: Analysis,
    scratch: Sequence[ScratchReport],
) -> OperatorReport:
    output, *others = [BufferReport.of(plan.placements[one]) for one in operator.outputs]
    nodes, tensors = analysis.network.nodes, plan.program.tensors
    return OperatorReport(
        operator.name,
        tuple([nodes[step].path for step in operator.layers]),
        tuple([tensors[tensor].name for tensor in operator.inputs]),
        *output,
        tuple(others),
        tuple(scratch),
    )


class TimeReport(NamedTuple):
    """The time on a device for the whole batch, in seconds: the bound, and the estimate.

    Nine of ten estimates differed by less than the share `within` from what was measured, on
    networks of other families than those of the fit; `calibration` has the runtime and the source
    of the measurements.  At the active power of the device, `energy_at_least_j` are the joules of
    the bound, and `energy_j` those of the estimate.  What is not known is None.
    """

    at_least_s: float | None = None
    estimate_s: float | None = None
    within: float | None = None
    calibration: str | None = None
    energy_j: float | None = None
    energy_at_least_j: float | None = None

    @classmethod
    def of(cls, analysis: Analysis) -> Self | None:
        """None without a device whose speed is known."""
        found = analysis.supplement(Deployment)
        if found is None or not (found.bound or found.estimate):
            return None
        at_least = found.bound.seconds if found.bound else None
        report = cls(at_least, energy_at_least_j=found.least_energy)
        if found.estimate is None:
            return report
        seconds, energy, fit = found.estimate
        return report._replace(
            estimate_s=seconds,
            within=fit.within,
            calibration=f"{fit.runtime}, {fit.source}",
            energy_j=energy,
        )

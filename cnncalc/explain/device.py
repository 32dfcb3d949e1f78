"""What a network and its layers need on a device: the terms of flash, RAM, time and energy.

Times are in nanoseconds, rounded down: a bound remains a bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..devices.estimate import work_of
from ..devices.memory_plan import (
    CHANNEL_BYTES,
    INTERPRETER_BYTES,
    OPERATOR_BYTES,
    TENSOR_BYTES,
    MemoryPlan,
)
from ..devices.time_bound import OperatorTime, TimeBound, peak_of
from ..engine.analysis import Analysis
from ..layers.formula import Term, Terms
from ..problem import count
from .section import Section

if TYPE_CHECKING:
    from ..devices.deployment import Deployment
    from ..devices.device import Device
    from ..devices.estimate import TimeEstimate

NANOSECONDS = 10**9


# The network


def device_terms(analysis: Analysis, found: Deployment) -> Terms:
    """The terms of each number of a network on a device."""
    terms: Terms = {}
    if found.in_flash:
        size = analysis.flash.size
        terms["flash"] = Term("weights + biases + norms", size._asdict(), "with norms folded")
    if found.plan is not None:
        terms |= arena_terms(found.plan)
    elif found.in_flash:
        terms["RAM"] = Term("activations", {"activations": found.value_bytes}, "the peak memory")
    else:
        values = {"activations": found.value_bytes, "weights": found.weight_bytes}
        terms["RAM"] = Term("activations + weights", values, "no flash: the weights are in RAM")
    if found.bound is not None:
        terms["time at least, in ns"] = bound_term(found.bound)
    if found.least_energy is not None:
        terms["energy at least, in nJ"] = energy_term(found, terms["time at least, in ns"])
    if found.estimate is not None:
        terms["estimate in ns"] = estimate_term(analysis, found.estimate)
        if found.estimate.energy is not None:
            terms["energy estimate in nJ"] = energy_term(found, terms["estimate in ns"])
    return terms


def arena_terms(plan: MemoryPlan) -> Terms:
    """The arena: its highest buffer, what placement costs, and what the interpreter keeps."""
    top = max(plan.placements, key=lambda one: one.offset + one.bytes)
    program, live = plan.program, plan.liveness_bytes
    interpreter = {
        "fixed": INTERPRETER_BYTES,
        "operators": len(program.operators),
        "per_operator": OPERATOR_BYTES,
        "tensors": len(program.tensors) + sum(one.constants for one in program.operators),
        "per_tensor": TENSOR_BYTES,
        "channels": sum(one.channels for one in program.operators),
        "per_channel": CHANNEL_BYTES,
    }
    formula = "fixed + operators x per_operator + tensors x per_tensor + channels x per_channel"
    arena = {"arena": plan.arena_bytes}
    return {
        "arena": Term(
            "offset + size",
            {"offset": top.offset, "size": top.bytes},
            f"the end of the highest buffer, {top.name}, from operator {top.first} to {top.last}",
        ),
        "placement": Term(
            "arena - live", {**arena, "live": live}, "more than is live at once at most"
        ),
        "interpreter": Term(
            formula, interpreter, "about, for a 64-bit host; half of it on 32 bits"
        ),
        "RAM": Term("arena + interpreter", {**arena, "interpreter": plan.persistent_bytes}),
    }


def bound_term(bound: TimeBound) -> Term:
    """The time of the operators that compute limits, and of those that memory limits."""
    values = {"compute": 0, "memory": 0}
    for one in bound.operators:
        values[one.bound] += int(one.seconds * NANOSECONDS)
    limited = sum(one.bound == "compute" for one in bound.operators)
    operators = count(len(bound.operators), "operator")
    reason = f"{limited:,} of {operators} are limited by compute, the others by memory"
    return Term("compute + memory", values, reason)


def estimate_term(analysis: Analysis, estimate: TimeEstimate) -> Term:
    """The estimate as the sum that was fitted; rates are per nanosecond."""
    fit = estimate.calibration
    work = work_of(analysis, fit.execution)
    parts = {"MACs / MACs_per_ns": (("MACs", work.macs), ("MACs_per_ns", plain(fit.macs / 1e9)))}
    parts["depthwise / depthwise_per_ns"] = (
        ("depthwise", work.depthwise),
        ("depthwise_per_ns", plain((fit.depthwise or fit.macs) / 1e9)),
    )
    if fit.bandwidth:
        rate = plain(fit.bandwidth / 1e9)
        parts["bytes / bytes_per_ns"] = (("bytes", work.bytes), ("bytes_per_ns", rate))
    if fit.operator:
        own = plain(fit.operator * 1e9)
        parts["operators x ns_each"] = (("operators", work.operators), ("ns_each", own))
    values = {name: number for pair in parts.values() for name, number in pair}
    return Term(f"floor({' + '.join(parts)})", values, f"{fit.runtime}, {fit.source}")


def energy_term(found: Deployment, time: Term) -> Term:
    """The energy of a time: a watt is a nanojoule per nanosecond."""
    power = found.device and found.device.active_power
    values = {"ns": time.result, "watts": power}
    return Term("floor(ns x watts)", values, "at the active power of the device for all the time")


def plain(number: float) -> float:
    """A number, as an integer if it is one."""
    return int(number) if number == int(number) else number


# A layer


def device_sections(analysis: Analysis, index: int, found: Deployment) -> Iterator[Section]:
    """The buffers of a layer in the arena, and the minimum time of the operator that it is in."""
    if found.plan is not None:
        terms = dict(buffer_terms(found.plan, index))
        total = sum(term.result for term in terms.values())
        remark = "" if terms else arena_remark(analysis, found.plan, index)
        yield Section("arena_bytes", total, terms, (remark,) if remark else ())
    if found.bound is not None and found.device is not None:
        yield time_section(analysis, index, found.bound, found.device)


def buffer_terms(plan: MemoryPlan, index: int) -> Iterator[tuple[str, Term]]:
    """The buffers of the operators that end with a layer: outputs, temporary ones and scratch."""
    scratch = plan.scratch
    for step, operator in enumerate(plan.program.operators, 1):
        if operator.layers[-1] != index:
            continue
        placed = [plan.placements[tensor] for tensor in operator.outputs]
        placed += [one for one in scratch if one.first == step]
        for number, one in enumerate(placed, 1):
            what = "scratch" if one.role == "scratch" else "output"
            live = f"operators {one.first} to {one.last}"
            reason = f"{what} of {operator.name}, at offset {one.offset:,}, live for {live}"
            name = f"buffer {step}.{number}" if len(placed) > 1 else f"buffer {step}"
            yield name, Term("bytes", {"bytes": one.bytes}, reason)


def arena_remark(analysis: Analysis, plan: MemoryPlan, index: int) -> str:
    """Why a layer has no buffer: it is a part of an operator, or vanishes."""
    nodes = analysis.network.nodes
    for operator in plan.program.operators:
        if index in operator.layers:
            return f"it is a part of {operator.name} of {nodes[operator.layers[-1]].path}"
    return "nothing is executed for it"


def time_section(analysis: Analysis, index: int, bound: TimeBound, device: Device) -> Section:
    """The minimum time of the operator that begins with a layer."""
    nodes = analysis.network.nodes
    one = next((one for one in bound.operators if index in one.operator.layers), None)
    if one is None:
        return Section("time_ns", 0, {}, ("it only moves data",))
    first = one.operator.layers[0]
    if first != index:
        return Section("time_ns", 0, {}, (f"it is done in the operator of {nodes[first].path}",))
    term, other = time_term(one, device, peak_of(analysis, device))
    remarks = [other] if other else []
    if len(one.operator.layers) > 1:
        paths = ", ".join(nodes[step].path for step in one.operator.layers[1:])
        remarks.append(f"with {paths} in the same operator")
    return Section("time_ns", term.result, {one.bound: term}, tuple(remarks))


def time_term(one: OperatorTime, device: Device, peak: float) -> tuple[Term, str]:
    """The time that limits an operator, in nanoseconds, and how long the other one is."""
    macs, moved = one.operator.macs, one.operator.bytes
    if one.bound == "compute":
        values = {"MACs": macs, "MACs_per_ns": peak / NANOSECONDS}
        other = f"its {moved:,} bytes take {int(one.memory * NANOSECONDS):,} ns"
        reason = f"the peak of {device.name}"
        return Term("floor(MACs / MACs_per_ns)", values, reason), other if one.memory else ""
    rate = moved / one.memory / NANOSECONDS
    other = f"its {macs:,} MACs take {int(one.compute * NANOSECONDS):,} ns"
    values = {"bytes": moved, "bytes_per_ns": float(f"{rate:.12g}")}
    reason = "inputs, weights and outputs, once each"
    return Term("floor(bytes / bytes_per_ns)", values, reason), other

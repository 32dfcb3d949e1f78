"""What a network needs on a device, in words: flash, RAM, time and energy, with what is left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...devices.deployment import Deployment
from ...devices.estimate import conditions
from ...engine.analysis import Analysis
from ...escape import safe
from ...named_tuple import NamedTuple
from ...problem import count
from ..layout import bold, wrapped
from ..style import Style
from ..text import UNITS, percent, scaled, short_joules, short_seconds, short_watts
from .summary import byte_amount, flash_remark

if TYPE_CHECKING:
    from ...devices.device import Device
    from ...devices.estimate import TimeEstimate
    from ...devices.tflm.padding import PaddingCost
    from ...devices.time_bound import TimeBound

RUNTIME_TITLES = {
    "tflm": "TensorFlow Lite Micro",
    "eager": "PyTorch, eager",
    "file": "layers in file order",
}

READABLE = 10**8
"""Sizes below it are printed with all digits: whether something fits can depend on one byte."""


class Need(NamedTuple):
    """One line: what is needed, the limit of the device and the share of it, and a remark."""

    title: str
    amount: str
    limit: str
    share: str
    remark: str


TITLES = ("", "needed", "available", "share", "")
"""The titles of the parts of a line, in formats that have tables."""


def deployment_text(analysis: Analysis, found: Deployment, style: Style) -> str:
    """The lines under the name of the device."""
    lines = list(needs(found, analysis, style.exact))
    amounts, most = (max(len(line[column]) for line in lines) for column in (1, 2))
    texts = [bold(wrapped(deployment_title(found, analysis), style), style)]
    for line in lines:
        start = f"{line.title:<{INDENT}}"
        if line.amount:
            limit = f" of {line.limit:>{most}}  {line.share:>6}" if line.limit else ""
            start += f"{line.amount:>{amounts}}{limit}  "
        texts.append(with_remark(start, line.remark, style))
    return "\n".join(texts)


INDENT = 7


def with_remark(start: str, remark: str, style: Style) -> str:
    """A line with its remark at its right, or below it on a narrow terminal."""
    if style.width is None:
        return start + remark
    indent = len(start) if 2 * len(start) < style.width else INDENT
    lines = wrapped(remark, style._replace(width=style.width - indent), 0).split("\n")
    if indent < len(start):
        return "\n".join([start.rstrip(), *(" " * indent + line for line in lines)])
    return start + f"\n{' ' * indent}".join(lines)


def deployment_title(found: Deployment, analysis: Analysis) -> str:
    """The device, the runtime and the types."""
    how = f"{RUNTIME_TITLES[found.runtime]}, {analysis.network.dtype}"
    if found.device is None:
        return how
    name, title = safe(found.device.name), safe(found.device.title)
    return f"{title if name == title else f'{name} ({title})'}: {how}"


def needs(found: Deployment, analysis: Analysis, exact: bool) -> Iterator[Need]:
    """The lines on flash, RAM, time and energy."""
    if found.in_flash:
        remark = flash_remark(analysis.flash)
        if found.device is not None and found.flash_limit is None:
            remark += f"; how much {safe(found.device.name)} has is not stated"
        yield memory_need("flash", found.weight_bytes, found.flash_limit, remark, exact)
    yield memory_need("RAM", found.ram_bytes, found.ram_limit, ram_remark(found, exact), exact)
    if found.padding and found.padding.bytes:
        yield Need("", "", "", "", padding_remark(found.padding, analysis))
    if found.device is not None:
        yield Need("time", "", "", "", bound_text(found, found.device))
        estimate = estimate_remark(found, found.device)
        if estimate:
            yield Need("", "", "", "", estimate)
        if found.least_energy is not None:
            yield Need("energy", "", "", "", energy_text(found, found.device))


def memory_need(title: str, size: int, limit: int | None, remark: str, exact: bool) -> Need:
    """What is needed of a memory; by how much it does not fit is stated first."""
    if limit is None:
        return Need(title, size_text(size, exact), "", "", remark)
    exact = exact or max(size, limit) < READABLE
    if size > limit:
        remark = f"does not fit: {byte_amount(size - limit, exact)} too much; {remark}"
    amount = byte_amount(size, exact).removesuffix(" B")
    return Need(title, amount, byte_amount(limit, exact), percent(size, limit), remark)


def size_text(size: int, exact: bool) -> str:
    return byte_amount(size, exact or size < READABLE)


def ram_remark(found: Deployment, exact: bool) -> str:
    """The parts of the RAM."""
    plan = found.plan
    if plan is None:
        values = f"activations {size_text(found.value_bytes, exact)} at the peak"
        weights = f"weights {size_text(found.weight_bytes, exact)}, "
        return values if found.in_flash else weights + values
    above = plan.arena_bytes - plan.liveness_bytes
    placement = f", {above:,} of it by placement" if above else ""
    parts = [f"arena {plan.arena_bytes:,}{placement}"]
    parts.append(f"about {plan.persistent_bytes:,} for the interpreter")
    device = found.device
    if device and device.ram_block and device.ram and device.ram_block < device.ram:
        parts.append(f"in one block of the {device.ram:,} B")
    return "; ".join(parts)


def padding_remark(padding: PaddingCost, analysis: Analysis) -> str:
    """What padding other than `same` costs."""
    first, *others = [analysis.network.nodes[step].path for step in padding.layers]
    more = f" and {count(len(others), 'other layer')}" if others else ""
    where = f"here of {safe(first)}{more}"
    return f"padding takes {padding.bytes:,} of the arena: all but `same` copies the input, {where}"


def bound_text(found: Deployment, device: Device) -> str:
    """The bound on time."""
    if found.bound is None:
        return f"no bound: {safe(found.no_bound)}"
    at = f" at {scaled(round(device.clock), UNITS, ' ')}Hz" if device.clock else ""
    why = limits(found.bound) if device.bandwidth else "MACs alone: no bandwidth is stated"
    return f"at least {short_seconds(found.bound.seconds)}{at}, layer by layer, {why}"


def estimate_remark(found: Deployment, device: Device) -> str:
    """The estimate, or what the network needs for one; empty if there is no calibration."""
    if found.estimate is not None:
        return estimate_text(found.estimate, "calibrations" not in device.unchecked)
    if not device.calibrations or found.runtime != device.runtime:
        return ""
    return f"an estimate needs {conditions(device)}"


def estimate_text(found: TimeEstimate, is_checked: bool) -> str:
    """The estimate with its error, and what it was fitted to."""
    fit = found.calibration
    error = f"within {100 * fit.within:.0f} % nine times in ten on {count(fit.networks, 'network')}"
    measured = f"{safe(fit.runtime)}, {safe(fit.source)}"
    return (
        f"estimate {short_seconds(found.seconds)}, {error} whose families were left out of"
        f" the fit ({measured}{'' if is_checked else '; not checked'})"
    )


def energy_text(found: Deployment, device: Device) -> str:
    """The energy at the active power: a bound only if the device never draws less."""
    power, least = device.active_power or 0.0, found.least_energy or 0.0
    text = f"at least {short_joules(least)}, if it draws {short_watts(power)} for the minimum time"
    if found.estimate is None or found.estimate.energy is None:
        return text
    return f"{text}; estimate {short_joules(found.estimate.energy)}, for the estimated time"


def limits(bound: TimeBound) -> str:
    """What limits the time, in percent of it."""
    compute = sum(one.seconds for one in bound.operators if one.bound == "compute")
    share = round(100 * compute / bound.seconds) if bound.seconds else 0
    return f"{share} % limited by compute and {100 - share} % by memory"

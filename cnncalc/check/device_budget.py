"""Whether a network fits on a device: in its flash and RAM, and in limits that are stated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..devices.arena import TooManyBuffers
from ..devices.catalogue import UnknownDevice, bundled_device
from ..devices.deploy import deploy
from ..devices.deployment import Deployment
from ..devices.device import Device
from ..devices.tflm import UnsupportedOnDevice
from ..dtype import TYPES_BY_WORD
from ..engine.summary import Summary
from ..named_tuple import NamedTuple
from ..network import DeviceBudget, DeviceLimit, Network
from ..parser import Request
from ..parser.pipeline import build
from ..parser.variants import BuiltVariants
from ..problem import Problem, Span
from ..quantities import MILLI, QUANTITIES
from .result import DeviceFit

WHOLE = "100%"
BOUNDS = ("at_least_s", "energy_at_least_j")


class DeviceCheck(NamedTuple):
    """The problems of a network on a device, and what it needs there; None if it cannot run."""

    problems: list[Problem]
    fit: DeviceFit | None = None


def check_device(
    built: BuiltVariants,
    network: Network,
    device: Device,
    limits: Sequence[DeviceLimit],
    span: Span,
) -> DeviceCheck:
    """A problem for each limit that a network exceeds on a device.

    Without a limit of their own, flash and RAM are those of the device.  The problems of the device
    itself are at `span`.
    """
    try:
        found = deploy(on_device(built, network, device), device)
    except (UnsupportedOnDevice, TooManyBuffers) as error:
        return DeviceCheck([Problem(span, "budget", f"{device.name}: {error}")])
    own = {limit.number for limit in limits}
    whole = [limit for limit in limits_of(found, span) if limit.number not in own]
    messages = ((limit, excess(found, device, limit)) for limit in (*whole, *limits))
    problems = [
        Problem(limit.span, "budget", f"{limit.key} on {device.name}: {message}")
        for limit, message in messages
        if message
    ]
    return DeviceCheck(problems, fit_of(network, found, device))


def fit_of(network: Network, found: Deployment, device: Device) -> DeviceFit:
    return DeviceFit(
        network.variant or "",
        device.name,
        found.weight_bytes if found.in_flash else None,
        found.flash_limit,
        found.ram_bytes,
        found.ram_limit,
        found.bound.seconds if found.bound else None,
        found.least_energy,
    )


def check_named_device(built: BuiltVariants, network: Network, budget: DeviceBudget) -> DeviceCheck:
    """The same for the device that a file names."""
    try:
        device = bundled_device(budget.name)
    except UnknownDevice as error:
        return DeviceCheck([Problem(budget.span, "budget", str(error))])
    return check_device(built, network, device, budget.limits, budget.span)


def on_device(built: BuiltVariants, network: Network, device: Device) -> Summary:
    """The numbers of a network in the type of the device, unless its file states one."""
    document = built.file.document
    if document is None or document.dtype:
        return Summary(network)
    if not document.states_types:
        return Summary(network.in_types(TYPES_BY_WORD[device.dtype]))
    request = Request(network.variant, usual_dtype=device.dtype)
    return Summary(build(built.file, request, cache=built.cache).network or network)


def limits_of(found: Deployment, span: Span) -> Iterator[DeviceLimit]:
    """All of the flash and of the RAM that the device states."""
    if found.flash_limit is not None:
        yield DeviceLimit("flash_bytes", WHOLE, 1, is_share=True, span=span)
    if found.ram_limit is not None:
        yield DeviceLimit("ram_bytes", WHOLE, 1, is_share=True, span=span)


def excess(found: Deployment, device: Device, limit: DeviceLimit) -> str:
    """By how much a number exceeds its limit, or why that is unknown; empty if it does not."""
    number = found.numbers.get(limit.number)
    if number is None:
        return missing(found, limit)
    most = limit.amount
    if limit.is_share:
        whole = capacity(found, limit)
        if whole is None:
            return f"{limit.text} is a share, and {device.name} does not state the whole"
        most = whole * limit.amount
    if number <= most:
        return ""
    text, most_text, over = (amount(limit, one) for one in (number, most, number - most))
    if limit.number in BOUNDS:
        text = f"at least {text}"
    if limit.text == WHOLE:
        return f"{text} is over the {most_text} of the device by {over}"
    stated = "" if limit.text.replace(" ", "") == most_text.replace(" ", "") else f" ({limit.text})"
    return f"{text} is over the budget of {most_text}{stated} by {over}"


def capacity(found: Deployment, limit: DeviceLimit) -> int | None:
    """The memory of the device of which a limit is a share."""
    return found.flash_limit if limit.number == "flash_bytes" else found.ram_limit


def amount(limit: DeviceLimit, number: float) -> str:
    """A number of bytes, or of milliseconds or millijoules."""
    unit = QUANTITIES[limit.number].unit
    if unit in MILLI:
        return f"{1000 * number:,.4g} {MILLI[unit]}"
    return f"{int(number):,}"


def missing(found: Deployment, limit: DeviceLimit) -> str:
    """Why a number is not known."""
    unit = QUANTITIES[limit.number].unit
    if unit == "joules" and found.device and found.device.active_power is None:
        return "the device states no active power"
    if limit.number in BOUNDS:
        return found.no_bound
    if unit in MILLI:
        return "the device has no calibration for this type, so there is no estimate"
    if limit.number == "arena_bytes":
        return "only TensorFlow Lite Micro has an arena"
    return "the weights are in RAM"

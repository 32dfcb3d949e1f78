"""Whether a network stays within limits: those of its file (`budget`), and given ones."""

from __future__ import annotations

from collections.abc import Sequence

from ..devices.device import Device
from ..devices.training import NotTrainable, training_memory
from ..engine.analysis import Analysis
from ..engine.quantity_values import network_number, per_sample
from ..figure import Figure, parse_figure, unit_hint
from ..named_tuple import NamedTuple
from ..network import DeviceLimit, Limit
from ..parser.reading.expectations import device_limit
from ..problem import Error, Problem, Refusal, Span, nearest
from ..quantities import Quantity, device_limits, folded, names_for, quantity_called

START = Span(1, 1, 1, 2)
"""The position of a limit that is not in the file."""


class LimitError(Error, ValueError):
    """A text that is not a limit; the message states what is expected."""


class GivenBudget(NamedTuple):
    """The limits in addition to those of the files; those in `on_device` are for the device."""

    limits: tuple[Limit, ...] = ()
    device: Device | None = None
    on_device: tuple[DeviceLimit, ...] = ()


NO_BUDGET = GivenBudget()


def given_budget(texts: Sequence[str], device: Device | None) -> GivenBudget:
    """The budget of texts such as `params=5M`; with a device, `ram=80%`.  Raises LimitError."""
    limits: list[Limit] = []
    on_device: list[DeviceLimit] = []
    for text in texts:
        quantity, amount = named_quantity(text)
        if quantity.name not in names_for("device-budget") or not (
            device or quantity.name not in names_for("budget")
        ):
            limits.append(given_limit(quantity, amount, text))
        elif device is None:
            key = folded(quantity.words)
            raise LimitError(f"{key} is a number on a device: name it with --device; found {text}")
        else:
            on_device.append(given_device_limit(quantity, amount))
    return GivenBudget(tuple(limits), device, tuple(on_device))


def named_quantity(text: str) -> tuple[Quantity, str]:
    """The quantity that a text limits, and the amount.  Raises LimitError."""
    name, _, amount = text.partition("=")
    quantity, known = quantity_called(name.strip()), (*names_for("budget"), *device_limits())
    if quantity is None or not {"budget", "device-budget"} & set(quantity.uses):
        meant = nearest(name, known)
        hint = f": {meant}" if meant else ""
        raise LimitError(f"a budget limits {', '.join(dict.fromkeys(known))}; found {text}{hint}")
    return quantity, amount.strip()


def given_limit(quantity: Quantity, amount: str, text: str) -> Limit:
    """The limit of a number of the network.  Raises LimitError."""
    is_count = quantity.unit == "count"
    most = parse_figure(amount, is_count=is_count)
    if most is None:
        hint = unit_hint(amount, is_count=is_count)
        message = f"a budget is a number and its limit, such as params=5M; found {text}"
        raise LimitError(f"{message}: {hint}" if hint else message)
    return Limit(quantity.name, most, START)


def given_device_limit(quantity: Quantity, amount: str) -> DeviceLimit:
    """The limit of a number on the device.  Raises LimitError."""
    try:
        return device_limit(quantity, amount, START)
    except Refusal as refusal:
        raise LimitError(refusal.message) from None


def check_budget(analysis: Analysis, given: Sequence[Limit] = ()) -> list[Problem]:
    """A problem for each limit that is exceeded, of the file or given.

    Limits are for one sample, unless that of a training step states another batch.
    """
    problems = []
    for limit in (*analysis.network.budget, *given):
        try:
            message = excess(analysis, limit)
        except NotTrainable as error:
            message = str(error)
        if message:
            problems.append(Problem(limit.span, "budget", f"{limit.number}: {message}"))
    return problems


def excess(analysis: Analysis, limit: Limit) -> str:
    """By how much a limit is exceeded, or why that is not known; empty if it is not exceeded.

    Raises NotTrainable.
    """
    name = limit.number
    if name == "training_bytes":
        batch, optimizer, amp = limit.step
        memory = training_memory(analysis, optimizer, amp, batch=batch)
        found, layer = memory.peak_bytes, memory.peak_layer
        if memory.not_known and found <= limit.most.value:
            kinds = ", ".join(memory.not_known)
            return f"{found:,} or more: what training keeps of {kinds} is not known"
    else:
        found = per_sample(analysis, name, network_number(analysis, name))
        layer = analysis.totals.peak_layer if name == "peak_bytes" else ""
    if found <= limit.most.value:
        return ""
    place = f" at `{layer}`" if layer else ""
    step = ", ".join(map(": ".join, limit.step_texts.items()))
    return excess_text(found, limit.most, f"{place} ({step})" if step else place)


def excess_text(found: int, most: Figure, place: str) -> str:
    """By how much a number is over its limit, all in the same unit: ones, or bytes.

    The limit is also shown as the file states it.

    >>> excess_text(262144, Figure("250 KiB", 256000, 1024), " at `relu1`")
    '262,144 at `relu1` is over the budget of 256,000 (250 KiB) by 6,144'
    """
    limit = f"{most.value:,}"
    if most.text.replace("_", "") != str(most.value):
        limit += f" ({most.text})"
    return f"{found:,}{place} is over the budget of {limit} by {found - most.value:,}"

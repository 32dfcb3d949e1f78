"""Whether a network gives the numbers that its file promises (`expect`)."""

from __future__ import annotations

from ..engine.aggregation import depth_of, stored, trainable
from ..engine.report import Analysis
from ..figure import Figure
from ..network import Expectation, Network, Value
from ..problem import Problem
from ..shape import Shape


def check_expect(report: Analysis) -> list[Problem]:
    """A problem for each promise that is not kept.  Promises are for one sample."""
    problems = []
    for promise in report.network.expect:
        found = number(report, promise)
        kept = (
            promise.expected.is_met_by(found)
            if isinstance(promise.expected, Figure) and isinstance(found, int)
            else promise.expected == found
        )
        if not kept:
            problems.append(Problem(promise.span, "expect", message(promise, found)))
    return problems


def message(promise: Expectation, found: int | Shape | None) -> str:
    what = f"{promise.number} of `{promise.reference}`" if promise.reference else promise.number
    if isinstance(promise.expected, Figure) and isinstance(found, int):
        return f"{what}: expected {promise.expected.text}, found {found:,} ({found - promise.expected.value:+,})"
    return (
        f"{what}: expected {promise.expected}, found {'several values' if found is None else found}"
    )


def number(report: Analysis, promise: Expectation) -> int | Shape | None:
    """The number that a promise speaks of; None where what it names has no such number."""
    network, name = report.network, promise.number
    if not promise.reference:
        if name == "output":
            return network.outputs["output"].shape
        if name == "training_params":
            return report.training_totals.params
        found: int = getattr(report.totals, name)
        return found // report.batch if name in ("macs", "flops") else found
    start, end, shape = place(report, promise.reference)
    if name == "output":
        return shape
    layers = report.layers[start:end]
    if name == "depth":
        return depth_of(network, range(start, end))
    if name == "trainable_params":
        return trainable(layers)
    if name in ("params", "buffers"):
        params, buffers = stored(layers)
        return params if name == "params" else buffers
    own: int = sum(getattr(layer, name) for layer in layers)
    return own // report.batch


def place(report: Analysis, reference: str) -> tuple[int, int, Shape | None]:
    """Where what a path names begins and ends, and the shape that it puts out; None where that is several values."""
    network = report.network
    for group in network.groups:
        if group.path == reference:
            return (
                group.start,
                group.end,
                group.outputs[0].shape if len(group.outputs) == 1 else None,
            )
    for index, node in enumerate(network.nodes):
        if node.path == reference:
            return node.start, index + 1, node.shape
    part = part_of(network, reference)
    if part is None:
        return 0, 0, network.inputs.get(reference)
    if part.node < 0 or part.part is not None:  # no layer of its own
        return 0, 0, part.shape
    return network.nodes[part.node].start, part.node + 1, part.shape


def part_of(network: Network, reference: str) -> Value | None:
    """One of the several values that a step of this path puts out, if it is one."""
    path, _, number = reference.rpartition(".")
    if not number.isdigit():
        return None
    for index, node in enumerate(network.nodes):
        if node.path == path and int(number) < len(node.outputs):
            return Value(index, int(number), node.outputs[int(number)])
    for group in network.groups:
        if group.path == path and int(number) < len(group.outputs):
            return group.outputs[int(number)]
    return None

"""Whether a network meets the expectations of its file (`expect`)."""

from __future__ import annotations

from ..engine.analysis import Analysis
from ..engine.quantity_values import network_value, per_sample, range_number
from ..figure import Figure
from ..named_tuple import NamedTuple
from ..network import Expectation, Network, Value
from ..problem import Problem
from ..shape import Shape


def check_expect(analysis: Analysis) -> list[Problem]:
    """A problem for each expectation that fails.  Expectations are for one sample."""
    problems = []
    for expectation in analysis.network.expect:
        found = actual(analysis, expectation)
        if not is_met(expectation.expected, found):
            text = message(expectation, found)
            problems.append(Problem(expectation.span, "expect", text))
    return problems


def is_met(expected: Figure | Shape, found: int | Shape | None) -> bool:
    if isinstance(expected, Figure) and isinstance(found, int):
        return expected.is_met_by(found)
    return expected == found


def message(expectation: Expectation, found: int | Shape | None) -> str:
    expected, what = expectation.expected, expectation.number
    if expectation.reference:
        what += f" of `{expectation.reference}`"
    if isinstance(expected, Figure) and isinstance(found, int):
        change = found - expected.value
        return f"{what}: expected {expected.text}, found {found:,} ({change:+,})"
    return f"{what}: expected {expected}, found {'several values' if found is None else found}"


def actual(analysis: Analysis, expectation: Expectation) -> int | Shape | None:
    """The number or shape that an expectation is about; None if there are several values."""
    name = expectation.number
    if not expectation.reference:
        found = network_value(analysis, name)
        return found if isinstance(found, Shape) else per_sample(analysis, name, found)
    part = find(analysis.network, expectation.reference)
    if name == "output":
        return part.output
    return per_sample(analysis, name, range_number(analysis, name, part.start, part.end))


class NetworkPart(NamedTuple):
    """The nodes from `start` to before `end`, and their output; None if they have several."""

    start: int
    end: int
    output: Shape | None


def find(network: Network, path: str) -> NetworkPart:
    """The part of a network at a path: a group, a step, one of several outputs, or an input."""
    for group in network.groups:
        if group.path == path:
            output = group.outputs[0].shape if len(group.outputs) == 1 else None
            return NetworkPart(group.start, group.end, output)
    for index, node in enumerate(network.nodes):
        if node.path == path:
            return NetworkPart(node.start, index + 1, node.shape)
    value = output_of(network, path)
    if value is None:
        return NetworkPart(0, 0, network.inputs.get(path))
    if value.node < 0 or value.part is not None:  # it has no layer of its own
        return NetworkPart(0, 0, value.shape)
    return NetworkPart(network.nodes[value.node].start, value.node + 1, value.shape)


def output_of(network: Network, reference: str) -> Value | None:
    """The output that `path.number` refers to, of a step with several outputs, if it is one."""
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

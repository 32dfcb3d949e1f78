"""Whether a network meets the expectations of its file (`expect`)."""

from __future__ import annotations

from functools import cached_property

from ..engine.analysis import Analysis
from ..engine.quantity_values import network_value, per_sample, range_number
from ..figure import Figure
from ..named_tuple import NamedTuple
from ..network import Expectation, Group, Network, Value
from ..problem import Problem
from ..shape import Shape


def check_expect(analysis: Analysis) -> list[Problem]:
    """A problem for each expectation that fails.  Expectations are for one sample."""
    problems = []
    paths = NetworkPaths(analysis.network)
    for expectation in analysis.network.expect:
        found = actual(analysis, paths, expectation)
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


def actual(analysis: Analysis, paths: NetworkPaths, expectation: Expectation) -> int | Shape | None:
    """The number or shape that an expectation is about; None if there are several values."""
    name = expectation.number
    if not expectation.reference:
        found = network_value(analysis, name)
        return found if isinstance(found, Shape) else per_sample(analysis, name, found)
    part = paths.find(expectation.reference)
    if name == "output":
        return part.output
    return per_sample(analysis, name, range_number(analysis, name, part.start, part.end))


class NetworkPart(NamedTuple):
    """The nodes from `start` to before `end`, and their output; None if they have several."""

    start: int
    end: int
    output: Shape | None


class NetworkPaths:
    """The parts of a network by their paths; of several with one path, the first."""

    def __init__(self, network: Network) -> None:
        self.network = network

    @cached_property
    def groups(self) -> dict[str, Group]:
        return {group.path: group for group in reversed(self.network.groups)}

    @cached_property
    def nodes(self) -> dict[str, int]:
        nodes = self.network.nodes
        return {nodes[index].path: index for index in range(len(nodes) - 1, -1, -1)}

    def find(self, path: str) -> NetworkPart:
        """The part at a path: a group, a step, one of several outputs, or an input."""
        if path in self.groups:
            group = self.groups[path]
            output = group.outputs[0].shape if len(group.outputs) == 1 else None
            return NetworkPart(group.start, group.end, output)
        if path in self.nodes:
            index = self.nodes[path]
            node = self.network.nodes[index]
            return NetworkPart(node.start, index + 1, node.shape)
        value = self.output_of(path)
        if value is None:
            return NetworkPart(0, 0, self.network.inputs.get(path))
        if value.node < 0 or value.part is not None:  # it has no layer of its own
            return NetworkPart(0, 0, value.shape)
        return NetworkPart(self.network.nodes[value.node].start, value.node + 1, value.shape)

    def output_of(self, reference: str) -> Value | None:
        """The output that `path.number` refers to, of a step with several, if it is one."""
        path, _, number = reference.rpartition(".")
        if not number.isdigit():
            return None
        index = self.nodes.get(path)
        if index is not None and int(number) < len(self.network.nodes[index].outputs):
            return Value(index, int(number), self.network.nodes[index].outputs[int(number)])
        if path in self.groups and int(number) < len(self.groups[path].outputs):
            return self.groups[path].outputs[int(number)]
        return None

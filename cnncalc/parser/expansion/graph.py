"""What grows while a network is expanded: its nodes, its groups and its outputs."""

from __future__ import annotations

from ...network import Group, Node, Value
from ...problem import Span
from .scope import Flow

UNFINISHED = 10**9  # the end of a group in which a step failed


class GraphBuilder:
    """Nodes and groups in file order."""

    def __init__(self) -> None:
        self.inputs: tuple[str, ...] = ()
        self.nodes: list[Node] = []
        self.groups: list[Group] = []
        self.outputs: dict[str, Value] = {}
        self.training_outputs: set[str] = set()

    def enter(self, path: str, kind: str, arguments: str, depth: int, span: Span) -> int:
        """Open a group; what is given back closes it."""
        self.groups.append(
            Group(path, kind, arguments, len(self.nodes), UNFINISHED, depth, (), span)
        )
        return len(self.groups) - 1

    def leave(self, group: int, flow: Flow) -> None:
        path, kind, arguments, start, _, depth, _, span = self.groups[group]
        outputs = flow if isinstance(flow, tuple) else ()
        self.groups[group] = Group(
            path, kind, arguments, start, len(self.nodes), depth, outputs, span
        )

    def cut(self, count: int) -> None:
        """Keep the first nodes only."""
        self.nodes = self.nodes[:count]
        self.groups = [
            group._replace(end=min(group.end, count))
            for group in self.groups
            if group.start < count
        ]
        self.outputs = {name: value for name, value in self.outputs.items() if value.node < count}

    def path_of(self, value: Value) -> str:
        """How a reference would call a value."""
        if value.node < 0:
            return self.inputs[-1 - value.node]
        path = self.nodes[value.node].path
        return path if value.part is None else f"{path}.{value.part}"

"""The graph as it grows during expansion."""

from __future__ import annotations

from ...dtype import FLOAT32
from ...named_tuple import make
from ...network import CallArgument, Group, Node, Value
from ...problem import Span
from .scope import Flow

UNFINISHED = 10**9
"""The end of a group that is still open, or in which a step failed."""


class GraphBuilder:
    """The nodes and groups in file order, the inputs and the outputs.

    `has_training` is true once a step exists only in training.
    """

    def __init__(self) -> None:
        self.inputs: tuple[str, ...] = ()
        self.input_dtype = FLOAT32.activations
        self.nodes: list[Node] = []
        self.groups: list[Group] = []
        self.outputs: dict[str, Value] = {}
        self.training_outputs: set[str] = set()
        self.has_training = False

    def enter(
        self, path: str, kind: str, arguments: tuple[CallArgument, ...], depth: int, span: Span
    ) -> int:
        """Open a group; returns the handle that closes it."""
        facts = (path, kind, arguments, len(self.nodes), UNFINISHED, depth, (), span)
        self.groups.append(make(Group, facts))
        return len(self.groups) - 1

    def leave(self, group: int, flow: Flow) -> None:
        """Close a group whose last step ends with this flow."""
        outputs = flow if isinstance(flow, tuple) else ()
        path, kind, arguments, start, _, depth, _, span = self.groups[group]
        end = len(self.nodes)
        facts = (path, kind, arguments, start, end, depth, outputs, span)
        self.groups[group] = make(Group, facts)

    def drop(self, group: int) -> None:
        """Remove a group that was entered last, and that is as if it were not written."""
        del self.groups[group:]

    def truncate(self, count: int) -> None:
        """Keep the first `count` nodes only."""
        self.nodes = self.nodes[:count]
        self.groups = [
            group._replace(end=min(group.end, count))
            for group in self.groups
            if group.start < count
        ]
        self.outputs = {name: value for name, value in self.outputs.items() if value.node < count}

    def dtype_of(self, value: Value) -> str:
        """The data type of a value."""
        return self.nodes[value.node].dtype.activations if value.node >= 0 else self.input_dtype

    def path_of(self, value: Value) -> str:
        """The path by which a reference would name a value."""
        if value.node < 0:
            return self.inputs[-1 - value.node]
        path = self.nodes[value.node].path
        return path if value.part is None else f"{path}.{value.part}"

"""Calls of blocks that are recorded when they are expanded, and repeated for an equal one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...datum import Datum
from ...document import Block, Step
from ...limits import (
    MAX_AXES,
    MAX_EVALUATED_STEPS,
    MAX_ITERATIONS,
    MAX_LAYERS,
    MAX_PATH_TEXT,
)
from ...named_tuple import make
from ...network import Group, Node, Value
from ...problem import Span
from .build_cache import RecordedCall, exact, is_short
from .frame import Frame
from .scope import Flow
from .state import Expansion

CallKey = tuple[object, ...]

FEW_STEPS = 3


def call_key(
    expansion: Expansion,
    block: Block,
    step: Step,
    given: dict[str, Datum],
    inputs: tuple[Value, ...] | None,
    frame: Frame,
) -> CallKey | None:
    """What equal calls have in common; None for a call that must be expanded.

    That is one of a small block, one after an error, one with weights that others share, and one
    whose steps a recorder or a reference looks at.
    """
    cache = expansion.cache
    if block.name not in cache.small:
        cache.small[block.name] = is_small(block)
    if (
        cache.small[block.name]
        or not cache.is_recorded(block.name)
        or inputs is None
        or len(inputs) > MAX_AXES
        or expansion.recorder is not None
        or expansion.diagnostics.failed_at is not None
        or frame.identity is not None
        or step.name in expansion.document.entered
        or expansion.document.incomplete
    ):
        return None
    if len(inputs) > 1 and len({value[:2] for value in inputs}) < len(inputs):
        return None
    if not all(map(is_short, given.values())):
        return None
    types = [expansion.graph.dtype_of(value) for value in inputs]
    return (
        block.name,
        tuple([(name, exact(value)) for name, value in given.items()]),
        tuple([value.shape for value in inputs]),
        tuple(types),
        frame.training_only,
        frame.trainable,
        frame.dtype,
    )


def is_small(block: Block) -> bool:
    """Whether to repeat a call of a block takes about as long as to expand it."""
    steps = block.body.steps
    return len(steps) <= FEW_STEPS and all(
        step.type == "layer" and step.repeat is None and step.bindings is None for step in steps
    )


def repeated_call(
    expansion: Expansion, key: CallKey, path: str, inputs: tuple[Value, ...], frame: Frame
) -> Flow:
    """The flow after a call that was recorded, whose nodes are added again.

    None if there is none, or if its nodes might exceed a bound, as an expansion says where.
    """
    call = expansion.cache.find(key, expansion.variables)
    if call is None or not has_room(expansion, call, path, frame):
        return None
    expansion.read |= call.read
    add_conditions(expansion, call.conditions)
    quota, graph = expansion.quota, expansion.graph
    quota.effort += call.effort
    quota.iterations += call.iterations
    quota.characters += characters_of(call, path)
    moved = Moved(call, path, inputs, len(graph.nodes) - call.start, frame.depth - call.depth)
    if moved.is_unchanged:
        graph.nodes += call.nodes
        graph.groups += call.groups
        return call.flow
    graph.nodes += moved.nodes(call.nodes)
    graph.groups += map(moved.group, call.groups)
    return moved.values(call.flow)


def has_room(expansion: Expansion, call: RecordedCall, path: str, frame: Frame) -> bool:
    """Whether repeating a call exceeds no bound of the language."""
    quota = expansion.quota
    return (
        quota.effort + call.effort <= MAX_EVALUATED_STEPS
        and quota.iterations + call.iterations <= MAX_ITERATIONS
        and quota.characters + characters_of(call, path) <= MAX_PATH_TEXT
        and len(expansion.graph.nodes) + len(call.nodes) <= MAX_LAYERS
        and quota.nesting <= call.nesting
        and frame.calls <= call.calls
    )


def characters_of(call: RecordedCall, path: str) -> int:
    """About how many characters its paths have, which all begin with that of the call."""
    return max(0, call.characters + (len(path) - len(call.path)) * call.effort)


class Moved:
    """A recorded call at another position: its values, nodes and groups there."""

    def __init__(
        self, call: RecordedCall, path: str, inputs: tuple[Value, ...], offset: int, depth: int
    ) -> None:
        self.start = call.start
        self.path = path
        self.cut = len(call.path)
        self.offset = offset
        self.depth = depth
        pairs = zip(call.inputs, inputs, strict=True)
        self.inputs = {(one.node, one.part): other for one, other in pairs}
        is_same = all((key == other[:2]) for key, other in self.inputs.items())
        self.is_unchanged = not offset and not depth and path == call.path and is_same

    def value(self, value: Value) -> Value:
        node, part, shape = value
        if node >= self.start:
            return make(Value, (node + self.offset, part, shape))
        return self.inputs[node, part]

    def values(self, values: tuple[Value, ...]) -> tuple[Value, ...]:
        if len(values) == 1:  # nearly always
            return (self.value(values[0]),)
        return tuple(map(self.value, values))

    def nodes(self, nodes: tuple[Node, ...]) -> Iterator[Node]:
        path, cut, offset = self.path, self.cut, self.offset
        for node in nodes:
            own_path, layer, inputs, *kept, start, dtype = node
            own_path, inputs = path + own_path[cut:], self.values(inputs)
            yield make(Node, (own_path, layer, inputs, *kept, start + offset, dtype))

    def group(self, group: Group) -> Group:
        path, kind, arguments, start, end, depth, outputs, span = group
        path = self.path + path[self.cut :]
        start, end = start + self.offset, end + self.offset
        facts = (path, kind, arguments, start, end, depth + self.depth, self.values(outputs), span)
        return make(Group, facts)


def recorded_call(
    expansion: Expansion,
    key: CallKey,
    path: str,
    inputs: tuple[Value, ...],
    frame: Frame,
    expanded: Callable[[], Flow],
) -> Flow:
    """The flow after a call that a function expands, which is recorded."""
    recording = CallRecording(expansion)
    outer = expansion.conditions, expansion.read
    expansion.conditions, expansion.read = recording.conditions, recording.read
    try:
        flow = expanded()
    finally:
        expansion.conditions, expansion.read = outer
        add_conditions(expansion, recording.conditions)
        expansion.read |= recording.read
    if isinstance(flow, tuple) and recording.is_complete:
        call = recording.call(path, inputs, frame, flow)
        expansion.cache.add(key, call, expansion.variables)
    return flow


def add_conditions(expansion: Expansion, conditions: dict[Span, set[bool]]) -> None:
    for span, outcomes in conditions.items():
        expansion.conditions.setdefault(span, set()).update(outcomes)


class CallRecording:
    """What an expansion had before a call, with what is found in it."""

    def __init__(self, expansion: Expansion) -> None:
        self.expansion = expansion
        self.conditions: dict[Span, set[bool]] = {}
        self.read: set[str] = set()
        quota, graph = expansion.quota, expansion.graph
        self.start, self.first_group = len(graph.nodes), len(graph.groups)
        self.outputs, self.tags = len(graph.outputs), len(expansion.tagged)
        self.effort, self.iterations = quota.effort, quota.iterations
        self.characters = quota.characters

    @property
    def is_complete(self) -> bool:
        """Whether the call had no error, and only added nodes and groups."""
        expansion = self.expansion
        return (
            len(expansion.graph.outputs) == self.outputs
            and len(expansion.tagged) == self.tags
            and expansion.diagnostics.failed_at is None
        )

    def call(
        self, path: str, inputs: tuple[Value, ...], frame: Frame, flow: tuple[Value, ...]
    ) -> RecordedCall:
        quota, graph = self.expansion.quota, self.expansion.graph
        return RecordedCall(
            path=path,
            depth=frame.depth,
            calls=frame.calls,
            nesting=quota.nesting,
            inputs=inputs,
            start=self.start,
            nodes=tuple(graph.nodes[self.start :]),
            groups=tuple(graph.groups[self.first_group :]),
            flow=flow,
            conditions=self.conditions,
            read=self.read,
            effort=quota.effort - self.effort,
            iterations=quota.iterations - self.iterations,
            characters=quota.characters - self.characters,
        )
